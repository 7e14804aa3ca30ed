# SPDX-License-Identifier: MIT
"""When the wire had taken a packet that goes on later."""

from __future__ import annotations

from dataclasses import dataclass

from sockproof.reports.records import Event


@dataclass(frozen=True)
class Kept:
    """A packet that the wire kept: when it took it, and whether it was held, of which an event tells;
    else a fault delays it, or lets others go by."""

    t_us: int
    held: bool


def taken(events: list[Event]) -> dict[int, Kept]:
    """What is known of each packet that goes on after the wire had kept it, by its event's number."""
    return {int(event.get("n") or 0): Kept(int(event["taken_us"]), event.get("held") is True)
            for event in events if isinstance(event.get("taken_us"), int)}

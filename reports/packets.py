# SPDX-License-Identifier: MIT
"""When the wire had taken a packet that goes on later."""

from __future__ import annotations

from dataclasses import dataclass

from sockproof.reports import guess
from sockproof.reports.fate import HELD, LATE
from sockproof.reports.records import Event


@dataclass(frozen=True)
class Kept:
    """A packet that the wire kept: when it took it, and whether it was held, of which an event tells;
    else a fault delays it, or lets others go by."""

    t_us: int
    held: bool


def taken(events: list[Event]) -> dict[int, Kept]:
    """What is known of each packet that goes on after the wire had kept it, by its event's number.
    The events are in the order of their times."""
    found = {int(event.get("n") or 0): Kept(int(event["taken_us"]), event.get("fate") not in LATE)
             for event in events if isinstance(event.get("taken_us"), int)}
    return found or {n: Kept(int(event.get("t_us") or 0), event.get("fate") == HELD)
                     for n, event in guess.taken(events).items()}

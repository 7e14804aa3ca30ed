# SPDX-License-Identifier: MIT
"""Which packet is the one that the wire had kept before, in records that do not say so: from what is
told of both."""

from __future__ import annotations

from sockproof.reports.fate import DAMAGED, HELD, LATE
from sockproof.reports.records import Event


def taken(events: list[Event]) -> dict[int, Event]:
    """For each packet that goes on after the wire had kept it, by its number: the event in which
    the wire took it, which is that of the held packet, or the fault that fired on one that it
    delays. The events are in the order of their times.

    A held packet and its departure are told of alike but for the fate, down to the IP identifier,
    which a segment that is sent once more has anew. IPv6 has none: there the fault decides, since
    what a fault delays goes on with that fault, and what is sent once more without it."""
    found: dict[int, Event] = {}
    waiting: list[tuple[Event, str]] = []
    fired: list[Event] = []
    late = {event.get("fault") for event in events if event.get("fate") in LATE}
    for event in events:
        if event.get("type") == "fault":
            fired.append(event)
        elif event.get("fate") == HELD:
            fault = cause(fired, event, "")
            waiting.append((event, str(fault.get("fault") if fault else "")))
        elif event.get("type") == "packet":
            held = departing(waiting, event, late)
            fault = cause(fired, event, str(event["fault"])) if event.get("fault") else None
            if held:
                waiting.remove(held)
                found[int(event.get("n") or 0)] = held[0]
            elif fault and event.get("fate") in LATE:
                found[int(event.get("n") or 0)] = fault
    return found


def cause(fired: list[Event], packet: Event, fault: str) -> Event | None:
    """The fault that fired on this packet, if `fault` is not empty that one; it is taken out of
    those that are not accounted for yet."""
    told = f" fires on {line(packet)}"
    for event in fired:
        if str(event.get("text") or "").endswith(told) and fault in ("", event.get("fault")):
            fired.remove(event)
            return event
    return None


def departing(waiting: list[tuple[Event, str]], event: Event,
              late: set[str | None]) -> tuple[Event, str] | None:
    """Which of the packets that are held is the one that goes on in `event`; None if none is."""
    fault = str(event.get("fault") or "")
    for one in waiting:
        held, own = one
        if held.get("from") != event.get("from"):
            continue
        if fault == own or (not fault and own not in late):
            if alike(held, event) or (fault and event.get("fate") == DAMAGED[0]):
                return one
    return None


def alike(one: Event, other: Event) -> bool:
    """Whether two events tell of packets with the same content."""
    if one.get("packet") and other.get("packet"):
        return bool(one["packet"] == other["packet"])
    return line(one) == line(other)


def line(packet: Event) -> str:
    """The text of a packet's event without what became of it."""
    return str(packet.get("text") or "").rpartition(": ")[0]

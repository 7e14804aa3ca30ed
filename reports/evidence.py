# SPDX-License-Identifier: MIT
"""Whether the events that the results name are all there: events.jsonl may be missing, or cut."""

from __future__ import annotations

from sockproof.reports.records import Event, Records, Result

EVENTS = "events.jsonl"


def named(result: Result) -> int:
    """How many events a result says it has."""
    count = (result.get("events") or {}).get("count")
    return count if isinstance(count, int) else 0


def missing(result: Result, events: list[Event]) -> int:
    """How many of a result's events are not among those that were found."""
    return max(named(result) - len(events), 0)


def size(records: Records) -> int | None:
    """How many bytes of events there are; None when there is no such file."""
    try:
        return (records.folder / EVENTS).stat().st_size
    except OSError:
        return None


def within(result: Result, bytes_there: int | None) -> bool:
    """Whether so many bytes hold all events of a result."""
    span = result.get("events") or {}
    offset, length = span.get("offset"), span.get("length")
    if not named(result) or not isinstance(offset, int) or not isinstance(length, int):
        return True
    return offset + length <= (bytes_there or 0)


def lost(records: Records) -> list[str]:
    """What of the events is missing, a sentence each; [] when nothing is. The verdicts are whole
    without them."""
    bytes_there = size(records)
    count = sum(not within(result, bytes_there) for result in records.results)
    if not count:
        return []
    why = f"{EVENTS} is missing" if bytes_there is None else f"{EVENTS} is cut short"
    return [f"the events of {count:,} of {len(records.results):,} results are not all there, since {why}"]

# SPDX-License-Identifier: MIT
"""A ladder: the events of one variant in lanes, client, wire and server, for text and for SVG.

Theory of operation: the events are sorted by their times (a call's end is logged when it is
noticed, with the time at which it came about) and each becomes a rung: a word on an actor's lane,
or an arrow from one host's lane towards the other's. Everything beside the rungs (which one shows
the failure, while which the line was cut or held, where nothing happened for a while, how many
were left out) is found here once, so that the terminal and the page cannot disagree."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from statistics import median_low
from typing import Any, Iterator

from sockproof.reports.evidence import missing
from sockproof.reports.fate import ABSORBED, HELD, LOST
from sockproof.reports.packets import taken
from sockproof.reports.records import Event, Result

WIRE, HARNESS = "wire", "harness"
INJECTED = "injected"
PLAIN = ("", "passed", "delivered")
BOTH = frozenset(("client", "server"))
PAUSE_US, PAUSE_TIMES = 20_000, 20
SETUP_STEP = 0
# What is there to be judged by alone.
UNSEEN = ("end",)


@dataclass(frozen=True)
class Rung:
    """One event. `to` is empty unless it is a packet; `held_us` is when the wire took hold of a
    packet that goes on now, None of any other; `pause_us` is how long nothing had happened before
    it, 0 for no time worth a word."""

    n: int
    t_us: int
    kind: str
    lane: str
    to: str
    text: str
    fate: str
    step: int
    injected: bool
    failing: bool
    met: bool
    held_us: int | None = None
    pause_us: int = 0

    @property
    def lost(self) -> bool:
        """Whether the packet's way ended on the wire."""
        return self.fate in LOST

    @property
    def held(self) -> bool:
        """Whether the wire keeps the packet, which may go on later."""
        return self.fate == HELD

    @property
    def stopped(self) -> bool:
        """Whether the packet did not leave the wire on the other side, or not yet."""
        return self.lost or self.held or self.fate == ABSORBED

    @property
    def born(self) -> bool:
        """Whether the packet's way begins on the wire: it was made or held there."""
        return self.fate == INJECTED or self.held_us is not None

    @property
    def plain(self) -> bool:
        """Whether the wire carried the packet as it was."""
        return self.fate in PLAIN


@dataclass(frozen=True)
class Window:
    """The rungs from `first` to `last` during which the wire kept something back."""

    first: int
    last: int
    label: str


@dataclass
class Ladder:
    """What is shown of one variant. `gap` is before which rung `left_out` events are missing,
    `left_after` how many are behind the last rung, `unrecorded` how many the engine had no room
    for, `missing` how many it recorded that were not found."""

    lanes: list[str]
    rungs: list[Rung] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    gap: int = 0
    left_out: int = 0
    left_after: int = 0
    unrecorded: int = 0
    missing: int = 0


def ladder(events: list[Event], result: Result, first: int, last: int) -> Ladder:
    """The ladder of a variant; of long histories only the first and last so many rungs, and
    those around the failure, which are counted among the last."""
    ordered = sorted((event for event in events if event.get("type") not in UNSEEN),
                     key=lambda event: event.get("t_us") or 0)
    marked = failing_event(ordered, result.get("failure") or {})
    begin, end = shown_tail(len(ordered), marked, first, last)
    head = min(first, begin)
    steps = {event.get("step"): str(event.get("source") or "")
             for event in ordered if event.get("type") == "step"}
    shown = [*range(head), *range(begin, end)]
    held = {n: kept.t_us for n, kept in taken(ordered).items() if kept.held}
    rungs = [rung(ordered[i], i == marked, steps, held) for i in shown]
    found = Ladder(lanes_of(rungs), with_pauses(rungs, head if begin > head else 0), gap=head,
                   left_out=begin - head, left_after=len(ordered) - end,
                   unrecorded=int((result.get("events") or {}).get("truncated") or 0),
                   missing=missing(result, events))
    found.windows = windows(ordered, shown)
    return found


def shown_tail(total: int, marked: int | None, first: int, last: int) -> tuple[int, int]:
    """From where to where the events behind the first ones are shown: to the end, or so that the
    marked one is among them."""
    if total <= first + last:
        return min(first, total), total
    if marked is None or marked < first or marked >= total - last:
        return total - last, total
    end = min(marked + last // 4, total)
    return max(end - last, first), end


def failing_event(events: list[Event], failure: dict[str, Any]) -> int | None:
    """Which event shows the failure: the check of the failing step that was not met, else the
    step's last event by the failing actor, else its last event."""
    step = failure.get("step")
    if step is None:
        return None
    of_step = [i for i, event in enumerate(events) if event.get("step") == step]
    checks = [i for i in of_step if not is_met(events[i])]
    actors = [i for i in of_step if events[i].get("actor") == failure.get("actor")]
    for candidates in (checks, actors, of_step):
        if candidates:
            return candidates[-1]
    return None


def rung(event: Event, failing: bool, steps: dict[Any, str], held: dict[int, int]) -> Rung:
    """One event as a rung. `steps` has each step as the case file writes it, `held` when each
    packet that goes on was held, by the event's number."""
    kind, lane = str(event.get("type") or ""), str(event.get("actor") or HARNESS)
    text, fate, to = str(event.get("text") or kind), str(event.get("fate") or ""), ""
    held_us = held.get(int(event.get("n") or 0)) if kind == "packet" else None
    if kind == "packet":
        lane = str(event.get("from") or WIRE)
        text, to = packet_text(event, lane)
        if held_us is not None:
            text += f"{': released' if fate in PLAIN else ''}, held at {held_us / 1000:.3f} ms"
    else:
        text = own_words(event, text, lane, steps.get(event.get("step"), ""))
    return Rung(n=int(event.get("n") or 0), t_us=int(event.get("t_us") or 0), kind=kind,
                lane=lane, to=to, text=text, fate=fate, step=int(event.get("step") or 0),
                injected=kind == "fault" or event.get("origin") == "injected"
                or bool(event.get("fault")), failing=failing,
                met=is_met(event), held_us=held_us)


def is_met(event: Event) -> bool:
    """Whether an event is anything but a check that was not met."""
    return event.get("type") != "check" or bool(event.get("met", True))


def packet_text(event: Event, sender: str) -> tuple[str, str]:
    """What a packet is, without its direction and with its fate only when it is not simply
    carried; and the host that it is for."""
    ip = (event.get("packet") or {}).get("ip") or {}
    to = str(ip.get("dst") or ("server" if sender == "client" else "client"))
    fate, fault = str(event.get("fate") or ""), event.get("fault")
    became = f": {fate}" + (f" by fault '{fault}'" if fault else "")
    what = str(event.get("text") or "packet").removeprefix(f"{ip.get('src') or sender} > {to} ")
    return what.removesuffix(became) + ("" if fate in PLAIN else became), to


def own_words(event: Event, text: str, lane: str, step: str) -> str:
    """The text without the name of the actor in whose lane it stands; a call that its step has
    quoted is not quoted once more."""
    if event.get("type") == "step":
        return text
    if step and event.get("call") and text.startswith(step):
        return f"{event['call']}{text[len(step):]}"
    return text.removeprefix(f"{lane}: ")


def lanes_of(rungs: list[Rung]) -> list[str]:
    """The lanes from left to right: other clients, client, wire, server, other servers. The
    wire has one only when there were packets or something was said there."""
    seen = {name for one in rungs for name in (one.lane, one.to) if name and name != HARNESS}
    left = sorted((name for name in seen if name.startswith("client") and name != "client"),
                  reverse=True)
    right = sorted(name for name in seen - {WIRE, "server", "client"} - set(left))
    middle = [WIRE] if WIRE in seen or any(one.kind == "packet" for one in rungs) else []
    return [*left, "client", *middle, "server", *right]


def with_pauses(rungs: list[Rung], gap: int) -> list[Rung]:
    """The rungs with the pauses before them: at least PAUSE_US and PAUSE_TIMES the usual."""
    steps = [max(b.t_us - a.t_us, 0) for a, b in zip(rungs, rungs[1:])]
    least = max(PAUSE_US, PAUSE_TIMES * median_low(steps)) if steps else 0
    result = rungs[:1]
    for number, (one, wait) in enumerate(zip(rungs[1:], steps), 1):
        long = wait >= least and not (gap and number == gap)
        result.append(replace(one, pause_us=wait) if long else one)
    return result


def windows(events: list[Event], shown: list[int]) -> list[Window]:
    """While the wire cut or held, as far as the events that are `shown` let it be seen."""
    found: list[Window] = []
    for label, begin, end in (("cut", "cut", "heal"), (HELD, "hold", "release")):
        for first, last in stretches(events, label, begin, end):
            inside = [place for place, number in enumerate(shown) if first <= number <= last]
            if inside:
                found.append(Window(inside[0], inside[-1], label))
    return sorted(found, key=lambda window: window.first)


def stretches(events: list[Event], fate: str, begin: str, end: str) -> Iterator[tuple[int, int]]:
    """From where to where the wire cut or held one side at least: from the step that begins it,
    or the packet that a fault does it with, to the step that lets the last side go."""
    sides: frozenset[str] = frozenset()
    first = 0
    for number, event in enumerate(events):
        verb, meant = wire_step(event)
        first = first if sides else number
        if verb == begin:
            sides |= meant
        elif event.get("fate") == fate and not sides:
            sides = BOTH
        elif verb == end and sides:
            sides -= meant
            if not sides:
                yield first, number
    if sides:
        yield first, len(events) - 1


def wire_step(event: Event) -> tuple[str, frozenset[str]]:
    """The verb of a step of the wire and the sides that it is about, none of a release that picks
    out packets. No verb for anything but such a step."""
    if event.get("type") != "step" or event.get("actor") != WIRE:
        return "", frozenset()
    return str(event.get("verb") or ""), frozenset(map(str, event.get("sides") or []))


def duration(microseconds: int) -> str:
    """A length of time for a reader: "1.20 s", "35.0 ms"."""
    if microseconds >= 1_000_000:
        return f"{microseconds / 1e6:.2f} s"
    return f"{microseconds / 1000:.1f} ms"

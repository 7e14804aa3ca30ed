# SPDX-License-Identifier: MIT
"""A ladder as inline SVG: one lane an actor, each packet and call an anchor."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from markupsafe import Markup

from sockproof.reports.failure import flat
from sockproof.reports.ladder import HARNESS, WIRE, Ladder, Rung, duration
from sockproof.reports.shapes import joined, line, tag, text

GUTTER, MARGIN = 84, 8
CHARACTER, LINE = 7.3, 16
BESIDE, LEAST_BESIDE, BETWEEN = 300, 110, 190
APART = {("client", WIRE): BETWEEN, (WIRE, "server"): BETWEEN, ("client", "server"): 2 * BETWEEN}
PAUSE_HEIGHT, NOTE_HEIGHT, HEAD = 30, 24, 30
CLEARANCE = 12


@dataclass(frozen=True)
class Plan:
    """Where the lanes stand and how wide the drawing is."""

    x: dict[str, int]
    width: int
    left: list[str]
    middle: int


def plan(ladder: Ladder) -> Plan:
    """Room beside every lane for its words, and no more; hosts and wire close to each other."""
    lanes = ladder.lanes
    left = lanes[:lanes.index("client") + 1]
    x = {lanes[0]: GUTTER + beside(ladder, lanes[0])}
    for before, lane in zip(lanes, lanes[1:]):
        x[lane] = x[before] + APART.get((before, lane),
                                        beside(ladder, lane if lane in left else before))
    return Plan(x, max(x.values()) + beside(ladder, lanes[-1]), left,
                (x["client"] + x["server"]) // 2)


def beside(ladder: Ladder, lane: str) -> int:
    """How wide the words beside a lane are, within bounds."""
    longest = max((len(flat(said(rung))) for rung in ladder.rungs
                   if rung.lane == lane and rung.kind not in ("packet", "step")), default=0)
    return max(LEAST_BESIDE, min(BESIDE, int(longest * CHARACTER) + 2 * CLEARANCE + 8))


def drawing(ladder: Ladder, prefix: str, title: str) -> Markup:
    """The whole ladder. `prefix` makes the anchors unique on their page."""
    where = plan(ladder)
    tops, bottom = heights(ladder, where)
    parts = [*shades(ladder, where, tops, bottom), *lanes(where, bottom)]
    for number, rung in enumerate(ladder.rungs):
        if rung.pause_us:
            parts.append(pause(rung, where, tops[number] - PAUSE_HEIGHT))
        if ladder.left_out and number == ladder.gap:
            note = f"{ladder.left_out:,} events left out"
            parts.append(remark(note, where, tops[number] - NOTE_HEIGHT
                                - (PAUSE_HEIGHT if rung.pause_us else 0)))
        parts.append(drawn(rung, where, tops[number], prefix))
    for note in endings(ladder):
        parts.append(remark(note, where, bottom))
        bottom += NOTE_HEIGHT
    return tag("svg", joined(parts), class_="ladder", role="group", aria_label=title,
               viewBox=f"0 0 {where.width} {bottom + MARGIN}", width=where.width,
               height=bottom + MARGIN)


def endings(ladder: Ladder) -> list[str]:
    """What is to be said below the last rung."""
    notes = [(ladder.left_after, "events after these"),
             (ladder.unrecorded, "events were not recorded"),
             (ladder.missing, "events are missing from events.jsonl")]
    return [f"{count:,} {words}" for count, words in notes if count]


def heights(ladder: Ladder, where: Plan) -> tuple[list[int], int]:
    """The top of each rung, pauses and remarks above it counted in, and the bottom."""
    tops, at = [], HEAD
    for number, rung in enumerate(ladder.rungs):
        at += PAUSE_HEIGHT if rung.pause_us else 0
        at += NOTE_HEIGHT if ladder.left_out and number == ladder.gap else 0
        tops.append(at)
        at += height(rung, where)
    return tops, at


def height(rung: Rung, where: Plan) -> int:
    """How tall one rung is."""
    return len(words(rung, where)) * LINE + (14 if rung.kind == "packet" else 8)


def words(rung: Rung, where: Plan) -> list[str]:
    """The rung's text, broken to the room that it has; nothing is cut."""
    room = {"packet": 2 * BETWEEN - 24, "step": where.width - GUTTER - 20}.get(rung.kind)
    if room is None:
        room = 2 * BETWEEN - 24 if rung.lane in (WIRE, HARNESS) else BESIDE - 2 * CLEARANCE
    return textwrap.wrap(flat(said(rung)), int(room / CHARACTER), break_on_hyphens=False) or [""]


def said(rung: Rung) -> str:
    """The rung's words; what failed says so without its colour as well."""
    return f"\u2717 {rung.text}" if rung.failing else rung.text


def lanes(where: Plan, bottom: int) -> list[Markup]:
    """The names and the lines of the lanes."""
    parts = []
    for lane, x in where.x.items():
        parts.append(text(x, 16, lane, text_anchor="middle", class_="lane-name"))
        parts.append(line(x, HEAD - 6, x, bottom, class_="lane"))
    return parts


def shades(ladder: Ladder, where: Plan, tops: list[int], bottom: int) -> list[Markup]:
    """The windows during which the wire kept something back, and the failing rung's ground."""
    parts = []
    for window in ladder.windows:
        end = tops[window.last + 1] if window.last + 1 < len(tops) else bottom
        top = tops[window.first]
        left, right = where.x["client"], where.x["server"]
        parts.append(tag("rect", tag("title", f"the wire: {window.label}"), x=left, y=top,
                         width=right - left, height=end - top, class_="window"))
        parts.append(text(right + 6, top + 14, window.label, class_="window-name"))
    for number, rung in enumerate(ladder.rungs):
        if rung.failing:
            parts.append(tag("rect", x=0, y=tops[number], width=where.width,
                             height=height(rung, where), class_="failing"))
    return parts


def pause(rung: Rung, where: Plan, top: int) -> Markup:
    """A hatched band: time in which nothing happened."""
    label = f"{duration(rung.pause_us)} in which nothing happened"
    return joined([
        tag("rect", x=GUTTER, y=top + 4, width=where.width - GUTTER - MARGIN,
            height=PAUSE_HEIGHT - 8, class_="pause"),
        behind(where.middle, top + 20, label), text(where.middle, top + 20, label,
                                                    text_anchor="middle", class_="pause-name")])


def remark(words_: str, where: Plan, top: int) -> Markup:
    """What the ladder says about itself."""
    return text(where.middle, top + 16, words_, text_anchor="middle", class_="remark")


def behind(x: float, y: float, words_: str) -> Markup:
    """The ground that keeps a lane from crossing words that are centred on `x`."""
    width = len(words_) * CHARACTER + 10
    return tag("rect", x=x - width / 2, y=y - 12, width=width, height=LINE, class_="ground")


def drawn(rung: Rung, where: Plan, top: int, prefix: str) -> Markup:
    """One rung with its time, as an anchor that leads to its row in the table."""
    body = {"packet": packet, "step": step}.get(rung.kind, mark)(rung, where, top)
    time = text(GUTTER - 12, top + 14, f"{rung.t_us / 1000:.3f}", text_anchor="end",
                class_="time")
    kind = " ".join(name for name, on in (
        ("rung", True), (f"is-{rung.kind}", True), ("is-injected", rung.injected),
        ("is-failing", rung.failing), ("is-unmet", rung.kind == "check" and not rung.met)) if on)
    return tag("a", joined([time, body]), id=f"{prefix}-e{rung.n}", href=f"#{prefix}-r{rung.n}",
               class_=kind, tabindex="-1")


def step(rung: Rung, where: Plan, top: int) -> Markup:
    """The begin of a step: a thin rule and the step as the case file writes it."""
    lines = words(rung, where)
    parts = [tag("rect", x=GUTTER - 4, y=top + 3, width=max(map(len, lines)) * CHARACTER + 8,
                 height=len(lines) * LINE + 3, class_="ground")]
    parts.append(line(GUTTER, top + 2, where.width - MARGIN, top + 2, class_="step-rule"))
    parts += [text(GUTTER, top + 15 + LINE * i, words_) for i, words_ in enumerate(lines)]
    return joined(parts)


def mark(rung: Rung, where: Plan, top: int) -> Markup:
    """A call, a check, a fault or a note: a dot on its lane and its words beside it."""
    lines = words(rung, where)
    if rung.lane in (WIRE, HARNESS) or rung.lane not in where.x:
        return joined([part for i, words_ in enumerate(lines) for part in
                       (behind(where.middle, top + 15 + LINE * i, words_),
                        text(where.middle, top + 15 + LINE * i, words_, text_anchor="middle"))])
    x = where.x[rung.lane]
    leftwards = rung.lane in where.left
    place = x - CLEARANCE if leftwards else x + CLEARANCE
    parts = [tag("circle", cx=x, cy=top + 11, r=4)]
    parts += [text(place, top + 15 + LINE * i, words_,
                   text_anchor="end" if leftwards else "start") for i, words_ in enumerate(lines)]
    return joined(parts)


def packet(rung: Rung, where: Plan, top: int) -> Markup:
    """An arrow from the sender's lane; one that was lost ends in a cross on the wire, one that
    is held in a ring, with which it begins when it goes on; one that was made there begins on
    the wire."""
    lines = words(rung, where)
    client, server, wire = where.x["client"], where.x["server"], where.middle
    rightwards = rung.lane.startswith("client")
    begin, end = (client, server) if rightwards else (server, client)
    begin = wire if rung.born else begin
    end = wire if rung.stopped else end
    y = top + len(lines) * LINE + 6
    way = 1 if rightwards else -1
    parts = [part for i, words_ in enumerate(lines) for part in
             (behind(where.middle, top + 14 + LINE * i, words_),
              text(where.middle, top + 14 + LINE * i, words_, text_anchor="middle"))]
    parts.append(line(begin, y, end - way * 2, y,
                      class_="shaft" if rung.plain or rung.stopped else "shaft altered"))
    if rung.held or rung.held_us is not None:
        parts.append(tag("circle", cx=wire, cy=y, r=5, class_="held"))
    if rung.lost:
        parts.append(tag("path", d=f"M{end - 5} {y - 5}l10 10m0 -10l-10 10", class_="cross"))
    elif not rung.held:
        parts.append(tag("path", d=f"M{end} {y}l{-way * 9} -5v10z", class_="head"))
    return joined(parts)

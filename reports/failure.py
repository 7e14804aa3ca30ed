# SPDX-License-Identifier: MIT
"""The text of one result that did not pass, from its record and its events alone."""

from __future__ import annotations

import textwrap
from typing import Any

from sockproof.reports import excused
from sockproof.reports.evidence import EVENTS, named
from sockproof.reports.ladder import WIRE, Ladder, Rung, duration, ladder
from sockproof.reports.records import Event, Result

WIDTH = 80
FIRST_EVENTS, LAST_EVENTS = 20, 60
PLAIN_LANES = ("client", WIRE, "server")
LANE_STEP = 14
# The code of a result that passed although its baseline says that it fails, and what to do then.
STALE, MENDED = "stale-baseline", ["mend       ./sockproof baseline update"]
# Levels that are words of RFC 2119, which are written so.
KEYWORDS = ("must", "should", "may")


def failure_text(result: Result, events: list[Event], folder: str = "") -> str:
    """Everything a reader needs to understand the result, in at most 80 columns wherever the
    parts allow it. `folder` is where the records lie, as the reader would type it."""
    failure = result.get("failure") or {}
    # Of a case that passed there is nothing to see: it is the baseline that is wrong.
    history = timeline(events, result) if failure.get("code") != STALE else MENDED
    blocks = [heading(result), place_in_case(result, failure), of_baseline(result),
              requirements(failure), history,
              unreached(failure), evidence(result, len(events), folder)]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def one_line(result: Result) -> str:
    """What went wrong, in one line without the id."""
    failure = result.get("failure") or {}
    reason = str(result.get("reason") or "")
    if reason:
        return flat(reason)
    if "expected" in failure:
        return flat(f"{failure.get('actor', '')} {failure.get('field', '')}: expected "
                    f"{failure['expected']}, observed {failure.get('observed')}").strip()
    return str(failure.get("code", "")) or str(result["verdict"])


def flat(text: str) -> str:
    """`text` on one line, control characters shown as they are written in C."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def heading(result: Result) -> list[str]:
    """Id, title, what it ran on, and the reason."""
    facts = [f"stack {flat(str(result.get('stack', '?')))}", f"place {result.get('place', '?')}"]
    if result.get("seed") is not None:
        facts.append(f"seed {result['seed']}")
    facts.append(f"{(result.get('duration_us') or 0) / 1000:.1f} ms")
    lines = [f"{result['verdict']}  {flat(str(result['id']))}"]
    lines += wrapped(str(result.get("title") or ""), "  ")
    lines.append("  " + ", ".join(facts))
    lines += wrapped(str(result.get("reason") or ""), "  ")
    return lines


def place_in_case(result: Result, failure: dict[str, Any]) -> list[str]:
    """The case's line with a caret under the step, then expected and observed."""
    file, line = failure.get("file") or result.get("file"), failure.get("line") or result.get("line")
    if not file:
        return []
    column = failure.get("column")
    where = flat(f"{file}:{line}") + (f":{column}" if column else "")
    code = failure.get("code")
    lines = [f"{where}" + (f"  {code}" if code else "")]
    if failure.get("source"):
        gutter = f"  {' ' * len(str(line))} | "
        source = wrapped(str(failure["source"]), f"  {line} | ", gutter)
        longest = max(map(len, source)) - len(gutter)
        lines += [*source, gutter + "^" * min(longest, WIDTH - len(gutter))]
    if failure.get("expected") or failure.get("observed"):
        who = " ".join(str(failure[k]) for k in ("actor", "field") if failure.get(k))
        lines += labelled("expected", f"{who} {failure.get('expected')}".strip())
        lines += labelled("observed", f"{who} {failure.get('observed')}".strip())
    return lines


def labelled(label: str, text: str) -> list[str]:
    """`text` behind a label, continued under itself."""
    return wrapped(text, f"  {label:<10}", " " * 12)


def wrapped(text: str, first: str, rest: str | None = None) -> list[str]:
    """`text` on lines of at most 80 columns behind the given indents; [] for no text."""
    if not text:
        return []
    return textwrap.wrap(flat(text), WIDTH, initial_indent=first, drop_whitespace=True,
                         subsequent_indent=first if rest is None else rest,
                         break_on_hyphens=False) or [first.rstrip()]


def requirements(failure: dict[str, Any]) -> list[str]:
    """The requirements that the step's case cites."""
    lines: list[str] = []
    for entry in failure.get("requirements") or []:
        head = str(entry.get("id"))
        section = str(entry.get("section") or "")
        if section:
            head += f" ({section})"
        level = str(entry.get("level") or "")
        if level:
            head += f", {level.upper() if level in KEYWORDS else level}"
        lines += wrapped(head, "  ")
        lines += wrapped(str(entry.get("summary") or ""), "      ")
    return ["required by"] + lines if lines else []


def of_baseline(result: Result) -> list[str]:
    """What the baseline excuses of it: what of that came, and what did not."""
    lines: list[str] = []
    for words, found in (("excused by the baseline", excused.came(result)),
                         ("the baseline excuses", excused.wanted(result))):
        lines += [words] * bool(found)
        for text in found:
            lines += wrapped(text, "  ", "      ")
    return lines


def timeline(events: list[Event], result: Result) -> list[str]:
    """The ladder of client, wire and server, times in ms since the case began: a client's words
    begin on the left, a server's on the right, packets are arrows across."""
    if not events:
        count = named(result)
        return [f"its {count} events are missing from {EVENTS}" if count else "no events were recorded"]
    found = ladder(events, result, FIRST_EVENTS, LAST_EVENTS)
    lines = ["events  (time in ms; > where it failed, * injected)",
             lane_names(found.lanes)]
    for number, one in enumerate(found.rungs):
        if found.left_out and number == found.gap:
            lines.append(f"{'':10}... {found.left_out} events left out")
        if one.pause_us:
            lines.append(f"{'':10}: {duration(one.pause_us)} in which nothing happened")
        lines += rung_lines(one, found)
    if found.left_after:
        lines.append(f"{'':10}... {found.left_after} events after these")
    if found.unrecorded:
        lines.append(f"{'':10}... {found.unrecorded} events were not recorded")
    if found.missing:
        lines.append(f"{'':10}... {found.missing} events are missing from {EVENTS}")
    return lines


def lane_names(lanes: list[str]) -> str:
    """The line above the ladder."""
    middle = lanes.index(WIRE) if WIRE in lanes else lanes.index("server")
    lanes = [flat(lane) for lane in lanes]
    left, right = ", ".join(lanes[:middle]), ", ".join(lanes[middle:]).removeprefix(f"{WIRE}, ")
    room = WIDTH - 10 - len(left) - len(right)
    return f"{'':10}{left}{(WIRE if WIRE in lanes else '').center(max(room, 6))}{right}"


def rung_lines(one: Rung, found: Ladder) -> list[str]:
    """One event: mark, time, and its words in its lane or on its arrow."""
    mark = ">" if one.failing else "*" if one.injected else " "
    first = f"{mark}{one.t_us / 1000:8.3f} "
    if one.kind == "packet":
        return arrow(one, first)
    if one.kind == "step":
        return wrapped(f"-- {flat(one.text)}", first, " " * 13)
    indent = " " * lane_column(one.lane, found.lanes)
    who = "" if one.lane in (*PLAIN_LANES, "harness") else f"{one.lane}: "
    return wrapped(who + one.text, first + indent, " " * len(first) + indent + "  ") \
        or [first.rstrip()]


def lane_column(lane: str, lanes: list[str]) -> int:
    """How far to the right the words of a lane begin."""
    if lane not in lanes:
        return 0
    middle = lanes.index(WIRE) if WIRE in lanes else lanes.index("server")
    place = lanes.index(lane)
    return 0 if place < middle else LANE_STEP if lane == WIRE else 2 * LANE_STEP


def arrow(one: Rung, first: str) -> list[str]:
    """A packet from its sender's side towards the other, or as far as it got."""
    room = WIDTH - len(first)
    leftwards = not one.lane.startswith("client")
    reach = room // 2 if one.stopped or one.born else room
    text = flat(one.text)
    head = "X" if one.lost else "o" if one.held else "<" if leftwards else ">"
    if len(text) + 6 > reach:
        reach = min(room, len(text) + 6)
    if len(text) + 6 > room:
        return wrapped(f"{text} {head}--", first, " " * len(first))
    shaft = "-" * (reach - len(text) - 2)
    line = f"{head}{shaft} {text}" if leftwards else f"{text} {shaft}{head}"
    to_right = leftwards != one.born
    return [(first + (line.rjust(room) if to_right else line)).rstrip()]


def unreached(failure: dict[str, Any]) -> list[str]:
    """The steps that did not run, when the record names them."""
    lines: list[str] = []
    for entry in failure.get("not_run") or []:
        if isinstance(entry, dict):
            lines += wrapped(f"{entry.get('line', ''):>4} | {entry.get('source', '')}", "  ", " " * 9)
        else:
            lines += wrapped(f"step {entry}", "  ")
    return ["not run"] + lines if lines else []


def evidence(result: Result, found: int, folder: str) -> list[str]:
    """How to see it again, and where the evidence lies, of which `found` events were there. Paths
    and commands are never cut."""
    lines: list[str] = []
    if result.get("reproduce"):
        lines.append(f"reproduce  {flat(str(result['reproduce']))}")
    base = folder.rstrip("/") + "/" if folder else ""
    span = result.get("events") or {}
    if named(result) and found:
        count = f"{found} of {named(result)}" if found < named(result) else str(named(result))
        lines.append(f"evidence   {base}{EVENTS}, {count} events, "
                     f"{span.get('length', 0)} bytes at {span.get('offset', 0)}")
    if result.get("capture"):
        lines.append(f"capture    {base}{flat(str(result['capture']))}")
    return lines

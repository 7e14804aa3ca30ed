"""The text of one result that did not pass, from its record and its events alone."""

from __future__ import annotations

import textwrap
from typing import Any

from reports.records import Event, Result

WIDTH = 80
FIRST_EVENTS, LAST_EVENTS = 20, 60


def failure_text(result: Result, events: list[Event], folder: str = "") -> str:
    """Everything a reader needs to understand the result, in at most 80 columns wherever the
    parts allow it. `folder` is where the records lie, as the reader would type it."""
    failure = result.get("failure") or {}
    blocks = [heading(result), place_in_case(result, failure), requirements(failure),
              timeline(events, result, failure), unreached(failure), evidence(result, folder)]
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
    facts = [f"stack {result.get('stack', '?')}", f"place {result.get('place', '?')}"]
    if result.get("seed") is not None:
        facts.append(f"seed {result['seed']}")
    facts.append(f"{(result.get('duration_us') or 0) / 1000:.1f} ms")
    lines = [f"{result['verdict']}  {result['id']}"]
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
    where = f"{file}:{line}" + (f":{column}" if column else "")
    code = failure.get("code")
    lines = [f"{where}" + (f"  {code}" if code else "")]
    if failure.get("source"):
        number = str(line)
        source = flat(str(failure["source"]))
        lines.append(f"  {number} | {source}")
        lines.append(f"  {' ' * len(number)} | " + "^" * min(len(source), WIDTH - 8))
    if "expected" in failure or "observed" in failure:
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
        if entry.get("level"):
            head += f", {entry['level']}"
        lines += wrapped(head, "  ")
        lines += wrapped(str(entry.get("summary") or ""), "      ")
    return ["required by"] + lines if lines else []


def timeline(events: list[Event], result: Result, failure: dict[str, Any]) -> list[str]:
    """Both sides' events in order, one actor column, times in ms since the case began."""
    if not events:
        return ["no events were recorded"]
    # A call's end is logged when it is noticed, with the time at which it came about.
    events = sorted(events, key=lambda event: event.get("t_us") or 0)
    marked = failing_event(events, failure)
    shown = [row(event, index == marked) for index, event in enumerate(events)]
    left_out = len(shown) - FIRST_EVENTS - LAST_EVENTS
    if left_out > 0:
        shown[FIRST_EVENTS:FIRST_EVENTS + left_out] = [[f"           ... {left_out} events left out"]]
    truncated = (result.get("events") or {}).get("truncated") or 0
    lines = ["events  (time in ms; > the step that failed, * injected)"]
    lines += [line for block in shown for line in block]
    if truncated:
        lines.append(f"           ... {truncated} events were not recorded")
    return lines


def failing_event(events: list[Event], failure: dict[str, Any]) -> int | None:
    """Which event shows the failure: the check of the failing step that was not met, else the
    step's last event by the failing actor, else its last event."""
    step = failure.get("step")
    if step is None:
        return None
    of_step = [i for i, event in enumerate(events) if event.get("step") == step]
    checks = [i for i in of_step if events[i].get("type") == "check"
              and not events[i].get("met")]
    actors = [i for i in of_step if events[i].get("actor") == failure.get("actor")]
    for candidates in (checks, actors, of_step):
        if candidates:
            return candidates[-1]
    return None


def row(event: Event, failing: bool) -> list[str]:
    """One event: mark, time, actor, text."""
    injected = event.get("type") == "fault" or event.get("origin") == "injected"
    mark = ">" if failing else "*" if injected else " "
    time = (event.get("t_us") or 0) / 1000
    text = str(event.get("text") or event.get("type") or "")
    if event.get("type") == "packet" and event.get("fate") not in (None, "", "delivered", "passed"):
        if str(event["fate"]) not in text:
            text += f"  [{event['fate']}]"
    first = f"{mark}{time:9.3f}  {str(event.get('actor') or '')[:8]:<8} "
    return wrapped(text, first, " " * len(first)) or [first.rstrip()]


def unreached(failure: dict[str, Any]) -> list[str]:
    """The steps that did not run, when the record names them."""
    lines: list[str] = []
    for entry in failure.get("not_run") or []:
        if isinstance(entry, dict):
            lines += wrapped(f"{entry.get('line', ''):>4} | {entry.get('source', '')}", "  ", " " * 9)
        else:
            lines += wrapped(f"step {entry}", "  ")
    return ["not run"] + lines if lines else []


def evidence(result: Result, folder: str) -> list[str]:
    """How to see it again, and where the evidence lies. Paths and commands are never cut."""
    lines: list[str] = []
    if result.get("reproduce"):
        lines.append(f"reproduce  {result['reproduce']}")
    base = folder.rstrip("/") + "/" if folder else ""
    span = result.get("events") or {}
    if span.get("count"):
        lines.append(f"evidence   {base}events.jsonl, {span['count']} events, "
                     f"{span.get('length', 0)} bytes at {span.get('offset', 0)}")
    if result.get("capture"):
        lines.append(f"capture    {base}{result['capture']}")
    return lines

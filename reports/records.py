"""Reads what a run wrote: run.json, results.jsonl and events.jsonl, whole or cut short."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Iterator

Result = dict[str, Any]
Event = dict[str, Any]

VERDICTS = ("pass", "fail", "known", "broken", "skip", "not-run")
JUDGED = ("pass", "fail", "known")
# The members of run.json that are there for the renderers.
HEAVY = ("sources", "catalogue")
# The one that speaks for a variant that ran more than once: the first of these that it got.
WORST_FIRST = ("fail", "broken", "not-run", "skip", "known", "pass")


@dataclass
class Records:
    """One run's records. `torn` counts the lines that could not be read."""

    folder: Path
    run: dict[str, Any] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    torn: int = 0

    def events(self, result: Result) -> list[Event]:
        """The events of one result in order; empty when they are missing or unreadable."""
        span = result.get("events") or {}
        offset, length = span.get("offset"), span.get("length")
        if not isinstance(offset, int) or not isinstance(length, int) or length <= 0:
            return []
        try:
            with open(self.folder / "events.jsonl", "rb") as stream:
                stream.seek(offset)
                block = stream.read(length)
        except OSError:
            return []
        return [event for event in parse_lines(block) if event is not None]

    @cached_property
    def variants(self) -> dict[str, list[Result]]:
        """by_variant() of all results, which are complete by now."""
        return by_variant(self.results)

    def counts(self) -> Counter[str]:
        """How many results have each verdict."""
        return Counter(str(result["verdict"]) for result in self.results)


def parse_lines(block: bytes) -> Iterator[dict[str, Any] | None]:
    """Each line of `block` as an object, None for a line that is torn or is no object."""
    for raw in block.split(b"\n"):
        if not raw.strip():
            continue
        try:
            value = json.loads(raw.decode("utf-8", "replace"))
        except ValueError:
            yield None
            continue
        yield value if isinstance(value, dict) else None


def is_result(value: dict[str, Any] | None) -> bool:
    """Whether a line carries the least that a renderer needs."""
    return value is not None and isinstance(value.get("id"), str) and value.get("verdict") in VERDICTS


def read_run(folder: Path) -> dict[str, Any]:
    """run.json, or an empty object when it is absent or torn."""
    try:
        value = json.loads((folder / "run.json").read_text("utf-8", "replace"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def run_text(run: dict[str, Any]) -> str:
    """run.json as it is written: what a reader looks for first, sources and catalogue behind it
    and each on one line."""
    light = {key: value for key, value in run.items() if key not in HEAVY}
    heavy = [f' {json.dumps(key)}: {json.dumps(run[key], ensure_ascii=False)}'
             for key in HEAVY if key in run]
    text = json.dumps(light, indent=1, ensure_ascii=False)
    return ",\n".join([text[:-2], *heavy]) + "\n}\n" if heavy else text + "\n"


def read(folder: Path) -> Records:
    """The records of `folder`. Variants that run.json says were selected and that have no line
    are added as not-run. Raises FileNotFoundError when there is no results.jsonl."""
    records = Records(folder, read_run(folder))
    for value in parse_lines((folder / "results.jsonl").read_bytes()):
        if value is not None and is_result(value):
            records.results.append(value)
        else:
            records.torn += 1
    selected = records.run.get("selected")
    present = {result["id"] for result in records.results}
    for name in selected if isinstance(selected, list) else []:
        if isinstance(name, str) and name not in present:
            records.results.append(absent(name, records.run))
    return records


def absent(name: str, run: dict[str, Any]) -> Result:
    """A not-run result for a selected variant that left no line."""
    case, _, variant = name.partition("[")
    return {"schema": 1, "id": name, "case": case, "variant": variant.rstrip("]"), "repeat": 0,
            "stack": run.get("stack", "linux"), "place": run.get("place", ""),
            "verdict": "not-run", "reason": "the run ended before it", "duration_us": 0}


def incomplete(records: Records) -> list[str]:
    """Why a run is not whole, a sentence each; [] when it is."""
    reasons = []
    if not records.run:
        reasons.append("run.json is missing or cannot be read, so it is not known what was to run")
    elif records.run.get("complete") is False and not records.run.get("trouble"):
        reasons.append("the run ended before everything was judged and written")
    if records.torn:
        lines = "1 line" if records.torn == 1 else f"{records.torn} lines"
        reasons.append(f"{lines} of results.jsonl could not be read")
    return reasons + [str(text) for text in records.run.get("trouble") or []]


def listed(value: Any) -> list[dict[str, Any]]:
    """`value` if it is a list, its objects alone; else []."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def stack_of(result: Result) -> str:
    """The stack that a result is about."""
    return str(result.get("stack") or "linux")


def stacks_of(results: list[Result], run: dict[str, Any] | None = None) -> list[str]:
    """Every stack that has results: in the order in which the run, or the first of its parts, was
    given them, then in that of appearance."""
    found = dict.fromkeys(map(stack_of, results))
    parts = [run or {}, *listed((run or {}).get("parts"))]
    named = [one.get("stack") for part in parts for one in listed(part.get("stacks"))]
    return [name for name in dict.fromkeys([*named, *found]) if name in found]


def on_stack(result: Result) -> str:
    """A variant's name where the records hold several stacks: "case[variant]@stack"."""
    return f"{result['id']}@{stack_of(result)}"


def by_variant(results: list[Result]) -> dict[str, list[Result]]:
    """The results of each variant, in the order in which the variants first appear; apart from
    each other where a variant ran on several stacks."""
    stacks: dict[str, set[str]] = {}
    for result in results:
        stacks.setdefault(result["id"], set()).add(result.get("stack") or "linux")
    grouped: dict[str, list[Result]] = {}
    for result in results:
        several = len(stacks[result["id"]]) > 1
        grouped.setdefault(on_stack(result) if several else result["id"], []).append(result)
    return grouped


def spokesman(repeats: list[Result]) -> Result:
    """The one result that stands for a variant's repeats: the worst, the earliest of these."""
    return min(repeats, key=lambda result: WORST_FIRST.index(result["verdict"]))


def lesser(result: Result) -> bool:
    """Whether a failure is of SHOULD and MAY alone: it counts only in a strict run."""
    required = (result.get("failure") or {}).get("requirements") or []
    levels = {str(entry.get("level") or "").lower() for entry in required}
    return result["verdict"] == "fail" and bool(levels) and levels <= {"should", "may"}


def instability(repeats: list[Result]) -> str:
    """"unstable: 3 pass, 2 fail" when repeats were judged differently, else the empty string."""
    if len(repeats) < 2:
        return ""
    counts = Counter(result["verdict"] for result in repeats if result["verdict"] != "not-run")
    if len(counts) < 2:
        return ""
    return "unstable: " + ", ".join(f"{counts[v]} {v}" for v in VERDICTS if counts[v])

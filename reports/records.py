# SPDX-License-Identifier: MIT
"""Reads what a run wrote: run.json, results.jsonl and events.jsonl, whole or cut short."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Iterable, Iterator

from sockproof.reports.fit import misfit, misfits

Result = dict[str, Any]
Event = dict[str, Any]

VERDICTS = ("pass", "fail", "known", "broken", "skip", "not-run")
JUDGED = ("pass", "fail", "known")
# The members of run.json that are there for the renderers.
HEAVY = ("sources", "catalogue", "variants")
# The one that speaks for a variant that ran more than once: the first of these that it got.
WORST_FIRST = ("fail", "broken", "not-run", "skip", "known", "pass")
# Holds room on the disk for the report of a run, and is there as long as that is not written.
RESERVE = ".reserve"
# So many are named where some are missing or cannot be read.
MOST_NAMED = 5


@dataclass
class Records:
    """One run's records. `unread` has a sentence for each line that could not be read; `lost`
    counts the results that should be there and are not, `absent` names the variants that lack any
    and have one more, as not-run, and `unnamed` counts the results of variants without a name."""

    folder: Path
    run: dict[str, Any] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    lost: int = 0
    absent: list[str] = field(default_factory=list)
    unnamed: int = 0

    @property
    def torn(self) -> int:
        """How many lines could not be read."""
        return len(self.unread)

    def events(self, result: Result) -> list[Event]:
        """The events of one result in order; empty when they are missing or unreadable."""
        span = result.get("events") or {}
        offset, length = span.get("offset"), span.get("length")
        if not isinstance(offset, int) or not isinstance(length, int) or length <= 0:
            return []
        block = read_bytes(self.folder / "events.jsonl", offset, length)
        return [event for event in parse_lines(block)
                if event is not None and not misfit(event, "event")]

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
        value = parsed(raw)
        yield value if isinstance(value, dict) else None


def parsed(raw: bytes) -> Any:
    """The value of a text of JSON, None where it is torn or deeper than any record."""
    text = raw.decode("utf-8", "replace")
    try:
        value = json.loads(text, parse_constant=lambda name: None)
        return paired(value) if "\\ud" in text or "\\uD" in text else value
    except (ValueError, RecursionError):
        return None


def paired(value: Any) -> Any:
    """The same without halves of pairs of surrogates, which nothing could write."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [paired(one) for one in value]
    if isinstance(value, dict):
        return {paired(key): paired(one) for key, one in value.items()}
    return value


def read_bytes(file: Path, offset: int = 0, length: int | None = None) -> bytes:
    """A part of a file of records, nothing where it cannot be read. A link is none: it may lead to
    what is no record."""
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            stream.seek(min(offset, size))
            return stream.read(size if length is None else min(length, size))
    except OSError:
        return b""


def inside(folder: Path, name: str) -> bool:
    """Whether `name` is a file of a report's folder itself: neither by ".." nor by a link one of
    another place."""
    try:
        file = folder / name
        return file.is_file() and file.resolve() == folder.resolve() / name
    except (OSError, ValueError):  # no name that a file can have
        return False


def is_result(value: dict[str, Any] | None) -> bool:
    """Whether a line carries the least that a renderer needs."""
    return value is not None and isinstance(value.get("id"), str) and value.get("verdict") in VERDICTS


def read_run(folder: Path) -> dict[str, Any]:
    """run.json without the members that do not fit, whose names and faults stand in "misfits"; an
    empty object when it is absent or torn."""
    value = parsed(read_bytes(folder / "run.json"))
    if not isinstance(value, dict):
        return {}
    wrong = misfits(value, "run")
    kept = {name: member for name, member in value.items() if name not in wrong}
    return kept | {"misfits": list(wrong.values())} if wrong else kept


def plugs(run: dict[str, Any]) -> list[str]:
    """What each stack of one's own was, a line each: name, way, file and argument, version and hash."""
    lines: list[str] = []
    kernels = {str(one.get("stack")): one for one in listed(run.get("kernels"))}
    for stack in listed(run.get("stacks")):
        plug = stack.get("plugin") or kernels.get(str(stack.get("stack")))
        if isinstance(plug, dict):
            way = f"{plug.get('way', 'so')}:" if "plugin" in stack else ""
            argument = f",{plug['argument']}" if plug.get("argument") else ""
            version = f"version {stack['version']}" if stack.get("version") else "no version"
            lines.append(f"{stack.get('stack')}={way}{plug.get('file')}{argument} "
                         f"({version}, hash {plug.get('hash')})")
        elif stack.get("far"):
            lines.append(f"{stack.get('stack')}=ssh:{stack['far']} "
                         f"(kernel {stack.get('version') or 'unknown'})")
    return lines


def run_text(run: dict[str, Any]) -> str:
    """run.json as it is written: what a reader looks for first, sources and catalogue behind it
    and each on one line."""
    light = {key: value for key, value in run.items() if key not in HEAVY}
    heavy = [f' {json.dumps(key)}: {json.dumps(run[key], ensure_ascii=False)}'
             for key in HEAVY if key in run]
    text = json.dumps(light, indent=1, ensure_ascii=False)
    return ",\n".join([text[:-2], *heavy]) + "\n}\n" if heavy else text + "\n"


def read(folder: Path) -> Records:
    """The records of `folder`. Results that run.json says there are and that have no line are
    added as not-run. Raises FileNotFoundError when there is no results.jsonl."""
    records = Records(folder, read_run(folder))
    file = folder / "results.jsonl"
    if file.is_symlink():
        raise OSError(errno.ELOOP, "is a link, which may lead to what is no record", str(file))
    block = file.read_bytes()
    for number, raw in enumerate(block.split(b"\n"), 1):
        for value in parse_lines(raw):
            wrong = "cut short, or no result"
            if value is not None and is_result(value):
                wrong = misfit(value, "result")
            if wrong:
                records.unread.append(f"line {number}: {wrong}")
            elif value is not None:
                records.results.append(value)
    add_absent(records)
    return records


def no_run(folder: Path, error: OSError) -> str:
    """Why read() found no records in a folder, a sentence."""
    if isinstance(error, FileNotFoundError) and (folder / RESERVE).exists():
        return f"{folder} holds no run yet: it has just begun, or was ended before its first record"
    return f"{folder} holds no run: {error.strerror or error} (results.jsonl)"


def add_absent(records: Records) -> None:
    """Finds out how many results are missing, and adds one for each variant that run.json names
    and that lacks any."""
    selected, names = records.run.get("selected"), records.run.get("variants")
    repeats = records.run.get("repeat")
    repeats = repeats if isinstance(repeats, int) else 1
    short = selected - len(records.results) if isinstance(selected, int) else None
    found = Counter(name for result in records.results for name in (result["id"], on_stack(result)))
    known = 0
    for name in names if isinstance(names, list) and short != 0 else []:
        missing = repeats - found[name] if isinstance(name, str) else 0
        if missing > 0:
            known += missing
            records.results.append(absent(name, found[name], records.run))
            records.absent.append(name + (f" ({missing} of {repeats} repeats)" if repeats > 1 else ""))
    records.lost = known if short is None or short < 0 else short
    records.unnamed = max(records.lost - known, 0)


def absent(name: str, repeat: int, run: dict[str, Any]) -> Result:
    """A not-run result for one that left no line."""
    head, bracket, stack = name.rpartition("]") if name.count("]") else (name, "", "")
    case, _, variant = head.partition("[")
    reason = "its result is missing" if whole(run) else "the run ended before it"
    return {"schema": 1, "id": head + bracket, "case": case, "variant": variant, "repeat": repeat,
            "stack": stack[1:] or run.get("stack", "linux"), "place": run.get("place", ""),
            "verdict": "not-run", "reason": reason, "duration_us": 0}


def incomplete(records: Records) -> list[str]:
    """Why a run is not whole, a sentence each; [] when it is."""
    reasons = []
    if records.run.get("complete") is False and not records.run.get("trouble"):
        reasons.append("the run ended before everything was judged and written")
    return reasons + damage(records) + ([] if whole(records.run) else trouble(records.run))


def whole(run: dict[str, Any]) -> bool:
    """Whether everything was judged and written, whatever befell on the way."""
    return run.get("complete") is True


def trouble(run: dict[str, Any]) -> list[str]:
    """What the driver said of its own trouble with a run, a sentence each."""
    return [str(text) for text in run.get("trouble") or []]


def mishaps(records: Records) -> list[str]:
    """What befell a run that is whole nevertheless, a sentence each."""
    return trouble(records.run) if whole(records.run) else []


def damage(records: Records) -> list[str]:
    """What of the records is not there or cannot be read, a sentence each."""
    reasons = []
    if not records.run:
        reasons.append("run.json is missing or cannot be read, so it is not known what was to run")
    reasons += [f"run.json: {text}" for text in records.run.get("misfits", [])]
    if records.unread:
        lines = "1 line" if records.torn == 1 else f"{records.torn} lines"
        reasons.append(f"{lines} of results.jsonl could not be read: {named(records.unread)}")
    if records.lost:
        there = len(records.results) - len(records.absent)
        reasons.append(f"{records.lost:,} of {records.lost + there:,} results "
                       f"{'is' if records.lost == 1 else 'are'} missing"
                       + (f": {named(records.absent)}" if records.absent else ""))
    return reasons


def named(names: list[str]) -> str:
    """The first of them, and how many there are besides."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def digest(text: str) -> str:
    """A name for `text` that every machine finds alike."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


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


def tried_again(results: Iterable[Result]) -> list[str]:
    """What the first tries of a variant came to, while it was disturbed."""
    return [f"{result['verdict']}; at first {first['verdict']}, as {first['why']}"
            for result in results if (first := result.get("first_try"))]


def instability(repeats: list[Result]) -> str:
    """"unstable: 3 pass, 2 fail" when repeats were judged differently, else the empty string."""
    if len(repeats) < 2:
        return ""
    counts = Counter(result["verdict"] for result in repeats if result["verdict"] != "not-run")
    if len(counts) < 2:
        return ""
    return "unstable: " + ", ".join(f"{counts[v]} {v}" for v in VERDICTS if counts[v])

# SPDX-License-Identifier: MIT
"""A baseline as it stands in its file: deviations, the failures that they excuse, the comments."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sockproof.trouble import Trouble

FORMAT = "format: 2"
# What may stand in a flow mapping without quotes.
PLAIN = re.compile(r"-?[A-Za-z0-9_](?:[A-Za-z0-9_./-]*[A-Za-z0-9_])?")


class Unusable(Trouble):
    """Why a run or a baseline cannot be used."""


@dataclass
class Failure:
    """One failure that is excused. `observed` is text, a list or a mapping of such, a matcher
    among them. `above` and `note` are comments; `new` is one that the file does not hold yet."""

    step: int
    field: str
    observed: Any
    go_on: bool
    versions: list[str] = dataclasses.field(default_factory=list)
    line: int = dataclasses.field(default=0, compare=False)
    above: list[str] = dataclasses.field(default_factory=list, compare=False)
    note: str = dataclasses.field(default="", compare=False)
    new: bool = dataclasses.field(default=False, compare=False)

    def lines(self) -> list[str]:
        """As it is written."""
        parts = [f"step: {self.step}", f"field: {flow(self.field)}", f"observed: {flow(self.observed)}"]
        parts += ["go_on: true"] if self.go_on else []
        parts += [f"versions: {flow(self.versions, True)}"] if self.versions else []
        return [*self.above, f"        - {{{', '.join(parts)}}}{self.note}"]


@dataclass
class Named:
    """A case, a variant, or a pattern of such, and its failures."""

    pattern: str
    failures: list[Failure]
    above: list[str] = dataclasses.field(default_factory=list)
    note: str = ""
    line: int = 0

    def lines(self) -> list[str]:
        """As it is written."""
        return [*self.above, f"      {quoted(self.pattern)}:{self.note}",
                *(line for one in self.failures for line in one.lines())]


@dataclass
class Entry:
    """One deviation, from line `begin` up to `end` of its file, counted from 0 (0 and 0: it is in
    none); `changed` when it is not as it stands there."""

    cases: list[Named]
    versions: list[str]
    reason: str
    begin: int = 0
    end: int = 0
    changed: bool = False
    above: list[str] = dataclasses.field(default_factory=list)
    loose: list[str] = dataclasses.field(default_factory=list)

    def holds_for(self, version: str) -> bool:
        """Whether it holds for a version, as the engine sees it."""
        return any(one == "*" or begins(version, one) for one in self.versions)

    def lines(self) -> list[str]:
        """As it is written."""
        return [*self.above, "  - cases:", *(line for named in self.cases for line in named.lines()),
                *self.loose, f"    versions: {flow(self.versions, True)}",
                f"    reason: {reason_text(self.reason)}"]


def begins(version: str, prefix: str) -> bool:
    """Whether a version begins with a prefix, whole numbers taken: 6.1 begins no 6.12."""
    rest = version[len(prefix):]
    return version.startswith(prefix) and not (prefix[-1:].isdigit() and rest[:1].isdigit())


def pattern_fits(pattern: str, *names: str) -> bool:
    """Whether a pattern, in which * stands for anything, is one of the names."""
    wanted = ".*".join(map(re.escape, pattern.split("*")))
    return any(re.fullmatch(wanted, name, re.DOTALL) for name in names)


def flow(value: Any, quotes: bool = False) -> str:
    """A value in flow style."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(one, quotes) for one in value) + "]"
    text = str(value)
    return text if PLAIN.fullmatch(text) and not quotes else json.dumps(text, ensure_ascii=False)


def quoted(name: str) -> str:
    """A name as YAML takes it for a key."""
    return json.dumps(name) if re.search(r"[\[\]{}:#,*]", name) else name


def reason_text(reason: str) -> str:
    """A reason as it is written."""
    return json.dumps(reason, ensure_ascii=False) if not reason or re.search(
        r": |#|^[\"'\[{&*!|>%@`]", reason) else reason


def plain(node: yaml.Node) -> Any:
    """What a node holds: text, lists and mappings, nothing made of a number."""
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [plain(one) for one in node.value]
    return str(node.value)


def entries_of(path: Path) -> list[Entry]:
    """The deviations of a baseline, of the format before this one too. Raises Unusable."""
    if not path.exists():
        return []
    try:
        text = path.read_text("utf-8")
        root = yaml.compose(text, yaml.SafeLoader)
        found = {key.value: value.value or [] for key, value in root.value}
        nodes: list[yaml.Node] = found.get("deviations", [])
        return [entry_of(node, text.splitlines()) for node in nodes]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
        raise Unusable(f"{path}: {error}") from None


def entry_of(node: yaml.Node, lines: list[str]) -> Entry:
    """One deviation from its mapping."""
    values = {key.value: value for key, value in node.value}
    end = max(last_line(value) for value in values.values()) + 1
    entry = Entry([], plain(values["versions"]), plain(values["reason"]) if "reason" in values else "",
                  node.start_mark.line, end)
    cases = values.get("cases")
    if isinstance(cases, yaml.MappingNode):
        entry.cases = [named_of(key, value, lines) for key, value in cases.value]
    else:
        names = plain(cases) if cases is not None else [plain(values["case"])]
        entry.cases = [Named(name, []) for name in names]
    keep_comments(entry, lines)
    return entry


def last_line(node: yaml.Node) -> int:
    """The last line of a node's own text. A block collection ends where the next thing begins."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return last_line(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.line)


def named_of(key: yaml.Node, value: yaml.Node, lines: list[str]) -> Named:
    """One case of a deviation with its failures."""
    rest = lines[key.end_mark.line][key.end_mark.column:].lstrip(":").rstrip()
    failures = [failure_of(one, lines) for one in value.value] if value.value else []
    return Named(str(key.value), failures, line=key.start_mark.line,
                 note=rest if rest.lstrip().startswith("#") else "")


def failure_of(node: yaml.Node, lines: list[str]) -> Failure:
    """One failure from its mapping."""
    values = {key.value: value for key, value in node.value}
    note = lines[node.end_mark.line][node.end_mark.column:].rstrip() if node.flow_style else ""
    return Failure(int(plain(values["step"])), plain(values["field"]), plain(values["observed"]),
                   "go_on" in values, plain(values["versions"]) if "versions" in values else [],
                   node.start_mark.line, note=note if note.lstrip().startswith("#") else "")


def keep_comments(entry: Entry, lines: list[str]) -> None:
    """Gives every comment of its own inside an entry to what stands behind it."""
    owners = sorted([(named.line, named.above) for named in entry.cases] +
                    [(one.line, one.above) for named in entry.cases for one in named.failures],
                    key=lambda pair: pair[0])
    for number in range(entry.begin + 1, entry.end):
        if lines[number].lstrip().startswith("#"):
            behind = next((above for line, above in owners if line > number), entry.loose)
            behind.append(lines[number])


def lines_of(text: str, entries: list[Entry]) -> str:
    """The text of a file with its entries as they are to be, those among them that are gone without
    cases; what did not change, and what stands between, stays as it was."""
    lines = text.splitlines()
    top = next((number for number, line in enumerate(lines) if line.startswith("deviations:")),
               len(lines))
    out = [line for line in lines[:top] if not line.startswith("format:")]
    out += [FORMAT, "deviations:" if any(entry.cases for entry in entries) else "deviations: []"]
    at = top + 1
    for entry in entries:
        if entry.end:
            out += lines[at:entry.begin]
            at = entry.end
        if entry.cases:
            out += entry.lines() if entry.changed else lines[entry.begin:entry.end]
    return "\n".join([*out, *lines[at:]]) + "\n"

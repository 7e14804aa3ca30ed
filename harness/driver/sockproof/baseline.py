# SPDX-License-Identifier: MIT
"""`./sockproof baseline`: keeps fixtures/baseline/STACK.yaml in step with what was found.

`update` reads a run, adds an entry for each failure that the baseline does not name, and takes
out what is stale. It never writes a reason: an entry without one is an error of the engine, with
its line, until somebody has filled it in. Comments and all other entries stay as they are."""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass
from pathlib import Path


import yaml

from sockproof import exitstatus, house
from sockproof.commandline import Parser
from sockproof.enginecall import answer
from sockproof.reports import records
from sockproof.reports.failure import flat
from sockproof.reports.model import Report
from sockproof.reports.render import write_whole
from sockproof.reports.variant import Variant
from sockproof.trouble import Trouble, say

HEADER = """\
# Known deviations of {stack} from what the cases say, each with its reason and the releases
# (prefixes) that it holds for. One that passes on a release that it names is stale: an error.
deviations:
"""


@dataclass(frozen=True)
class Entry:
    """One deviation as it stands in the file, of one case or the same of several, from line
    `begin` up to `end`, counted from 0."""

    names: list[str]
    versions: list[str]
    reason: str
    begin: int
    end: int


class Unusable(Trouble):
    """Why a run or a baseline cannot be used."""


def entries_of(path: Path) -> list[Entry]:
    """The deviations of a baseline. Raises Unusable."""
    if not path.exists():
        return []
    try:
        root = yaml.compose(path.read_text("utf-8"), yaml.SafeLoader)
        found = []
        for key, value in root.value:
            if key.value == "deviations":
                found += [entry_of(node) for node in value.value or []]
        return found
    except (OSError, ValueError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise Unusable(f"{path}: {error}") from None


def entry_of(node: yaml.Node) -> Entry:
    """One deviation from its mapping."""
    values = {key.value: value for key, value in node.value}
    end = max(value.end_mark.line for _, value in node.value)
    several = values.get("cases")
    names = [one.value for one in several.value] if several else [values["case"].value]
    return Entry(names, [one.value for one in values["versions"].value],
                 values["reason"].value if "reason" in values else "",
                 node.start_mark.line, end + 1)


def release(version: str) -> str:
    """The prefix that a new entry holds for: major and minor of the stack's version."""
    match = re.match(r"\d+\.\d+", version)
    return match.group() if match else version or "*"


def begins(version: str, prefix: str) -> bool:
    """Whether a version begins with a prefix, whole numbers taken: 6.1 begins no 6.12."""
    rest = version[len(prefix):]
    return version.startswith(prefix) and not (prefix[-1:].isdigit() and rest[:1].isdigit())


def holds_for(entry: Entry, version: str) -> bool:
    """Whether an entry holds for a version, as the engine sees it."""
    return any(one == "*" or begins(version, one) for one in entry.versions)


def quoted(name: str) -> str:
    """A name as YAML takes it in a list and outside."""
    return json.dumps(name) if re.search(r"[\[\]{}:#,]", name) else name


def whose(names: list[str]) -> list[str]:
    """The lines that say whose the deviation is."""
    if len(names) == 1:
        return [f"  - case: {quoted(names[0])}"]
    return ["  - cases:", *(f"      - {quoted(name)}" for name in names)]


def text_of(names: list[str], versions: list[str], reason: str, remark: str = "") -> list[str]:
    """The lines of an entry."""
    lines = [f"  # {remark}"] if remark else []
    wanted = json.dumps(reason, ensure_ascii=False) if not reason or re.search(
        r": |#|^[\"'\[{&*!|>%@`]", reason) else reason
    return [*lines, *whose(names),
            f"    versions: [{', '.join(json.dumps(one) for one in versions)}]",
            f"    reason: {wanted}"]


def grouped(variants: list[Variant], word: str) -> dict[str, list[Variant]]:
    """The variants of each case of which one has the word, apart from stale ones."""
    cases: dict[str, list[Variant]] = {}
    for variant in variants:
        cases.setdefault(str(variant.result["case"]), []).append(variant)
    return {case: group for case, group in cases.items()
            if any(has(variant, word) for variant in group)}


def has(variant: Variant, word: str) -> bool:
    """Whether a variant failed beside the baseline ("fail"), is stale, or is known."""
    if word == "stale":
        return variant.stale
    return variant.word == word and not variant.stale and not variant.unstable


def additions(variants: list[Variant], version: str) -> list[str]:
    """The lines of new entries: one for a case that fails in all its variants, else one each."""
    lines: list[str] = []
    for case, group in grouped(variants, "fail").items():
        failing = [variant for variant in group if has(variant, "fail")]
        judged = [variant for variant in group if variant.word in (*records.JUDGED, "unstable")]
        whole = len(failing) == len(judged)
        for name, variant in [(case, failing[0])] if whole else [(v.id, v) for v in failing]:
            lines += text_of([name], [version], "", f"found: {flat(variant.line)}")
    return lines


def replacement(entry: Entry, variants: list[Variant], version: str) -> list[str] | None:
    """What takes the place of an entry of which something is stale on this version: its other
    versions, and the variants that still deviate. None when it is not stale."""
    every = {name: of_name(name, variants) for name in entry.names}
    stale = {name: own for name, own in every.items() if any(has(one, "stale") for one in own)}
    if not holds_for(entry, version) or not stale:
        return None
    kept = [name for name in entry.names if name not in stale]
    others = [one for one in entry.versions if one != "*" and not begins(version, one)]
    lines = text_of(kept, entry.versions, entry.reason) if kept else []
    lines += text_of(list(stale), others, entry.reason) if others else []
    here = [one for one in entry.versions if one not in others]
    known = [variant.id for own in stale.values() for variant in own if has(variant, "known")]
    return lines + [line for name in known for line in text_of([name], here, entry.reason)]


def of_name(name: str, variants: list[Variant]) -> list[Variant]:
    """The variants that an entry of that name is about."""
    return [variant for variant in variants if name in (variant.id, str(variant.result["case"]))]


def updated(path: Path, stack: str, report: Report) -> tuple[str, int, int]:
    """The new text of a stack's baseline, how many entries it gained and how many were stale.
    Raises Unusable."""
    variants = [variant for variant in report.variants if variant.stack == stack]
    version = report.version(stack)
    lines = (path.read_text("utf-8") if path.exists() else HEADER.format(stack=stack)).splitlines()
    stale = 0
    for entry in reversed(entries_of(path)):
        new = replacement(entry, variants, version)
        if new is not None:
            lines[entry.begin:entry.end] = new
            stale += 1
    new = additions(variants, release(version))
    text = "\n".join([*lines, *new]) + "\n"
    if yaml.safe_load(text).get("deviations") is None:
        text = text.replace("\ndeviations:\n", "\ndeviations: []\n")
    elif "deviations: []" in text and new:
        text = text.replace("deviations: []", "deviations:")
    return text, sum(line.startswith("  - case:") for line in new), stale


def update(words: argparse.Namespace) -> int:
    """`baseline update`."""
    try:
        report = Report(records.read(words.run))
    except OSError as error:
        raise Unusable(f"{words.run} holds no run: {error.strerror or error}") from None
    for reason in report.incomplete:
        say(f"incomplete: {reason}")
    if not report.honest:
        raise Unusable(f"{words.run} is of a stack that lies: {', '.join(report.stacks)}")
    for stack in report.stacks:
        update_stack(words, stack, report)
    return exitstatus.GOOD


def update_stack(words: argparse.Namespace, stack: str, report: Report) -> None:
    """Brings the baseline of one stack up to date, and says what is to be done by hand."""
    path = words.folder / f"{stack.partition(':')[0]}.yaml"  # every kernel of a kind in one
    text, added, stale = updated(path, stack, report)
    if words.dry_run:
        print(text, end="")
        return
    if added or stale:
        write_whole(path, text)
    print(f"{house.shown(path)}: {added} added, {stale} stale taken out or narrowed")
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() == 'reason: ""':
            print(f"{house.shown(path)}:{number}: give the reason")


def names_of_cases() -> set[str]:
    """The id of every case and variant of the suite. Raises EngineUnfit."""
    listed = map(json.loads, answer("list", "--json", str(house.CASES)).splitlines())
    return {str(one[key]) for one in listed for key in ("id", "case")}


def check(words: argparse.Namespace) -> int:
    """`baseline check`."""
    names = names_of_cases()
    wrong, count = [], 0
    for path in sorted(words.folder.glob("*.yaml")):
        for entry in entries_of(path):
            count += 1
            where = f"{house.shown(path)}:{entry.begin + 1}"
            wrong += [f"{where}: stale: there is no case or variant {name!r}"
                      for name in entry.names if name not in names]
            if not entry.reason:
                wrong.append(f"{where}: {entry.names[0]} has no reason")
    for line in wrong:
        print(line)
    print(f"{count} entries, {len(wrong)} wrong")
    return exitstatus.FAIL if wrong else exitstatus.GOOD


def main(arguments: list[str]) -> int:
    """The exit status. Raises Trouble."""
    parser = Parser(add_help=False)
    parser.add_argument("verb", choices=("update", "check"), metavar="VERB")
    parser.add_argument("run", nargs="?", type=Path, default=house.REPORT, metavar="RUN")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--folder", type=Path, default=house.ROOT / "fixtures" / "baseline")
    words = parser.words(arguments)
    return {"update": update, "check": check}[words.verb](words)

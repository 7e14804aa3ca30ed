# SPDX-License-Identifier: MIT
"""What became different from one run to another, or from one stack to another, case by case."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, Iterator

from sockproof.reports.failure import flat
from sockproof.reports.model import Report
from sockproof.reports.records import Records, Result
from sockproof.reports.variant import Variant

# In the order in which a reader wants them.
KINDS = ("regressed", "unjudged", "deviating", "changed", "excused", "fixed", "judged", "new", "gone")
MEANINGS = {"regressed": "it passed, deviated as known or was not run, and fails or breaks now",
            "unjudged": "it is skipped or not run now, and was not before",
            "deviating": "it passed, and deviates now as its baseline says",
            "changed": "in both it fails or breaks, or is known, or is not run; the reason or the "
                       "word is another",
            "excused": "it failed or broke, and deviates now as its baseline says",
            "fixed": "it failed, broke or deviated as known, and passes now",
            "judged": "it was skipped or not run, and passes or deviates as known now",
            "new": "only in the second", "gone": "only in the first"}
BAD, UNJUDGED = ("fail", "unstable", "broken"), ("skip", "not-run")
# From one word to the other of a group nothing is won or lost.
GROUPS = {**dict.fromkeys(BAD, "bad"), **dict.fromkeys(UNJUDGED, "unjudged")}
# The same kinds where two stacks are compared: nothing has become anything there.
BETWEEN = {"regressed": "fail on {after} alone", "unjudged": "judged on {before} alone",
           "deviating": "known on {after} alone", "changed": "not alike",
           "excused": "fail on {before}, known on {after}", "fixed": "pass on {after} alone",
           "judged": "judged on {after} alone", "new": "run on {after} alone",
           "gone": "run on {before} alone"}
MEANINGS_BETWEEN = {"changed": "they fail, break or deviate as known, for other reasons"}
# What a failure is told apart by, beside its code.
REASONS = ("step", "actor", "field", "expected", "observed")
# What differs from run to run without meaning anything: measured times, ports, sizes in an aside.
MEASURED = re.compile(r"\b\d+(\.\d+)? ?(s|ms|us|µs)\b")

# Behind a run, what is new or gone is seldom read one by one: a narrower selection is the usual reason.
FEW = 5

Key = tuple[str, str]


@dataclass(frozen=True)
class Change:
    """One variant that is not as it was. `before` or `after` is None when it was not there."""

    kind: str
    before: Variant | None
    after: Variant | None

    @property
    def variant(self) -> Variant:
        """The later of the two that there is."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True)
class Difference:
    """All changes between two sides, named as the user named them."""

    before: str
    after: str
    changes: list[Change]
    same: int
    of_stacks: bool = False

    def title(self, kind: str) -> str:
        """What a kind is called in this difference."""
        return BETWEEN[kind].format(before=self.before, after=self.after) if self.of_stacks \
            else kind

    def meaning(self, kind: str) -> str:
        """What a kind means, in a half-sentence; empty where its title says it."""
        return MEANINGS_BETWEEN.get(kind, "") if self.of_stacks else MEANINGS[kind]

    def of(self, kind: str) -> list[Change]:
        """The changes of one kind."""
        return [change for change in self.changes if change.kind == kind]

    def keys(self, kind: str) -> set[Key]:
        """Stack and id of the changes of one kind."""
        return {(change.variant.stack, change.variant.id) for change in self.of(kind)}

    @property
    def counts(self) -> Counter[str]:
        """How many changes of each kind."""
        return Counter(change.kind for change in self.changes)

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        if not self.changes:
            return f"No difference: {self.same:,} variants are alike."
        said = ", ".join(f"{self.counts[kind]:,} {self.title(kind)}" for kind in KINDS if self.counts[kind])
        return f"{said}; {self.same:,} {'alike' if self.of_stacks else 'as before'}."


def difference(before: Report, after: Report, names: tuple[str, str]) -> Difference:
    """What is different in `after`. Two runs of one stack each are compared whatever the stacks
    are called; otherwise variant and stack must agree."""
    single = len(before.stacks) == len(after.stacks) == 1
    return compared(keyed(before.variants, single), keyed(after.variants, single), names)


def between_stacks(report: Report, first: str, second: str) -> Difference:
    """What is different on the second of two stacks of one run."""
    sides = [keyed([v for v in report.variants if v.stack == stack], True)
             for stack in (first, second)]
    found = compared(sides[0], sides[1], (first, second))
    # Each stack has its own reason to skip: that is no difference in what it does.
    changes = [change for change in found.changes if not (
        change.before and change.after and change.before.word == change.after.word == "skip")]
    return replace(found, changes=changes, same=found.same + len(found.changes) - len(changes),
                   of_stacks=True)


def keyed(variants: list[Variant], single: bool) -> dict[Key, Variant]:
    """The variants by what they are compared by."""
    return {("" if single else variant.stack, variant.id): variant for variant in variants}


def compared(before: dict[Key, Variant], after: dict[Key, Variant],
             names: tuple[str, str]) -> Difference:
    """The changes, the most important first."""
    changes = list(all_changes(before, after))
    changes.sort(key=lambda change: (KINDS.index(change.kind), change.variant.word not in BAD))
    same = sum(key in after for key in before) - sum(
        change.before is not None and change.after is not None for change in changes)
    return Difference(*names, changes, same)


def all_changes(before: dict[Key, Variant], after: dict[Key, Variant]) -> Iterator[Change]:
    """Each variant that changed, was added or has gone."""
    for key, variant in after.items():
        kind = kind_of(before[key], variant) if key in before else "new"
        if kind:
            yield Change(kind, before.get(key), variant)
    for key, variant in before.items():
        if key not in after:
            yield Change("gone", variant, None)


def kind_of(before: Variant, after: Variant) -> str:
    """What became of a variant that is on both sides; empty for nothing."""
    was, now = (GROUPS.get(variant.word, variant.word) for variant in (before, after))
    if was == now:
        return "" if before.word == after.word and alike(before, after) else "changed"
    if now in ("bad", "unjudged"):
        return "regressed" if now == "bad" else "unjudged"
    if was == "unjudged":
        return "judged"
    return "fixed" if now == "pass" else "deviating" if was == "pass" else "excused"


def alike(before: Variant, after: Variant) -> bool:
    """Whether two variants with the same word are what they are for the same reason: by their codes
    and what was expected and observed, or by what is said of them where a record has no code."""
    if before.unstable or after.unstable or not (before.code and after.code):
        return unmeasured(before.line) == unmeasured(after.line)
    return why(before) == why(after)


def why(variant: Variant) -> list[str]:
    """Why it is what it is, in what does not change from run to run."""
    return [variant.code, *(unmeasured(str(variant.failure.get(name) or "")) for name in REASONS)]


def unmeasured(text: str) -> str:
    """A text without what is measured anew each time."""
    return MEASURED.sub("#", text)


def text(found: Difference, most: int = 0, few: int = FEW) -> list[str]:
    """The difference as lines for a terminal; of each kind at most so many variants (0: all), and
    where there is a limit at most `few` that are new or gone."""
    lines = [flat(found.sentence)]
    for kind in KINDS:
        changes = found.of(kind)
        if changes:
            meaning = found.meaning(kind)
            lines += ["", flat(found.title(kind)) + (f": {meaning}" if meaning else "")]
        shown = min(most, few) if most and kind in ("new", "gone") else most or len(changes)
        for change in changes[:shown]:
            lines += change_lines(change)
        if len(changes) > shown:
            lines.append(f"  ... and {len(changes) - shown:,} more")
    return lines


def change_lines(change: Change) -> list[str]:
    """One change: what it was, what it is, and why."""
    was = change.before.word if change.before else "absent"
    now = change.after.word if change.after else "absent"
    return [f"  {was:<8}> {now:<9}{flat(change.variant.id)}",
            *([f"{'':21}{change.variant.line}"] if change.variant.line else [])]


# The run that a run is compared with is kept beside its records, as far as comparing needs it.
MEMORY = "compared.json"
KEPT = ("id", "case", "variant", "repeat", "stack", "title", "verdict", "reason", "skip")


def memory_of(report: Report, name: str) -> str:
    """What is to be kept of the run called `name`, as the text of a file."""
    results = [kept(result) for result in report.records.results]
    return json.dumps({"schema": 1, "name": name, "results": results}, ensure_ascii=False)


def kept(result: Result) -> Result:
    """What is kept of one result."""
    found = {key: result[key] for key in KEPT if key in result}
    said = result.get("failure")
    if said:
        found["failure"] = {key: said[key] for key in ("code", *REASONS) if key in said}
    return found


def remembered(report: Report, shown: str) -> Difference | None:
    """The difference between the run that `report`'s folder remembers and `report`, which is
    called `shown`; None when it remembers none."""
    try:
        value: Any = json.loads((report.records.folder / MEMORY).read_text("utf-8", "replace"))
        results = [dict(result) for result in value["results"] if isinstance(result["id"], str)]
        name = str(value["name"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return difference(Report(Records(report.records.folder, {}, results)), report, (name, shown))

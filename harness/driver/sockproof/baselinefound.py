# SPDX-License-Identifier: MIT
"""What a run found of a stack, as a baseline says it: the failures of each variant."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sockproof import house
from sockproof.baselinefile import Failure, Named, flow
from sockproof.reports.failure import flat
from sockproof.reports.model import Report
from sockproof.reports.records import Result
from sockproof.reports.variant import Variant, variant_of

# A call that did not end stays open, and the steps behind it need not mean anything.
ENDS_THE_CASE = ("deadline",)
# Ports from here on are of a block that each worker has for itself: another one from run to run.
OWN_PORTS = 10000
# More different texts than these are no observation.
MOST_TEXTS = 8


@dataclass
class Account:
    """What one variant came to, in all its repeats."""

    variant: Variant
    repeats: list[Result]
    new: list[Failure] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The variant."""
        return self.variant.id

    @property
    def case(self) -> str:
        """Its case."""
        return str(self.variant.result["case"])

    @property
    def line(self) -> str:
        """What is said of it."""
        return self.variant.line

    @property
    def passes(self) -> bool:
        """Whether it passes, or would but for a stale entry."""
        return not self.new and (self.variant.word == "pass" or self.variant.stale)

    @property
    def lost(self) -> bool:
        """Whether it went on behind a failure to where it could not be judged, or waited for what
        that failure kept away: it had better end there."""
        code = str(self.variant.failure.get("code"))
        went_on = bool(self.excused) and bool(self.excused[-1]["went_on"])
        return went_on and (self.variant.word == "broken" or
                            (self.variant.word == "fail" and code in ENDS_THE_CASE))

    @property
    def judged(self) -> bool:
        """Whether it says anything about what is known."""
        return self.variant.word in ("pass", "fail", "known") or self.lost

    @property
    def excused(self) -> list[dict[str, Any]]:
        """The failures that the baseline excused and that came."""
        return list(self.variant.result.get("excused") or [])

    def wanted(self, named: Named, path: Path) -> list[Failure]:
        """What the baseline should say of the variant where it says what `named` does."""
        met = {int(one["line"]) - 1: one for one in self.excused
               if one["file"] == house.shown(path) or one["file"].endswith(f"/{path.name}")}
        if self.lost:
            last = int(self.excused[-1]["line"]) - 1
            return [ended(one) if one.line == last else one for one in named.failures
                    if one.line in met]
        if self.unasked(named):
            return named.failures
        kept = [one for one in named.failures if one.line in met or not self.reached(one)]
        return sorted([*kept, *self.new], key=place)

    def unasked(self, named: Named) -> bool:
        """Whether it failed where `named` says that it does, in a run that no baseline was held
        against: only the engine can tell whether that is what is excused."""
        return any(one.step == new.step and one.field == new.field
                   for one in named.failures for new in self.new
                   if not self.variant.result.get("excuses"))

    def reached(self, failure: Failure) -> bool:
        """Whether the variant came to where a failure would have been."""
        if self.new:
            return place(failure) <= place(self.new[0])
        if self.excused and not self.excused[-1]["went_on"]:
            end = int(self.excused[-1]["step"])
            return failure.step > 0 and (end == 0 or failure.step < end)
        return True


def ended(failure: Failure) -> Failure:
    """A failure behind which the case does not go on."""
    return Failure(failure.step, failure.field, failure.observed, False, failure.versions, failure.line,
                   failure.above, failure.note)


def place(failure: Failure) -> float:
    """Where in the case it is: the case as a whole is judged at its end."""
    return failure.step or float("inf")


def alike(wanted: list[list[Failure]]) -> bool:
    """Whether all want the same."""
    return all(failures == wanted[0] for failures in wanted)


def shown(failure: Failure) -> str:
    """A failure in words."""
    where = f"step {failure.step}: " if failure.step else ""
    return f"{where}{failure.field} {flat(flow(failure.observed))}"


def found_of(report: Report, stack: str) -> list[Account]:
    """The variants of a stack. One that fails in some of its repeats alone is no deviation: it is
    unstable, and says nothing."""
    accounts = []
    for repeats in report.records.variants.values():
        variant = variant_of(repeats)
        if variant.stack != stack or variant.unstable:
            continue
        account = Account(variant, repeats)
        if variant.word == "fail" and not variant.stale:
            account.new = [] if account.lost else [failure_of(repeats)]
        accounts.append(account)
    return accounts


def failure_of(repeats: list[Result]) -> Failure:
    """The failure of a variant, by all its repeats."""
    said = repeats[0]["failure"]
    observed = [value_of(str(one["failure"]["observed"]), str(said["field"])) for one in repeats
                if one["failure"]["step"] == said["step"] and one["failure"]["field"] == said["field"]]
    return Failure(int(said["step"]), str(said["field"]), together(observed),
                   said["code"] not in ENDS_THE_CASE, new=True)


def value_of(text: str, where: str) -> Any:
    """What was observed: a value that was written out, or words. During which step a reset comes that
    nobody named is a matter of time."""
    if where == "resets":
        return {"starts": text.partition(" during ")[0]}
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return steady(value) if isinstance(value, (dict, list)) else text


def steady(value: Any) -> Any:
    """A value without what a baseline cannot hold, or what is another one in the next run."""
    if isinstance(value, dict):
        return {key: steady(one) for key, one in value.items()
                if one is not None and not isinstance(one, (bool, float)) and not
                (key == "port" and isinstance(one, int) and one >= OWN_PORTS)}
    if isinstance(value, list):
        return [steady(one) for one in value]
    return str(value)


def together(observed: list[Any]) -> Any:
    """One value, or the matcher of those that came."""
    different: list[Any] = []
    for one in observed:
        if one not in different:
            different.append(one)
    if len(different) == 1:
        return different[0]
    if all(isinstance(one, str) and one.lstrip("-").isdigit() for one in different):
        numbers = [int(one) for one in different]
        return {"at_least": str(min(numbers)), "at_most": str(max(numbers))}
    if all(isinstance(one, dict) for one in different):
        return {key: together([one[key] for one in different]) for key in different[0]
                if all(key in one for one in different)}
    return {"any_of": different[:MOST_TEXTS]}

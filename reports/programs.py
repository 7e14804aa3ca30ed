# SPDX-License-Identifier: MIT
"""Programs under faults: what became of which program when which fault met which of its calls."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from sockproof.reports.model import Case, Report
from sockproof.reports.records import Result
from sockproof.reports.variant import WORDS, Variant

NO_FAULT = "no fault"
LISTED = re.compile(r"^programs:\s*\[([^\]]*)\]", re.MULTILINE)


@dataclass(frozen=True)
class Met:
    """The variants of one case in which a program met a fault at a call."""

    case: Case
    variants: tuple[Variant, ...]

    @property
    def words(self) -> list[tuple[str, int, Variant]]:
        """Each word that they got, how often, and the first that got it; the worst first."""
        counts = Counter(variant.word for variant in self.variants)
        return [(word, counts[word], next(one for one in self.variants if one.word == word))
                for word in WORDS if counts[word]]


@dataclass
class Programs:
    """The cases about programs by program, call and fault; `faults` are the columns."""

    cells: dict[tuple[str, str], dict[str, dict[str, list[tuple[Case, Variant]]]]] = \
        field(default_factory=dict)

    @property
    def faults(self) -> list[str]:
        """Every fault that any program met, cases without one first."""
        found = {fault for row in self.cells.values() for fault in row}
        return sorted(found, key=lambda fault: (fault != NO_FAULT, fault))

    @property
    def rows(self) -> list[tuple[str, str, bool]]:
        """Program and call of each row, and whether it is the program's first."""
        order = sorted(self.cells)
        return [(program, call, not at or order[at - 1][0] != program)
                for at, (program, call) in enumerate(order)]

    def met(self, program: str, call: str, fault: str) -> list[Met]:
        """What stands in a cell, case by case."""
        cases = self.cells[program, call].get(fault, {})
        return [Met(found[0][0], tuple(variant for _, variant in found))
                for found in cases.values()]

    def add(self, place: tuple[str, str, str], case: Case, variant: Variant) -> None:
        """Puts a variant where its program, call and fault are."""
        program, call, fault = place
        self.cells.setdefault((program, call), {}).setdefault(fault, {}).setdefault(
            case.id, []).append((case, variant))


def programs(report: Report) -> Programs:
    """What a report has about programs; nothing when all its cases are about stacks."""
    found = Programs()
    for case in report.cases.values():
        for variant in case.variants:
            if variant.result.get("subject") == "program":
                for place in places(variant.result, case, report.source(case)):
                    found.add(place, case, variant)
    return found


def places(result: Result, case: Case, source: str) -> list[tuple[str, str, str]]:
    """Program, call and fault of every fault that a result accounts for. One that says no programs is
    about those that the case lists."""
    listed = result.get("programs") or programs_of(case, source)
    faults = result.get("faults") or []
    found = [(str(program), str(fault.get("at", "")), kind_of(fault)) for fault in faults
             for program in fault.get("programs") or listed]
    return found or [(program, "", NO_FAULT) for program in listed]


def kind_of(fault: Result) -> str:
    """What it does, without how much: "EINTR", "cap"; its name in a record that does not say."""
    word, _, argument = str(fault.get("does") or fault.get("name")).partition(" ")
    return argument if word == "errno" else word


def programs_of(case: Case, source: str) -> list[str]:
    """The programs that a case lists; the second part of its id when its text does not say."""
    match = LISTED.search(source)
    names = [name.strip().strip("\"'") for name in match.group(1).split(",")] if match else []
    return [name for name in names if name] or [case.id.split("/")[min(1, case.id.count("/"))]]

"""Programs under faults: which program met which fault in which case."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from reports.model import Case, Report

NO_FAULT = "no fault"
LISTED = re.compile(r"^programs:\s*\[([^\]]*)\]", re.MULTILINE)


@dataclass
class Programs:
    """The cases about programs by program and fault; `faults` are the columns."""

    cells: dict[str, dict[str, list[Case]]] = field(default_factory=dict)

    @property
    def faults(self) -> list[str]:
        """Every fault that any program met, cases without one first."""
        found = {fault for row in self.cells.values() for fault in row}
        return sorted(found, key=lambda fault: (fault != NO_FAULT, fault))


def programs(report: Report) -> Programs:
    """What a report has about programs; nothing when all its cases are about stacks."""
    found = Programs()
    for case in report.cases.values():
        if any(variant.result.get("subject") == "program" for variant in case.variants):
            for program in programs_of(case, report.source(case)):
                row = found.cells.setdefault(program, {})
                for fault in faults_of(case):
                    row.setdefault(fault, []).append(case)
    return found


def programs_of(case: Case, source: str) -> list[str]:
    """The programs that a case lists; the second part of its id when its text does not say."""
    match = LISTED.search(source)
    names = [name.strip().strip("\"'") for name in match.group(1).split(",")] if match else []
    return [name for name in names if name] or [case.id.split("/")[min(1, case.id.count("/"))]]


def faults_of(case: Case) -> list[str]:
    """The names of the faults that its results account for."""
    names = {str(fault.get("name")) for variant in case.variants
             for fault in variant.result.get("faults") or []}
    return sorted(names) or [NO_FAULT]

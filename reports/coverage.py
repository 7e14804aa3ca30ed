# SPDX-License-Identifier: MIT
"""Which requirements of the catalogue a run's cases cite, with which verdict on which stack."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sockproof.reports.model import LEVELS, Case, Report, Requirement, natural

# Covered: a case that cites it was judged to its end. Cited: none of those that cite it was. Excepted: the
# catalogue says why no test can show it, and none cites it.
STATES = ("covered", "cited", "uncovered", "excepted")


@dataclass
class Entry:
    """One requirement and the cases that cite it."""

    requirement: Requirement
    cases: list[Case] = field(default_factory=list)

    @property
    def state(self) -> str:
        """One of STATES."""
        if any(variant.evaluated for case in self.cases for variant in case.variants):
            return "covered"
        if self.cases:
            return "cited"
        return "excepted" if self.requirement.excepted else "uncovered"


@dataclass
class Section:
    """One section of a specification."""

    specification: str
    name: str
    entries: list[Entry] = field(default_factory=list)


class Coverage:
    """The catalogue held against the cases of a report."""

    def __init__(self, report: Report) -> None:
        self.entries = {name: Entry(requirement)
                        for name, requirement in report.catalogue.items()}
        self.errors: list[tuple[Case, str]] = []
        for case in report.cases.values():
            self._cite(case)

    def _cite(self, case: Case) -> None:
        # A result that is missing cannot say what it cites.
        if not case.cites and any("cites" in variant.result for variant in case.variants):
            self.errors.append((case, "cites nothing"))
        for cite in case.cites:
            if cite in self.entries:
                self.entries[cite].cases.append(case)
            else:
                self.errors.append((case, f"cites {cite}, which the catalogue does not hold"))

    @property
    def sections(self) -> dict[str, list[Section]]:
        """The sections of each specification, both in their natural order."""
        found: dict[tuple[str, str], Section] = {}
        for entry in self.entries.values():
            key = entry.requirement.specification, entry.requirement.section
            found.setdefault(key, Section(*key)).entries.append(entry)
        result: dict[str, list[Section]] = {}
        for key in sorted(found, key=lambda key: (natural(key[0]), natural(key[1]))):
            result.setdefault(key[0], []).append(found[key])
        return result

    def figures(self, of: str) -> list[tuple[str, Counter[str]]]:
        """How many requirements are in each state, by "level", "observable" or "specification"."""
        counts: dict[str, Counter[str]] = {}
        for entry in self.entries.values():
            counts.setdefault(str(getattr(entry.requirement, of)), Counter())[entry.state] += 1
        order = [level for level in LEVELS if level in counts] if of == "level" else []
        return [(name, counts[name]) for name in [*order, *sorted(set(counts) - set(order))]]

    @property
    def totals(self) -> Counter[str]:
        """How many requirements are in each state."""
        return Counter(entry.state for entry in self.entries.values())

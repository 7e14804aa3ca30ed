# SPDX-License-Identifier: MIT
"""What `./sockproof coverage` shows: each requirement of the catalogue, and whether a case asks for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Iterable, Iterator

import yaml

from sockproof import house
from sockproof.baselinefile import entries_of, pattern_fits
from sockproof.driver.listing import Listed, Listing
from sockproof.reports.coverage import Coverage, Entry
from sockproof.reports.model import LEVEL_NAMES, LEVELS, Report, Requirement, natural
from sockproof.trouble import Trouble

FIXTURES = house.ROOT / "fixtures"
NOT_PRACTICAL = "not practical"
# Covered: a case asks for it and, where a run was read, was judged to its end. Known: the same, and a
# baseline names what a stack does otherwise there. Missing: neither. Excepted: the catalogue says why no
# test can ask.
COVERED, KNOWN, MISSING, EXCEPTED = STATES = ("covered", "known", "missing", "excepted")


@dataclass(frozen=True)
class Asked:
    """A requirement and its state, one of STATES."""

    requirement: Requirement
    state: str

    @property
    def place(self) -> tuple[Any, ...]:
        """Where it stands among the others: by catalogue, section, id."""
        one = self.requirement
        return natural(one.specification), natural(one.section), natural(one.id)


@dataclass(frozen=True)
class Row:
    """What is practicable of a catalogue at one level, in numbers; `level` is empty for all levels."""

    specification: str
    level: str
    every: Counter[str]
    wire: Counter[str]


def requirement_of(entry: dict[str, Any]) -> Requirement:
    """An entry of a catalogue file. Raises KeyError when it is none."""
    excepted = str(entry.get("provoke") or "")
    excepted = excepted[len(NOT_PRACTICAL):].lstrip(": ") if excepted.startswith(NOT_PRACTICAL) else ""
    return Requirement(str(entry["id"]), str(entry["level"]).lower(), str(entry.get("section") or ""),
                       str(entry["summary"]), str(entry.get("observable") or ""), excepted)


def catalogue() -> list[Requirement]:
    """All that stands in fixtures/catalogue. Raises Trouble for a file that is no catalogue."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: list[Requirement] = []
    for file in sorted((FIXTURES / "catalogue").glob("*.yaml")):
        try:
            found += map(requirement_of, yaml.load(file.read_text("utf-8"), loader))
        except (OSError, yaml.YAMLError, TypeError, KeyError) as error:
            raise Trouble(f"{house.shown(file)} is no catalogue: {error}") from None
    if not found:
        raise Trouble(f"no catalogue in {house.shown(FIXTURES / 'catalogue')}")
    return found


def deviating(stack: str) -> list[str]:
    """What the baseline of a stack names: cases, variants and patterns of them."""
    file = FIXTURES / "baseline" / f"{stack}.yaml"
    return [named.pattern for entry in entries_of(file) for named in entry.cases] if file.exists() else []


def variants() -> Iterator[Listed]:
    """The variants of every case that there is. Raises Trouble for one that is refused."""
    listing = Listing()
    listing.ask([house.CASES])
    if listing.complaints:
        raise Trouble("\n".join(one.text for one in listing.complaints))
    for found in listing.variants.values():
        yield from found


def of_cases(stack: str) -> list[Asked]:
    """Each requirement as the cases cite it, whatever a run would find; `stack` is whose baseline says
    what is known. Raises Trouble."""
    patterns = deviating(stack)
    cited: dict[str, bool] = {}
    for variant in variants():
        known = any(pattern_fits(pattern, variant["id"], variant["case"]) for pattern in patterns)
        for cite in variant["cites"]:
            cited[cite] = cited.get(cite, False) or known
    return [Asked(one, state_of(one, one.id in cited, cited.get(one.id, False))) for one in catalogue()]


def of_runs(reports: Iterable[Report]) -> list[Asked]:
    """Each requirement as the runs evaluated it: covered where one of them did."""
    found: dict[str, tuple[Requirement, bool, bool]] = {}
    for report in reports:
        for name, entry in Coverage(report).entries.items():
            _, covered, known = found.get(name, (entry.requirement, False, False))
            found[name] = (entry.requirement, covered or entry.state == COVERED,
                           known or deviates(entry))
    return [Asked(one, state_of(one, covered, known)) for one, covered, known in found.values()]


def deviates(entry: Entry) -> bool:
    """Whether a variant of those that cite it failed as a baseline says."""
    return any(variant.word == "known" for case in entry.cases for variant in case.variants)


def state_of(requirement: Requirement, covered: bool, known: bool) -> str:
    """The state of a requirement of which that is so."""
    if covered:
        return KNOWN if known else COVERED
    return EXCEPTED if requirement.excepted else MISSING


def rows(found: list[Asked]) -> list[Row]:
    """A row for each level of each catalogue, in their order, and one for each level of all; the last
    is for all of it."""
    names = sorted({one.requirement.specification for one in found}, key=natural)
    parts = [(name, level) for name in [*names, ""] for level in levels_of(found)] + [("", "")]
    made = [row_of(found, name, level) for name, level in parts]
    return [row for row in made if row.every.total() or not row.level]


def levels_of(found: list[Asked]) -> list[str]:
    """The levels that there are, the strictest first."""
    there = {one.requirement.level for one in found}
    return [*(level for level in LEVELS if level in there), *sorted(there - set(LEVELS))]


def row_of(found: list[Asked], specification: str, level: str) -> Row:
    """One row; an empty word takes all."""
    own = [one for one in found if one.state != EXCEPTED
           and specification in ("", one.requirement.specification) and level in ("", one.requirement.level)]
    return Row(specification, level, Counter(one.state for one in own),
               Counter(one.state for one in own if one.requirement.observable == "wire"))


def level_name(level: str) -> str:
    """A level as specifications write it."""
    return LEVEL_NAMES.get(level, level)

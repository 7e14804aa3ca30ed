# SPDX-License-Identifier: MIT
"""What the pages show, put together from a run's records: cases, their variants, requirements."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sockproof.reports import evidence
from sockproof.reports.records import JUDGED, Records, incomplete, listed, mishaps, stacks_of
from sockproof.reports.variant import WORDS, Variant, variant_of

LEVELS = ("must", "describes", "should", "may")
LEVEL_NAMES = {"must": "MUST", "describes": "describes", "should": "SHOULD", "may": "MAY"}
LONGEST_SLUG = 150
NO_SPECIFICATION = "cites nothing known"


@dataclass(frozen=True)
class Requirement:
    """One entry of the catalogue."""

    id: str
    level: str
    section: str
    summary: str
    observable: str = ""
    excepted: str = ""

    @property
    def specification(self) -> str:
        """The part of its id that names the document."""
        return self.id.partition("/")[0]


@dataclass
class Case:
    """A case and everything that ran of it."""

    id: str
    title: str
    file: str
    cites: list[str]
    variants: list[Variant] = field(default_factory=list)

    def on(self, stack: str) -> list[Variant]:
        """Its variants on one stack."""
        return [variant for variant in self.variants if variant.stack == stack]

    def words(self, stack: str) -> list[tuple[str, int]]:
        """Each word that its variants on a stack got and how often, the worst first. Words are
        never merged into one another."""
        counts = Counter(variant.word for variant in self.on(stack))
        return [(word, counts[word]) for word in WORDS if counts[word]]

    @property
    def page(self) -> str:
        """The path of its page below the report."""
        return "case/" + "/".join(slug(part) for part in self.id.split("/")) + ".html"


def slug(part: str) -> str:
    """One part of an id as a file name: letters, digits, ".", "-" and "_" stay, everything
    else, and a leading dot, becomes "=" and its number. Different parts stay different."""
    text = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else f"={ord(c):x}="
                   for c in part)
    if text.startswith("."):
        text = "=2e=" + text[1:]
    if len(text) > LONGEST_SLUG:
        digest = hashlib.sha256(part.encode("utf-8", "replace")).hexdigest()
        text = f"{text[:LONGEST_SLUG - 17]}={digest[:16]}"
    return text or "="


def natural(text: str) -> list[Any]:
    """A key that sorts "3.10" behind "3.9"."""
    return [(0, int(word), "") if word.isdigit() else (1, 0, word.lower())
            for word in re.split(r"(\d+)", text) if word]


class Report:
    """Everything about one run that is ready to be shown."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.run = records.run
        self.stacks = stacks_of(records.results, self.run) or [str(records.run.get("stack") or "linux")]
        self.variants = [variant_of(group) for group in records.variants.values()]

    @cached_property
    def catalogue(self) -> dict[str, Requirement]:
        """The requirements that the run knew, by id; empty when its records hold none. Those
        that only failures mention stand in for a catalogue that is missing."""
        found = {}
        for entry in listed(self.run.get("catalogue")) + self._mentioned:
            if isinstance(entry.get("id"), str) and entry["id"] not in found:
                found[entry["id"]] = Requirement(
                    entry["id"], str(entry.get("level") or "").lower(),
                    str(entry.get("section") or ""), str(entry.get("summary") or ""),
                    str(entry.get("observable") or ""), str(entry.get("excepted") or ""))
        return found

    @property
    def has_catalogue(self) -> bool:
        """Whether the records hold the catalogue, so that coverage can be shown."""
        return bool(listed(self.run.get("catalogue")))

    @property
    def _mentioned(self) -> list[dict[str, Any]]:
        return [entry for result in self.records.results
                for entry in listed((result.get("failure") or {}).get("requirements"))]

    @cached_property
    def cases(self) -> dict[str, Case]:
        """The cases by id, in the order of their ids."""
        found: dict[str, Case] = {}
        for variant in self.variants:
            result = variant.result
            name = str(result.get("case") or variant.id.partition("[")[0])
            case = found.setdefault(name, Case(name, "", "", []))
            case.title = case.title or str(result.get("title") or "")
            case.file = case.file or str(result.get("file") or "")
            case.cites = case.cites or [str(cite) for cite in result.get("cites") or []]
            case.variants.append(variant)
        for case in found.values():
            case.variants.sort(key=lambda v: (self.stacks.index(v.stack), natural(v.name)))
        return {name: found[name] for name in sorted(found)}

    def source(self, case: Case) -> str:
        """The text of a case's file as it was when the run began; empty when not recorded."""
        sources = self.run.get("sources")
        text = sources.get(case.file) if isinstance(sources, dict) else None
        return text if isinstance(text, str) else ""

    def level(self, case: Case) -> str:
        """The strictest level that the case cites; empty when nothing is known of its cites."""
        levels = {self.catalogue[cite].level for cite in case.cites if cite in self.catalogue}
        return next((level for level in LEVELS if level in levels), "")

    @property
    def levels(self) -> list[str]:
        """The levels that its cases have, the strictest first."""
        found = {self.level(case) for case in self.cases.values()}
        return [level for level in LEVELS if level in found]

    def section(self, case: Case) -> tuple[str, str]:
        """Specification and section of the first known requirement that it cites."""
        for cite in case.cites:
            if cite in self.catalogue:
                entry = self.catalogue[cite]
                return entry.specification, entry.section
        return NO_SPECIFICATION, ""

    def counts(self, stack: str = "") -> Counter[str]:
        """How many variants have each word, on one stack or on all."""
        return Counter(variant.word for variant in self.variants
                       if not stack or variant.stack == stack)

    def of_words(self, *words: str) -> list[Variant]:
        """The variants with one of the words."""
        return [variant for variant in self.variants if variant.word in words]

    def case_of(self, variant: Variant) -> Case:
        """The case that a variant belongs to."""
        return self.cases[str(variant.result.get("case") or variant.id.partition("[")[0])]

    @property
    def runs(self) -> list[dict[str, Any]]:
        """What is known of the run, and of each of its parts."""
        return [run for run in [*listed(self.run.get("parts")), self.run] if run]

    @property
    def honest(self) -> bool:
        """Whether no stack of the run was told to lie."""
        return not any(run.get("lie") for run in self.runs)

    def version(self, stack: str) -> str:
        """The version of a stack; empty when the records do not say."""
        for run in self.runs:
            for entry in listed(run.get("stacks")):
                if entry.get("stack") == stack and entry.get("version"):
                    return str(entry["version"])
            if run.get("stack") == stack and run.get("stack_version"):
                return str(run["stack_version"])
        return ""

    @property
    def stack_names(self) -> list[str]:
        """Each stack with its version."""
        return [f"{stack} {self.version(stack)}".strip() for stack in self.stacks]

    @property
    def incomplete(self) -> list[str]:
        """Why the run is not whole, a sentence each; [] when it is."""
        return incomplete(self.records)

    @property
    def mishaps(self) -> list[str]:
        """What befell the run and cost none of its verdicts, a sentence each."""
        return mishaps(self.records)

    @property
    def lost(self) -> list[str]:
        """What of the evidence is missing, a sentence each; [] when nothing is."""
        return evidence.lost(self.records)

    def counts_not(self, variant: Variant) -> bool:
        """Whether a failure was shown and did not count, for want of --strict."""
        return variant.lesser and self.run.get("strict") is not True

    @property
    def sentence(self) -> str:
        """The verdict on the whole run in one sentence."""
        shard = self.run.get("shard")
        if isinstance(shard, dict) and shard.get("total") and self.run.get("selected") == 0:
            return empty_shard(shard)
        said = verdict_sentence(self.counts(), {stack: self.counts(stack)
                                                for stack in self.stacks},
                                sum(map(self.counts_not, self.variants)))
        missing = self.records.unnamed
        return said if not missing else (
            f"{said[:-1]}; {missing:,} {'result is' if missing == 1 else 'results are'} missing.")


def empty_shard(shard: dict[str, Any]) -> str:
    """What is to be said of a part of a run to which no variant fell."""
    total = shard["total"]
    fell = "the one variant" if total == 1 else f"all {total:,} variants"
    return f"Shard {shard['number']} of {shard['count']} is empty: {fell} fell to the others."


def not_counted(excused: int, failed: int) -> str:
    """What is to be said behind so many failures of which so many do not count."""
    if excused == failed:
        return f", in SHOULD and MAY alone: {'it does' if failed == 1 else 'they do'} not count " \
               "without --strict"
    return f", {excused:,} of them in SHOULD and MAY alone, which does not count without --strict"


def verdict_sentence(counts: Counter[str], stacks: dict[str, Counter[str]],
                     excused: int = 0) -> str:
    """"2 of 15 variants fail on linux; 3 could not be judged."; with several stacks, how many
    fail on each. `excused` of the failures do not count."""
    total = counts.total()
    if not sum(counts[word] for word in (*JUDGED, "unstable")):
        return "Nothing was judged: this run proves nothing."
    failed = counts["fail"] + counts["unstable"]
    where = f" on {next(iter(stacks))}" if len(stacks) == 1 else f" on {len(stacks)} stacks"
    if failed:
        each = ", ".join(f"{own['fail'] + own['unstable']:,} on {stack}"
                         for stack, own in stacks.items() if own["fail"] + own["unstable"])
        parts = [f"{failed:,} of {total:,} variants {'fails' if failed == 1 else 'fail'}"
                 + (where if len(stacks) == 1 else f": {each}")
                 + (not_counted(excused, failed) if excused else "")]
    elif counts["known"]:
        parts = [f"Nothing fails{where} that its baseline does not name: {counts['pass']:,} of "
                 f"{total:,} variants pass, {counts['known']:,} deviate as known"]
    elif counts["pass"] == total:
        parts = [(f"All {total:,} variants pass" if total > 1 else "The one variant passes")
                 + where]
    else:
        parts = [f"{counts['pass']:,} of {total:,} variants pass{where}"]
    for word, text in (("broken", "could not be judged"), ("skip", "skipped"),
                       ("not-run", "not run")):
        if counts[word]:
            parts.append(f"{counts[word]:,} {text}")
    return "; ".join(parts) + "."


@dataclass
class Finding:
    """Variants of one case that came to the same on one stack, for the same reason."""

    case: Case
    variants: list[Variant]

    @property
    def first(self) -> Variant:
        """The one that speaks for all."""
        return self.variants[0]


def findings(report: Report, variants: list[Variant]) -> list[Finding]:
    """The variants in their order, those of one case, stack, word and reason together."""
    found: dict[tuple[str, ...], Finding] = {}
    for variant in variants:
        case = report.case_of(variant)
        key = (case.id, variant.stack, variant.word, variant.line)
        found.setdefault(key, Finding(case, [])).variants.append(variant)
    return list(found.values())

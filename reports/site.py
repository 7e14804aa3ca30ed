# SPDX-License-Identifier: MIT
"""The HTML report: static pages that open from a folder, with or without JavaScript."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from sockproof.reports import evidence, failure, plot, source
from sockproof.reports.compare import KINDS, Difference
from sockproof.reports.coverage import STATES, Coverage
from sockproof.reports.ladder import Ladder, ladder
from sockproof.reports.ladder_drawing import drawing
from sockproof.reports.model import LEVEL_NAMES, Case, Report, Requirement, findings, natural
from sockproof.reports.programs import programs
from sockproof.reports.records import Event, listed, on_stack, plugs
from sockproof.reports.summary import reasons
from sockproof.reports.template import fill
from sockproof.reports.variant import BAD, WORDS, Variant

FOLDER, MARK = "html", "report.css"
STATIC = Path(__file__).resolve().parent / "static"
# A page shows the ladders of so many variants that nobody asked for, and so many events of each.
LADDERS, FIRST_EVENTS, LAST_EVENTS = 12, 60, 180
# More findings of one kind the index does not list; the matrix has all.
MOST_FINDINGS = 300
SHOWN = (*BAD, "known")


@dataclass(frozen=True)
class Account:
    """What a case's page shows of one variant: why it did not pass and how it came about;
    `missing` of its events are not to be found."""

    variant: Variant
    failure: dict[str, Any]
    requirements: list[Requirement]
    ladder: Ladder | None
    svg: Markup
    plots: list[tuple[str, Markup]]
    missing: int


class Site:
    """The pages of one report, written below `folder`/html, which need not be where its records
    lie. `whole` are patterns of ids whose ladders are shown although they passed; `difference` is
    one with another run or between two stacks, or None."""

    def __init__(self, report: Report, folder: Path, whole: tuple[str, ...] = (),
                 difference: Difference | None = None) -> None:
        self.report = report
        self.records = report.records
        self.folder = folder / FOLDER
        # The way from the pages to the records, as a link has it.
        self.beside = quote(os.path.relpath(self.records.folder, self.folder)) + "/"
        self.whole = whole
        self.difference = difference
        self.coverage = Coverage(report)
        self.bytes_there = evidence.size(self.records)
        self.lost = report.lost

    def write(self) -> Path:
        """Writes every page, the index last but for the cases that passed, so that a disk
        that fills up leaves what matters most. Returns the index; raises OSError."""
        if self.folder.exists() and any(self.folder.iterdir()) and not is_ours(self.folder):
            raise OSError(errno.EEXIST, "it holds something else; give --report DIR")
        self.folder.mkdir(parents=True, exist_ok=True)
        for file in STATIC.iterdir():
            shutil.copyfile(file, self.folder / file.name)
        self.page("index.html", **self.index())
        cases = sorted(self.report.cases.values(), key=lambda case: not has_trouble(case))
        for case in cases:
            self.page("case.html", case.page, **self.case(case))
        self.page("matrix.html", groups=self.matrix(), programs=programs(self.report))
        self.page("coverage.html", coverage=self.coverage, states=STATES)
        (self.folder / "difference.html").unlink(missing_ok=True)
        if self.difference is not None:
            self.page("difference.html", difference=self.difference, kinds=KINDS,
                      linked=self.linked)
        return self.folder / "index.html"

    def page(self, template: str, path: str = "", **values: Any) -> None:
        """Writes one page, or leaves none behind that is cut short."""
        path = path or template
        target = self.folder / path
        root = "../" * path.count("/")
        text = fill(template, report=self.report, root=root, records=root + self.beside, here=template,
                    lost=self.lost, has_events=self.bytes_there is not None, words=WORDS,
                    level_names=LEVEL_NAMES, has_difference=self.difference is not None,
                    there=self.there, **values)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.write_text(text, "utf-8", "backslashreplace")
        except OSError:
            target.unlink(missing_ok=True)
            raise

    def there(self, name: str) -> bool:
        """Whether a file that a result names is among the records."""
        return os.path.exists(self.records.folder / name)

    def linked(self, variant: Variant) -> str:
        """The page of a variant's case; empty for one that this report does not have."""
        case = self.report.cases.get(str(variant.result.get("case")))
        ours = case and any((own.stack, own.id) == (variant.stack, variant.id)
                            for own in case.variants)
        return case.page if case and ours else ""

    def index(self) -> dict[str, Any]:
        """What the index shows. Of two stacks of this one run nothing became anything."""
        since = None if self.difference is None or self.difference.of_stacks else self.difference
        regressed = since.keys("regressed") if since else set()
        groups = {"failing": self.report.of_words("fail", "unstable"),
                  "broken": self.report.of_words("broken"), "known": self.report.of_words("known")}
        for group in groups.values():
            group.sort(key=lambda v: (v.stack, v.id) not in regressed)
        return {**{name: findings(self.report, group) for name, group in groups.items()},
                "regressed": regressed, "difference": since, "most": MOST_FINDINGS,
                "has_log": (self.records.folder / "engine.log").is_file(),
                "skips": reasons(self.report.variants, "skip"),
                "not_run": reasons(self.report.variants, "not-run"),
                "flaky": [variant for variant in self.report.variants if variant.unstable],
                "counts": self.report.counts(), "configuration": configuration(self.report),
                "profile": profile,
                "totals": self.coverage.totals}

    def matrix(self) -> list[tuple[str, str, list[Case]]]:
        """The cases by the section of the first requirement that they cite."""
        groups: dict[tuple[str, str], list[Case]] = {}
        for case in self.report.cases.values():
            groups.setdefault(self.report.section(case), []).append(case)
        return [(*key, groups[key]) for key in sorted(
            groups, key=lambda key: (natural(key[0]), natural(key[1])))]

    def case(self, case: Case) -> dict[str, Any]:
        """What the page of a case shows."""
        accounts, room = [], LADDERS
        for variant in case.variants:
            asked = self.asked_for(variant, case)
            if asked or variant.word in SHOWN:
                accounts.append(self.account(variant, asked or room > 0))
                room -= not asked
        failing = {int(account.failure["line"]) for account in accounts
                   if account.failure.get("line") and account.failure.get("source")}
        cited = [(cite, self.report.catalogue.get(cite)) for cite in case.cites]
        return {"case": case, "accounts": accounts, "cited": cited,
                "level": self.report.level(case), "first_steps": FIRST_EVENTS,
                "lines": source.lines(text, failing) if (text := self.report.source(case)) else []}

    def asked_for(self, variant: Variant, case: Case) -> bool:
        """Whether the user named it among those to be shown with their ladders."""
        return any(fnmatchcase(name, pattern) for pattern in self.whole
                   for name in (variant.id, case.id, on_stack(variant.result)))

    def account(self, variant: Variant, with_ladder: bool) -> Account:
        """Everything about one variant that did not pass."""
        said = variant.result.get("failure") or {}
        required = [self.report.catalogue[entry["id"]] for entry in said.get("requirements") or []
                    if entry.get("id") in self.report.catalogue]
        with_ladder = with_ladder and said.get("code") != failure.STALE
        events = self.records.events(variant.result) if with_ladder else []
        found, svg = None, Markup("")
        if events:
            found = ladder(events, variant.result, FIRST_EVENTS, LAST_EVENTS)
            svg = drawing(found, variant.anchor, f"Ladder of {variant.id} on {variant.stack}; "
                          "the same events stand in the table below it")
        looked = with_ladder or not evidence.within(variant.result, self.bytes_there)
        gone = evidence.missing(variant.result, events) if looked else 0
        return Account(variant, said, required, found, svg, plots(events), gone)


def is_ours(folder: Path) -> bool:
    """Whether a folder holds pages that were made here, and not something of the user's."""
    return (folder / MARK).is_file()


def plots(events: list[Event]) -> list[tuple[str, Markup]]:
    """Each plot worth looking at, with the same in words."""
    found = [(plot.stream_words(one), plot.stream_plot(one)) for one in plot.streams(events)
             if one.worth_looking]
    return found + [(f"{actor}: {plot.order_words(numbers)}", plot.order_plot(numbers))
                    for actor, numbers in plot.orders(events)]


def has_trouble(case: Case) -> bool:
    """Whether any of its variants failed or broke."""
    return any(variant.word in BAD for variant in case.variants)


def configuration(report: Report) -> list[tuple[str, str]]:
    """What the run ran on and with, as names and values, one part of a merged run after the
    other."""
    rows: list[tuple[str, str]] = []
    parts = report.run.get("parts")
    for run in parts if isinstance(parts, list) and parts else [report.run]:
        if isinstance(run, dict):
            rows += configuration_of(run)
    return rows


def configuration_of(run: dict[str, Any]) -> list[tuple[str, str]]:
    """The configuration of one run."""
    stack = " ".join(str(run[key]) for key in ("stack", "stack_version") if run.get(key))
    several = [f"{one.get('stack')} {one.get('version') or ''}".strip()
               for one in listed(run.get("stacks"))]
    stack = ", ".join(several) or stack
    shard = run.get("shard") or {}
    rows = [("stack", stack), ("plugged in", "; ".join(plugs(run))),
            ("kernel", run.get("kernel")), ("C library", run.get("libc")),
            ("machine", run.get("machine")), ("processors", run.get("processors")),
            ("place", run.get("place")), ("no wire because", run.get("no_wire")),
            ("cases ran unconfined because", run.get("unconfined")),
            ("seed", run.get("seed")), ("repeat", run.get("repeat")),
            ("slow factor", run.get("slow_factor")), ("sockproof", run.get("sockproof")),
            ("commit", run.get("commit")), ("command", run.get("command")),
            ("shard", f"{shard['number']} of {shard['count']}" if shard else None),
            ("began", run.get("began")), ("ended", run.get("ended")),
            ("host profile", run.get("host_profile_version"))]
    return [(name, failure.flat(str(value))) for name, value in rows if value not in (None, "")]


def profile(report: Report) -> dict[str, str]:
    """The sysctls that the run set and read back."""
    parts = report.run.get("parts")
    runs = parts if isinstance(parts, list) and parts else [report.run]
    merged: dict[str, str] = {}
    for run in runs:
        values = run.get("host_profile") if isinstance(run, dict) else None
        merged |= {str(key): str(value) for key, value in (values or {}).items()}
    return merged

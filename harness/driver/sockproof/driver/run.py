# SPDX-License-Identifier: MIT
"""The run: what one session holds of sockproof, from the listing to the last report."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Callable

from sockproof import exitstatus, house, interrupt
from sockproof.driver import engine as engines
from sockproof.driver.arrivals import Arrivals
from sockproof.driver.engine import Engine
from sockproof.driver.listing import Listed, Listing
from sockproof.driver.provenance import Provenance
from sockproof.driver.reportdir import ReportDir, set_aside
from sockproof.driver.shard import Shard
from sockproof.driver.stacks import DEFAULT, name_of
from sockproof.driver.standin import stand_in
from sockproof.guest import store
from sockproof.reports.compare import MEMORY, Difference, difference, memory_of
from sockproof.reports.failure import failure_text
from sockproof.reports.github import announced, refusals
from sockproof.reports.model import Report
from sockproof.reports.records import Records, read, read_run
from sockproof.reports.render import render, write_whole
from sockproof.reports.site import FOLDER
from sockproof.reports.variant import Variant, variant_of

LOG_TAIL_LINES = 20
SAME_SIGNAL_SECONDS = 0.5


class Run:
    """One session's engine, results and report folder. Used from pytest's thread alone, but for
    _enough() and _mend(), which the threads of the engine call as long as it is not over: what those
    two change besides the Arrivals is behind a lock, and the folder is theirs while no engine runs."""

    def __init__(self, options: dict[str, Any], most: int = 0) -> None:
        """`options` holds a value for every Option by name, None or False where not given; with
        `most` variants that fail or are broken the run ends (0: it never does)."""
        self.options = options
        self._most = most
        self._whole = self._bad = 0
        self._counting = threading.Lock()
        self.listing = Listing()
        self.folder = Path(options["report"] or house.REPORT)
        self.stacks = [name_of(stack) for stack in options["stack"] or []]
        self.repeats: int = options["repeat"] or 1
        self.arrivals = Arrivals(self.repeats, len(self.stacks) > 1, self._enough)
        self.judgements: dict[str, Variant] = {}
        self.selected: dict[str, Listed] = {}
        self.marks: set[str] = set()
        self.interrupted = False
        self.lint_failed = False
        self.status: int | None = None
        self.said = ""
        self.complaints: list[str] = []
        self.notes: list[str] = []
        self.shard: Shard | None = None
        self.provenance = Provenance()
        self._before: Report | None = None
        self._engine: Engine | None = None
        self._report: ReportDir | None = None
        self._handlers: dict[int, Any] = {}
        self._stopped = self._finished = False
        self._deaths: list[str] = []
        self._followers = 0

    @property
    def ran(self) -> bool:
        """Whether the engine was started."""
        return self._report is not None

    @property
    def empty_part(self) -> bool:
        """Whether nothing of what was selected fell to this shard: it is right then that nothing
        runs, and its report is needed to make the run whole."""
        return self.shard is not None and self.shard.total > 0 and not self.selected

    @property
    def died(self) -> str:
        """How the engine ended if it should not have; empty otherwise, and while it runs."""
        if self.status is None or self._stopped or self.status in exitstatus.ENGINE_STATUSES:
            return ""
        return engines.died(self.status)

    @property
    def mishaps(self) -> list[str]:
        """What befell the engines, a sentence; none when no other was tried in the place of one."""
        if len(self._deaths) <= bool(self.died):
            return []
        then = ("no other took its place" if self._followers < len(self._deaths)
                else "another went on with what was not judged")
        return [f"the engine {', the next '.join(self._deaths)}; {then}"]

    def names_of(self, variant: Listed) -> list[str]:
        """A variant's items: itself, or one for each stack when there are several."""
        if len(self.stacks) < 2:
            return [variant["id"]]
        return [f"{variant['id']}@{stack}" for stack in self.stacks]

    def start(self, variants: dict[str, Listed]) -> None:
        """Starts the one engine on `variants`, by the names of their items. Raises ReportInUse or
        EngineUnfit."""
        self.selected = variants
        interrupt.from_here()
        if self.options["compare"]:
            # Before the folder is emptied: it may be this run's own.
            self._before = Report(read(Path(self.options["compare"])))
        self._report = ReportDir(self.folder)
        if self._report.aside is not None:
            self._tell_of(self._report.aside)
        files = dict.fromkeys(variant["file"] for variant in variants.values())
        lines = [f"@{file}" for file in files] + list(self.selected)
        self._catch_termination()
        self._engine = Engine(engines.arguments(self.options, self.folder.absolute()),
                              "".join(f"{line}\n" for line in lines), self.arrivals, self._mend)

    def _tell_of(self, aside: Path) -> None:
        """Says where the run before this one is, which did not live to write its report."""
        when = datetime.fromtimestamp((aside / "results.jsonl").stat().st_mtime).isoformat(" ", "minutes")
        self.notes.append(f"the run before this one, of {when}, did not come to its end; what it found "
                          f"is in {house.shown(aside / FOLDER / 'index.html')}")

    def _mend(self) -> bool:
        """Makes the records and what has arrived one and the same, when an engine has died: of each
        the other may lack the last results. True when nothing more is wanted. Raises OSError."""
        assert self._report is not None
        enough = self._hear()
        self._report.complete(self.arrivals.all(), [])
        return enough

    def _hear(self) -> bool:
        """Takes in what the engine wrote and did not come to say. True when nothing more is wanted."""
        assert self._report is not None
        return any([self.arrivals.add(result) for result in self._report.written()])

    def _catch_termination(self) -> None:
        """SIGTERM and SIGHUP end a session as Ctrl-C does."""
        def interrupt(number: int, _frame: object) -> None:
            raise KeyboardInterrupt(signal.Signals(number).name)
        for number in (signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, interrupt)

    def _hold_signals(self) -> None:
        """From here on a signal ends no more than an engine that takes its time to end."""
        began = time.monotonic()

        def hurry(_number: int, _frame: object) -> None:
            # One Ctrl-C may reach us several times, through a group and from a parent.
            if self._engine is not None and time.monotonic() - began > SAME_SIGNAL_SECONDS:
                self._engine.kill()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            previous = signal.signal(number, hurry)
            self._handlers.setdefault(number, previous)

    def result_of(self, name: str, tick: Callable[[], None]) -> Variant:
        """Waits for a variant's results and judges them, once."""
        if name in self.judgements:
            return self.judgements[name]
        found = self.arrivals.wait(name, tick)
        if len(found) < self.repeats:
            self.finish_engine()
            found += self._absent(name)
        self.judgements[name] = variant_of(found)
        return self.judgements[name]

    def _enough(self, found: list[dict[str, Any]]) -> bool:
        """Counts a variant that is whole; True from the last one on that may fail or be broken, if
        any is left to run."""
        judgement = variant_of(found)
        with self._counting:
            self._whole += 1
            self._bad += judgement.word in ("fail", "unstable", "broken") and not self.excused(judgement)
            return 0 < self._most <= self._bad and self._whole < len(self.selected)

    def _absent(self, name: str) -> list[dict[str, Any]]:
        """A line for each repeat of a variant that the engine left none for."""
        there = {result.get("repeat") for result in self.arrivals.of(name)}
        line = self._stand_in(name)
        return [line | {"repeat": repeat} for repeat in range(self.repeats) if repeat not in there]

    def _stand_in(self, name: str) -> dict[str, Any]:
        """What takes the place of a result of the variant."""
        seed = self.options["seed"]
        variant = self.selected[name]
        stack = name[len(variant["id"]) + 1:] or (self.stacks or [DEFAULT])[0]
        given = {"stack": stack, "seed": 1 if seed is None else seed}
        if self.died:
            tail = "; ".join(self.said.splitlines()[-3:])
            reason = f"the engine {self.died} before it was judged" + (f": {tail}" if tail else "")
            return stand_in(variant, "broken", reason, given, "engine-died")
        if self._stopped and not self.interrupted:
            return stand_in(variant, "not-run", "the run stopped at an earlier failure", given)
        if self.interrupted or self.status == exitstatus.INTERRUPTED:
            return stand_in(variant, "not-run", "the run was ended before it", given)
        return stand_in(variant, "broken", "the engine ended without a result for it", given,
                        "no-result")

    def finish_engine(self, stop: bool = False) -> None:
        """Brings the engine to its end, stopping it if asked to. Harmless when repeated."""
        if self._engine is None:
            return
        if stop:
            self.status = self._engine.stop(enough=not self.interrupted)
        else:
            self.status = self._engine.wait()
        self._stopped = self._engine.stopped
        self.said = self._engine.said()
        self._deaths, self._followers = self._engine.deaths, self._engine.followers
        self._hear()
        self._engine = None

    def not_yet_judged(self) -> list[Listed]:
        """The selected variants whose judgement pytest has not been given."""
        return [variant for name, variant in self.selected.items() if name not in self.judgements]

    def finish(self) -> None:
        """Ends the engine, completes the records and renders them, once. What goes wrong on the
        way is kept in `complaints`; nothing already written is lost, whoever is impatient."""
        if self._report is None or self._finished:
            return
        self._hold_signals()
        self.finish_engine(stop=bool(self.not_yet_judged()))
        missing = [line for name in self.selected for line in self._absent(name)]
        try:
            self._report.release()
            if not self._report.complete(self.arrivals.all(), missing):
                self.complaints.append(f"{self.folder} could not take everything that was found; "
                                       "what was left is written now")
            if self.said:
                (self.folder / "engine.log").write_text(self.said + "\n", "utf-8")
            self._annotate()
        except OSError as error:
            self.complaints.append(f"the results in {self.folder} are incomplete: {error}")
        self.complaints += render(self.folder, house.shown(self.folder))
        self._finished = True
        self._report.close()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._handlers.clear()
        interrupt.at_once()

    def _annotate(self) -> None:
        """Adds to the records what only this side knows. Raises OSError."""
        assert self._report is not None
        facts = self.provenance.facts() | {"trouble": self.mishaps + self.complaints,
                                           "strict": bool(self.options["strict"])}
        if self.shard is not None:
            facts["shard"] = self.shard.facts
        if kernels := store.of_files(self.stacks):
            facts["kernels"] = kernels
        if self.complaints or self.died or self.interrupted:
            facts["complete"] = False
        self._report.annotate(facts)
        if self._before is not None:
            name = house.shown(Path(self.options["compare"]))
            write_whole(self.folder / MEMORY, memory_of(self._before, name))

    @cached_property
    def difference(self) -> Difference | None:
        """The difference from the run that was named to compare with, or None; once this one has
        ended."""
        if self._before is None:
            return None
        names = house.shown(Path(self.options["compare"])), house.shown(self.folder)
        try:
            return difference(self._before, Report(read(self.folder)), names)
        except OSError:
            return None

    def set_aside(self) -> None:
        """Takes an earlier run out of the report folder, for a session that ends before it has a
        report of its own: whoever collects the report must not take the one for the other."""
        began = str(read_run(self.folder).get("began") or "an earlier run")
        try:
            aside = set_aside(self.folder)
        except OSError as error:
            self.notes.append(f"{house.shown(self.folder)} still holds the run of {began}: {error}")
            return
        if aside is not None:
            self.notes.append(f"this run has no report; the records of the one before, of {began}, "
                              f"are in {house.shown(aside)}")

    def announcements(self) -> list[str]:
        """On GitHub Actions: the annotations, and the step summary written where it is wanted; where
        nothing ran, the complaints about case files."""
        if os.environ.get("GITHUB_ACTIONS") != "true":
            return []
        if not self.ran:
            return refusals(self.listing.complaints)
        try:
            return announced(Report(read(self.folder)), self.difference)
        except OSError as error:
            return [f"no step summary: {error}"]

    def counts(self) -> Counter[str]:
        """How many variants have each final verdict; failures that do not count stand apart,
        as "lesser"."""
        return Counter("lesser" if self.excused(judgement) else judgement.word
                       for judgement in self.judgements.values())

    def excused(self, judgement: Variant) -> bool:
        """Whether a failure is shown and does not count, for want of --strict."""
        return judgement.lesser and not self.options["strict"]

    def explanation(self, judgement: Variant) -> str:
        """The text of a variant that failed or broke, from the records."""
        text = failure_text(judgement.result, Records(self.folder).events(judgement.result),
                            house.shown(self.folder))
        if judgement.unstable:
            text = f"{judgement.line}\n\n{text}"
        return text

    @property
    def _engine_status(self) -> int | None:
        """The engine's own status, which counts every failure; what is excused is taken out."""
        counts = self.counts()
        if self.status == exitstatus.NOTHING and self.empty_part:
            return exitstatus.GOOD
        if self.status == exitstatus.FAIL and counts["lesser"] and not counts["fail"]:
            return exitstatus.GOOD
        return self.status

    def exit_status(self) -> int:
        """The session's, once everything has ended."""
        if self.interrupted:
            return exitstatus.INTERRUPTED
        if self.lint_failed:
            return exitstatus.USAGE
        verdicts = exitstatus.GOOD if self.empty_part else exitstatus.of_verdicts(
            self.counts(), self.options["max-skips"])
        status = exitstatus.of_session(verdicts, self._engine_status, self._stopped)
        return exitstatus.BROKEN if self.complaints and status == exitstatus.GOOD else status

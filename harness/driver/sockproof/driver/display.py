# SPDX-License-Identifier: MIT
"""What a session shows on the terminal besides pytest's own frame.

On a terminal: one bar, redrawn in place, and each failure above it as it is found. Elsewhere: one
line for each variant that did not pass, with the failure's text. With -v pytest's own line for
each item takes the place of both. The closing part is the same everywhere."""

from __future__ import annotations

import os
import textwrap
import time
from typing import Any

import pytest

from sockproof import house
from sockproof.driver import closing
from sockproof.driver.caseitem import RUN, CaseItem
from sockproof.driver.progress import bar_line
from sockproof.driver.run import Run

CATEGORIES = {"pass": "passed", "fail": "failed", "unstable": "failed", "broken": "error",
              "known": "xfailed", "skip": "skipped", "not-run": "not-run"}
COLOURS: dict[str, dict[str, bool]] = {
    "fail": {"red": True, "bold": True}, "unstable": {"red": True, "bold": True},
    "broken": {"red": True}, "known": {"yellow": True}, "skip": {"yellow": True},
    "not-run": {"yellow": True}}


def told(verdict: str, name: str, reason: str) -> list[str]:
    """A variant with its reason: on one line, or below it when that is too long."""
    line = f"{verdict:<8}{name}  {reason}"
    if len(line) <= 80:
        return [line]
    return [f"{verdict:<8}{name}", *textwrap.wrap(reason, 80, initial_indent=" " * 8,
                                                  subsequent_indent=" " * 8,
                                                  break_on_hyphens=False)]


class Display:
    """A pytest plugin of its own, one a session."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._began: float | None = None
        self._drawn = False
        self._total = 0

    @property
    def _run(self) -> Run:
        return self._config.stash[RUN]

    @property
    def _reporter(self) -> Any:
        return self._config.pluginmanager.get_plugin("terminalreporter")

    @property
    def _live(self) -> bool:
        """Whether the lines are ours to write: cases alone, neither -v nor -q."""
        return self._began is not None and self._config.option.verbose == 0

    @property
    def _bar(self) -> bool:
        return bool(self._live and self._reporter.isatty and os.environ.get("TERM") != "dumb"
                    and not os.environ.get("CI"))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Takes over from pytest's dots when all items are variants."""
        items = getattr(session, "items", [])  # none where pytest-xdist deals tests out
        ours = all(isinstance(item, CaseItem) for item in items)
        blocked = session.testsfailed or session.config.option.collectonly
        if not items or not ours or blocked or self._reporter is None:
            return
        self._began = time.monotonic()
        self._total = len(items) * (self._run.options["repeat"] or 1)
        given = " ".join(self._config.invocation_params.args)
        if "--tb" not in given:
            self._config.option.tbstyle = "no"
        self._reporter.reportchars = "".join(c for c in self._reporter.reportchars
                                             if c not in "fE")
        if self._config.option.verbose == 0:
            self._reporter.showfspath = False
            self._reporter._show_progress_info = False

    def pytest_report_header(self) -> list[str]:
        options, several = self._run.options, len(self._run.stacks) > 1
        shown = {"stacks" if several else "stack": ", ".join(self._run.stacks) or "linux",
                 "place": options["place"] or "auto",
                 "seed": 1 if options["seed"] is None else options["seed"]}
        line = ("sockproof: " + ", ".join(f"{key} {value}" for key, value in shown.items())
                + f", report {house.shown(self._run.folder)}")
        return textwrap.wrap(line, 80, subsequent_indent=" " * 4, break_long_words=False,
                             break_on_hyphens=False)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, Any] | None:
        verdict = getattr(report, "sockproof", None)
        if verdict is None:
            return None
        # A variant ends in the phase that raised; a set-up that passed says nothing yet.
        if report.when == "teardown" or (report.when == "setup" and report.passed) or not verdict:
            return "", "", ""
        word = (verdict.upper(), COLOURS.get(verdict, {"green": True}))
        if getattr(report, "wasxfail", None) is not None:
            return "xfailed", "", "" if self._live else word
        return CATEGORIES[verdict], "", "" if self._live else word

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        verdict = getattr(report, "sockproof", "")
        final = report.when == "call" or (report.when == "setup" and not report.passed)
        if not verdict or not final or self._began is None or self._config.option.verbose < 0:
            return
        if verdict != "pass":
            self._show(verdict, report)
        self.tick()

    def _show(self, verdict: str, report: Any) -> None:
        """A variant that did not pass."""
        explained = verdict in ("fail", "broken", "unstable")
        if self._bar and not explained:
            return
        self._clear()
        writer = self._config.get_terminal_writer()
        name = report.nodeid.partition("::")[2]
        reason = self._run.judgements[name].line
        if not explained:
            if self._live:
                for line in told(verdict, name, reason):
                    writer.line(line, flush=True, **COLOURS[verdict])
            return
        writer.line(f"\n{report.longrepr}\n", flush=True)

    def tick(self) -> None:
        """Redraws the bar, if there is one."""
        if not self._bar or self._began is None:
            return
        writer = self._config.get_terminal_writer()
        line = bar_line(self._run.arrivals.counts(), self._total,
                        time.monotonic() - self._began, min(writer.fullwidth, 80))
        writer.write("\r" + line + "\x1b[K", flush=True)
        self._drawn = True

    def _clear(self) -> None:
        if self._drawn:
            self._config.get_terminal_writer().write("\r\x1b[K", flush=True)
            self._drawn = False

    @pytest.hookimpl(hookwrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Any:
        yield
        self._clear()

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        self._clear()
        for title, lines in closing.sections(self._run):
            terminalreporter.write_sep("-", title)
            for line in lines:
                terminalreporter.write_line(line)
        if self._run.ran:
            terminalreporter.write_line(closing.totals_line(self._run))
            terminalreporter.write_line(closing.report_line(self._run))
        for note in self._run.notes:
            for line in textwrap.wrap(note, 80, break_long_words=False, break_on_hyphens=False):
                terminalreporter.write_line(line)
        for line in self._run.announcements():
            terminalreporter.write_line(line)

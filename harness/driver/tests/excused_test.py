# SPDX-License-Identifier: MIT
"""What a baseline excuses, in every rendering; and what of a known case counts as covered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from handmade import report_of, result, run_of
from sockproof.reports.coverage import Coverage
from sockproof.reports.failure import failure_text
from sockproof.reports.github import step_summary
from sockproof.reports.junit import junit_xml
from sockproof.reports.records import read
from sockproof.reports.site import Site
from sockproof.reports.tap import tap_text

MET = {"step": 2, "actor": "client", "field": "errno", "expected": "EPIPE", "observed": "EIO",
       "reason": "so it is", "file": "fixtures/baseline/linux.yaml", "line": 12, "went_on": True}
SAID = ("step 2: errno: expected EPIPE, observed EIO, and the steps behind it ran "
        "(fixtures/baseline/linux.yaml:12)")
EXCUSES = {"file": "fixtures/baseline/linux.yaml", "line": 12, "reason": "so it is",
           "failure": "step 2: errno: EIO"}
WANTED = "step 2: errno: EIO (fixtures/baseline/linux.yaml:12: so it is)"


def one_line(text: str) -> str:
    """Text without its breaks."""
    return " ".join(text.split())


def pages(folder: Path) -> str:
    """The page of the case a."""
    report = report_of(folder)
    Site(report, folder).write()
    return one_line((folder / "html" / "case" / "a.html").read_text("utf-8"))


def known(folder: Path, **more: Any) -> Path:
    """A run with a variant that is known, and one that fails otherwise."""
    failure = {"code": "mismatch", "step": 2, "actor": "client", "field": "errno",
               "expected": "EPIPE", "observed": "EIO", "not_run": []} | more
    return run_of(folder, result("a[x]", "known", excused=[MET], failure=failure, cites=["rfc1/MUST-1"]),
                  result("a[y]", "fail", excuses=[EXCUSES], failure=failure, cites=["rfc1/MUST-1"]),
                  catalogue=[{"id": "rfc1/MUST-1", "level": "must", "section": "1", "summary": "One.",
                              "observable": "wire"}])


def test_every_rendering_says_what_was_excused_and_what_would_have_been(tmp_path: Path) -> None:
    folder = known(tmp_path / "run")
    records, report = read(folder), report_of(folder)
    texts = {"terminal": "\n".join(failure_text(one, []) for one in records.results),
             "junit": junit_xml(records), "tap": tap_text(report), "html": pages(folder)}
    for name, text in texts.items():
        assert SAID in one_line(text), name
        assert WANTED in one_line(text), name
    summary = step_summary(report)
    assert "### Known deviations" in summary and "| `a` | 1 | why |" in summary


@pytest.mark.parametrize("not_run, state", [
    ([], "covered"), ([{"step": 3, "line": 9, "source": "client: {close: sock}"}], "cited")])
def test_what_was_not_evaluated_is_not_covered(tmp_path: Path, not_run: list[dict[str, Any]],
                                               state: str) -> None:
    coverage = Coverage(report_of(known(tmp_path / "run", not_run=not_run)))
    assert coverage.entries["rfc1/MUST-1"].state == state

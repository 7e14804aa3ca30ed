# SPDX-License-Identifier: MIT
"""The engine or the driver of a run is killed, at any moment: what was found is there, what was not is
judged by another engine or told, and nothing goes on behind a driver's back."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT, call_report
from extent import extent
from left import Mark
from processes import engine_with, lines_of

SELECTION = ("tcp/connect", "tcp/data", "tcp/close")
# How many verdicts are there when somebody is killed: none yet, the first, many.
MOMENTS = extent((0, 1, 60, 150), (0, 60))
LIMIT_S = 120


def begin(report: Path, mark: Mark) -> subprocess.Popen[bytes]:
    """A run in a session of its own, its words in `output` beside the report."""
    with open(report.parent / "output", "wb") as output:
        return subprocess.Popen(
            mark.private(str(ROOT / "sockproof"), "run", "--no-install", "-p", "no:cacheprovider",
                         "--report", str(report), "--repeat", "2", *SELECTION),
            cwd=ROOT, stdout=output, stderr=output,
            env=mark.environment | {"SOCKPROOF_ENGINE": ENGINE}, start_new_session=True)


def records(report: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The results and run.json."""
    results = [json.loads(line) for line in (report / "results.jsonl").read_text("utf-8").splitlines()]
    return results, json.loads((report / "run.json").read_text("utf-8"))


def check_events(report: Path, results: list[dict[str, Any]]) -> None:
    """Every result that was judged has its events, where it says."""
    block = (report / "events.jsonl").read_bytes()
    for one in results:
        span = one["events"]
        lines = block[span["offset"]:span["offset"] + span["length"]].splitlines()
        assert len(lines) == span["count"] and all(json.loads(line) for line in lines), one["id"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_another_engine_judges_what_a_killed_one_did_not(tmp_path: Path, moment: int) -> None:
    report, mark = tmp_path / "report", Mark(tmp_path)
    run = begin(report, mark)
    os.kill(engine_with(run, report, moment, LIMIT_S), signal.SIGKILL)
    assert run.wait(LIMIT_S) == 0, (tmp_path / "output").read_text("utf-8")
    results, facts = records(report)
    assert {one["verdict"] for one in results} <= {"pass", "known", "skip"}
    assert len({(one["id"], one["repeat"]) for one in results}) == len(results) == facts["selected"]
    assert facts["totals"]["pass"] == [one["verdict"] for one in results].count("pass")
    assert facts["complete"] is True
    told = "the engine died of SIGKILL; another went on with what was not judged"
    assert facts["trouble"] == [told] and told in (tmp_path / "output").read_text("utf-8")
    assert told[1:] in (report / "html" / "index.html").read_text("utf-8")
    check_events(report, results)
    assert mark.left() == []


def test_after_the_third_death_what_is_left_is_broken(tmp_path: Path) -> None:
    report, mark = tmp_path / "report", Mark(tmp_path)
    run = begin(report, mark)
    last = 0
    for death in range(3):
        engine = last
        while engine == last:
            engine = engine_with(run, report, 20 * (death + 1), LIMIT_S)
        os.kill(engine, signal.SIGKILL)
        last = engine
    assert run.wait(LIMIT_S) == 2, (tmp_path / "output").read_text("utf-8")
    results, facts = records(report)
    words = [one["verdict"] for one in results]
    assert words.count("pass") >= 50 and words.count("broken") > 0
    assert set(words) <= {"pass", "known", "skip", "broken"}
    assert {one["failure"]["code"] for one in results if one["verdict"] == "broken"} == {"engine-died"}
    assert len({(one["id"], one["repeat"]) for one in results}) == len(results) == facts["selected"]
    assert facts["complete"] is False and "no other took its place" in facts["trouble"][0]
    assert mark.left() == []


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_end_of_the_driver_ends_all_and_its_finds_are_shown(tmp_path: Path, moment: int) -> None:
    report, mark = tmp_path / "report", Mark(tmp_path)
    run = begin(report, mark)
    engine_with(run, report, moment, LIMIT_S)
    run.kill()
    run.wait()
    mark.await_end()
    assert mark.left() == []
    found = lines_of(report / "results.jsonl")
    assert call_report(["render", str(report)]) == 0
    index = (report / "html" / "index.html").read_text("utf-8")
    assert "This report is incomplete." in index and not (report / ".reserve").exists()
    results, facts = records(report)
    assert len(results) == found >= moment and facts["complete"] is False
    assert {one["verdict"] for one in results} <= {"pass", "known", "skip", "not-run"}
    assert [one["reason"] for one in results if one["verdict"] == "not-run"].count(
        "the run was interrupted") == sum(one["verdict"] == "not-run" for one in results)


def test_the_next_run_keeps_and_shows_what_a_killed_one_found(tmp_path: Path) -> None:
    report, mark = tmp_path / "report", Mark(tmp_path)
    run = begin(report, mark)
    engine = engine_with(run, report, 20, LIMIT_S)
    os.kill(run.pid, signal.SIGKILL)
    os.kill(engine, signal.SIGKILL)
    run.wait()
    mark.await_end()
    found = lines_of(report / "results.jsonl")
    done = subprocess.run([str(ROOT / "sockproof"), "run", "--no-install", "-p", "no:cacheprovider",
                           "--report", str(report), "tcp/connect/echo"], cwd=ROOT, text=True,
                          capture_output=True, timeout=LIMIT_S, check=False,
                          env=mark.environment | {"SOCKPROOF_ENGINE": ENGINE})
    assert done.returncode == 0, done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    assert re.search(r"the run before this one, of \S+ \S+, did not come to its end; what it found is in "
                     r"\S+/report/\.earlier/html/index\.html", said), said
    earlier = report / ".earlier"
    assert lines_of(earlier / "results.jsonl") in (found, found - 1)
    assert "This report is incomplete." in (earlier / "html" / "index.html").read_text("utf-8")
    assert len(records(report)[0]) == 2
    assert mark.left() == []

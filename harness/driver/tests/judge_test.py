# SPDX-License-Identifier: MIT
"""A recorded run is judged again by its events alone: the same verdicts, and others where the record
says otherwise."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ENGINE, ROOT

from sample import CASES, engine

LIE = "send/damage"


def judge(run: Path) -> subprocess.CompletedProcess[str]:
    """Judges a run again."""
    return subprocess.run([ENGINE, "judge", str(run)], cwd=ROOT, text=True, capture_output=True,
                          timeout=120, check=False)


@pytest.fixture(name="run", scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with passes, failures and broken cases."""
    folder = tmp_path_factory.mktemp("judged") / "run"
    chosen = [str(file) for file in sorted(CASES.glob("*.yaml")) if file.stem != "waits-long"]
    engine(folder, *chosen, "cases/tcp/recv", "cases/tcp/fault", "cases/udp/delivery",
           "cases/icmp/echo", "cases/tcp/server", "cases/tcp/reset", "cases/tcp/crafted",
           "cases/tcp/connect", "cases/tcp/peer")
    return folder


def results(run: Path) -> list[dict[str, object]]:
    """The lines of its results."""
    return [json.loads(line) for line in (run / "results.jsonl").read_text("utf-8").splitlines()]


def test_every_verdict_is_as_it_was(run: Path) -> None:
    """Of an honest stack: passes, failures and broken ones, by the same words."""
    verdicts = {str(one["verdict"]) for one in results(run)}
    assert {"pass", "fail", "broken"} <= verdicts
    done = judge(run)
    assert done.returncode == 0, done.stdout
    assert " 0 otherwise" in done.stdout


def test_of_a_stack_that_lies_as_well(tmp_path: Path) -> None:
    """Most variants fail, each in its own way."""
    engine(tmp_path / "run", "--lie", LIE, "cases/tcp/recv", "cases/udp/delivery")
    assert any(one["verdict"] == "fail" for one in results(tmp_path / "run"))
    done = judge(tmp_path / "run")
    assert done.returncode == 0, done.stdout


def altered(run: Path, folder: Path, before: str, after: str) -> Path:
    """A copy of the run in whose events the first such text, of the same length, is another."""
    assert len(before) == len(after)
    shutil.copytree(run, folder)
    file = folder / "events.jsonl"
    text = file.read_text("utf-8")
    at = text.index(before, text.index('"case":"tcp/recv/'))
    file.write_text(text[:at] + after + text[at + len(before):], encoding="utf-8")
    return folder


def test_another_record_is_another_verdict(run: Path, tmp_path: Path) -> None:
    """What the events say is what is judged: an errno that did not come fails its variant."""
    done = judge(altered(run, tmp_path / "run", '"errno":"EAGAIN"', '"errno":"EINVAL"'))
    assert done.returncode == 1
    assert " 1 otherwise" in done.stdout
    assert "and now fail" in done.stdout and "EINVAL" in done.stdout


def test_what_is_no_run_is_said(tmp_path: Path) -> None:
    """A folder without records."""
    done = judge(tmp_path)
    assert done.returncode == 2
    assert "run.json: No such file" in done.stderr

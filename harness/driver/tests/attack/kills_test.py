# SPDX-License-Identifier: MIT
"""Processes of a run are killed at random: it ends, and every variant has a verdict that is true."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest
from conftest import ENGINE, ROOT
from extent import extent
from processes import children, kill, lines_of, until
from wired_test import refusal

CASES = ("cases/tcp/connect", "cases/tcp/data", "cases/udp/delivery", "cases/tcp/close")
KILLS = extent(1000, 200)
# Which says it on standard error, whichever process it found something in.
SANITIZER = "Sanitizer"
# A run that is done without a kill in a few seconds.
LIMIT_S = 120


def workers_and_actors(engine: int) -> tuple[list[int], list[int]]:
    """The workers of an engine, and the actors of those."""
    workers = children(engine)
    return workers, [actor for worker in workers for actor in children(worker)]


def attacked(folder: Path, pause_s: float, chance: random.Random, everyone: bool, most: int) -> int:
    """A run among which processes are killed, one at a time or all at once. Returns how many were."""
    killed, end = 0, time.monotonic() + LIMIT_S
    with tempfile.TemporaryFile() as said, subprocess.Popen(
            [ENGINE, "run", "--report", str(folder), "--repeat", "12", "--workers", "8", *CASES], cwd=ROOT,
            stdout=subprocess.DEVNULL, stderr=said) as run:
        try:
            until(lambda: lines_of(folder / "results.jsonl") or run.poll() is not None)
            while run.poll() is None and time.monotonic() < end:
                workers, actors = workers_and_actors(run.pid)
                victims = workers if everyone else chance.sample(workers + actors, min(1, len(workers)))
                killed += sum(kill(pid) for pid in victims) if killed < most else 0
                try:
                    run.wait(pause_s)
                except subprocess.TimeoutExpired:
                    pass
            assert run.poll() is not None, "the engine hangs"
        finally:
            run.kill()
        said.seek(0)
        words = said.read().decode("utf-8", "replace")
        assert run.wait() in (0, 2) and SANITIZER not in words, words
    return killed


def verdicts(folder: Path, killed: int) -> Counter[str]:
    """How many variants have which verdict; each has one, and who was killed has cost one at most."""
    results = [json.loads(line) for line in (folder / "results.jsonl").read_text("utf-8").splitlines()]
    broken = [one for one in results if one["verdict"] == "broken"]
    wrong = [one for one in results if one["verdict"] not in ("pass", "known", "broken")]
    assert not wrong, wrong[0]
    assert len(broken) <= killed, f"{killed} were killed: {[one['reason'] for one in broken]}"
    assert {one["failure"]["code"] for one in broken} <= {"worker-died", "actor-died"}, broken
    ends = Counter((one["id"], one["repeat"]) for one in results)
    assert set(ends.values()) == {1}
    run = json.loads((folder / "run.json").read_text("utf-8"))
    assert run["complete"] is True, run
    return Counter(one["verdict"] for one in results)


@pytest.fixture(name="hosts", autouse=True)
def fixture_hosts() -> None:
    """Where there are none, cases are skipped for a reason of the machine's."""
    if refusal():
        pytest.skip(refusal())


def test_who_is_killed_as_it_tries_what_the_machine_can_is_no_refusal(tmp_path: Path) -> None:
    run = subprocess.Popen([ENGINE, "run", "--report", str(tmp_path / "report"), "--workers", "1",
                            "cases/tcp/close/half-close.yaml"], cwd=ROOT, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE)
    kill(until(lambda: children(run.pid))[0])
    run.communicate(timeout=60)
    assert verdicts(tmp_path / "report", 1).total() == 2 and run.returncode in (0, 2)


@pytest.mark.parametrize("everyone", [False, True], ids=["one at a time", "all workers at once"])
def test_a_run_outlives_the_death_of_its_processes(tmp_path: Path, everyone: bool) -> None:
    chance = random.Random(7)
    killed, rounds, seen = 0, 0, Counter[str]()
    while killed < KILLS:
        folder = tmp_path / str(rounds)
        died = attacked(folder, 0.05 if everyone else 0.01, chance, everyone, KILLS - killed)
        seen += verdicts(folder, died)
        killed += died
        rounds += 1
        assert rounds <= KILLS, "hardly anybody was killed"
    assert seen["broken"] > 0 and seen["pass"] > 0, seen


def test_one_of_several_that_stands_still_does_not_keep_the_run_from_its_end(tmp_path: Path) -> None:
    run = subprocess.Popen([ENGINE, "run", "--report", str(tmp_path / "report"), "--workers", "2",
                            "--repeat", "200", "cases/tcp/connect/echo.yaml"], cwd=ROOT,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.stdout is not None
    run.stdout.readline()
    os.kill(children(run.pid)[0], signal.SIGSTOP)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=60)
    assert run.returncode == 130

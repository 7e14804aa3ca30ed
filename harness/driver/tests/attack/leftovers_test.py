# SPDX-License-Identifier: MIT
"""However a run of program cases ends, it leaves no process, and with those no namespace and no socket,
no file in /tmp and /dev/shm, and no mount."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
from pathlib import Path
from typing import Callable

import pytest
from conftest import ENGINE, ROOT
from extent import extent
from left import Mark
from processes import children, engine_with, everybody, until

SELECTION = ("program/http", "program/curl", "tcp/connect")
LIMIT_S = 180


class Attacked:
    """A run, and who can be hit of it."""

    def __init__(self, folder: Path, mark: Mark) -> None:
        self.report = folder / "report"
        self.output = folder / "output"  # beside the report
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                mark.private(str(ROOT / "sockproof"), "run", "--no-install", "-p", "no:cacheprovider",
                             "--report", str(self.report), *SELECTION), cwd=ROOT,
                env=mark.environment | {"SOCKPROOF_ENGINE": ENGINE}, stdout=output, stderr=output,
                start_new_session=True)

    def reach(self, results: int) -> int:
        """Waits until so many results are there; the engine."""
        return engine_with(self.process, self.report, results, LIMIT_S)


def driver_hears(*numbers: signal.Signals) -> Callable[[Attacked, int], None]:
    """Signals for the driver, one after the other."""
    def hit(run: Attacked, _engine: int) -> None:
        for number in numbers:
            run.process.send_signal(number)
            try:
                run.process.wait(0.8)  # a second one counts as such from half a second on
            except subprocess.TimeoutExpired:
                continue
    return hit


def engine_dies(_run: Attacked, engine: int) -> None:
    """The engine is killed."""
    os.kill(engine, signal.SIGKILL)


def worker_dies(_run: Attacked, engine: int) -> None:
    """All workers are."""
    for pid in children(engine):
        os.kill(pid, signal.SIGKILL)


def both_die(run: Attacked, engine: int) -> None:
    """The driver is, and the engine at once."""
    run.process.kill()
    os.kill(engine, signal.SIGKILL)


def nothing(_run: Attacked, _engine: int) -> None:
    """The run comes to its end."""


ENDS: dict[str, Callable[[Attacked, int], None]] = {
    "of itself": nothing, "SIGINT": driver_hears(signal.SIGINT),
    "SIGINT twice": driver_hears(signal.SIGINT, signal.SIGINT),
    "SIGTERM": driver_hears(signal.SIGTERM), "the driver is killed": driver_hears(signal.SIGKILL),
    "the engine is killed": engine_dies, "workers are killed": worker_dies,
    "both are killed": both_die}


@pytest.mark.parametrize("moment", extent((0, 3, 10, 25), (8,)))
@pytest.mark.parametrize("end", ENDS)
def test_nothing_is_left(tmp_path: Path, end: str, moment: int) -> None:
    mark = Mark(tmp_path)
    run = Attacked(tmp_path, mark)
    ENDS[end](run, run.reach(moment + random.Random(end).randrange(4)))
    run.process.wait(LIMIT_S)
    assert mark.left() == [], run.output.read_text("utf-8")


# One that has left its parents, its group and its session, and says so.
DAEMON = """
import os, signal
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open({there!r}, "w").close()
        signal.pause()
    os._exit(0)
signal.pause()
"""


def chain(process: int) -> list[int]:
    """Who was started, its keeper, and the engine that works below that."""
    keepers = children(process)
    return [process, *keepers, *(one for keeper in keepers for one in children(keeper))]


@pytest.mark.parametrize("who", range(3), ids=["first", "keeper", "engine"])
def test_a_daemon_that_nothing_confines_ends_with_the_engine(tmp_path: Path, who: int) -> None:
    """Whichever process of it is killed, where there are no namespaces."""
    mark = Mark(tmp_path)
    there = tmp_path / "there"
    script = json.dumps(DAEMON.format(there=str(there)))
    (tmp_path / "daemon.yaml").write_text(
        "title: A daemon\ncites: [posix/recv/return-length]\ntransport: tcp\nsubject: program\nsetup: none\n"
        f"place: loopback\nfamily: inet\nsteps:\n  - client: {{run: [python3, -c, {script}], within: 60s}}\n",
        "utf-8")
    with open(tmp_path / "output", "wb") as output, subprocess.Popen(
            ["/usr/bin/python3", str(ROOT / "harness/driver/tests/refuse_namespaces.py"), ENGINE, "run",
             "--root", str(ROOT), "--allow-programs", "--report", str(tmp_path / "report"),
             str(tmp_path / "daemon.yaml")],
            env=mark.environment, stdout=output, stderr=output, start_new_session=True) as process:
        until(there.exists)
        assert len(everybody(process.pid)) > 5
        os.kill(chain(process.pid)[who], signal.SIGKILL)
        status = process.wait(LIMIT_S)
    assert status == -signal.SIGKILL and mark.left() == []

# SPDX-License-Identifier: MIT
"""Who is killed takes along all that he started."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable

from conftest import ENGINE
from sockproof import house

# Says who it is to the test, and then is deaf to all that asks it to end, and never ends by itself.
DEAF = """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
with open("PIPE", "w") as out: print(os.getpid(), file=out, flush=True)
while True: signal.pause()"""
RUNS = """title: A program that does not end
cites: [posix/recv/return-length]
transport: tcp
subject: program
setup: none
steps:
  - client: {run: [sleep, "SECONDS"], within: 1000s}
"""


def killed(arguments: list[str], running: Callable[[], int]) -> None:
    """Starts a command, kills it when its program runs, of which `running` says the process (0: not
    yet), and waits for the end of that program."""
    with subprocess.Popen(arguments, env=os.environ | {"SOCKPROOF_ENGINE": ENGINE},
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        end, found = time.monotonic() + 60, 0
        while not found and time.monotonic() < end and process.poll() is None:
            found = running()
            select.select([], [], [], 0 if found else 0.01)
        program = os.pidfd_open(found) if found else -1
        process.kill()
        ended, _, _ = select.select([program] if found else [], [], [], 20)
        if found:
            os.close(program)
    assert found, "the program never ran"
    assert ended, "the program outlived who started it"


def said_by(pipe: int) -> int:
    """The number that came through a pipe."""
    ready, _, _ = select.select([pipe], [], [], 0)
    return int(os.read(pipe, 64) or b"0") if ready else 0


def called(words: list[str]) -> int:
    """A process that was called by just these words; 0: none."""
    wanted = "\0".join(words) + "\0"
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if file.read_text(errors="replace") == wanted:
                return int(file.parent.name)
    return 0


def test_an_exploration_that_is_killed_takes_its_engines_with_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    pipe = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        deaf = DEAF.replace("PIPE", str(tmp_path / "pipe"))
        killed(house.command("explore", "--report", str(tmp_path / "report"), "--",
                             sys.executable, "-I", "-c", deaf), lambda: said_by(pipe))
    finally:
        os.close(pipe)


def test_a_run_that_is_killed_takes_its_engine_with_it(tmp_path: Path) -> None:
    case, seconds = tmp_path / "runs.yaml", f"1000.{os.getpid()}"
    case.write_text(RUNS.replace("SECONDS", seconds), "utf-8")
    killed(house.command("run", "--allow-programs", "--report", str(tmp_path / "report"), str(case)),
           lambda: called(["sleep", seconds]))

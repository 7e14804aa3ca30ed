# SPDX-License-Identifier: MIT
"""The processes of a run, as the system shows them, and waiting for what they come to."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import time
from functools import cache
from pathlib import Path
from typing import Callable, TypeVar

from conftest import ENGINE

T = TypeVar("T")
# Between two looks at what nobody tells.
LOOK_S = 0.005


def read(pid: int, name: str) -> str:
    """A file of a process; empty when that is gone."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text("utf-8", "replace")
    except OSError:
        return ""


def children(pid: int) -> list[int]:
    """The processes that a process has made, by any of its threads, and that are still there."""
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except OSError:  # it has ended meanwhile
        return []
    return [int(word) for task in tasks for word in read(pid, f"task/{task}/children").split()]


def everybody(pid: int) -> list[int]:
    """A process and all below it, parents first."""
    found = [pid]
    for one in found:
        found += children(one)
    return found


@cache
def numbers_of_poll() -> set[str]:
    """What this machine's kernel calls poll(2) and ppoll(2)."""
    said = subprocess.run(["cc", "-E", "-dM", "-include", "sys/syscall.h", "-x", "c", "/dev/null"], text=True,
                          capture_output=True, check=True).stdout
    found = set(re.findall(r"^#define __NR_p?poll (\d+)$", said, re.MULTILINE))
    assert found, said
    return found


def sleeps_in_poll(pid: int) -> bool:
    """Whether a process, its first thread, sleeps in one of these."""
    return read(pid, "syscall").split(" ")[0] in numbers_of_poll()


def kill(pid: int) -> bool:
    """Whether there was one to kill."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def until(holds: Callable[[], T], seconds: float = 30) -> T:
    """What it gives once it gives anything; fails when nothing comes of it in time."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, "nothing came of it"
        select.select([], [], [], LOOK_S)
    return found


def heard(stream: int, wanted: bytes) -> bytes:
    """Reads until `wanted` was seen; fails after 20 quiet seconds."""
    seen = b""
    while wanted not in seen:
        ready, _, _ = select.select([stream], [], [], 20)
        assert ready, f"nothing more after {seen!r}"
        block = os.read(stream, 65536)
        assert block, f"ended after {seen!r}"
        seen += block
    return seen


def lines_of(file: Path) -> int:
    """How many lines a file has; 0 when it is not there."""
    try:
        return file.read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def engine_of(driver: int) -> int | None:
    """The engine that a driver has started on the selection."""
    for pid in children(driver):
        if read(pid, "cmdline").split("\0")[:2] == [ENGINE, "run"]:
            return pid
    return None


def engine_with(run: subprocess.Popen[bytes], report: Path, results: int, seconds: float) -> int:
    """The engine of a run once its records are begun and so many results are there, or when it is about to
    end; the words of the run are in `output` beside the report."""
    file = report / "results.jsonl"

    def there() -> int | None:
        assert run.poll() is None, f"it ended before: {(report.parent / 'output').read_text('utf-8')}"
        return engine_of(run.pid) if file.exists() and lines_of(file) >= results else None
    engine = until(there, seconds)
    assert engine is not None
    return engine

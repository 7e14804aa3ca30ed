# SPDX-License-Identifier: MIT
"""The engines that an exploration has running, from several threads.

Each is in a process group of its own: Ctrl-C of the terminal reaches us alone, and we end them, so
that none takes what it was told by accident for what its program did. Where we are killed, the kernel
ends them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from typing import Any

from sockproof import house

PATIENCE_SECONDS = 5.0

_lock = threading.Lock()
_alive: set[subprocess.Popen[Any]] = set()


def run(command: list[str], timeout: float, given: str | None = None,
        **more: Any) -> subprocess.CompletedProcess[Any]:
    """Runs a command to its end, with `given` as its input; `more` goes to Popen. Raises
    subprocess.TimeoutExpired when it had to be killed."""
    with subprocess.Popen(command, process_group=0, env=house.caller(), **more) as process:
        with _lock:
            _alive.add(process)
        try:
            out, err = process.communicate(given, timeout)
        except BaseException:  # after an interrupt nobody would wait for it
            signalled(process, signal.SIGKILL)
            raise
        finally:
            with _lock:
                _alive.discard(process)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def end_all() -> None:
    """Ends what is running: by SIGTERM, which `exec` passes on, and what stays after a while at once."""
    with _lock:
        found = list(_alive)
    for process in found:
        signalled(process, signal.SIGTERM)
    for process in found:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_SECONDS)
        if process.returncode is None:
            signalled(process, signal.SIGKILL)


def signalled(process: subprocess.Popen[Any], number: signal.Signals) -> None:
    """Sends a signal to a process and what it started in its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)

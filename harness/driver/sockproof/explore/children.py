# SPDX-License-Identifier: MIT
"""The engines that an exploration has running, from several threads.

Each is in a process group of its own: Ctrl-C of the terminal reaches us alone, and we end them, so
that none takes what it was told by accident for what its program did. Where we are killed, the kernel
ends them."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import threading
from dataclasses import dataclass
from typing import IO, Any, Iterator

from sockproof import house

PATIENCE_SECONDS = 5.0
LOOK_SECONDS = 0.1
PIECE = 1 << 16

_lock = threading.Lock()
_alive: set[subprocess.Popen[Any]] = set()
_over = threading.Event()


class Over(Exception):
    """All were ended, and nothing is started any more."""


@contextlib.contextmanager
def _started(command: list[str], **more: Any) -> Iterator[subprocess.Popen[Any]]:
    """A command, which is ended with the others while it runs. Raises Over when they were ended before:
    a thread may have been about to start it just then."""
    with subprocess.Popen(command, process_group=0, env=house.caller(), **more) as process:
        with _lock:
            _alive.add(process)
            late = _over.is_set()
        try:
            if late:
                signalled(process, signal.SIGKILL)
                raise Over
            yield process
        finally:
            with _lock:
                _alive.discard(process)


def run(command: list[str], timeout: float, given: str | None = None,
        **more: Any) -> subprocess.CompletedProcess[Any]:
    """Runs a command to its end, with `given` as its input; `more` goes to Popen. Raises
    subprocess.TimeoutExpired when it had to be killed, and Over."""
    with _started(command, **more) as process:
        try:
            out, err = process.communicate(given, timeout)
        except BaseException:  # after an interrupt nobody would wait for it
            signalled(process, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


@dataclass
class Said:
    """What a command said, up to so many bytes, and how much more there was."""

    stdout: bytes
    stderr: bytes
    more_stdout: int


class Listener:
    """Takes in all that comes, so that nobody waits for a full pipe, and keeps the beginning. Memory and
    disk hold no more than that, whatever a program says."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        """Begins at once; the stream stays the caller's."""
        self.kept, self.more = bytearray(), 0
        self._stream, self._most, self._over = stream, most, threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        fd = self._stream.fileno()
        while True:
            over = self._over.is_set()
            if not select.select([fd], [], [], 0 if over else LOOK_SECONDS)[0]:
                if over:
                    return
                continue
            piece = os.read(fd, PIECE)
            if not piece:
                return
            room = self._most - len(self.kept)
            self.kept += piece[:room]
            self.more += max(0, len(piece) - room)

    def end(self) -> None:
        """To be called when who speaks has ended: what is on its way is taken, and others that still have
        the pipe are not waited for."""
        self._over.set()
        self._thread.join(PATIENCE_SECONDS)


def heard(command: list[str], timeout: float, most: int) -> tuple[int, Said]:
    """Runs a command without input to its end: its status, and at most so many bytes of what it says on
    each stream. Raises subprocess.TimeoutExpired when it had to be killed, and Over."""
    with _started(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                  stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        listeners = [Listener(stream, most) for stream in (process.stdout, process.stderr)]
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            signalled(process, signal.SIGKILL)
            raise
        finally:
            for one in listeners:
                one.end()
    out, err = listeners
    return status, Said(bytes(out.kept), bytes(err.kept), out.more)


def end_all() -> None:
    """Ends what is running: by SIGTERM, which `exec` passes on, and what stays after a while at once.
    Nothing is started after that."""
    with _lock:
        _over.set()
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

# SPDX-License-Identifier: MIT
"""What a Ctrl-C does: one sentence, and the exit status that stands for it.

Theory of operation: the front door starts Python with SIGINT blocked, for Python's own beginning
knows no way to end but a traceback. until_ready() lets it through, to a handler that says the
sentence and is gone at once: before there is a run, or a command that has something to put in order,
nothing is to be cleaned up. Who has calls from_here(), and gets KeyboardInterrupt from then on; when
all is done, at_once() again. Under another door, as plain pytest, nothing of this happens."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
from typing import Iterator

from sockproof import exitstatus

SENTENCE = b"sockproof: interrupted\n"
# The terminal as it was when we began: pytest takes ours away from time to time.
_terminal = -1
# What we have started and wait for.
_awaited: set[int] = set()


def _leave(_number: int, _frame: object) -> None:
    for pid in _awaited:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.write(_terminal, SENTENCE)
    os._exit(exitstatus.INTERRUPTED)


def until_ready() -> None:
    """From here on SIGINT ends the process with the sentence; one that came before as well."""
    global _terminal
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        with contextlib.suppress(OSError):
            _terminal = fcntl.fcntl(2, fcntl.F_DUPFD_CLOEXEC, 10)
        signal.signal(signal.SIGINT, _leave)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def from_here() -> None:
    """From here on SIGINT raises KeyboardInterrupt."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def at_once() -> None:
    """From here on SIGINT ends the process with the sentence, if it did so before."""
    if _terminal >= 0:
        signal.signal(signal.SIGINT, _leave)


def done() -> None:
    """From here on SIGINT is too late."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


@contextlib.contextmanager
def awaiting(pid: int) -> Iterator[None]:
    """While a process of ours is waited for, it ends with us."""
    _awaited.add(pid)
    try:
        yield
    finally:
        _awaited.discard(pid)

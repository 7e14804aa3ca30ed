# SPDX-License-Identifier: MIT
"""The engine of a session.

Theory of operation: the engine runs in a process group of its own, so that Ctrl-C reaches pytest
alone and the engine gets its signals from here: from stop(), or as soon as the Arrivals say that
they have enough (--maxfail), for whoever waits for a variant may be many behind. One thread reads
its standard output and hands every result line to the Arrivals; standard error goes to an unnamed
file, read once the process has ended. A second thread waits for the process: when it has ended it
gives the reader time to reach the end of the pipe and kills what is left of the group and still
holds it (workers of an engine that crashed). An engine that died though nobody asked it to end is
followed by another, which goes on where the records end, SUCCESSORS times at most; then the Arrivals
are told that nothing more will come. So nobody waits for results of a dead engine. An engine that
does not end after a signal is killed.

However this process ends, the kernel tells the engine (house.caller). Nothing that it is given has a
name in a file system: there is nothing to leave behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import IO, Any, Callable

from sockproof import exitstatus, house
from sockproof.driver.arrivals import Arrivals
from sockproof.enginecall import EngineUnfit
from sockproof.reports import records

PATIENCE_SECONDS = 15.0
DRAIN_SECONDS = 3.0
# Engines that may follow one that died.
SUCCESSORS = 2


class Engine:
    """A running engine, and those that follow it. wait() or stop() must be called once."""

    def __init__(self, arguments: list[str], selection: str, arrivals: Arrivals,
                 mend: Callable[[], bool]) -> None:
        """Starts `engine run` with `arguments` on the text of a selection file. `mend` completes the
        records with all that has arrived, before another engine goes on from there, and says whether
        nothing more is wanted; it is called by a thread of ours, and may raise OSError. Raises
        EngineUnfit."""
        self.arrivals = arrivals
        self.stopped = False
        self.deaths: list[str] = []
        self.followers = 0
        self._over = False
        self._mend = mend
        self._command = [str(house.engine()), "run", *arguments, "--select", "-"]
        self._selection = selection
        self._stderr = tempfile.TemporaryFile()
        self._changing = threading.RLock()
        try:
            self._process = self._start()
        except OSError as error:
            raise EngineUnfit(f"no engine at {self._command[0]}: {error.strerror}") from None
        self._reaper = threading.Thread(target=self._reap, name="engine end", daemon=True)
        self._reaper.start()

    def _start(self, *more: str) -> subprocess.Popen[bytes]:
        """Starts one engine and the thread that reads its results."""
        given = os.memfd_create("selection")
        try:
            os.write(given, self._selection.encode("utf-8", "surrogateescape"))
            os.lseek(given, 0, os.SEEK_SET)
            process = subprocess.Popen([*self._command, *more], cwd=house.ROOT, stdin=given,
                                       stdout=subprocess.PIPE, stderr=self._stderr, process_group=0,
                                       env=house.caller())
        finally:
            os.close(given)
        assert process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(process.stdout,),
                                        name="engine results", daemon=True)
        self._reader.start()
        return process

    def _read(self, stream: IO[bytes]) -> None:
        for line in stream:
            value = next(records.parse_lines(line), None)
            if value is not None and records.is_result(value):
                if self.arrivals.add(value) and not self.stopped:
                    self._end(signal.SIGUSR1)

    def _reap(self) -> None:
        try:
            self._await_end()
            while self._follow():
                self._await_end()
        finally:
            self.arrivals.end()

    def _await_end(self) -> None:
        self._process.wait()
        self._reader.join(DRAIN_SECONDS)
        if self._reader.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._reader.join(DRAIN_SECONDS)

    def _follow(self) -> bool:
        """Starts another engine after one that died; False when there is to be none."""
        with self._changing:
            if self._over or self._process.returncode in exitstatus.ENGINE_STATUSES:
                return False
            self.deaths.append(died(self._process.returncode))
            if len(self.deaths) > SUCCESSORS:
                return False
            try:
                if self._mend():
                    self._over = self.stopped = True
                    return False
                self._process = self._start("--resume")
                self.followers += 1
            except OSError:  # the disk is full, or there are no processes: it was the last one
                return False
            return True

    def wait(self, seconds: float | None = None) -> int | None:
        """Waits for the end of the process and of the results; the exit status (negative: the
        signal), or None when `seconds` were over first."""
        self._reaper.join(seconds)
        if self._reaper.is_alive():
            return None
        return self._process.returncode

    def stop(self, enough: bool) -> int:
        """Ends the engine, so that it writes what it has and the rest as not-run: with SIGINT, or
        with SIGUSR1 when `enough` is known, as after a failure with -x; if that does not end it,
        SIGKILL. Its exit status."""
        if not (enough and self.stopped):
            self._end(signal.SIGUSR1 if enough else signal.SIGINT)
        status = self.wait(PATIENCE_SECONDS)
        if status is None:
            self._process.kill()
            self._reaper.join()
            status = self._process.returncode
        return status

    def _end(self, number: signal.Signals) -> None:
        with self._changing:
            self._over = True
            if self._process.poll() is None:
                self.stopped = True
                self._process.send_signal(number)

    def kill(self) -> None:
        """Ends the engine at once. May be called from a signal handler while stop() waits."""
        self._over = True
        if self._process.poll() is None:
            self._process.kill()

    def said(self) -> str:
        """Everything on standard error; call it after the end."""
        self._stderr.seek(0)
        return self._stderr.read().decode("utf-8", "replace").strip()


def died(status: int | None) -> str:
    """How an engine ended that should not have: "died of SIGSEGV", "exited with status 7"."""
    if status is not None and status < 0:
        try:
            return f"died of {signal.Signals(-status).name}"
        except ValueError:
            return f"died of signal {-status}"
    return f"exited with status {status}"


def arguments(options: dict[str, Any], report: Path) -> list[str]:
    """The engine's arguments for the session's options; None and False are left out."""
    result = ["--report", str(report)]
    for stack in options.get("stack") or []:
        result += ["--stack", stack]
    for name in ("seed", "place", "workers", "repeat", "slow-factor", "max-skips", "baseline"):
        value = options.get(name)
        if value is not None:
            result += [f"--{name}", str(value)]
    switches = ("no-baseline", "allow-programs", "allow-commands", "allow-network", "capture")
    result += [f"--{name}" for name in switches if options.get(name)]
    return result

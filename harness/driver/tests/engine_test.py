# SPDX-License-Identifier: MIT
"""The engine as a process of the driver's: who waits for it is let go, whatever happens."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from processes import sleeps_in_poll, until
from sockproof import enginecall, house
from sockproof.driver.arrivals import Arrivals
from sockproof.driver.engine import Engine


@pytest.fixture(name="fake")
def fixture_fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In the place of the engine a script, which is to be written."""
    file = tmp_path / "engine"
    file.touch(mode=0o755)
    monkeypatch.setenv("SOCKPROOF_ENGINE", str(file))
    return file


def test_an_interrupt_ends_the_engine_that_is_waited_for(fake: Path, tmp_path: Path) -> None:
    """One that does not end by the signal itself."""
    os.mkfifo(tmp_path / "begun")
    fake.write_text(f"#!/bin/sh\ntrap '' INT\necho $$ > {tmp_path}/begun\nexec sleep 1000\n", "utf-8")
    code = (f"import sys; sys.path.insert(0, {str(house.ROOT / 'harness' / 'driver')!r})\n"
            "from sockproof import enginecall; enginecall.call('list')")
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) as process:
        engine = os.pidfd_open(int((tmp_path / "begun").read_text("ascii")))
        until(lambda: sleeps_in_poll(process.pid))
        process.send_signal(signal.SIGINT)
        ended = select.select([engine], [], [], 20)[0]
        if not ended:
            signal.pidfd_send_signal(engine, signal.SIGKILL)
        said = process.communicate(timeout=20)[1]
        os.close(engine)
    assert ended and said.rstrip().endswith("KeyboardInterrupt"), said


def test_an_engine_knows_whom_it_must_not_outlive(fake: Path) -> None:
    """Whoever is interrupted as it begins has no hold of it yet."""
    fake.write_text("#!/bin/sh\necho $SOCKPROOF_CALLER\n", "utf-8")
    assert enginecall.call("list").stdout == f"{os.getpid()}\n"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_waits_when_the_records_cannot_be_mended(fake: Path) -> None:
    def mend() -> bool:
        raise ValueError("records that nobody foresaw")
    fake.write_text("#!/bin/sh\nkill -KILL $$\n", "utf-8")
    arrivals = Arrivals(1)
    engine = Engine([], "", arrivals, mend)
    assert engine.wait(20) == -signal.SIGKILL
    began = time.monotonic()

    def tick() -> None:
        assert time.monotonic() - began < 20, "the end was never told"
    assert arrivals.wait("tcp/a[x]", tick) == []

# SPDX-License-Identifier: MIT
"""One call of the engine that is over soon: what it answered."""

from __future__ import annotations

import subprocess

from sockproof import house, interrupt
from sockproof.trouble import Trouble


class EngineUnfit(Trouble):
    """The engine is absent, or answered what it must not."""


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the engine from the root to its end. Raises EngineUnfit when it cannot be started."""
    try:
        with subprocess.Popen([str(house.engine()), *arguments], cwd=house.ROOT, text=True,
                              encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=house.caller()) as process, \
                interrupt.awaiting(process.pid):
            try:
                out, err = process.communicate()
            except BaseException:  # after an interrupt nobody would wait for it
                process.kill()
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)
    except OSError as error:
        raise EngineUnfit(f"no engine at {house.engine()} ({error.strerror}); "
                          "./sockproof run builds it") from None


def answer(*arguments: str) -> str:
    """What the engine printed. Raises EngineUnfit when it did not end well."""
    done = call(*arguments)
    if done.returncode:
        raise EngineUnfit(f"the engine's {arguments[0]} ended with exit status {done.returncode}\n"
                          f"{done.stderr.strip()}".rstrip())
    return done.stdout

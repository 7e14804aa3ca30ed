# SPDX-License-Identifier: MIT
"""What the engine asks of a far machine (--stack NAME=ssh:HOST).

    harness/driver far try NAME HOST[,OPTION...]                     whether it can be reached, and will do
    harness/driver far start HOST[,OPTION...] --engine FILE -- OPTIONS...
                                                   a run there: the selection is on standard input, the
                                                   stream of its results goes to descriptor 3

Exit status 0; 2 when the machine cannot be reached or will not do; 3 for usage."""

from __future__ import annotations

import platform
import signal
import sys
import tempfile
from pathlib import Path

from sockproof import exitstatus
from sockproof.far import bundle, machine
from sockproof.far.connection import Connection
from sockproof.far.trouble import FarTrouble, FarUsage

STREAM_FD = 3


def leave(_number: int, _frame: object) -> None:
    """Ends this process in order: what is there is taken away."""
    sys.exit(exitstatus.INTERRUPTED)


def suited(connection: Connection) -> None:
    """Raises FarTrouble when the engine of this machine does not run on that one."""
    said = connection.greeting
    if said.system != "Linux":
        raise connection.trouble(f"it is no Linux but {said.system}, for which there is no engine")
    if said.kind != platform.machine():
        raise connection.trouble(f"it is a {said.kind}, and the engine of this machine is for "
                                 f"{platform.machine()}: run sockproof on one of its kind")
    if said.folder == "none":
        raise connection.trouble(f"it has no folder for the engine:{said.why} folder=DIR names another place")


def tried(name: str, text: str) -> None:
    """Says what machine it is."""
    try:
        with Connection(machine.read(text)) as connection:
            suited(connection)
            print(f"{name} {connection.greeting.release}")
    except FarTrouble as error:
        raise FarTrouble(f"--stack {name}=ssh:{text}: {error}") from None


def start(words: list[str]) -> None:
    """A run there."""
    engine, options = words[words.index("--engine") + 1], words.index("--") + 1
    selection = sys.stdin.read()
    signal.signal(signal.SIGTERM, leave)
    with tempfile.TemporaryFile() as archive, Connection(machine.read(words[0])) as connection:
        suited(connection)
        bundle.write(archive, Path(engine), selection, words[options:])
        archive.seek(0)
        connection.copy(archive)
        connection.run(STREAM_FD)


def main(arguments: list[str]) -> int:
    """The exit status. Raises FarTrouble."""
    verb, words = (arguments[0] if arguments else ""), arguments[1:]
    if verb == "try" and len(words) == 2:
        tried(*words)
    elif verb == "start" and words:
        start(words)
    else:
        raise FarUsage("far is asked by the engine: --stack NAME=ssh:HOST of run")
    return exitstatus.GOOD

# SPDX-License-Identifier: MIT
"""Programs under `exec`, as the tests run them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

from conftest import ENGINE

PYTHON = sys.executable

# Two pairs of stream sockets: a and b, c and s.
PAIR = """
import errno, os, socket, sys
a, b = socket.socketpair()
listener = socket.create_server(("127.0.0.1", 0))
c = socket.create_connection(listener.getsockname())
s, _ = listener.accept()
"""


def watched(words: list[str], hear: Callable[[str], None]) -> subprocess.CompletedProcess[str]:
    """Runs a command, each line of whose standard error is heard as it comes."""
    with subprocess.Popen(words, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            hear(line)
        out = process.stdout.read()
    return subprocess.CompletedProcess(words, process.returncode, out, "".join(said))


class Run:
    """One run under `exec`: what came out, and the log."""

    def __init__(self, folder: Path, *arguments: str, code: str | None = None,
                 hear: Callable[[str], None] | None = None) -> None:
        words = [*arguments, "--", PYTHON, "-I", "-c", code] if code is not None else [*arguments]
        words = [ENGINE, "exec", "--report", str(folder), *words]
        self.done = watched(words, hear) if hear is not None else subprocess.run(
            words, text=True, capture_output=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
        self.path = folder / "faults.jsonl"

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text("utf-8").splitlines()]

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.log if line["type"] == kind]

    @property
    def keys(self) -> list[tuple[str, str, int]]:
        """What fired, as a replay knows it."""
        return sorted((one["identity"], one["counter"], one["fault"])
                      for one in self.events("fired"))


def compiled(folder: Path, text: str, *more: str) -> str:
    """A C program of the test's own."""
    source, program = folder / "own.c", folder / "own"
    source.write_text(text, "utf-8")
    subprocess.run(["gcc", "-o", str(program), str(source), *more], check=True)
    return str(program)

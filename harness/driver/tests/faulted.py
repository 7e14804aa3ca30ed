# SPDX-License-Identifier: MIT
"""Programs under `exec`, as the tests run them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

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


class Run:
    """One run under `exec`: what came out, and the log."""

    def __init__(self, folder: Path, *arguments: str, code: str | None = None) -> None:
        words = [*arguments, "--", PYTHON, "-I", "-c", code] if code is not None else [*arguments]
        self.done = subprocess.run([ENGINE, "exec", "--report", str(folder), *words], text=True,
                                   capture_output=True, timeout=60, check=False,
                                   stdin=subprocess.DEVNULL)
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

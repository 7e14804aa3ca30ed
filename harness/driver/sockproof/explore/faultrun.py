# SPDX-License-Identifier: MIT
"""One run of a program under faults, through the engine's `exec`: what came out and what fired."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sockproof import house
from sockproof.enginecall import answer
from sockproof.explore import children
from sockproof.trouble import Trouble

# What a program's own mistake, or abort(3), ends it by.
CRASHES = ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP", "SIGSYS")
OWN_TROUBLE = (125, 126, 127)  # statuses with which `exec` says that nothing was run
GRACE_SECONDS = 30.0
KEPT_BYTES = 1 << 22  # of what a program says


class Unrun(Trouble):
    """Why a program could not be run at all, in the engine's words."""


@dataclass
class FaultRun:
    """How a run ended. `status` is the exit status, or None for one that was killed."""

    status: int | None
    signal: int
    timed_out: bool
    seconds: float
    stdout: bytes
    stderr: bytes
    fired: int = 0
    unfired: list[str] = field(default_factory=list)  # those of the faults that never did
    left: list[str] = field(default_factory=list)  # what outlived the program
    lost: int = 0  # events beyond what a log holds
    events: list[dict[str, Any]] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)  # below the program: "prog, SIGSEGV"
    unkept: int = 0  # bytes of what it said beyond KEPT_BYTES


def points() -> dict[str, dict[str, Any]]:
    """Every point that the interposer has, by name."""
    lines = answer("exec", "--list-points", "--json").splitlines()
    return {one["point"]: one for one in map(json.loads, lines)}


def command(argv: list[str], faults: list[str], folder: str, timeout: float, seed: int,
            record: bool) -> list[str]:
    """The engine's command line for a run."""
    chosen = [word for fault in faults for word in ("--fault", fault)]
    return [str(house.engine()), "exec", "--quiet", "--left", "end", "--report", folder,
            "--timeout", str(timeout), "--seed", str(seed), *chosen, *(["--record"] if record else []),
            "--", *argv]


def read_log(folder: str) -> list[dict[str, Any]]:
    """The lines of a run's log."""
    text = (Path(folder) / "faults.jsonl").read_text("utf-8", "replace")
    return [json.loads(line) for line in text.splitlines()]


def crashes(log: list[dict[str, Any]]) -> list[str]:
    """The processes below the program that crashed, each once: who traces one is told of the same end as
    its parent, and one without a number is known by its parent alone."""
    found: dict[Any, str] = {}
    for number, one in enumerate(log):
        if one["type"] == "died" and one["signal"] in CRASHES:
            found.setdefault(("pid", one["pid"]) if one["pid"] else ("line", number),
                             f"{one.get('name', 'a process')}, {one['signal']}")
    return list(found.values())


def alike(text: bytes, argv: list[str], words: list[str]) -> bytes:
    """What a program said, with the folder and the port that this run had for itself called as the words
    of the user call them: they are others in each run."""
    own: dict[str, str] = {}
    for asked, given in zip(argv, words):
        pattern = re.escape(asked).replace(r"\{scratch\}", "(?P<scratch>/.+?)", 1)
        pattern = pattern.replace(r"\{scratch\}", ".+").replace(r"\{port\}", r"(?P<port>\d+)", 1)
        found = re.fullmatch(pattern.replace(r"\{port\}", r"\d+"), given, re.DOTALL)
        own |= found.groupdict() if found else {}
    if "scratch" in own:
        text = text.replace(own["scratch"].encode(), b"{scratch}")
    if "port" in own:
        text = re.sub(rb"(?<!\d)%s(?!\d)" % own["port"].encode(), b"{port}", text)
    return text


def run(argv: list[str], faults: list[str], timeout: float, seed: int = 1,
        record: bool = False) -> FaultRun:
    """Runs a program once, with no input. Raises Unrun."""
    with tempfile.TemporaryDirectory(prefix="sockproof-explore-") as folder:
        status, said = children.heard(command(argv, faults, folder, timeout, seed, record),
                                      timeout + GRACE_SECONDS, KEPT_BYTES)
        if not (Path(folder) / "faults.jsonl").exists():
            raise Unrun(said.stderr.decode("utf-8", "replace").strip()
                        or f"the engine ended with status {status}")
        log = read_log(folder)
        end = log[-1]
        return FaultRun(end["exit"] if end["exit"] >= 0 else None, end["signal"], end["timed_out"],
                        end["seconds"], alike(said.stdout, argv, log[0]["argv"]), said.stderr,
                        sum(one["fired"] for one in end["faults"]),
                        [one["fault"] for one in end["faults"] if one["fired"] == 0],
                        end["left"], end["lost"],
                        [one for one in log[1:-1] if record or one["type"] != "reached"],
                        crashes(log), said.more_stdout)

# SPDX-License-Identifier: MIT
"""Ctrl-C in the first seconds of a command: one sentence and exit status 130, no traceback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import ENGINE, ROOT
from extent import extent
from left import Mark
from sample import interrupted as interrupted_report

# After so many milliseconds.
MOMENTS = extent(range(0, 2001, 50), (0, 100, 250, 600, 1300))
COMMANDS = {
    "run": ("run", "--no-install", "-p", "no:cacheprovider"),
    "exec": ("exec", "--no-install", "--", "/bin/sleep", "20"),
    "explore": ("explore", "--no-install", "--", "/bin/sleep", "20"),
    "lint": ("lint", "--no-install"),
    "report render": ("report", "render"),
    "test": ("test", "--no-install", "--only", "unit tests, address"),
    "bench": ("bench", "--no-install", "--quick"),
}
# What a program, a report or a table says may hold these words; our own sentence has them alone.
SENTENCE = re.compile(r"^sockproof: interrupted$|^interrupted[ ;]|!!+ KeyboardInterrupt !!+"
                      r"|was killed by SIGINT$", re.MULTILINE)


def words_of(name: str, folder: Path) -> list[str]:
    """The command with folders of the test's own."""
    words = [str(ROOT / "sockproof"), *COMMANDS[name]]
    if name == "run":
        words += ["--report", str(folder / "report")]
    elif name == "report render":
        words += [str(folder / "report"), "-o", str(folder / "pages")]
    elif name in ("exec", "explore"):
        at = words.index("--")
        words[at:at] = ["--report", str(folder / "report")]
    return words


@pytest.mark.parametrize("group", [False, True], ids=["the process", "its group, as a terminal does"])
@pytest.mark.parametrize("name", COMMANDS)
def test_an_early_interrupt_is_one_sentence(tmp_path: Path, name: str, group: bool) -> None:
    if name == "report render":
        interrupted_report(tmp_path / "report")
    mark = Mark(tmp_path)
    for moment in MOMENTS if group else MOMENTS[1::2]:
        process = subprocess.Popen(words_of(name, tmp_path), cwd=ROOT, text=True, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   env=mark.environment | {"SOCKPROOF_ENGINE": ENGINE},
                                   start_new_session=True)
        try:
            output = process.communicate(timeout=moment / 1000)[0]
        except subprocess.TimeoutExpired:
            (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
            output = process.communicate(timeout=60)[0]
            check(f"{name} after {moment} ms", process.returncode, output)
        assert "Traceback" not in output, output
        assert mark.left() == []


def check(what: str, status: int, output: str) -> None:
    """A process that was interrupted before its first line ends as the shell shows with 130; one
    that was done by then is done."""
    if status == -signal.SIGINT:
        assert output == "", what
    elif status == 130:
        assert len(SENTENCE.findall(output)) == 1, f"{what}: {output}"
    else:
        assert status == 0, f"{what}: {status}: {output}"

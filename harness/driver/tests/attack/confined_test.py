# SPDX-License-Identifier: MIT
"""A case may come from anybody: what it may do to the machine that it runs on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT
from wired_test import refusal

from sockproof import house as home

PROGRAM = """title: A program of a stranger
cites: [program/clean-error-or-intact]
subject: program
transport: tcp
family: inet
setup: none
steps:
  - client: {{run: {words}}}
"""
SENDS = """title: A datagram to some address
cites: [posix/sendto/connectionless]
transport: udp
family: inet
place: loopback
setup: bound
steps:
  - client: {{send: {{data: "x", to: {{host: {host}, port: 9}}}}, {wanted}}}
"""


def run(folder: Path, text: str, *options: str) -> dict[str, Any]:
    """The result of a case that lies in a folder of its own."""
    file = folder / "case.yaml"
    file.write_text(text, "utf-8")
    done = subprocess.run([ENGINE, "run", "--report", str(folder / "report"), *options, str(file)],
                          cwd=ROOT, text=True, capture_output=True, timeout=60, check=False)
    assert done.stdout, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[0])
    return result


def test_a_program_of_others_runs_only_when_it_was_asked_for(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    mark.touch()
    text = PROGRAM.format(words=json.dumps(["sh", "-c", f"test -e {mark} && exit 7"]))
    result = run(tmp_path, text)
    assert (result["verdict"], result["skip"]["code"]) == ("skip", "programs-not-allowed")
    assert "--allow-programs" in result["reason"]
    assert run(tmp_path, text, "--allow-programs")["verdict"] == "fail"


def front_door(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`run` of the driver, from that folder."""
    return subprocess.run(home.command("run", "--report", str(folder / "report"), "-p", "no:cacheprovider",
                                       *words), text=True, cwd=folder, capture_output=True, timeout=120,
                          check=False, env=os.environ | {"SOCKPROOF_ENGINE": ENGINE})


def test_the_front_door_says_it_and_takes_the_word(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(PROGRAM.format(words='["true"]'), "utf-8")
    done = front_door(tmp_path, "case.yaml")
    assert done.returncode == 4 and "and say" in done.stdout, done.stdout
    assert "warning" not in done.stdout
    done = front_door(tmp_path, "case.yaml", "--allow-programs")
    assert done.returncode == 0 and "1 pass" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["conftest.py", "any_test.py", "test_any.py", "__init__.py", "test_any.txt"])
def test_no_python_beside_a_case_runs(tmp_path: Path, name: str) -> None:
    mark, cases = tmp_path / "mark", tmp_path / "cases"
    cases.mkdir()
    (cases / name).write_text(f"import pathlib\npathlib.Path({str(mark)!r}).touch()\n" if name[-2:] == "py"
                              else f">>> open({str(mark)!r}, 'w')\n", "utf-8")
    (cases / "case.yaml").write_text(PROGRAM.format(words='["true"]'), "utf-8")
    for given in (cases, cases / "case.yaml"):
        done = front_door(tmp_path, str(given), "--allow-programs")
        assert done.returncode == 0 and "1 pass" in done.stdout, done.stdout + done.stderr
    assert not mark.exists()

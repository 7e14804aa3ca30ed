# SPDX-License-Identifier: MIT
"""A case may come from anybody: what it may do to the machine that it runs on."""

from __future__ import annotations

import json
import os
import socket
import subprocess
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
LEAVES = """title: A datagram to an address that is not the machine's
cites: [posix/recv/return-length]
transport: udp
family: {family}
place: loopback
setup: bound
steps:
  - client: {{sendto: {{text: "x", to: {{host: "{address}", port: 9}}}}, errno: ENETUNREACH}}
"""
REACHES = """title: A connection to a port of the machine
cites: [posix/recv/return-length]
transport: tcp
family: inet
place: loopback
setup: open
steps:
  - client: {{connect: {{host: loopback, port: {port}}}, {wanted}}}
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


def alone() -> bool:
    """Whether a worker can have a network of its own."""
    return not refusal()


def test_loopback_reaches_no_socket_of_the_machine(tmp_path: Path) -> None:
    if not alone():
        pytest.skip("namespaces are refused here")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        refused = REACHES.format(port=port, wanted="errno: ECONNREFUSED")
        reached = REACHES.format(port=port, wanted="returns: 0")
        assert run(tmp_path, refused)["verdict"] == "pass"
        assert run(tmp_path, reached)["verdict"] == "fail"
        assert run(tmp_path, reached, "--allow-network")["verdict"] == "pass"


@pytest.mark.parametrize("family, host", [("inet", "blackhole"), ("inet6", "blackhole")])
def test_loopback_has_no_way_to_anywhere_else(tmp_path: Path, family: str, host: str) -> None:
    if not alone():
        pytest.skip("namespaces are refused here")
    result = run(tmp_path, LEAVES.format(family=family, address=host))
    assert result["verdict"] == "pass", result["reason"]


@pytest.mark.parametrize("options", [[], ["--allow-network"]], ids=["own network", "the machine's"])
def test_runs_at_once_do_not_collide(tmp_path: Path, options: list[str]) -> None:
    runs = [subprocess.Popen([ENGINE, "run", "--report", str(tmp_path / str(number)), "--place", "loopback",
                              "--repeat", "2", *options, "cases/tcp", "cases/udp", "cases/socket"], cwd=ROOT,
                             stdout=subprocess.PIPE, text=True) for number in range(3)]
    for one in runs:
        said = [json.loads(line) for line in one.communicate(timeout=240)[0].splitlines()]
        wrong = [(case["id"], case["reason"]) for case in said
                 if case["verdict"] not in ("pass", "known", "skip")]
        assert not wrong and len(said) > 2000

# SPDX-License-Identifier: MIT
"""The front door itself, and the parts that need no session."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT, House
from sockproof import command, exitstatus
from sockproof.complaint import Complaint, complaints_of
from sockproof.driver.progress import bar_line, clock
from sockproof.reports.variant import variant_of

COMMANDS = ["run", "list", "new", "lint", "explain", "coverage", "report", "baseline", "guest",
            "stack", "doctor", "schema", "test", "stability", "liars", "bench", "exec", "explore"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_with_an_example(house: House, command: str) -> None:
    done = house.call(str(house.root / "sockproof"), command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: ./sockproof {command}")
    assert "example" in done.stdout
    assert house.call(str(house.root / "sockproof"), "help", command).stdout == done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_help_names_every_command(house: House) -> None:
    done = house.call(str(house.root / "sockproof"), "--help")
    assert done.returncode == 0
    assert re.findall("^  ([a-z]+)", done.stdout, re.MULTILINE) == COMMANDS
    assert house.call(str(house.root / "sockproof")).returncode == 3


def test_the_table_of_commands_agrees_with_the_driver_s() -> None:
    rows = re.findall(r"^([a-z]+) [^|\n]*\| *(driver|engine) *\| ([a-z ]+)\|",
                      (ROOT / "sockproof").read_text("utf-8"), re.MULTILINE)
    assert [name for name, _, _ in rows] == COMMANDS
    assert {name for name, by, _ in rows if by == "driver"} == set(command.MODULES)
    for module in (command.MODULES | command.INNER).values():
        assert callable(importlib.import_module(module).main)
    helps = {file.stem for file in (ROOT / "harness" / "driver" / "help").glob("*.txt")}
    assert helps == set(COMMANDS) - {"report"}, "report has its help from the driver"


def test_the_version_stands_in_one_place(house: House) -> None:
    file = house.root / "pyproject.toml"
    file.write_text(file.read_text("utf-8").replace('\nversion = "', '\nversion = "7.'), "utf-8")
    done = house.call(str(house.root / "sockproof"), "--version")
    assert (done.returncode, done.stdout[:12], done.stderr) == (0, "sockproof 7.", "")


@pytest.mark.parametrize("word, meant", [
    ("rnu", "run"), ("explian", "explain"), ("basline", "baseline"), ("sche", "schema"), ("covers", ""),
    ("--run", ""), ("x", ""), ("a\\nb", "")])
def test_a_slip_is_told_what_it_may_mean(house: House, word: str, meant: str) -> None:
    done = house.call(str(house.root / "sockproof"), word)
    assert done.returncode == 3 and done.stdout == ""
    assert done.stderr.splitlines()[0] == f"sockproof: no command {word}" + (
        f"; did you mean {meant}?" if meant else "")


def test_commands_reach_the_engine_with_paths_from_the_root(house: House, tmp_path: Path) -> None:
    house.case("tcp/a")
    door = str(house.root / "sockproof")
    tries: list[tuple[list[str], Path | str, str]] = [
            (["lint"], "/", "fake lint cases"),
            (["lint", "tcp/a"], "/", "fake lint cases/tcp/a.yaml"),
            (["lint", "a.yaml"], house.root / "cases" / "tcp", "fake lint cases/tcp/a.yaml"),
            (["explain", "tcp/a"], "/", "fake explain tcp/a"),
            (["doctor", "--json"], tmp_path, "fake doctor --json"), (["schema"], "/", "fake schema")]
    for arguments, cwd, wanted in tries:
        done = house.call(door, *arguments, cwd=cwd)
        assert (done.returncode, done.stdout.strip()) == (0, wanted), done.stderr


def missing(house: House, tmp_path: Path, **programs: str) -> tuple[int, str, str]:
    """Runs the front door where dpkg-query misses two packages and `programs` stand in PATH."""
    house.case("tcp/a")
    folder = tmp_path / "programs"
    folder.mkdir()
    scripts = {"dpkg-query": 'case "$4" in ninja-build|python3-jinja2) [ -e "$STATE" ] || exit 1;; '
                             "esac\necho installed"} | programs
    for name, text in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n", "utf-8")
        (folder / name).chmod(0o755)
    arguments = [word for word in house.command() if word != "--no-install" or not programs]
    done = house.call(*arguments, env={"PATH": f"{folder}:{os.environ['PATH']}",
                                       "STATE": str(tmp_path / "installed")})
    return done.returncode, done.stdout, done.stderr


def test_no_install_names_what_is_missing(house: House, tmp_path: Path) -> None:
    status, _, errors = missing(house, tmp_path)
    assert status == 3
    assert "ninja-build        carries it out" in errors
    assert "apt-get install -y --no-install-recommends ninja-build python3-jinja2" in errors


@pytest.mark.skipif(os.geteuid() != 0, reason="without root it would ask sudo")
def test_what_is_missing_is_installed_once(house: House, tmp_path: Path) -> None:
    apt = 'echo "$DEBIAN_FRONTEND $*" >>"$STATE.log"; [ "$1" != install ] || : >"$STATE"'
    status, output, errors = missing(house, tmp_path, **{"apt-get": apt})
    assert status == 0, output + errors
    calls = (tmp_path / "installed.log").read_text("utf-8").splitlines()
    assert calls[-1] == ("noninteractive install -y --no-install-recommends ninja-build "
                         "python3-jinja2")


def test_an_install_that_fails_is_three(house: House, tmp_path: Path) -> None:
    status, _, _ = missing(house, tmp_path, **{"apt-get": "exit 100", "sudo": "exit 1"})
    assert status == 3


def test_whoever_reads_no_further_is_told_nothing_good(house: House) -> None:
    for number in range(300):
        house.case(f"tcp/{number}")
    with subprocess.Popen(house.command("-v"), env=house.environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert (process.wait(60), process.stderr.read()) == (141, "")


@pytest.mark.parametrize("counts, max_skips, status", [
    ({"pass": 1}, None, 0), ({"known": 1}, None, 0), ({"pass": 9, "fail": 1}, None, 1),
    ({"pass": 9, "unstable": 1}, None, 1), ({"fail": 1, "broken": 1}, None, 1),
    ({"pass": 1, "broken": 1}, None, 2), ({}, None, 4), ({"skip": 3}, None, 4),
    ({"pass": 1, "skip": 3}, 2, 4), ({"pass": 1, "skip": 3}, 3, 0), ({"not-run": 2}, None, 4)])
def test_status_of_verdicts(counts: dict[str, int], max_skips: int | None, status: int) -> None:
    assert exitstatus.of_verdicts(Counter(counts), max_skips) == status


@pytest.mark.parametrize("verdicts, engine, stopped, status", [
    (0, 0, False, 0), (0, 1, False, 1), (0, 4, False, 4), (1, 2, False, 1), (2, 0, False, 2),
    (0, -11, False, 2), (1, -11, False, 1), (0, 130, False, 130), (1, 130, True, 1),
    (4, None, False, 4), (0, 99, False, 2)])
def test_status_of_session(verdicts: int, engine: int | None, stopped: bool, status: int) -> None:
    assert exitstatus.of_session(verdicts, engine, stopped) == status


def test_the_worst_of_repeats_counts() -> None:
    def repeats(*verdicts: str) -> str:
        return variant_of([{"id": "a", "verdict": verdict, "reason": ""} for verdict in verdicts]).word
    assert repeats("pass", "pass") == "pass"
    assert repeats("pass", "skip") == "unstable"
    assert repeats("pass", "broken") == "broken"
    assert repeats("broken", "fail") == "fail"
    assert repeats("pass", "not-run") == "not-run"


def test_the_bar_fits(house: House) -> None:
    line = bar_line(Counter({"pass": 120, "fail": 2, "skip": 1}), 400, 3.2, 80)
    assert line == "[####............] 123/400 120 pass 2 fail 1 skip 3.2s 7.2s to go"
    assert len(bar_line(Counter({"pass": 120}), 400, 3.2, 30)) < 30
    assert clock(187) == "3:07"


def test_complaints_are_kept_whole() -> None:
    shown = {"complaint": "no-verb", "file": "a.yaml", "line": 1, "column": 2, "said": "y",
             "notes": ["do z"], "text": "a.yaml:1:2: error[no-verb]: y\n  1 | z\n    | ^\n"}
    line = json.dumps(shown)
    first, whole, last = complaints_of(f"sockproof: one\n  two\n{line}\n\n{{}}\n")
    assert first == Complaint("sockproof: one\n  two") and last == Complaint("{}")
    assert whole == Complaint("a.yaml:1:2: error[no-verb]: y\n  1 | z\n    | ^", "no-verb", "a.yaml",
                              1, 2, "y", ("do z",))
    assert complaints_of("") == []

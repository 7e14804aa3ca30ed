# SPDX-License-Identifier: MIT
"""`./sockproof new`: what it writes lints clean and passes, by the real engine."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from conftest import BUILT, ENGINE, ROOT, House

TRANSPORTS = ("tcp", "udp", "sctp", "raw", "icmp")


def new(house: House, *arguments: str, cwd: str = "/") -> subprocess.CompletedProcess[str]:
    return house.call(str(house.root / "sockproof"), "new", *arguments, cwd=cwd)


def engine(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The real engine, from the repository's root: there lies the catalogue."""
    return subprocess.run([ENGINE, command, *arguments], cwd=ROOT, text=True, capture_output=True,
                          timeout=120, check=False)


def holds(file: Path, report: Path) -> None:
    """The case lints clean; every variant of it passes, or needs a wire that is not to be had."""
    done = engine("lint", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    done = engine("run", "--root", str(ROOT), "--report", str(report), str(file))
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(results) == 2, done.stderr
    verdicts = Counter(result["verdict"] for result in results)
    wire = any(result["place"] == "wire" for result in results)
    assert set(verdicts) <= ({"pass"} if wire else {"pass", "skip"}), results


@pytest.mark.skipif(not BUILT, reason="the engine is not built")
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_new_case_passes_and_so_does_its_fault(house: House, tmp_path: Path,
                                                 transport: str) -> None:
    done = new(house, "mine/first/one", "--transport", transport)
    assert done.returncode == 0, done.stderr
    file = house.root / "cases" / "mine" / "first" / "one.yaml"
    text = file.read_text("utf-8")
    assert f"\ntransport: {transport}\n" in text
    assert max(map(len, text.splitlines())) <= 100
    holds(file, tmp_path / "plain")
    with_fault = re.sub(r"^#(?! \S)", "", text, flags=re.MULTILINE)
    assert "\nfaults:\n" in with_fault and "\nexpect:\n" in with_fault
    file.write_text(with_fault, "utf-8")
    holds(file, tmp_path / "faulty")


def test_it_says_where_and_what_next(house: House) -> None:
    done = new(house, "udp/mine/first")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("cases/udp/mine/first.yaml is written")
    for command in ("lint", "run", "explain"):
        assert f"./sockproof {command} udp/mine/first\n" in done.stdout
    assert "\ntransport: udp\n" in (house.root / "cases/udp/mine/first.yaml").read_text("utf-8")


def test_it_never_writes_over_a_file(house: House) -> None:
    file = house.case("tcp/a")
    before = file.read_text("utf-8")
    done = new(house, "tcp/a")
    assert (done.returncode, done.stdout) == (3, "")
    assert "cases/tcp/a.yaml is there already" in done.stderr
    assert file.read_text("utf-8") == before
    assert "is a folder of cases" in new(house, "tcp").stderr
    assert "cases/tcp/a.yaml is a case" in new(house, "tcp/a/b").stderr


@pytest.mark.parametrize("name", ["", "/a", "a/", "a//b", "../a", "a/../b", "A", "a_b", "-a", "a-",
                                  "a b", "a/b.yaml", "a[inet]", "a\n", "cases/tcp/a"])
def test_an_id_is_lower_case_words(house: House, name: str) -> None:
    done = new(house, name)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("sockproof: ")
    assert not list((house.root / "cases").iterdir())


def test_slips_are_told(house: House) -> None:
    assert "did you mean tcp/a?" in new(house, "cases/tcp/a.yaml").stderr
    assert "wants one of tcp, udp, sctp, raw, icmp, not 'dccp'" in new(house, "a", "--transport=dccp").stderr
    assert "--transport: expected one argument" in new(house, "a", "--transport").stderr
    assert "takes one id" in new(house).stderr
    assert "takes one id" in new(house, "a", "b").stderr
    assert "no option --force" in new(house, "a", "--force").stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_ours(house: House) -> None:
    (house.root / "cases").chmod(0o500)
    done = new(house, "tcp/a")
    assert done.returncode == 2
    assert "cannot be written: Permission denied" in done.stderr


def test_a_file_where_a_folder_must_be(house: House) -> None:
    (house.root / "cases" / "tcp").write_text("", "utf-8")
    done = new(house, "tcp/a")
    assert done.returncode == 2
    assert "cases/tcp/a.yaml cannot be written" in done.stderr

# SPDX-License-Identifier: MIT
"""Forks of lwIP with one bug each, built outside the tree with the installed header: the suite tells
them apart from the good one, by the requirement that is violated."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT

from sockproof.stack import recipe, store, tool

WHOLE = os.environ.get("SOCKPROOF_FORKS") == "whole"
REFUSED = "cases/tcp/connect/refused-nonblocking.yaml"
PART = [REFUSED, "cases/tcp/close", "cases/udp/crafted", "cases/udp/delivery"]
# The bug of each, the case that finds it, at which step, and the requirement that the report names.
BUGS = {
    "so-error-kept": ("tcp/connect/refused-nonblocking[inet]", 5, "posix/opt/SO_ERROR-clears"),
    "half-close-lost": ("tcp/close/half-close[inet6]", 5, "rfc9293/state/half-close-receive"),
    "udp-checksum-unread": ("udp/crafted/bad-checksum[inet]", 6, "rfc1122/4.1.3.4-discard-bad"),
}


def patch(name: str, place: Path, *words: str) -> None:
    """Puts a bug into lwIP, or takes it out."""
    file = recipe.LWIP_FORKS / f"{name}.patch"
    tool.run(["patch", "--silent", "--strip=1", *words, "--input", str(file)], cwd=place)


@pytest.fixture(name="forks", scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The good one and those with a bug, in a folder outside the tree: what lies there is the source of
    lwIP, the plug's own two files and their headers, and what cmake installs."""
    place = tmp_path_factory.mktemp("outside")
    source, plug, made = place / "lwip", place / "plug" / "stack", place / "build"
    recipe.patched_lwip(source, [])
    plug.mkdir(parents=True)
    for file in (ROOT / "harness" / "stack").glob("lwip_*.[ch]"):
        shutil.copy(file, plug)
    shutil.copy(recipe.LWIP / "CMakeLists.txt", place / "plug")
    tool.run(["cmake", "--install", str(Path(ENGINE).parent), "--component", "headers", "--prefix",
              str(place / "installed")])
    tool.run(["cmake", "-S", str(place / "plug"), "-B", str(made), "-G", "Ninja", f"-DLWIP_DIR={source}",
              f"-DSOCKPROOF_PREFIX={place / 'installed'}", f"-DSOCKPROOF_TABLE={plug}"])
    found = {}
    for name in ["good", *BUGS]:
        if name in BUGS:
            patch(name, source)
        tool.run(["cmake", "--build", str(made)])
        found[name] = Path(shutil.copy(made / "lwip.so", place / f"{name}.so"))
        if name in BUGS:
            patch(name, source, "--reverse")
    return found


def judged(report: Path, stacks: dict[str, Path], *paths: str) -> dict[str, dict[str, Any]]:
    """What each stack comes to, by variant, with what lwIP is known for."""
    words = [word for name, file in stacks.items() for word in ("--stack", f"{name}=so:{file}")]
    subprocess.run([ENGINE, "run", "--root", str(ROOT), "--report", str(report), "--baseline", "lwip",
                    "--workers", "12", *words, *paths], text=True, capture_output=True, timeout=900,
                   check=False)
    found: dict[str, dict[str, Any]] = {name: {} for name in stacks}
    for line in (report / "results.jsonl").read_text("utf-8").splitlines():
        result = json.loads(line)
        found[result["stack"]][result["id"].partition("@")[0]] = result
    return found


def test_a_bug_is_told_apart_by_its_requirement(tmp_path: Path, forks: dict[str, Path]) -> None:
    found = judged(tmp_path / "report", forks, *PART)
    bad = {name: {one for one, result in of.items() if result["verdict"] not in ("pass", "known", "skip")}
           for name, of in found.items()}
    assert bad.pop("good") == set()
    assert sum(result["verdict"] == "pass" for result in found["good"].values()) > 40
    for name, (variant, step, requirement) in BUGS.items():
        failure = found[name][variant]["failure"]
        assert found[name][variant]["verdict"] == "fail"
        assert failure["step"] == step
        assert requirement in [one["id"] for one in failure["requirements"]]
        assert [other for other in bad if variant in bad[other]] == [name]


def test_those_that_are_added_are_the_same(tmp_path: Path, forks: dict[str, Path]) -> None:
    """As ./sockproof stack add builds them."""
    added = {one.name: one.file for one in store.present()}
    if not {"lwip-source", "lwip-so-error-kept"} <= set(added):
        pytest.skip("./sockproof stack add lwip-source lwip-so-error-kept builds them")
    stacks = {"good": added["lwip-source"], "bad": added["lwip-so-error-kept"], "own": forks["so-error-kept"]}
    found = judged(tmp_path / "report", stacks, REFUSED)
    said = {name: (of[BUGS["so-error-kept"][0]]["reason"] or "").replace(f"stack {name}", "stack")
            for name, of in found.items()}
    assert "step 5" in said["bad"] and "step 5" not in said["good"]
    assert said["own"] == said["bad"]


@pytest.mark.skipif(not WHOLE, reason="SOCKPROOF_FORKS=whole runs all cases of TCP and UDP, twice")
def test_the_same_run_twice_changes_no_verdict(tmp_path: Path, forks: dict[str, Path]) -> None:
    stacks = {name: forks[name] for name in ("good", "half-close-lost")}
    once, twice = (judged(tmp_path / time, stacks, "cases/tcp", "cases/udp") for time in ("once", "twice"))
    for name, of in once.items():
        verdicts = {one: result["verdict"] for one, result in of.items()}
        assert verdicts == {one: result["verdict"] for one, result in twice[name].items()}
        assert "broken" not in verdicts.values()
        assert ("fail" in verdicts.values()) == (name != "good")

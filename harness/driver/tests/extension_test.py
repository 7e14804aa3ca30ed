# SPDX-License-Identifier: MIT
"""The extension proof: what docs/EXTENDING.md says is enough is enough.

A copy of the tree gets the page's toys, each by one line of a table and one function; it builds without a
warning, the page's cases pass, and with another expectation they fail."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

PAGE = (ROOT / "docs" / "EXTENDING.md").read_text("utf-8")
ADDITION = re.compile(r"^In `([\w./]+)`, (?:at the (end)|(before|behind) `([^`]+)`):\n\n"
                      r"```c\n(.*?)^```$", re.M | re.S)
CASE = re.compile(r"^```yaml\n(title: .*?)^```$", re.M | re.S)
# What each case says, and what it must not say and be believed.
WRONG = {"recv_peek": ('data: "ta"', 'data: "at"'), "shut": ("sees: fin", "sees: rst"),
         "blank": ("{zeros: 4}", '"ping"'), "offset": ("offset: 8", "offset: 9")}
LIE = "packet/udp-says-less"
BUILD_SECONDS = 600


def add(tree: Path, place: tuple[str, str, str, str, str]) -> None:
    """Adds one block of the page to a file of the tree."""
    name, end, where, mark, block = place
    file = tree / name
    text = file.read_text("utf-8")
    if end:
        text += "\n" + block
    else:
        assert text.count(mark) == 1, f"{mark} stands {text.count(mark)} times in {name}"
        before, _, behind = text.partition(mark)
        text = before + block + mark + behind if where == "before" else before + mark + block + behind
    file.write_text(text, "utf-8")


def call(*command: str, cwd: Path) -> str:
    """Runs a command that must succeed. What it says."""
    done = subprocess.run(command, cwd=cwd, text=True, capture_output=True, timeout=BUILD_SECONDS,
                          check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module", name="tree")
def extended_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with all that the page adds, built."""
    tree = tmp_path_factory.mktemp("extended") / "tree"
    for part in ("harness", "fixtures", "docs"):
        shutil.copytree(ROOT / part, tree / part, symlinks=True,
                        ignore=shutil.ignore_patterns("__pycache__", "latest"))
    for part in ("CMakeLists.txt", "pyproject.toml"):
        shutil.copy(ROOT / part, tree / part)
    for place in ADDITION.findall(PAGE):
        add(tree, place)
    call("cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DSOCKPROOF_WERROR=ON",
         "--log-level=WARNING", cwd=tree)
    call("cmake", "--build", "build", "--target", "sockproof-engine", "--", "--quiet", cwd=tree)
    return tree


def verdicts(tree: Path, case: str, folder: Path, *options: str) -> list[tuple[str, str]]:
    """Runs a case in the tree's engine. Verdict and reason of each variant."""
    folder.mkdir()
    (folder / "case.yaml").write_text(case, "utf-8")
    done = subprocess.run([str(tree / "build" / "sockproof-engine"), "run", "--report",
                           str(folder / "report"), *options, str(folder / "case.yaml")], cwd=tree,
                          text=True, capture_output=True, timeout=120, check=False)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert results, done.stderr
    return [(one["verdict"], one["reason"]) for one in results]


def test_each_toy_is_a_line_of_a_table_and_at_most_one_block_of_code() -> None:
    places = [place[0] for place in ADDITION.findall(PAGE)]
    assert [name for name in places if name.endswith(".def")] == [
        "harness/verb/verb.def", "harness/fault/call_action.def", "harness/fault/wire_action.def",
        "harness/packet/field.def"]
    assert len(places) == 9
    assert len(CASE.findall(PAGE)) == len(WRONG) + 1


@pytest.mark.parametrize("toy", WRONG)
def test_a_case_passes_and_another_expectation_fails(toy: str, tree: Path, tmp_path: Path) -> None:
    case = CASE.findall(PAGE)[list(WRONG).index(toy)]
    right, wrong = WRONG[toy]
    assert right in case
    passed = verdicts(tree, case, tmp_path / "right")
    assert {verdict for verdict, _ in passed} == {"pass"}, passed
    failed = verdicts(tree, case.replace(right, wrong, 1), tmp_path / "wrong")
    assert {verdict for verdict, _ in failed} == {"fail"}, failed


def test_the_lie_is_noticed(tree: Path, tmp_path: Path) -> None:
    case = CASE.findall(PAGE)[-1]
    assert {verdict for verdict, _ in verdicts(tree, case, tmp_path / "honest")} == {"pass"}
    assert {verdict for verdict, _ in verdicts(tree, case, tmp_path / "lying", "--lie", LIE)} == {"fail"}


def test_the_reference_tells_of_each_toy(tree: Path) -> None:
    page = call(str(tree / "build" / "sockproof-engine"), "schema", "--reference", cwd=tree)
    assert all(f"`{toy}`" in page for toy in WRONG)

# SPDX-License-Identifier: MIT
"""What the documents say is so: their cases pass, their links lead somewhere, the files, commands and
options that they name are there."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from conftest import ENGINE, ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
# Pages whose examples are run by tests of their own: reference_test.py, extension_test.py.
ELSEWHERE = (ROOT / "docs" / "FORMAT.md", ROOT / "docs" / "EXTENDING.md")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)\s]+)\)")
FUNCTION = re.compile(r"`(\w+)\(\)`")
PLACE = re.compile(r"`((?:harness|fixtures|docs|cases|reports|\.ci)/[\w./*-]+)`")
COMMAND = re.compile(r"^\$? *\./sockproof +([a-z]+)(.*)$|`\./sockproof +([a-z]+)([^`]*)`", re.M)
# What a run or an exploration writes, and so is not there before.
WRITTEN = ("reports/latest", "reports/exec", "reports/explore", "cases/tcp/recv/peek-first")


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = BLOCK.sub("", page.read_text("utf-8"))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.*)$", text, re.M)}


def name_of(page: Path) -> str:
    """What a test of the page is called."""
    return page.name


def helps() -> dict[str, str]:
    """What the front door's commands say of themselves."""
    known = {file.stem: file.read_text("utf-8") for file in (ROOT / "harness/driver/help").iterdir()}
    verbs: list[list[str]] = [[], ["render"], ["diff"], ["merge"], ["judge"]]
    says = [subprocess.run([str(ROOT / "sockproof"), "report", *verb, "--help"], text=True, timeout=60,
                           capture_output=True, check=True).stdout for verb in verbs]
    return known | {"report": "".join(says)}


def is_case(block: str) -> bool:
    """True for an example that is a whole case."""
    return block.startswith("title:") and "steps:" in block


def test_whole_cases_pass(tmp_path: Path) -> None:
    names = {}
    for page in (one for one in PAGES if one not in ELSEWHERE):
        cases = [text for kind, text in BLOCK.findall(page.read_text("utf-8"))
                 if kind == "yaml" and is_case(text)]
        for number, text in enumerate(cases):
            names[f"{page.stem.lower()}-{number}"] = page.name
            (tmp_path / f"{page.stem.lower()}-{number}.yaml").write_text(text, "utf-8")
    assert len(names) >= 5
    done = subprocess.run([ENGINE, "run", "--root", str(ROOT), "--report", str(tmp_path / "report"),
                           "--allow-programs", str(tmp_path)], text=True, capture_output=True, timeout=300,
                          check=False)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert {Path(one["file"]).stem for one in results} == set(names), done.stderr
    wrong = [(one["id"], one["reason"]) for one in results
             if one["verdict"] != "pass"
             and not (one["verdict"] == "skip" and one["skip"]["code"] == "program-missing")]
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(BLOCK.sub("", page.read_text("utf-8"))):
        if link.startswith("https://"):
            continue
        path, _, fragment = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), f"{link} leads out of the repository"
        assert not fragment or fragment in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_are_there(page: Path) -> None:
    places = [place for place in PLACE.findall(page.read_text("utf-8")) if not place.startswith(WRITTEN)]
    assert [place for place in places if not list(ROOT.glob(place.rstrip("/")))] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_and_options_are_there(page: Path) -> None:
    known = helps()
    for match in COMMAND.finditer(page.read_text("utf-8")):
        command, words = match.group(1) or match.group(3), match.group(2) or match.group(4) or ""
        assert command in known, match.group(0)
        own = words.partition(" -- ")[0]
        for option in re.findall(r"(?:^| )(--[a-z-]+)", own):
            assert option in known[command] or option == "--help", match.group(0)


def test_functions_are_there() -> None:
    sources = "".join(file.read_text("utf-8") for file in ROOT.glob("harness/*/*.h"))
    named = set(FUNCTION.findall((ROOT / "docs" / "ARCHITECTURE.md").read_text("utf-8")))
    assert len(named) > 20
    assert {name for name in named if not re.search(rf"\b{name}\(", sources)} == set()


def test_every_attack_is_told_and_every_test_that_is_told_is_there() -> None:
    told = set(re.findall(r"`(\w+_test\.py)`", (ROOT / "docs" / "ATTACKS.md").read_text("utf-8")))
    tests = ROOT / "harness" / "driver" / "tests"
    attacks = {one.name for one in (tests / "attack").glob("*_test.py")}
    assert len(attacks) > 10 and attacks <= told, attacks - told
    assert told <= attacks | {one.name for one in tests.glob("*_test.py")}, told - attacks


def test_what_the_front_door_installs_stands_in_the_table_of_dependencies() -> None:
    door = (ROOT / "sockproof").read_text("utf-8").partition("declare -A needed=(")[2].partition("\n)\n")[0]
    packages = set(re.findall(r"^([a-z0-9.+-]+) *\| ", door, re.M))
    table = (ROOT / "README.md").read_text("utf-8").partition("\n## Dependencies\n")[2]
    told = {one.strip() for row in re.findall(r"^\| (.+?) \|", table, re.M) for one in row.split(",")}
    assert len(packages) > 30 and packages <= told, packages - told

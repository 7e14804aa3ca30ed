# SPDX-License-Identifier: MIT
"""The reference of the format is true: every example of docs/FORMAT.md is a case that lint takes and that
passes, and its headings and links lead somewhere."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from conftest import ENGINE, ROOT

PAGE = ROOT / "docs" / "FORMAT.md"
HEADING = re.compile(r"^#+ (.*)$", re.M)
EXAMPLE = re.compile(r"^#+ (.*?)\n(?:(?!^#+ ).)*?^```yaml\n(.*?)^```$", re.M | re.S)
IMPLIED = {"title": "An example of the reference", "cites": "[posix/recv/return-length]",
           "transport": "tcp"}


def anchor(heading: str) -> str:
    """A heading's anchor, as GitHub makes it."""
    return re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-")


def whole_case(example: str) -> str:
    """The example with what the page says that it leaves out."""
    steps = example if "steps:\n" in example else "steps:\n" + example
    return "".join(f"{key}: {value}\n" for key, value in IMPLIED.items()
                   if not re.search(rf"^{key}:", steps, re.M)) + steps


def cases_of(page: str, folder: Path) -> dict[str, str]:
    """Writes every example as a case file. The heading of each, by the name of its file."""
    names = {}
    for number, (heading, example) in enumerate(EXAMPLE.findall(page)):
        names[f"example-{number}"] = heading
        (folder / f"example-{number}.yaml").write_text(whole_case(example), "utf-8")
    return names


def engine(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the engine, whatever it says."""
    return subprocess.run([ENGINE, arguments[0], "--root", str(ROOT), *arguments[1:]], text=True,
                          capture_output=True, timeout=300, check=False)


def not_passed(folder: Path, names: dict[str, str], report: Path, *options: str) -> dict[str, str]:
    """What did not pass: heading and what the engine says of it."""
    done = engine("run", "--allow-programs", "--report", str(report), *options, str(folder))
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert results, done.stderr
    assert {Path(one["file"]).stem for one in results} == set(names)
    return {f"{names[Path(one['file']).stem]} [{one['variant']}]": f"{one['verdict']}: {one['reason']}"
            for one in results if one["verdict"] != "pass"}


@pytest.fixture(name="examples")
def made_examples(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """The folder with the examples of the page, and their headings."""
    folder = tmp_path / "cases"
    folder.mkdir()
    return folder, cases_of(PAGE.read_text("utf-8"), folder)


def test_every_example_is_taken_by_lint(examples: tuple[Path, dict[str, str]]) -> None:
    folder, names = examples
    assert len(names) > 100
    done = engine("lint", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_example_passes(examples: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    folder, names = examples
    assert not not_passed(folder, names, tmp_path / "report")


def test_an_example_that_is_wrong_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "cases"
    folder.mkdir()
    wrong = ("### `recv`\n\nReceives.\n\n"
             "```yaml\n- client: {recv: {len: 1, flags: [MSG_DONTWAIT]}, errno: 0}\n```\n")
    names = cases_of(wrong, folder)
    assert list(names.values()) == ["`recv`"]
    assert len(not_passed(folder, names, tmp_path / "report")) == 2


def test_links_lead_to_headings_and_headings_are_told_apart() -> None:
    page = PAGE.read_text("utf-8")
    anchors = [anchor(heading) for heading in HEADING.findall(page)]
    assert len(anchors) == len(set(anchors)), sorted(a for a in anchors if anchors.count(a) > 1)
    assert not {link for link in re.findall(r"\]\(#([^)]*)\)", page)} - set(anchors)
    files = {link for link in re.findall(r"\]\(([^#)]+)\)", page)}
    assert all((PAGE.parent / file).is_file() for file in files), files

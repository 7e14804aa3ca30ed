# SPDX-License-Identifier: MIT
"""Baselines kept up to date, and what counts: --strict."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import ENGINE, ROOT, House
from handmade import result, run_of
from sockproof import command
from sockproof.reports.tap import EXPECTED
from sample import CASES

FILE = """\
# What Linux does otherwise.
deviations:
  # about the first
  - case: tcp/first
    versions: ["*"]
    reason: "it is so: always"
  - case: tcp/second
    versions: ["6.1", "6.12"]
    reason: not any more
  - case: "tcp/third[x]"   # one variant
    versions: ["5."]
    reason: long ago
"""
STALE = {"code": "stale-baseline"}


def updated(folder: Path, run: Path, *more: str) -> str:
    """The baseline after an update."""
    assert command.main(["baseline", "update", str(run), "--folder", str(folder), *more]) == 0
    return (folder / "linux.yaml").read_text("utf-8")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    (tmp_path / "linux.yaml").write_text(FILE, "utf-8")
    return tmp_path


def test_nothing_to_do_changes_nothing(kept: Path) -> None:
    run = run_of(kept / "run", result("tcp/first[x]", "known"), result("tcp/other[x]", "pass"),
                 stack_version="6.12.3")
    assert updated(kept, run) == FILE


def test_failures_are_added_and_their_reasons_asked_for(kept: Path,
                                                        capsys: pytest.CaptureFixture[str]) -> None:
    run = run_of(kept / "run", result("tcp/a[x]", "fail", reason="step 1: no"), result("tcp/a[y]", "fail"),
                 result("tcp/b[x]", "fail"), result("tcp/b[y]", "pass"), result("tcp/c[x]", "broken"),
                 stack_version="6.12.3")
    text = updated(kept, run)
    assert text.startswith(FILE)
    new = yaml.safe_load(text)["deviations"][3:]
    assert new == [{"case": "tcp/a", "versions": ["6.12"], "reason": ""},
                   {"case": "tcp/b[x]", "versions": ["6.12"], "reason": ""}]
    assert "# found: step 1: no" in text
    said = capsys.readouterr().out
    assert "2 added, 0 stale" in said and "linux.yaml:16: give the reason" in said


def test_stale_entries_go_or_lose_a_version(kept: Path) -> None:
    run = run_of(kept / "run", result("tcp/first[x]", "fail", failure=STALE),
                 result("tcp/first[y]", "known", reason="it is so"),
                 result("tcp/second[x]", "fail", failure=STALE), stack_version="6.12.3")
    text = updated(kept, run)
    found = yaml.safe_load(text)["deviations"]
    assert found == [{"case": "tcp/first[y]", "versions": ["*"], "reason": "it is so: always"},
                     {"case": "tcp/second", "versions": ["6.1"], "reason": "not any more"},
                     {"case": "tcp/third[x]", "versions": ["5."], "reason": "long ago"}]
    assert "# about the first" in text and "# one variant" in text


def test_the_first_baseline_of_a_stack(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", result("tcp/a[x]", "fail"), stack_version="6.12.3")
    assert yaml.safe_load(updated(tmp_path, run))["deviations"] == [
        {"case": "tcp/a", "versions": ["6.12"], "reason": ""}]
    again = run_of(tmp_path / "again", result("tcp/a[x]", "fail", failure=STALE),
                   stack_version="6.12.3")
    assert yaml.safe_load(updated(tmp_path, again))["deviations"] == []


def test_what_cannot_be_used_is_told(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lying = run_of(kept / "run", result("a[x]", "fail"), lie="recv/errno")
    for words in (["update", str(kept / "nowhere")], ["update", str(lying)]):
        assert command.main(["baseline", *words, "--folder", str(kept)]) == 2
    assert "holds no run" in capsys.readouterr().err
    (kept / "linux.yaml").write_text("deviations: [\n", "utf-8")
    honest = run_of(kept / "honest", result("a[x]", "fail"))
    assert command.main(["baseline", "update", str(honest), "--folder", str(kept)]) == 2
    assert "linux.yaml" in capsys.readouterr().err
    assert command.main(["baseline", "mend"]) == 3


def test_the_engine_refuses_a_reason_that_nobody_gave(tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(ROOT / "fixtures", root / "fixtures",
                    ignore=shutil.ignore_patterns("fuzz", "lint", "programs"))

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run([ENGINE, "run", "--root", str(root), "--report", str(tmp_path / "report"),
                               str(CASES / "must-fail.yaml")], text=True, capture_output=True,
                              timeout=60, check=False)
    assert run().returncode == 1
    folder = root / "fixtures" / "baseline"
    text = updated(folder, tmp_path / "report")
    refused = run()
    assert refused.returncode == 3 and "error[bad-baseline]" in refused.stderr
    (folder / "linux.yaml").write_text(text.replace('reason: ""', "reason: made to fail"), "utf-8")
    accepted = run()
    assert '"verdict":"known"' in accepted.stdout and accepted.returncode == 0


def test_every_entry_names_a_case(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["baseline", "check"]) == 0
    assert command.main(["baseline", "check", "--folder", str(kept)]) == 1
    said = capsys.readouterr().out
    assert "linux.yaml:4: stale: there is no case or variant 'tcp/first'" in said


@pytest.mark.parametrize(("level", "lenient"), [("must", 1), ("describes", 1), ("should", 0),
                                                ("may", 0)])
def test_strict_counts_should(house: House, level: str, lenient: int) -> None:
    house.case("tcp/a", verdicts=["fail"], variants=["inet"], level=level)
    house.case("tcp/b")
    done = house.run()
    assert done.returncode == lenient, done.stdout
    # It is shown in full either way.
    assert "expected  client returns 4" in done.stdout
    assert ("without --strict" in done.stdout) == (lenient == 0)
    junit = (house.report / "junit.xml").read_text("utf-8")
    assert ("<failure" in junit) == bool(lenient)
    assert f"# {EXPECTED} SHOULD or MAY" in (house.report / "results.tap").read_text("utf-8") or lenient
    strict = house.run("--strict")
    assert strict.returncode == 1 and "without --strict" not in strict.stdout
    assert "<failure" in (house.report / "junit.xml").read_text("utf-8")


def test_strict_changes_nothing_for_what_is_broken(house: House) -> None:
    house.case("tcp/a", verdicts=["fail"], variants=["inet"], level="should")
    house.case("tcp/b", verdicts=["broken"], variants=["inet"])
    assert house.run().returncode == 2
    assert house.run("--strict").returncode == 1

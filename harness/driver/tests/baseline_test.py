# SPDX-License-Identifier: MIT
"""Baselines kept up to date, and what counts: --strict."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ENGINE, ROOT, House
from handmade import result, run_of
from roots import root_without_baselines
from sockproof import command
from sockproof.reports.tap import EXPECTED
from sample import CASES

FILE = """\
# What Linux does otherwise.
format: 2
deviations:
  # about the first
  - cases:
      tcp/first:
        - {step: 2, field: errno, observed: EIO, go_on: true}   # as ever
        # and then
        - {step: 3, field: value, observed: {at_least: 3}}
    versions: ["*"]
    reason: "it is so: always"
  - cases:
      tcp/second:
        - {step: 1, field: returns, observed: 0}
    versions: ["6.1", "6.12"]
    reason: not any more
  - cases:
      "tcp/third[x]":   # one variant
        - {step: 1, field: returns, observed: 0}
    versions: ["5."]
    reason: long ago
"""
OLD = """\
# What Linux does otherwise.
deviations:
  # about the first
  - case: tcp/first
    versions: ["*"]
    reason: "it is so: always"
  - cases:
      - tcp/second
      - "tcp/third[x]"
    versions: ["6.12"]
    reason: both alike
"""
STALE = {"code": "stale-baseline"}


def fails(name: str, step: int, field: str, observed: str, **more: Any) -> dict[str, Any]:
    """A result that fails so."""
    return result(name, "fail", reason=f"step {step}: no", failure={
        "code": "mismatch", "step": step, "field": field, "observed": observed}, **more)


def met(line: int, step: int, went_on: bool = True) -> dict[str, Any]:
    """A failure that the baseline excuses on that line."""
    return {"file": "fixtures/baseline/linux.yaml", "line": line, "step": step, "went_on": went_on}


def updated(folder: Path, run: Path, *more: str) -> str:
    """The baseline after an update."""
    assert command.main(["baseline", "update", str(run), "--folder", str(folder), *more]) == 0
    return (folder / "linux.yaml").read_text("utf-8")


def cases_in(text: str) -> list[dict[str, Any]]:
    """The cases of each entry."""
    return [one["cases"] for one in yaml.safe_load(text)["deviations"]]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    (tmp_path / "linux.yaml").write_text(FILE, "utf-8")
    return tmp_path


def test_nothing_to_do_changes_nothing(kept: Path) -> None:
    run = run_of(kept / "run", result("tcp/first[x]", "known", excused=[met(7, 2), met(9, 3, False)]),
                 result("tcp/other[x]", "pass"), stack_version="6.12.3")
    assert updated(kept, run) == FILE


def test_failures_are_added_and_their_reasons_asked_for(kept: Path,
                                                        capsys: pytest.CaptureFixture[str]) -> None:
    run = run_of(kept / "run", fails("tcp/a[x]", 1, "errno", "EIO"), fails("tcp/a[y]", 1, "errno", "EIO"),
                 fails("tcp/b[x]", 2, "value", '{"port": 10012, "is": [], "n": 4}'),
                 result("tcp/b[y]", "pass"), result("tcp/c[x]", "broken"), stack_version="6.12.3")
    text = updated(kept, run)
    assert text.startswith(FILE)
    new = yaml.safe_load(text)["deviations"][3:]
    assert new == [{"cases": {"tcp/a": [{"step": 1, "field": "errno", "observed": "EIO", "go_on": True}]},
                    "versions": ["6.12"], "reason": ""},
                   {"cases": {"tcp/b[x]": [{"step": 2, "field": "value", "observed": {"is": [], "n": 4},
                                            "go_on": True}]}, "versions": ["6.12"], "reason": ""}]
    assert "# found: step 1: no" in text
    said = capsys.readouterr().out
    assert "2 added, 0 put right, 0 stale" in said and "linux.yaml:23: give the reason" in said


def test_variants_that_fail_otherwise_have_an_entry_each(kept: Path) -> None:
    run = run_of(kept / "run", fails("tcp/a[x]", 1, "errno", "EIO"), fails("tcp/a[y]", 1, "errno", "EPERM"),
                 stack_version="6.12.3")
    assert [list(one) for one in cases_in(updated(kept, run))[3:]] == [["tcp/a[x]"], ["tcp/a[y]"]]


def test_what_varies_from_repeat_to_repeat_is_matched(kept: Path) -> None:
    lines = [fails("tcp/a[x]", 1, "errno", errno, repeat=number) | {"reason": f"{number}"}
             for number, errno in enumerate(("EIO", "EPERM", "EIO"))]
    lines += [fails("tcp/b[x]", 1, "value", str(value), repeat=number)
              for number, value in enumerate((7, 5, 6))]
    run = run_of(kept / "run", *lines, stack_version="6.12.3", repeat=3)
    found = [next(iter(one.values()))[0]["observed"] for one in cases_in(updated(kept, run))[3:]]
    assert found == [{"any_of": ["EIO", "EPERM"]}, {"at_least": 5, "at_most": 7}]


def test_another_failure_takes_the_place_of_what_is_excused(kept: Path,
                                                            capsys: pytest.CaptureFixture[str]) -> None:
    run = run_of(kept / "run", fails("tcp/first[x]", 3, "value", "2", excused=[met(7, 2)],
                                     excuses=[{"failure": "x"}]), stack_version="6.12.3")
    text = updated(kept, run)
    assert text == FILE.replace("observed: {at_least: 3}}", "observed: 2, go_on: true}").replace(
        "        # and then\n", "")
    assert "tcp/first: step 3: value 2; see whether the reason still holds: it is so" in \
        capsys.readouterr().out


def test_a_failure_behind_one_that_goes_on_is_added_to_it(kept: Path) -> None:
    run = run_of(kept / "run", fails("tcp/first[x]", 4, "data", '""', excused=[met(7, 2), met(9, 3)],
                                     excuses=[{"failure": "x"}]), stack_version="6.12.3")
    assert cases_in(updated(kept, run))[0]["tcp/first"][2] == {
        "step": 4, "field": "data", "observed": '""', "go_on": True}


@pytest.mark.parametrize("lost", [
    result("tcp/first[x]", "broken", excused=[met(7, 2)], failure={"code": "no-value"}),
    fails("tcp/first[x]", 3, "took", "recv is still asleep", excused=[met(7, 2)])])
def test_a_case_that_is_lost_behind_a_failure_ends_there(kept: Path, lost: dict[str, Any]) -> None:
    if lost["verdict"] == "fail":
        lost["failure"]["code"] = "deadline"
    text = updated(kept, run_of(kept / "run", lost, stack_version="6.12.3"))
    assert "        - {step: 2, field: errno, observed: EIO}   # as ever\n" in text


def test_what_a_run_without_a_baseline_finds_again_stays(kept: Path) -> None:
    run = run_of(kept / "run", fails("tcp/first[x]", 2, "errno", "EIO"), stack_version="6.12.3")
    assert updated(kept, run) == FILE


def test_stale_entries_go_or_lose_a_version(kept: Path) -> None:
    run = run_of(kept / "run", result("tcp/first[x]", "fail", failure=STALE),
                 result("tcp/first[y]", "known", excused=[met(7, 2), met(9, 3, False)]),
                 result("tcp/second[x]", "fail", failure=STALE), stack_version="6.12.3")
    text = updated(kept, run)
    found = yaml.safe_load(text)["deviations"]
    assert [(list(one["cases"]), one["versions"], one["reason"]) for one in found] == [
        (["tcp/first[y]"], ["*"], "it is so: always"), (["tcp/second"], ["6.1"], "not any more"),
        (["tcp/third[x]"], ["5."], "long ago")]
    assert len(found[0]["cases"]["tcp/first[y]"]) == 2
    assert "# about the first" in text and "# one variant" in text and "# as ever" in text


def test_a_failure_that_is_met_no_more_goes_alone(kept: Path) -> None:
    run = run_of(kept / "run", result("tcp/first[x]", "fail", failure=STALE, excused=[met(7, 2)]),
                 stack_version="6.12.3")
    assert [one["step"] for one in cases_in(updated(kept, run))[0]["tcp/first"]] == [2]


def test_a_baseline_of_the_first_format_gets_its_failures(tmp_path: Path,
                                                          capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "linux.yaml").write_text(OLD, "utf-8")
    run = run_of(tmp_path / "run", fails("tcp/first[x]", 2, "errno", "EIO"),
                 fails("tcp/second[x]", 3, "value", "7"), stack_version="6.12.3")
    text = updated(tmp_path, run)
    assert text.startswith("# What Linux does otherwise.\nformat: 2\ndeviations:\n  # about the first\n")
    found = yaml.safe_load(text)["deviations"]
    assert [one["reason"] for one in found] == ["it is so: always", "both alike"]
    assert found[0]["cases"]["tcp/first"][0]["observed"] == "EIO"
    assert list(found[1]["cases"]) == ["tcp/second", "tcp/third[x]"]
    assert "linux.yaml:10: tcp/third[x] was not judged" in capsys.readouterr().out
    again = run_of(tmp_path / "again", fails("tcp/third[x]", 1, "errno", "0"), stack_version="6.12.3")
    assert cases_in(updated(tmp_path, again))[1]["tcp/third[x]"][0]["step"] == 1


def test_an_entry_whose_case_is_skipped_is_told(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = run_of(kept / "run", result("tcp/first[x]", "skip", reason="it has no such call"),
                 stack_version="6.12.3")
    assert updated(kept, run) == FILE
    assert "linux.yaml: tcp/first is skipped, and the entry excuses nothing: it has no such call" in \
        capsys.readouterr().out


def test_the_first_baseline_of_a_stack(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", fails("tcp/a[x]", 1, "errno", "EIO"), stack_version="6.12.3")
    assert cases_in(updated(tmp_path, run)) == [
        {"tcp/a": [{"step": 1, "field": "errno", "observed": "EIO", "go_on": True}]}]
    again = run_of(tmp_path / "again", result("tcp/a[x]", "fail", failure=STALE),
                   stack_version="6.12.3")
    assert yaml.safe_load(updated(tmp_path, again))["deviations"] == []


def test_what_cannot_be_used_is_told(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lying = run_of(kept / "run", result("a[x]", "fail"), lie="recv/errno")
    for words in (["update", str(kept / "nowhere")], ["update", str(lying)]):
        assert command.main(["baseline", *words, "--folder", str(kept)]) == 2
    assert "holds no run" in capsys.readouterr().err
    (kept / "linux.yaml").write_text("deviations: [\n", "utf-8")
    honest = run_of(kept / "honest", result("a[x]", "pass"))
    assert command.main(["baseline", "update", str(honest), "--folder", str(kept)]) == 2
    assert "linux.yaml" in capsys.readouterr().err
    assert command.main(["baseline", "mend"]) == 3


def own_root(folder: Path) -> Path:
    """A root whose baselines may be changed."""
    root = root_without_baselines(folder)
    shutil.copytree(ROOT / "fixtures" / "baseline", root / "fixtures" / "baseline", dirs_exist_ok=True)
    return root


def engine(root: Path, report: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs the engine to its end."""
    return subprocess.run([ENGINE, "run", "--root", str(root), "--report", str(report), *words],
                          cwd=ROOT, text=True, capture_output=True, timeout=120, check=False)


def test_the_engine_refuses_a_reason_that_nobody_gave(tmp_path: Path) -> None:
    root, report = own_root(tmp_path), tmp_path / "report"
    case = str(CASES / "must-fail.yaml")
    assert engine(root, report, case).returncode == 1
    folder = root / "fixtures" / "baseline"
    text = updated(folder, report)
    refused = engine(root, report, case)
    assert refused.returncode == 3 and "error[bad-baseline]" in refused.stderr
    (folder / "linux.yaml").write_text(text.replace('reason: ""', "reason: made to fail"), "utf-8")
    accepted = engine(root, report, case)
    assert '"verdict":"known"' in accepted.stdout and accepted.returncode == 0
    assert "never reached" not in accepted.stdout, "the steps behind it ran"


def test_a_known_failure_with_another_value_ends_the_run_with_one(tmp_path: Path) -> None:
    root, report = own_root(tmp_path), tmp_path / "report"
    file = root / "fixtures" / "baseline" / "lwip.yaml"
    words = ("--stack", "lwip", "cases/tcp/bind/twice.yaml", "cases/tcp/connect/refused.yaml")
    assert engine(root, report, *words).returncode == 0
    text = file.read_text("utf-8")
    assert "{step: 1, field: errno, observed: ECONNRESET" in text
    file.write_text(text.replace("observed: ECONNRESET", "observed: ENETUNREACH"), "utf-8")
    done = engine(root, report, *words)
    assert done.returncode == 1
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert {one["case"]: one["verdict"] for one in results} == {
        "tcp/bind/twice": "known", "tcp/connect/refused": "fail"}
    assert "the baseline excuses another failure: step 1: errno: ENETUNREACH (fixtures/baseline" in \
        next(one["reason"] for one in results if one["verdict"] == "fail")


def test_without_a_baseline_known_failures_fail(tmp_path: Path) -> None:
    root = own_root(tmp_path)
    (root / "fixtures" / "baseline" / "lwip.yaml").write_text(OLD, "utf-8")
    words = ("--stack", "lwip", "cases/tcp/bind/twice.yaml")
    refused = engine(root, tmp_path / "report", *words)
    assert refused.returncode == 3
    assert "./sockproof run --stack lwip --no-baseline, then ./sockproof baseline update" in refused.stderr
    done = engine(root, tmp_path / "report", *words, "--no-baseline")
    assert done.returncode == 1 and '"verdict":"fail"' in done.stdout


def test_every_entry_names_a_case(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["baseline", "check"]) == 0
    (kept / "linux.yaml").write_text(FILE.replace("tcp/second", "tcp/close/half-close").replace(
        "{step: 1, field: returns, observed: 0}", "{step: 99, field: returns, observed: 0}"), "utf-8")
    assert command.main(["baseline", "check", "--folder", str(kept)]) == 1
    said = capsys.readouterr().out
    assert "linux.yaml:5: stale: there is no case or variant 'tcp/first'" in said
    assert "tcp/close/half-close has no step 99" in said


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

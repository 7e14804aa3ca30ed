# SPDX-License-Identifier: MIT
"""`./sockproof coverage`: which requirements are asked for, by the cases and by runs."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import House
from handmade import result, run_of
from sockproof import asked, command, coverage
from sockproof.asked import COVERED, EXCEPTED, KNOWN, MISSING, Asked, rows
from sockproof.reports.model import Requirement

NONE: dict[str, str] = {}
CATALOGUE = [{"id": f"rfc{number}/{name}", "level": level, "section": "1", "summary": f"{name}.",
              "observable": by, **more}
             for number, name, level, by, more in (
                 (1, "a", "must", "wire", NONE), (1, "b", "must", "socket", NONE),
                 (1, "c", "should", "wire", NONE),
                 (2, "d", "must", "wire", NONE), (2, "e", "must", "wire", {"excepted": "needs a week"}))]


def run(folder: Path, *lines: dict[str, Any]) -> Path:
    """A run that knew the catalogue."""
    return run_of(folder, *lines, catalogue=CATALOGUE)


def states(*runs: Path) -> dict[str, str]:
    """The state of each requirement after these runs."""
    return {one.requirement.id: one.state for one in asked.of_runs(map(coverage.load, runs))}


def furnish(house: House) -> None:
    """A catalogue and a baseline for a house with two cases."""
    folder = house.root / "fixtures"
    (folder / "catalogue").mkdir()
    (folder / "baseline").mkdir()
    entries = [{"id": "posix/recv/x", "level": "must", "summary": "X.", "observable": "socket"},
               {"id": "rfc1/gone", "level": "should", "summary": "Nobody asks.", "observable": "wire",
                "provoke": "ask"},
               {"id": "rfc1/week", "level": "must", "summary": "Long.", "observable": "wire",
                "provoke": "not practical: needs a week"}]
    (folder / "catalogue" / "x.yaml").write_text(json.dumps(entries), "utf-8")
    (folder / "baseline" / "lwip.yaml").write_text(
        "format: 2\ndeviations:\n  - cases:\n      \"udp/*\":\n"
        "        - {step: 1, field: errno, observed: 0}\n    versions: [\"*\"]\n    reason: so it is\n",
        "utf-8")
    house.case("tcp/a")
    house.case("udp/b")


def shown(house: House, *words: str) -> subprocess.CompletedProcess[str]:
    return house.call(str(house.root / "sockproof"), "coverage", "--no-install", *words)


def row(text: str, *begins: str) -> list[str]:
    """The cells of the row that begins so."""
    return next(line.split() for line in text.splitlines() if line.split()[:len(begins)] == list(begins))


def test_a_run_covers_what_was_judged_to_its_end(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", result("x[1]", "pass", cites=["rfc1/a"]),
                 result("y[1]", "known", cites=["rfc1/b"], failure={"not_run": []}),
                 result("z[1]", "skip", cites=["rfc1/c"]),
                 result("w[1]", "fail", cites=["rfc2/d"], failure={"not_run": [{"step": 3}]}))
    assert states(folder) == {"rfc1/a": COVERED, "rfc1/b": KNOWN, "rfc1/c": MISSING, "rfc2/d": MISSING,
                              "rfc2/e": EXCEPTED}


def test_of_several_runs_the_best_counts(tmp_path: Path) -> None:
    one = run(tmp_path / "one", result("x[1]", "skip", cites=["rfc1/a"]),
              result("y[1]", "pass", cites=["rfc1/b"]))
    other = run(tmp_path / "other", result("x[1]", "pass", cites=["rfc1/a"]),
                result("y[1]", "skip", cites=["rfc1/b"]))
    assert states(one)["rfc1/a"] == MISSING and states(other)["rfc1/b"] == MISSING
    assert {states(one, other)[name] for name in ("rfc1/a", "rfc1/b")} == {COVERED}


def test_rows_count_each_level_of_each_catalogue_and_all() -> None:
    found = [Asked(Requirement(one["id"], one["level"], "1", "", one["observable"]), state)
             for one, state in zip(CATALOGUE, (COVERED, KNOWN, MISSING, MISSING, EXCEPTED))]
    counted = [(row.specification, row.level, dict(row.every), dict(row.wire)) for row in rows(found)]
    assert counted == [
        ("rfc1", "must", {COVERED: 1, KNOWN: 1}, {COVERED: 1}),
        ("rfc1", "should", {MISSING: 1}, {MISSING: 1}),
        ("rfc2", "must", {MISSING: 1}, {MISSING: 1}),
        ("", "must", {COVERED: 1, KNOWN: 1, MISSING: 1}, {COVERED: 1, MISSING: 1}),
        ("", "should", {MISSING: 1}, {MISSING: 1}),
        ("", "", {COVERED: 1, KNOWN: 1, MISSING: 2}, {COVERED: 1, MISSING: 2})]


def test_a_share_is_rounded_down_and_counts_what_is_known() -> None:
    assert coverage.share(Counter({COVERED: 1, KNOWN: 1, MISSING: 1})) == "66%"
    assert coverage.share(Counter({COVERED: 999, MISSING: 1})) == "99%"
    assert coverage.share(Counter()) == "-"


def test_without_a_run_it_reads_what_the_cases_cite(house: House) -> None:
    furnish(house)
    done = shown(house)
    assert (done.returncode, done.stderr) == (0, "")
    assert row(done.stdout, "posix") == ["posix", "MUST", "1", "1", "0", "0", "100%", "0", "0", "0", "0", "-"]
    assert row(done.stdout, "rfc1") == ["rfc1", "SHOULD", "1", "0", "0", "1", "0%", "1", "0", "0", "1", "0%"]
    assert row(done.stdout, "all", "all")[2:7] == ["2", "1", "0", "1", "50%"]
    assert max(map(len, done.stdout.splitlines())) <= 100
    known = shown(house, "--stack", "lwip").stdout
    assert row(known, "posix")[2:7] == ["1", "0", "1", "0", "100%"], "a case of the baseline cites it"


def test_missing_lists_what_nobody_asks_for(house: House) -> None:
    furnish(house)
    done = shown(house, "--missing")
    assert done.stdout == "rfc1/gone  SHOULD    wire      Nobody asks.\n"
    for words in (["--level", "must"], ["--only", "posix/"], ["--by", "socket"]):
        assert shown(house, "--missing", *words).stdout == "nothing is missing\n"


@pytest.mark.parametrize("words, said", [
    (["--only", "posxi"], "--only: no requirement begins with 'posxi'; did you mean posix?"),
    (["--level", "shall"], "--level wants one of must, describes, should, may, not 'shall'"),
    (["--by", "wires"], "--by wants one of socket, wire, internal, not 'wires'; did you mean wire?"),
    (["--stack", "lwpi"], "--stack: there is no baseline of 'lwpi'; did you mean lwip?"),
    (["--stack", "lwip", "x"], "--stack says whose baseline counts where there is no RUN; "
                               "a run knows its own")])
def test_words_that_cannot_be(house: House, words: list[str], said: str) -> None:
    furnish(house)
    done = shown(house, *words)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines()[0] == f"sockproof: {said}"


def test_what_cannot_be_read(house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["coverage", str(tmp_path / "none")]) == 2
    assert command.main(["coverage", str(run_of(tmp_path / "bare", result("x[1]", "pass")))]) == 2
    assert "does not hold the catalogue" in capsys.readouterr().err
    done = shown(house)
    assert done.returncode == 2 and "no catalogue in" in done.stderr
    furnish(house)
    (house.root / "fixtures" / "catalogue" / "y.yaml").write_text("- {id: x/y}\n", "utf-8")
    done = shown(house)
    assert done.returncode == 2 and "y.yaml is no catalogue" in done.stderr


def test_a_case_that_is_refused_is_told(house: House) -> None:
    furnish(house)
    house.case("tcp/wrong", lint="'oops' is no key")
    done = shown(house)
    assert done.returncode == 2 and "'oops' is no key" in done.stderr

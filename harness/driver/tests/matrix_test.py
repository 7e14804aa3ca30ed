# SPDX-License-Identifier: MIT
"""The matrix of requirements and lies: what is held against the record, what a run writes there. The
engine is played by a table of what fails under which lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterable

import pytest
import yaml
from sockproof import command, house
from sockproof.proof import lies, matrix, settings

CASE = """\
title: A case
cites: [posix/bind/EBADF, rfc/MUST-1, rfc/may]
steps:
  - server: {bind: server,   errno: EBADF}
  - client: {send: "x"}
"""
GOOD = {"posix/bind/EBADF": {"lie": "bind/errno", "by": "tcp/a[inet]", "field": "errno",
                             "step": "server: {bind: server, errno: EBADF}"},
        "rfc/MUST-1": {"lie": "setting/net.x=1", "by": "tcp/a[inet]", "field": "returns",
                       "step": 'client: {send: "x"}'}}


class House:
    """A house with one case and two requirements of level must, and what fails there."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.fails: dict[str, dict[str, Any]] = {}
        self.verdicts: dict[str, list[str]] = {}
        for name in ("tcp", "catalogue", "baseline"):
            (folder / name).mkdir()
        (folder / "tcp" / "a.yaml").write_text(CASE, "utf-8")
        self.write("catalogue/x.yaml", [{"id": "posix/bind/EBADF", "level": "must"},
                                        {"id": "rfc/MUST-1", "level": "must"},
                                        {"id": "rfc/may", "level": "may"}])
        self.write("breaks.yaml", {"bind/errno": ["posix/bind/EBADF"]})
        self.write("settings.yaml", [{"setting": "net.x", "value": 1, "case": "tcp/a",
                                      "breaks": ["rfc/MUST-1"]}])
        self.write("noticed.yaml", GOOD)
        self.write("unreached.yaml", {})
        self.write("coming.yaml", {})
        monkeypatch.setattr(house, "CASES", folder)
        monkeypatch.setattr(matrix, "CATALOGUE", folder / "catalogue")
        for name in ("BREAKS", "NOTICED", "UNREACHED", "COMING"):
            monkeypatch.setattr(matrix, name, folder / f"{name.lower()}.yaml")
        monkeypatch.setattr(matrix, "BASELINES", folder / "baseline")
        monkeypatch.setattr(settings, "SETTINGS", folder / "settings.yaml")
        monkeypatch.setattr(lies, "folders", lambda: [folder / "tcp"])
        monkeypatch.setattr(lies, "names", lambda: ["bind/errno", "bind/ignore"])
        monkeypatch.setattr(lies, "patient", lambda *_: {"tcp/a[inet]": 1})
        monkeypatch.setattr(settings, "run", self.run)
        lies.text.cache_clear()

    def write(self, name: str, value: Any) -> None:
        """Writes a file of the house."""
        (self.folder / name).write_text(yaml.safe_dump(value), "utf-8")

    def run(self, lie: str, variants: Iterable[str], *_: str) -> list[dict[str, Any]]:
        """In the place of settings.run(): each variant three times."""
        verdicts = self.verdicts.get(lie, ["fail"] * 3)
        return [{"id": name, "verdict": verdict if lie in self.fails else "pass",
                 "failure": self.fails.get(lie)} for name in variants for verdict in verdicts]


@pytest.fixture(name="made")
def fixture_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house."""
    return House(tmp_path, monkeypatch)


@pytest.mark.usefixtures("made")
def test_a_record_that_holds_is_good(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["liars", "--matrix"]) == 0
    assert "2 requirements of level must are cited, 2 of them" in capsys.readouterr().out


def test_what_nobody_notices_needs_its_reason(made: House,
                                              capsys: pytest.CaptureFixture[str]) -> None:
    made.write("noticed.yaml", {"posix/bind/EBADF": GOOD["posix/bind/EBADF"]})
    assert command.main(["liars", "--matrix"]) == 1
    assert "error: rfc/MUST-1 is broken by nothing" in capsys.readouterr().err
    made.write("unreached.yaml", {"rfc/MUST-1": "it is known"})
    assert command.main(["liars", "--matrix"]) == 0
    assert "unreached  rfc/MUST-1: it is known" in capsys.readouterr().out


@pytest.mark.parametrize("reasons, error", [
    ({"rfc/MUST-1": "no"}, "rfc/MUST-1 is noticed by tcp/a[inet], and unreached.yaml says"),
    ({"rfc/may": "no"}, "unreached.yaml gives a reason for rfc/may, and no case cites it")])
def test_a_reason_that_no_longer_holds_is_an_error(made: House, reasons: dict[str, str], error: str,
                                                   capsys: pytest.CaptureFixture[str]) -> None:
    made.write("unreached.yaml", reasons)
    assert command.main(["liars", "--matrix"]) == 1
    assert error in capsys.readouterr().err


@pytest.mark.parametrize("stack, named, status", [
    ("Linux", "tcp/a", 0), ("Linux", "tcp/a[inet]", 0), ("Linux", "tcp/b", 1), ("lwIP", "tcp/a", 1)])
def test_a_stack_that_deviates_does_so_by_its_baseline(
        made: House, stack: str, named: str, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    made.write("noticed.yaml", {"posix/bind/EBADF": GOOD["posix/bind/EBADF"]})
    made.write("unreached.yaml", {"rfc/MUST-1": f"{stack} deviates, as its baseline says: it fails"})
    failure = {"step": 1, "field": "errno", "observed": 0}
    made.write("baseline/linux.yaml", {"format": 2, "deviations": [
        {"cases": {named: [failure]}, "versions": ["*"], "reason": "so"}]})
    assert command.main(["liars", "--matrix"]) == status
    told = f"unreached.yaml says of rfc/MUST-1 that {stack} deviates, and its baseline names no case"
    assert (told in capsys.readouterr().err) == bool(status)


WAITING = GOOD["rfc/MUST-1"] | {"field": "took"}


def test_a_step_that_only_waits_notices_what_is_about_coming(made: House,
                                                             capsys: pytest.CaptureFixture[str]) -> None:
    made.write("noticed.yaml", GOOD | {"rfc/MUST-1": WAITING})
    assert command.main(["liars", "--matrix"]) == 1
    assert "rfc/MUST-1: it is not about coming at all" in capsys.readouterr().err
    made.write("coming.yaml", {"rfc/MUST-1": "it comes"})
    assert command.main(["liars", "--matrix"]) == 0
    made.write("noticed.yaml", GOOD)
    assert command.main(["liars", "--matrix"]) == 1
    assert "coming.yaml names rfc/MUST-1, and no record needs that" in capsys.readouterr().err


@pytest.mark.parametrize("step", ["took: {at_most: 500ms}", "within: 2s", "timeout: 50ms"])
def test_a_step_that_speaks_of_a_time_notices_by_its_time(made: House, step: str) -> None:
    (made.folder / "tcp" / "a.yaml").write_text(CASE.replace('send: "x"', f'send: "x", {step}'), "utf-8")
    made.write("noticed.yaml", GOOD | {"rfc/MUST-1": WAITING | {"step": f'client: {{send: "x", {step}}}'}})
    assert command.main(["liars", "--matrix"]) == 0


@pytest.mark.parametrize("coming, noticed", [({}, False), ({"rfc/MUST-1": "it comes"}, True)])
def test_a_run_records_who_waits_where_it_is_about_coming(made: House, coming: dict[str, str],
                                                          noticed: bool) -> None:
    made.write("noticed.yaml", {"posix/bind/EBADF": GOOD["posix/bind/EBADF"]})
    made.write("coming.yaml", coming)
    made.fails = {"setting/net.x=1": {"source": 'client: {send: "x"}', "step": 2, "field": "took"}}
    assert command.main(["liars", "--matrix", "--run", "--only", "rfc/"]) == (0 if noticed else 1)
    assert ("rfc/MUST-1" in yaml.safe_load(matrix.NOTICED.read_text("utf-8"))) == noticed


@pytest.mark.parametrize("change, error", [
    ({"lie": "bind/ignore"}, "bind/ignore is not aimed at it"),
    ({"lie": "bind/gone"}, "there is no lie bind/gone"),
    ({"by": "tcp/b[inet]"}, "tcp/b does not cite it"),
    ({"step": "server: {bind: server, errno: EACCES}"}, "tcp/a has no step")])
def test_a_record_that_no_longer_holds_is_an_error(made: House, change: dict[str, str], error: str,
                                                   capsys: pytest.CaptureFixture[str]) -> None:
    made.write("noticed.yaml", GOOD | {"posix/bind/EBADF": GOOD["posix/bind/EBADF"] | change})
    assert command.main(["liars", "--matrix"]) == 1
    told = capsys.readouterr().err
    assert f"posix/bind/EBADF: {error}" in told
    assert "--matrix --run --only posix/bind/EBADF" in told


def test_a_lie_aimed_at_what_no_case_cites_is_an_error(made: House,
                                                       capsys: pytest.CaptureFixture[str]) -> None:
    made.write("breaks.yaml", {"bind/errno": ["posix/bind/EBADF", "rfc/may"], "bind/gone": ["rfc/MUST-1"]})
    assert command.main(["liars", "--matrix"]) == 1
    told = capsys.readouterr().err
    assert "aims bind/errno at rfc/may" in told
    assert "there is no lie bind/gone" in told


def test_a_run_records_who_fails_every_time_at_what_concerns_it(made: House) -> None:
    made.write("noticed.yaml", {})
    made.fails = {"bind/errno": {"source": "server: {bind: server,\n errno: EBADF}", "step": 1,
                                 "field": "errno"},
                  "setting/net.x=1": {"source": 'client: {send: "x"}', "step": 2, "field": "returns"}}
    assert command.main(["liars", "--matrix", "--run"]) == 0
    assert yaml.safe_load(matrix.NOTICED.read_text("utf-8")) == GOOD


@pytest.mark.parametrize("failure, verdicts", [
    ({"source": 'client: {send: "x"}', "step": 2, "field": "returns"}, ["fail"] * 3),
    ({"source": "server: {bind: server, errno: EBADF}", "step": 1, "field": "errno"},
     ["fail", "pass", "fail"]),
    ({"source": "", "step": 0}, ["fail"] * 3),
    ({"source": "server: {bind: server, errno: EBADF}", "step": 1, "field": "errno"}, ["broken"] * 3)])
def test_a_run_records_no_failure_elsewhere_nor_one_that_comes_and_goes(
        made: House, failure: dict[str, Any], verdicts: list[str]) -> None:
    made.fails, made.verdicts = {"bind/errno": failure}, {"bind/errno": verdicts}
    assert command.main(["liars", "--matrix", "--run", "--only", "posix/"]) == 1
    assert set(yaml.safe_load(matrix.NOTICED.read_text("utf-8"))) == {"rfc/MUST-1"}


def test_a_run_that_has_no_time_keeps_the_record(made: House) -> None:
    assert command.main(["liars", "--matrix", "--run", "--limit", "0"]) == 4
    assert yaml.safe_load(matrix.NOTICED.read_text("utf-8")) == GOOD


@pytest.mark.parametrize("words", [["--run"], ["--matrix", "--keep"], ["--matrix", "--idle"]])
@pytest.mark.usefixtures("made")
def test_options_that_do_not_belong_together_are_refused(words: list[str]) -> None:
    assert command.main(["liars", *words]) == 3

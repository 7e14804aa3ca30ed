# SPDX-License-Identifier: MIT
"""`explore` of cases: their programs and scripted actors, and what becomes of the case's text."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import ROOT
from exploring import explore_case, summary, verdict_of
from sockproof.explore import casesubject, casetext
from sockproof.explore.caserun import CaseRun
from sockproof.explore.exploration import Probe

SERVES = """
import socket, sys
six = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
one = socket.create_server((sys.argv[1], int(sys.argv[2])), family=six); s, _ = one.accept()
s.recv(100); s.sendall(b"0123456789"); s.close()"""
ASKS = """
import socket, sys
c = socket.create_connection((sys.argv[1], int(sys.argv[2]))); c.sendall(b"?")
{take}
print(got.decode())"""
ASKS_ONCE = ASKS.format(take="got = c.recv(10)")
ASKS_WELL = ASKS.format(take='''
got = b""
while len(got) < 10:
    piece = c.recv(10)
    if not piece: raise SystemExit("early end")
    got += piece''')


def case_of_programs(folder: Path) -> Path:
    """A case with a server and a client that lie in its folder."""
    case = folder / "asks.yaml"
    words = "$server_host, $server_port"
    case.write_text(f"""title: The client gets all of the answer
cites: [program/clean-error-or-intact]
subject: program
transport: tcp
setup: none
programs: [python3]
variants:
  - {{id: quick, patience: 5s}}
  - {{id: slow, patience: 9s}}
steps:
  - server: {{run: {{argv: [python3, -I, "{folder}/serves.py", {words}], ready: listening}}, start: it}}
  - client: {{run: [python3, -I, "{folder}/asks.py", {words}], stdout: "0123456789\\n", within: $patience}}
""", "utf-8")
    (folder / "serves.py").write_text(SERVES, "utf-8")
    return case


def test_a_bug_of_a_program_in_a_case_is_found_and_kept_as_a_case(tmp_path: Path) -> None:
    case = case_of_programs(tmp_path)
    (tmp_path / "asks.py").write_text(ASKS_ONCE, "utf-8")
    done = explore_case(tmp_path, f"{case}[slow-inet6]")
    assert done.returncode == 1, done.stdout + done.stderr
    found = {(one["kind"], one["plan"][0]): tmp_path / "report" / one["case"]
             for one in summary(tmp_path / "report")["findings"]}
    assert {("wrong-data", "client recv cap 1 nth 1"),
            ("error-swallowed", "client recv eof after 1")} <= set(found), done.stdout
    kept = [file.read_text("utf-8") for file in found.values()]
    assert all("id: slow" in text and "id: quick" not in text and "family: inet6" in text
               for text in kept), kept
    assert {verdict_of(file, tmp_path / "run") for file in found.values()} == {"fail"}
    (tmp_path / "asks.py").write_text(ASKS_WELL, "utf-8")
    assert {verdict_of(file, tmp_path / "run") for file in found.values()} == {"pass"}


DISTURBED = CaseRun({"verdict": "broken", "reason": "it stood still", "failure": {"code": "disturbed"}}, [])
PASSES = CaseRun({"verdict": "pass", "reason": "", "failure": None}, [])


@pytest.mark.parametrize("disturbed, kind", [(0, "intact"), (1, "intact"), (3, "intact"), (4, "unjudged")])
def test_a_run_in_which_the_machine_stood_still_is_made_again(disturbed: int, kind: str) -> None:
    runs = iter([DISTURBED] * disturbed + [PASSES])
    subject: Any = SimpleNamespace(text="", scripted=set(), crashed=Counter(), run=lambda text: next(runs),
                                   with_fault=lambda text, plan: text)
    verdict = casesubject.CaseSubject.attempt(subject, [Probe("recv", "cap 1", 1, True, "client")])
    assert verdict.kind == kind


def test_a_case_whose_programs_are_sound_has_no_findings(tmp_path: Path) -> None:
    case = case_of_programs(tmp_path)
    (tmp_path / "asks.py").write_text(ASKS_WELL, "utf-8")
    done = explore_case(tmp_path, f"{case}[quick-inet]", "--budget", "6")
    assert done.returncode == 4 and summary(tmp_path / "report")["runs"] == 6, done.stdout
    done = explore_case(tmp_path, f"{case}[quick-inet]")
    assert "6 runs are known" in done.stdout and done.returncode == 0, done.stdout
    counts = summary(tmp_path / "report")["counts"]
    assert counts["intact"] > 5 and counts["clean-error"] > 5, counts


def test_scripted_actors_are_explored_call_by_call(tmp_path: Path) -> None:
    done = explore_case(tmp_path, "tcp/close/half-close")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {" ".join(line.split()[:2]) for line in done.stdout.splitlines()}
    assert {"server send", "server recv", "client recv"} <= rows
    assert summary(tmp_path / "report")["counts"]["clean-error"] > 5


@pytest.mark.parametrize("allows, code, wanted", [
    ("", "", "fail"), (", allows: clean-error", "", "pass"),
    (", allows: clean-error", "raise SystemExit(255)", "pass"),
    (", allows: clean-error", "import os; os.abort()", "fail"),
    (", allows: clean-error", "raise SystemExit(0)", "fail")],
    ids=["not-allowed", "allowed", "allowed-255", "crashed", "in-silence"])
def test_who_waits_for_a_program_that_said_so_is_no_failure(tmp_path: Path, allows: str, code: str,
                                                            wanted: str) -> None:
    (tmp_path / "asks.py").write_text(f"""
import socket, sys
try: c = socket.create_connection((sys.argv[1], int(sys.argv[2])))
except OSError:
    {code or "raise"}""", "utf-8")
    case = tmp_path / "case.yaml"
    case.write_text(f"""title: A server waits for a client that cannot connect
cites: [program/clean-error-or-intact]
subject: program
transport: tcp
family: inet
setup: listening
faults:
  none: {{call: connect, by: client, do: {{errno: ECONNREFUSED}}{allows}}}
steps:
  - client: {{run: [python3, -I, "{tmp_path}/asks.py", $server_host, $server_port], start: it}}
  - server: {{accept: listener, within: 2s}}
  - client: {{done: it}}
""", "utf-8")
    assert verdict_of(case, tmp_path / "run") == wanted


@pytest.mark.parametrize("case, status, wanted", [
    ("no/such-case", 3, "a program stands behind --"),
    ("tcp/close/half-clos", 3, "did you mean tcp/close/half-close?"),
    ("tcp/close/half-close[inet9]", 3, "it has inet, inet6"),
    (str(ROOT / "fixtures/selfproof/cases/must-fail.yaml"), 2, "does not pass without any fault")])
def test_what_cannot_be_explored_is_said(tmp_path: Path, case: str, status: int, wanted: str) -> None:
    done = explore_case(tmp_path, case)
    assert done.returncode == status and wanted in done.stderr, done.stderr


@pytest.mark.parametrize("text, wanted", [
    ("title: x\nsteps:\n  - a\n", "title: x\nfaults:\n  explored1: F\nsteps:\n  - a\n"),
    ("faults:\n    # why\n    own: {}\nsteps:\n",
     "faults:\n    # why\n    explored1: F\n    own: {}\nsteps:\n"),
    ("faults: {own: {}}\nsteps:\n", "faults: {explored1: F, own: {}}\nsteps:\n"),
    ("faults:\n  explored1: {}\nsteps:\n", "faults:\n  explored2: F\n  explored1: {}\nsteps:\n")])
def test_a_fault_is_added_where_the_layout_has_it(text: str, wanted: str) -> None:
    assert casetext.with_fault(text, "F") == wanted


def test_a_layout_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="line of their own"):
        casetext.with_fault("{title: x, steps: []}\n", "F")


def failed(verb: str = "run", **more: Any) -> CaseRun:
    """A run that failed at a step with this verb."""
    failure = {"code": "mismatch", "field": "exit", "observed": "1", "actor": "client", "step": 2}
    steps = [{"type": "step", "step": number, "verb": one} for number, one in ((1, "bind"), (2, verb))]
    return CaseRun({"verdict": "fail", "failure": failure | more}, steps)


@pytest.mark.parametrize("passing, scripted, of, wanted", [
    (True, False, failed(), "not-survived"), (True, False, failed(field="stdout"), "wrong-data"),
    (True, False, failed(field="returns"), "not-survived"),
    (False, False, failed(field="stdout"), "error-swallowed"),
    (False, False, failed(observed="139"), "error-swallowed"),
    (True, False, failed(observed="255"), "not-survived"),
    (False, False, failed("recv", field="returns", observed="139"), "error-swallowed"),
    (False, False, failed(code="program-crashed"), "crash"),
    (True, False, failed(code="deadline", field="took"), "hang"),
    (True, True, failed("send", field="returns"), "clean-error"),
    (True, True, failed("recv", field="returns", actor="server"), "wrong-data")])
def test_failures_of_cases(passing: bool, scripted: bool, of: CaseRun, wanted: str) -> None:
    probe = Probe("recv", "reset", 1, passing, "client")
    assert casesubject.failed(of, probe, scripted) == wanted


@pytest.mark.parametrize("code, passing, wanted", [
    ("fault-never-fired", True, "not-fired"), ("worker-hung", True, "hang"),
    ("program-not-ready", False, "hang"), ("program-ended-early", True, "not-survived"),
    ("program-ended-early", False, "clean-error"), ("actor-died", True, "unjudged")])
def test_what_was_not_judged_says_why_by_its_code(code: str, passing: bool, wanted: str) -> None:
    probe = Probe("recv", "cap 1", 1, passing, "client")
    assert casesubject.unjudged({"reason": "", "failure": {"code": code}}, probe) == wanted

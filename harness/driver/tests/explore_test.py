# SPDX-License-Identifier: MIT
"""`explore`: what it tries, how it judges, and that an interrupted session goes on."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import socketserver
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable

import pytest
from conftest import ENGINE, ROOT
from sockproof import house
from sockproof.explore import casesubject, casetext, exploration
from sockproof.explore.caserun import CaseRun
from sockproof.explore.exploration import Baseline, Probe
from sockproof.explore.faultrun import FaultRun

READS_ONCE = """
import socket
listener = socket.create_server(("127.0.0.1", 0))
while True:
    try: a = socket.create_connection(listener.getsockname()); b, _ = listener.accept(); break
    except ConnectionAbortedError: continue
a.sendall(b"0123456789")
print(b.recv(10))"""
READS_WELL = """
import socket
listener = socket.create_server(("127.0.0.1", 0))
while True:
    try: a = socket.create_connection(listener.getsockname()); b, _ = listener.accept(); break
    except ConnectionAbortedError: continue
a.sendall(b"0123456789"); a.shutdown(socket.SHUT_WR)
got = b""
while len(got) < 10:
    piece = b.recv(10)
    if not piece: raise SystemExit("early end")
    got += piece
print(got)"""


def explore(folder: Path, code: str, *options: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Explores a Python program."""
    command = house.command("explore", "--report", str(folder), *options, "--", sys.executable, "-I",
                            "-c", code)
    return subprocess.run(command, text=True, capture_output=True, check=False, timeout=120,
                          env=os.environ | {"SOCKPROOF_ENGINE": ENGINE}, **more)


def summary(folder: Path) -> dict[str, Any]:
    """What a session wrote."""
    value: dict[str, Any] = json.loads((folder / "summary.json").read_text("utf-8"))
    return value


def test_a_program_that_reads_once_is_found_out(tmp_path: Path) -> None:
    done = explore(tmp_path, READS_ONCE)
    assert done.returncode == 1, done.stderr
    found = {(one["kind"], one["plan"][0]) for one in summary(tmp_path)["findings"]}
    assert ("wrong-data", "recv cap 1 nth 1") in found
    plan = next((tmp_path / "plans").glob("*-wrong-data-recv.yaml"))
    again = subprocess.run([ENGINE, "exec", "--report", str(tmp_path / "again"), "--plan",
                            str(plan), "--", sys.executable, "-I", "-c", READS_ONCE], text=True,
                           capture_output=True, check=False, timeout=60)
    assert again.stdout == "b'0'\n"


def verdict_of(case: Path, folder: Path) -> str:
    """What the engine says of a case."""
    done = subprocess.run([ENGINE, "run", "--allow-programs", "--allow-network", "--report", str(folder),
                           str(case)], text=True, cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert done.stdout, done.stderr
    return str(json.loads(done.stdout.splitlines()[0])["verdict"])


def explored_file(folder: Path, program: str, code: str) -> list[Path]:
    """The cases of the findings in a Python program that lies in a file."""
    file = folder / program
    file.write_text(code, "utf-8")
    command = house.command("explore", "--fresh", "--report", str(folder / "report"), "--",
                            sys.executable, "-I", program)
    subprocess.run(command, check=False, timeout=120, cwd=folder, capture_output=True,
                   env=os.environ | {"SOCKPROOF_ENGINE": ENGINE})
    return [folder / "report" / str(one["case"]) for one in summary(folder / "report")["findings"]]


@pytest.mark.parametrize("more", ["", "\nprint('#' * 5000)"], ids=["short", "long"])
def test_a_finding_is_a_case_that_holds_once_the_program_is_mended(tmp_path: Path, more: str) -> None:
    cases = explored_file(tmp_path, "reads.py", READS_ONCE + more)
    assert {case.name.partition("-")[2] for case in cases} >= {"wrong-data-recv.yaml"}
    assert {verdict_of(case, tmp_path / "run") for case in cases} == {"fail"}
    (tmp_path / "reads.py").write_text(READS_WELL + more, "utf-8")
    assert {verdict_of(case, tmp_path / "run") for case in cases} == {"pass"}


def test_a_case_says_which_peer_it_needs(tmp_path: Path) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), socketserver.StreamRequestHandler) as peer:
        threading.Thread(target=peer.serve_forever, daemon=True).start()
        port = peer.server_address[1]
        code = f"""
import socket
own = socket.create_server(("127.0.0.1", 0))
mine = socket.create_connection(own.getsockname())
c = socket.create_connection(("127.0.0.1", {port}))
a, b = mine, own.accept()[0]; a.sendall(b"0123456789"); print(b.recv(10))"""
        cases = explored_file(tmp_path, "asks.py", code)
        peer.shutdown()
    assert cases and all(f"It talks to 127.0.0.1:{port}, which is no part" in case.read_text("utf-8")
                         for case in cases)


def test_one_that_reads_well_is_not(tmp_path: Path) -> None:
    done = explore(tmp_path, READS_WELL)
    assert done.returncode == 0, done.stdout + done.stderr
    assert summary(tmp_path)["findings"] == [] and summary(tmp_path)["runs"] > 8


def test_a_session_within_its_budget_goes_on(tmp_path: Path) -> None:
    done = explore(tmp_path, READS_WELL, "--budget", "3")
    assert done.returncode == 4 and summary(tmp_path)["runs"] == 3
    done = explore(tmp_path, READS_WELL)
    assert done.returncode == 0 and "3 runs are known" in done.stdout


def test_ctrl_c_keeps_what_was_found(tmp_path: Path) -> None:
    slow = READS_WELL + "\nimport select; select.select([], [], [], 0.3)"
    command = house.command("explore", "--report", str(tmp_path), "--jobs", "1", "--", sys.executable,
                            "-I", "-c", slow)
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=os.environ | {"SOCKPROOF_ENGINE": ENGINE}) as process:
        state = tmp_path / "state.jsonl"
        while not state.exists() or len(state.read_text("utf-8").splitlines()) < 3:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "goes on from there" in said
    assert "runs are known" in explore(tmp_path, slow).stdout


def test_ctrl_c_ends_the_runs_that_are_under_way(tmp_path: Path) -> None:
    stuck = READS_WELL + (f"""
import os, signal
if os.path.exists("{tmp_path}/state.jsonl"):
    open("{tmp_path}/stuck", "w").close()
    signal.pause()""")
    command = house.command("explore", "--report", str(tmp_path), "--timeout", "50", "--", sys.executable,
                            "-I", "-c", stuck)
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=os.environ | {"SOCKPROOF_ENGINE": ENGINE}) as process:
        while not (tmp_path / "stuck").exists():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130 and "goes on from there" in said
    kept = [json.loads(line) for line in (tmp_path / "state.jsonl").read_text("utf-8").splitlines()[1:]]
    assert {one["kind"] for one in kept} <= {"intact", "clean-error"}, "what was ended is no finding"


@pytest.mark.parametrize("code, wanted", [("import signal; signal.raise_signal(9)", "killed by SIGKILL"),
                                          ("import signal; signal.pause()", "did not end")])
def test_a_program_that_fails_without_a_fault_is_not_explored(tmp_path: Path, code: str,
                                                              wanted: str) -> None:
    done = explore(tmp_path, code, "--timeout", "1")
    assert done.returncode == 2 and wanted in done.stderr


def test_output_that_changes_by_itself_is_no_finding(tmp_path: Path) -> None:
    clock = READS_WELL + "\nimport time; print(time.time())"
    done = explore(tmp_path, clock)
    assert done.returncode == 0, done.stdout
    assert "changes from run to run" in done.stdout


def test_what_cannot_be_seen_is_said(tmp_path: Path) -> None:
    source, child = tmp_path / "child.c", tmp_path / "child"
    source.write_text("int main(void) { return 0; }", "utf-8")
    subprocess.run(["gcc", "-static", "-o", str(child), str(source)], check=True)
    done = explore(tmp_path, READS_WELL + f"\nimport subprocess; subprocess.run([{str(child)!r}])",
                   "--budget", "1")
    assert f"{child} is statically linked: its socket calls are not explored" in done.stdout
    case = tmp_path / "runs.yaml"
    case.write_text(f"""title: A program runs another
cites: [program/clean-error-or-intact]
subject: program
transport: tcp
setup: none
steps:
  - client: {{run: [sh, -c, "$0; $0", {child}]}}
""", "utf-8")
    done = explore_case(tmp_path, str(case))
    assert f"{child} is statically linked: its socket calls are not explored" in done.stdout, \
        done.stdout + done.stderr


def test_usage(tmp_path: Path) -> None:
    assert explore(tmp_path, "", "--budget", "much").returncode == 3


def outcome(**more: Any) -> FaultRun:
    """A run with one fault that fired."""
    values: dict[str, Any] = {"status": 0, "signal": 0, "timed_out": False, "seconds": 0.1,
                              "stdout": b"all\n", "stderr": b"", "fired": 1}
    return FaultRun(**(values | more))


@pytest.mark.parametrize("passing, run, wanted", [
    (True, outcome(), "intact"), (True, outcome(fired=0), "not-fired"),
    (True, outcome(unfired=["send cap 1 nth 9"], stdout=b""), "part-fired"),
    (True, outcome(stdout=b"al"), "wrong-data"), (False, outcome(stdout=b""), "error-swallowed"),
    (True, outcome(status=1), "not-survived"), (False, outcome(status=1), "clean-error"),
    (False, outcome(status=None, signal=11), "crash"), (False, outcome(status=139), "clean-error"),
    (False, outcome(status=255), "clean-error"), (True, outcome(status=128), "not-survived"),
    (True, outcome(timed_out=True, status=None, signal=9), "hang")])
def test_verdicts(passing: bool, run: FaultRun, wanted: str) -> None:
    baseline = Baseline(["x"], 1, outcome(fired=0), True)
    assert exploration.judge(baseline, [Probe("recv", "reset", 1, passing)], run).kind == wanted


def test_statuses_as_of_git_and_ssh_are_no_crashes(tmp_path: Path) -> None:
    fails = """
import os, socket
a, b = socket.socketpair()
try: a.sendall(b"x"); b.recv(1); c = socket.create_server(("127.0.0.1", 0))
except OSError as error: print("fatal:", error); os._exit(HOW)"""
    done = explore(tmp_path / "a", fails.replace("HOW", "128"))
    counts = summary(tmp_path / "a")["counts"]
    assert "crash" not in counts and counts["clean-error"] > 1, done.stdout
    done = explore(tmp_path / "b", fails.replace("os._exit(HOW)", "os.kill(os.getpid(), 11)"))
    assert "killed by SIGSEGV" in done.stdout and summary(tmp_path / "b")["counts"]["crash"] > 1


TIMED = """
import os, socket, struct
listener = socket.create_server(("127.0.0.1", 0))
while True:
    try: a = socket.create_connection(listener.getsockname()); b, _ = listener.accept(); break
    except ConnectionAbortedError: continue
b.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 9, 0))
a.sendall(b"x")
try: print(b.recv(1))
except BlockingIOError: print("no answer in time", flush=True); os._exit(3)
except OSError: os._exit(4)"""


def test_eagain_of_a_socket_with_a_time_limit_is_a_time_out(tmp_path: Path) -> None:
    done = explore(tmp_path, TIMED)
    found = [one["plan"][0] for one in summary(tmp_path)["findings"]]
    assert "recv errno EAGAIN nth 1" not in found
    state = (tmp_path / "state.jsonl").read_text("utf-8").splitlines()
    said = [one for one in map(json.loads, state) if one.get("plan") == ["recv errno EAGAIN nth 1"]]
    assert [one["kind"] for one in said] == ["clean-error"], done.stdout
    assert "the socket's time (SO_RCVTIMEO, SO_SNDTIMEO) is over" in said[0]["why"]
    aborted = next(one for one in map(json.loads, state)
                   if one.get("plan") == ["accept errno ECONNABORTED nth 1"])
    assert "the client whose connection is aborted is reset" in aborted["why"]


def test_loops_are_sampled() -> None:
    chosen = [nth for nth in range(1, 101) if exploration.worth_trying(nth, 100)]
    assert chosen == [1, 2, 3, 4, 5, 6, 8, 16, 32, 64, 100]


LISTENS = """
import os, socket, sys
port, folder = int(sys.argv[1]), sys.argv[2]
with open(os.path.join(folder, "mine"), "x") as file: file.write("x")
listener = socket.create_server(("127.0.0.1", port))
got, s = b"", None
while s is None:
    c = socket.create_connection(("127.0.0.1", port)); c.sendall(b"0123456789"); c.shutdown(socket.SHUT_WR)
    try: s, _ = listener.accept()
    except ConnectionAbortedError: pass
while True:
    piece = s.recv(10)
    if not piece: break
    got += piece
if len(got) < 10: raise SystemExit("early end")
print(got, sys.argv[1:])"""


def explored(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Explores any program."""
    return subprocess.run(house.command("explore", "--report", str(folder), *words), text=True,
                          capture_output=True, check=False, timeout=120,
                          env=os.environ | {"SOCKPROOF_ENGINE": ENGINE})


def test_runs_side_by_side_have_a_folder_and_a_port_of_their_own(tmp_path: Path) -> None:
    done = explored(tmp_path, "--jobs", "6", "--", sys.executable, "-I", "-c", LISTENS, "{port}", "{scratch}")
    assert done.returncode == 0, done.stdout + done.stderr
    told = summary(tmp_path)
    assert told["runs"] > 20 and "unsteady" not in told["counts"] and "changes from run" not in done.stdout


def test_a_finding_says_the_folder_and_the_port_as_a_case_does(tmp_path: Path) -> None:
    code = LISTENS.replace("10)\n    if", "10); got += piece; break\n    if").replace(", sys.argv[1:]", "")
    done = explored(tmp_path, "--budget", "90s", "--", sys.executable, "-I", "-c", code, "{port}",
                    "{scratch}")
    assert done.returncode == 1, done.stdout + done.stderr
    case = next((tmp_path / "findings").glob("*.yaml"))
    assert "$server_port, $scratch]" in case.read_text("utf-8")
    assert verdict_of(case, tmp_path / "run") == "fail"


@pytest.mark.parametrize("more, wanted", [
    ("import time; print(time.time_ns())", False),
    ("import random; words = [str(i) for i in range(40)]; random.shuffle(words); print(*words, sep='\\n')",
     True)])
def test_output_that_depends_on_the_order_is_said_to(tmp_path: Path, more: str, wanted: bool) -> None:
    done = explore(tmp_path, READS_WELL + f"\n{more}", "--budget", "1")
    assert ("its output depends on the order of events" in done.stdout) == wanted, done.stdout


def test_calls_that_depend_on_the_order_are_said_to(tmp_path: Path) -> None:
    code = READS_WELL + """
import random
for i in range(12): random.choice([a.getsockname, a.fileno, lambda: a.getsockopt(1, 4)])()"""
    done = explore(tmp_path, code, "--budget", "1")
    assert "its calls depend on the order of events" in done.stdout


def test_what_outlives_the_program_is_named(tmp_path: Path) -> None:
    code = READS_WELL + "\nimport subprocess; subprocess.Popen(['sleep', '1000'])"
    done = explore(tmp_path, code, "--budget", "1")
    assert "sleep outlives it and is ended with it: its socket calls are not explored" in done.stdout


def test_a_session_beside_another_has_a_folder_of_its_own(tmp_path: Path) -> None:
    report = tmp_path / "report"
    report.mkdir()
    other = os.open(report, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    done = explore(report, READS_WELL, "--budget", "1")
    os.close(other)
    assert f"this one's report is in {report}.2" in done.stdout
    assert not list(report.iterdir()) and summary(tmp_path / "report.2")["runs"] == 1


# --- cases ---------------------------------------------------------------------------------------

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


def explore_case(folder: Path, case: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Explores a case into a report."""
    command = house.command("explore", "--allow-programs", "--report", str(folder / "report"), *options, case)
    return subprocess.run(command, text=True, capture_output=True, check=False, timeout=240, cwd=folder,
                          env=os.environ | {"SOCKPROOF_ENGINE": ENGINE})


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


# Says who it is to the test, and then is deaf to all that asks it to end.
DEAF = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
with open("PIPE", "w") as out: print(os.getpid(), file=out, flush=True); time.sleep(1000)"""
RUNS = """title: A program that does not end
cites: [posix/recv/return-length]
transport: tcp
subject: program
setup: none
steps:
  - client: {run: [sleep, "SECONDS"], within: 1000s}
"""


def killed(arguments: list[str], running: Callable[[], int]) -> None:
    """Starts a command, kills it when its program runs, of which `running` says the process (0: not
    yet), and waits for the end of that program."""
    with subprocess.Popen(arguments, env=os.environ | {"SOCKPROOF_ENGINE": ENGINE},
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        end, found = time.monotonic() + 60, 0
        while not found and time.monotonic() < end and process.poll() is None:
            found = running()
            select.select([], [], [], 0 if found else 0.01)
        program = os.pidfd_open(found) if found else -1
        process.kill()
        ended, _, _ = select.select([program] if found else [], [], [], 20)
        if found:
            os.close(program)
    assert found, "the program never ran"
    assert ended, "the program outlived who started it"


def said_by(pipe: int) -> int:
    """The number that came through a pipe."""
    ready, _, _ = select.select([pipe], [], [], 0)
    return int(os.read(pipe, 64) or b"0") if ready else 0


def called(words: list[str]) -> int:
    """A process that was called by just these words; 0: none."""
    wanted = "\0".join(words) + "\0"
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if file.read_text(errors="replace") == wanted:
                return int(file.parent.name)
    return 0


def test_an_exploration_that_is_killed_takes_its_engines_with_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    pipe = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        deaf = DEAF.replace("PIPE", str(tmp_path / "pipe"))
        killed(house.command("explore", "--report", str(tmp_path / "report"), "--",
                             sys.executable, "-I", "-c", deaf), lambda: said_by(pipe))
    finally:
        os.close(pipe)


def test_a_run_that_is_killed_takes_its_engine_with_it(tmp_path: Path) -> None:
    case, seconds = tmp_path / "runs.yaml", f"1000.{os.getpid()}"
    case.write_text(RUNS.replace("SECONDS", seconds), "utf-8")
    killed(house.command("run", "--allow-programs", "--report", str(tmp_path / "report"), str(case)),
           lambda: called(["sleep", seconds]))

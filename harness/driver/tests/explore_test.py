# SPDX-License-Identifier: MIT
"""`explore`: what it tries, how it judges, and that an interrupted session goes on."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE
from exploring import explore, explore_case, summary, verdict_of
from sockproof import house
from sockproof.explore import command as explore_command
from sockproof.explore import exploration
from sockproof.explore.exploration import Baseline, Probe
from sockproof.explore.faultrun import FaultRun
from sockproof.trouble import Misuse

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
    (True, outcome(unfired=["send cap 1 nth 9"], status=None, signal=11), "crash"),
    (True, outcome(unfired=["send cap 1 nth 9"], status=None, signal=9, timed_out=True), "hang"),
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


def test_of_folders_in_use_nothing_is_kept_and_the_last_is_tried_too(tmp_path: Path,
                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explore_command, "REPORTS_MOST", 3)
    report = tmp_path / "report"
    others = []
    for folder in (report, tmp_path / "report.2", tmp_path / "report.3"):
        folder.mkdir()
        others.append(os.open(folder, os.O_RDONLY))
        fcntl.flock(others[-1], fcntl.LOCK_EX)
    before = os.listdir("/proc/self/fd")
    with pytest.raises(Misuse, match="3 sessions write"):
        explore_command.own_folder(report)
    assert len(os.listdir("/proc/self/fd")) == len(before)
    os.close(others.pop())
    assert explore_command.own_folder(report) == tmp_path / "report.3"
    for one in others:
        os.close(one)


def test_nothing_is_started_once_all_were_ended(tmp_path: Path) -> None:
    """A thread may be about to start the next run just when all that run are ended."""
    code = f"""
import sys, threading
sys.path.insert(0, {str(house.ROOT / "harness/driver")!r})
from sockproof.explore import children
children.end_all()
long = ["sleep", "1000"]
for begin in (lambda: children.run(long, 1000), lambda: children.heard(long, 1000, 10)):
    try:
        begin()
    except children.Over:
        print("over")
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], text=True, capture_output=True, timeout=30,
                          cwd=tmp_path, check=False)
    assert done.stdout == "over\nover\n", done.stderr


def test_an_interrupt_while_runs_are_handed_out_ends_the_session(tmp_path: Path) -> None:
    """There are so many that the first is over before the last is handed out."""
    code = f"""
import argparse, os, pathlib, signal, sys
sys.path.insert(0, {str(house.ROOT / "harness/driver")!r})
from sockproof.explore import command
from sockproof.explore.exploration import Probe, Verdict
signal.signal(signal.SIGINT, signal.default_int_handler)

class Interrupts:
    name, told = "interrupts", []

    def attempt(self, plan):
        if not session.stop.is_set():
            os.kill(os.getpid(), signal.SIGINT)
        return Verdict([], "intact", "")

options = argparse.Namespace(report=pathlib.Path(), jobs=1, budget=("seconds", 1000.0))
session = command.Session(options, Interrupts(), [[Probe("recv", "cap 1", 1, True)] for _ in range(100000)])
try:
    command.explore(session)
except KeyboardInterrupt:
    print(session.stop.is_set(), len(session.verdicts))
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], text=True, capture_output=True, timeout=60,
                          cwd=tmp_path, check=False)
    assert done.stdout == "True 0\n", done.stdout + done.stderr

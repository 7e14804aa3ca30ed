"""`explore`: what it tries, how it judges, and that an interrupted session goes on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from sockproof_driver import exploration
from sockproof_driver.exploration import Baseline, Probe
from sockproof_driver.faultrun import FaultRun

ENGINE = Path(os.environ.get("SOCKPROOF_ENGINE", ROOT / "build-gcc" / "sockproof-engine"))
READS_ONCE = """
import socket
a, b = socket.socketpair()
a.sendall(b"0123456789")
print(b.recv(10))"""
READS_WELL = """
import socket
a, b = socket.socketpair()
a.sendall(b"0123456789"); a.shutdown(socket.SHUT_WR)
got = b""
while len(got) < 10:
    piece = b.recv(10)
    if not piece: raise SystemExit("early end")
    got += piece
print(got)"""


def explore(folder: Path, code: str, *options: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Explores a Python program."""
    command = [sys.executable, "-I", str(ROOT / "harness" / "driver" / "explore.py"), "--report",
               str(folder), *options, "--", sys.executable, "-I", "-c", code]
    return subprocess.run(command, text=True, capture_output=True, check=False, timeout=120,
                          env=os.environ | {"SOCKPROOF_ENGINE": str(ENGINE)}, **more)


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
    again = subprocess.run([str(ENGINE), "exec", "--report", str(tmp_path / "again"), "--plan",
                            str(plan), "--", sys.executable, "-I", "-c", READS_ONCE], text=True,
                           capture_output=True, check=False, timeout=60)
    assert again.stdout == "b'0'\n"


def verdict_of(case: Path, folder: Path) -> str:
    """What the engine says of a case."""
    done = subprocess.run([str(ENGINE), "run", "--report", str(folder), str(case)], text=True, cwd=ROOT,
                          capture_output=True, check=False, timeout=60)
    assert done.stdout, done.stderr
    return str(json.loads(done.stdout.splitlines()[0])["verdict"])


def explored_file(folder: Path, program: str, code: str) -> list[Path]:
    """The cases of the findings in a Python program that lies in a file."""
    file = folder / program
    file.write_text(code, "utf-8")
    command = [sys.executable, "-I", str(ROOT / "harness" / "driver" / "explore.py"), "--fresh",
               "--report", str(folder / "report"), "--", sys.executable, "-I", program]
    subprocess.run(command, check=False, timeout=120, cwd=folder, capture_output=True,
                   env=os.environ | {"SOCKPROOF_ENGINE": str(ENGINE)})
    return [folder / "report" / str(one["case"]) for one in summary(folder / "report")["findings"]]


@pytest.mark.parametrize("more", ["", "\nprint('#' * 5000)"], ids=["short", "long"])
def test_a_finding_is_a_case_that_holds_once_the_program_is_mended(tmp_path: Path, more: str) -> None:
    cases = explored_file(tmp_path, "reads.py", READS_ONCE + more)
    assert {case.name.partition("-")[2] for case in cases} >= {"wrong-data-recv.yaml"}
    assert {verdict_of(case, tmp_path / "run") for case in cases} == {"fail"}
    (tmp_path / "reads.py").write_text(READS_WELL + more, "utf-8")
    assert {verdict_of(case, tmp_path / "run") for case in cases} == {"pass"}


def test_a_case_says_which_peer_it_needs(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as peer:
        port = peer.getsockname()[1]
        code = f"""
import socket
own = socket.create_server(("127.0.0.1", 0))
mine = socket.create_connection(own.getsockname())
c = socket.create_connection(("127.0.0.1", {port}))
a, b = socket.socketpair(); a.sendall(b"0123456789"); print(b.recv(10))"""
        cases = explored_file(tmp_path, "asks.py", code)
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
    command = [sys.executable, "-I", str(ROOT / "harness" / "driver" / "explore.py"), "--report",
               str(tmp_path), "--jobs", "1", "--", sys.executable, "-I", "-c", slow]
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=os.environ | {"SOCKPROOF_ENGINE": str(ENGINE)}) as process:
        state = tmp_path / "state.jsonl"
        while not state.exists() or len(state.read_text("utf-8").splitlines()) < 3:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "goes on from there" in said
    assert "runs are known" in explore(tmp_path, slow).stdout


@pytest.mark.parametrize("code, wanted", [("import signal; signal.raise_signal(9)", "signal 9"),
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


def test_usage(tmp_path: Path) -> None:
    assert explore(tmp_path, "", "--budget", "much").returncode == 3


def outcome(**more: Any) -> FaultRun:
    """A run with one fault that fired."""
    values: dict[str, Any] = {"status": 0, "signal": 0, "timed_out": False, "seconds": 0.1,
                              "stdout": b"all\n", "stderr": b"", "fired": 1}
    return FaultRun(**(values | more))


@pytest.mark.parametrize("passing, run, wanted", [
    (True, outcome(), "intact"), (True, outcome(fired=0), "not-fired"),
    (True, outcome(stdout=b"al"), "wrong-data"), (False, outcome(stdout=b""), "error-swallowed"),
    (True, outcome(status=1), "not-survived"), (False, outcome(status=1), "clean-error"),
    (False, outcome(status=None, signal=11), "crash"), (False, outcome(status=139), "crash"),
    (True, outcome(timed_out=True, status=None, signal=9), "hang")])
def test_verdicts(passing: bool, run: FaultRun, wanted: str) -> None:
    baseline = Baseline(["x"], 1, outcome(fired=0), True)
    assert exploration.judge(baseline, [Probe("recv", "reset", 1, passing)], run).kind == wanted


def test_loops_are_sampled() -> None:
    chosen = [nth for nth in range(1, 101) if exploration.worth_trying(nth, 100)]
    assert chosen == [1, 2, 3, 4, 5, 6, 8, 16, 32, 64, 100]

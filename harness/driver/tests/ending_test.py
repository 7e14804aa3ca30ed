# SPDX-License-Identifier: MIT
"""Runs that end early: -x, Ctrl-C, a crash of the engine."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from conftest import ENGINE, ROOT, House
from processes import heard
from sample import CASES


def test_exitfirst_leaves_the_rest_not_run(house: House) -> None:
    house.case("tcp/a")
    house.case("tcp/b", verdicts=["fail"], variants=["inet"])
    house.case("tcp/c", then="hang")
    house.case("tcp/d")
    done = house.run("-x")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 2 passed, 4 not-run" in done.stdout
    verdicts = house.verdicts()
    assert [verdicts[f"tcp/{name}[inet]"] for name in "abcd"] == ["pass", "fail", "not-run", "not-run"]
    suite = ElementTree.parse(house.report / "junit.xml").getroot()[0]
    assert suite.get("tests") == "7" and suite.get("skipped") == "4"
    assert "not run" in (house.report / "summary.txt").read_text("utf-8")
    assert "    4  ended by SIGUSR1" in done.stdout


def test_maxfail_counts_what_is_broken(house: House) -> None:
    house.case("tcp/a", verdicts=["broken"], variants=["inet"])
    house.case("tcp/b", verdicts=["fail"], variants=["inet"])
    house.case("tcp/c", then="hang")
    done = house.run("--maxfail", "2")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 1 error, 2 not-run" in done.stdout
    house.case("tcp/c")
    assert "1 failed, 2 passed, 1 error" in house.run("--maxfail", "3").stdout


@pytest.mark.parametrize("verdict", ["fail", "broken"])
def test_maxfail_counts_when_results_come_and_not_when_their_turn_does(house: House, verdict: str) -> None:
    house.case("tcp/a", variants=["inet"], late=True)
    house.case("tcp/b", verdicts=[verdict], variants=["inet"])
    house.case("tcp/c", then="hang", variants=["inet"])
    done = house.run("-x")
    assert done.returncode == {"fail": 1, "broken": 2}[verdict], done.stdout + done.stderr
    assert list(house.verdicts().values()).count("not-run") == 2
    assert "    2  ended by SIGUSR1" in done.stdout


@pytest.mark.parametrize("verdict", ["fail", "broken"])
def test_a_last_one_that_is_enough_ends_a_whole_run(house: House, verdict: str) -> None:
    house.case("tcp/a", verdicts=[verdict], variants=["inet"])
    assert house.run("-x").returncode == {"fail": 1, "broken": 2}[verdict]
    assert json.loads((house.report / "run.json").read_text("utf-8"))["complete"]


@pytest.mark.parametrize(("number", "reason"), [
    (signal.SIGINT, "the run was interrupted"),
    (signal.SIGUSR1, "the run stopped at an earlier failure")])
def test_what_did_not_run_says_why(tmp_path: Path, number: signal.Signals, reason: str) -> None:
    process = subprocess.Popen([ENGINE, "run", "--report", str(tmp_path / "report"), "--workers", "1",
                                "cases/tcp/close/half-close.yaml", str(CASES / "waits-long.yaml")],
                               cwd=ROOT, text=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    for _ in range(2):
        assert json.loads(process.stdout.readline())["verdict"] == "pass"
    process.send_signal(number)
    rest = [json.loads(line) for line in process.communicate(timeout=60)[0].splitlines()]
    assert rest and {(line["verdict"], line["reason"]) for line in rest} == {("not-run", reason)}
    assert process.returncode == 130


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("whole_group", [False, True])
@pytest.mark.parametrize("times", [1, 3])
def test_a_signal_mid_run_keeps_what_was_found(house: House, number: signal.Signals,
                                               whole_group: bool, times: int) -> None:
    house.case("tcp/a", verdicts=["known"])
    house.case("tcp/b", then="hang")
    house.case("tcp/c")
    process = subprocess.Popen(house.command(), env=house.environment, cwd="/",
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               start_new_session=True)
    assert process.stdout is not None
    output = heard(process.stdout.fileno(), b"tcp/a[inet6]")
    for _ in range(times):
        (os.killpg if whole_group else os.kill)(process.pid, number)
    output += process.stdout.read()
    assert process.wait(30) == 130, output.decode()
    assert b"2 xfailed, 4 not-run" in output or b"4 not-run, 2 xfailed" in output
    assert list(house.verdicts().values()) == ["known"] * 2 + ["not-run"] * 4
    assert "This report is incomplete." in (house.report / "html" / "index.html").read_text("utf-8")
    root = ElementTree.parse(house.report / "junit.xml").getroot()
    assert len(root[0]) == 6 and len(root.findall(".//error")) == 1


def test_ctrl_c_on_a_terminal(house: House) -> None:
    house.case("tcp/a")
    house.case("tcp/b", then="hang")
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(house.command()[0], house.command(), house.environment | {"TERM": "xterm"})
    heard(terminal, b"2/4")
    os.write(terminal, b"\x03")
    shown = b""
    try:
        while block := os.read(terminal, 65536):
            shown += block
    except OSError:
        pass
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 130, shown.decode()
    assert b"2 not-run" in shown


@pytest.mark.parametrize("then", ["crash", "torn"])
def test_a_crash_of_the_engine_is_broken(house: House, then: str) -> None:
    house.case("tcp/a")
    house.case("tcp/b", then=then)
    house.case("tcp/c")
    done = house.run()
    assert done.returncode == 2, done.stdout + done.stderr
    assert "2 passed, 4 errors" in done.stdout
    assert "the next died of SIGKILL; no other took its place" in " ".join(done.stdout.split())
    if then == "crash":
        assert "the world ended" in done.stdout
    assert list(house.verdicts().values()) == ["pass"] * 2 + ["broken"] * 4
    root = ElementTree.parse(house.report / "junit.xml").getroot()
    assert [len(suite.findall(".//error")) for suite in root] == [4, 1]


def test_another_engine_goes_on_where_one_died(house: House) -> None:
    house.case("tcp/a")
    house.case("tcp/b", then="once")
    house.case("tcp/c")
    done = house.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout
    told = "the engine died of SIGKILL; another went on with what was not judged"
    assert told in done.stdout
    assert sorted(house.verdicts().values()) == ["pass"] * 6 and len(house.results()) == 6
    run = json.loads((house.report / "run.json").read_text("utf-8"))
    assert run["complete"] is True and run["trouble"] == [told]
    page = (house.report / "html" / "index.html").read_text("utf-8")
    assert "The engine died of SIGKILL" in page and "incomplete" not in page
    assert f"trouble: {told}" in " ".join((house.report / "summary.txt").read_text("utf-8").split())


def test_a_failure_that_was_written_and_not_said_is_enough(house: House) -> None:
    house.case("tcp/a", then="unsaid", verdicts=["fail"], variants=["inet"])
    house.case("tcp/b")
    done = house.run("--maxfail", "1")
    assert done.returncode == 1, done.stdout + done.stderr
    assert list(house.verdicts().values()) == ["fail"] + ["not-run"] * 2
    assert "the engine died of SIGKILL; no other took its place" in " ".join(done.stdout.split())


def test_no_engine_is_usage(house: House) -> None:
    house.case("tcp/a")
    done = house.call(*house.command(), env={"SOCKPROOF_ENGINE": "/nonexistent/engine"})
    assert done.returncode == 3
    assert "no engine at /nonexistent/engine" in done.stderr + done.stdout


def test_an_interrupt_at_any_moment_loses_no_variant(house: House) -> None:
    house.case("tcp/a", variants=[f"v{n}" for n in range(300)], verdicts=["known"])
    house.case("tcp/b", then="hang")
    for wanted in (b"[v0]", b"[v90]", b"[v200]"):
        process = subprocess.Popen(house.command(), env=house.environment, cwd="/",
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert process.stdout is not None
        output = heard(process.stdout.fileno(), wanted)
        process.send_signal(signal.SIGINT)
        output += process.stdout.read()
        assert process.wait(30) == 130
        last = output.decode().splitlines()[-1]
        counts = [int(word) for word in last.replace("=", "").split() if word.isdigit()]
        assert sum(counts) == 302 == len(house.results()), last

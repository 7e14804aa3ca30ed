# SPDX-License-Identifier: MIT
"""Crashes below a program: what it starts, through a shell or by itself, dies of a signal under a fault. The
program's own status does not tell of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from conftest import ENGINE
from exploring import explore_case, summary
from faulted import PYTHON, Run, compiled
from programcase import CASE, result
from sockproof import house
from sockproof.explore import casesubject
from sockproof.explore.caserun import CaseRun
from sockproof.explore.exploration import Probe

DIES = """
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
int main(int argc, char **argv)
{
    int pair[2];
    (void)argv;
    if (argc > 1 || (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 &&
                     send(pair[0], "x", 1, MSG_NOSIGNAL) != 1))
        raise(NUMBER);
    puts("all is well");
    return 0;
}
"""
FAULT = ("--fault", "send errno EPIPE")


def dying(folder: Path, number: str = "SIGSEGV", *more: str) -> str:
    """A program that dies of the signal when its send fails, or when it is given any word."""
    folder.mkdir(exist_ok=True)
    return compiled(folder, DIES.replace("NUMBER", number), *more)


def died(run: Run) -> list[tuple[str, str]]:
    """Whom the log calls dead: name and signal."""
    return [(one.get("name", ""), one["signal"]) for one in run.events("died")]


@pytest.mark.parametrize("words", [
    ("dash", "-c", "{own}; true"), ("bash", "-c", "{own}; true"), ("sh", "-c", "true $({own})"),
    ("sh", "-c", "{own} | cat"), ("sh", "-c", "sh -c '{own}; true'; true"),
    (PYTHON, "-I", "-c", "import subprocess; subprocess.run(['{own}'])"),
    (PYTHON, "-I", "-c", "import os; os.system('{own}')"),
    (PYTHON, "-I", "-c", "import os; os.waitid(os.P_PID, os.posix_spawn('{own}', ['own'], os.environ), "
                         "os.WEXITED)"),
    (PYTHON, "-I", "-c", "import asyncio as a\nasync def f(): await (await a.create_subprocess_exec('{own}')"
                         ").wait()\na.run(f())"),
    (PYTHON, "-I", "-c", "import ctypes, os; ctypes.CDLL(None).syscall(61, os.posix_spawn('{own}', ['own'], "
                         "os.environ), None, 0, None)")],
    ids=["dash", "bash", "substitution", "pipe", "nested", "wait4", "system", "waitid", "asyncio", "number"])
def test_the_end_of_a_child_is_seen_by_who_waits_for_it(tmp_path: Path, words: tuple[str, ...]) -> None:
    own = dying(tmp_path)
    run = Run(tmp_path / "report", *FAULT, "--", *[word.replace("{own}", own) for word in words])
    assert run.done.returncode == 0, run.done.stderr
    assert [one[1] for one in died(run)] == ["SIGSEGV"]
    assert "was killed by SIGSEGV" in run.done.stderr


def test_popen_of_the_library_is_one_that_waits(tmp_path: Path) -> None:
    own = dying(tmp_path / "below")
    text = '#include <stdio.h>\nint main(void) { return pclose(popen("exec OWN", "r")) == 0; }'
    shell = compiled(tmp_path, text.replace("OWN", own))
    run = Run(tmp_path / "report", *FAULT, "--", shell)
    assert died(run) == [("", "SIGSEGV")], run.done.stderr


@pytest.mark.parametrize("script", ["{own} & exit 0", "({own} &) ; read nothing < {fifo}",
                                    "setsid {own} & wait"],
                         ids=["left", "forked-away", "of-its-own-session"])
def test_the_end_of_an_orphan_is_seen_by_who_takes_it_in(tmp_path: Path, script: str) -> None:
    own = dying(tmp_path)
    fifo = tmp_path / "fifo"
    subprocess.run(["mkfifo", str(fifo)], check=True)
    script = script.replace("{own} &)", "({own}; : > {fifo}) &)")
    words = script.replace("{own}", own).replace("{fifo}", str(fifo))
    run = Run(tmp_path / "report", *FAULT, "--", "dash", "-c", words)
    assert died(run) == [("own", "SIGSEGV")], run.done.stderr


def test_one_that_a_dead_parent_left_unwaited_is_known_by_its_name(tmp_path: Path) -> None:
    own = dying(tmp_path)
    code = f"""
import os, time
child = os.posix_spawn({own!r}, ["own"], os.environ)
os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)"""
    run = Run(tmp_path / "report", *FAULT, code=code)
    assert died(run) == [("own", "SIGSEGV")], run.done.stderr
    assert "below the program own (process 0/1) was killed by SIGSEGV" in run.done.stderr


def test_one_that_no_library_stands_before_is_named_too(tmp_path: Path) -> None:
    own = dying(tmp_path, "SIGBUS", "-static")
    run = Run(tmp_path / "report", *FAULT, "--", "bash", "-c", f"{own} word; true")
    assert died(run) == [("own", "SIGBUS")]
    assert "below the program own (process 0.1) was killed by SIGBUS" in run.done.stderr
    code = f"import os; os.waitpid(os.posix_spawn({own!r}, ['own', 'word'], os.environ), 0)"
    run = Run(tmp_path / "report", *FAULT, code=code)
    assert died(run) == [("", "SIGBUS")]
    assert "below the program a process (a child of process 0) was killed by SIGBUS" in run.done.stderr


@pytest.mark.parametrize("first", ["os.posix_spawn('{own}', ['own'], os.environ)", "os.system('{own}')",
                                   "try: os.execv('/no/such/program', ['none'])\nexcept OSError: pass"],
                         ids=["spawn", "system", "not-executed"])
def test_who_starts_one_keeps_its_own_name(tmp_path: Path, first: str) -> None:
    own = dying(tmp_path, "SIGBUS", "-static")
    code = f"import os\n{first.replace('{own}', own)}\nos.kill(os.getpid(), 11)"
    run = Run(tmp_path / "report", *FAULT, "--", "sh", "-c", f'{PYTHON} -I -c "$0"; true', code)
    assert died(run) == [(Path(PYTHON).name, "SIGSEGV")], run.done.stderr


def test_a_name_is_text_whatever_it_is(tmp_path: Path) -> None:
    own = dying(tmp_path)
    script = f"exec 2> /dev/null; (exec -a $'n\\xff\\x1b[m' {own}); true"
    run = Run(tmp_path / "report", *FAULT, "--", "bash", "-c", script)
    assert died(run) == [("n??[m", "SIGSEGV")], run.done.stderr


def test_of_many_crashes_some_are_said_and_all_are_in_the_log(tmp_path: Path) -> None:
    own = dying(tmp_path)
    run = Run(tmp_path / "report", *FAULT, "--", "dash", "-c",
              f"i=0; while test $i -lt 20; do {own} word; i=$((i + 1)); done; true")
    assert len(died(run)) == 20
    assert run.done.stderr.count("was killed by SIGSEGV") == 16, run.done.stderr
    assert "and more, which the log has" in run.done.stderr


def test_what_a_parent_ends_on_purpose_has_not_crashed(tmp_path: Path) -> None:
    run = Run(tmp_path / "report", *FAULT, "--", "dash", "-c", "sleep 1000 & kill $!; wait $!; true")
    assert [one[1] for one in died(run)] == ["SIGTERM"]
    assert "SIGTERM" not in run.done.stderr


# --- explore -----------------------------------------------------------------------------------

def explored(folder: Path, *words: str) -> tuple[list[str], str]:
    """The kinds of what is found in a program, and what is said."""
    command = house.command("explore", "--fresh", "--report", str(folder / "report"), "--", *words)
    done = subprocess.run(command, text=True, capture_output=True, check=False, timeout=120, cwd=folder,
                          env={"SOCKPROOF_ENGINE": ENGINE, "PATH": "/usr/bin:/bin"})
    return [one["kind"] for one in summary(folder / "report")["findings"]], done.stdout + done.stderr


@pytest.mark.parametrize("number", ["SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE"])
def test_a_crash_behind_a_shell_is_a_finding(tmp_path: Path, number: str) -> None:
    own = dying(tmp_path, number)
    kinds, said = explored(tmp_path, "sh", "-c", f"{own}; exit 0")
    assert "crash" in kinds, said
    assert f"below the program own was killed by {number}" in said


def test_a_status_behind_a_shell_is_none(tmp_path: Path) -> None:
    own = compiled(tmp_path, DIES.replace("raise(NUMBER)", "return 139"))
    kinds, said = explored(tmp_path, "sh", "-c", f"{own} || {{ echo it failed >&2; exit 1; }}")
    assert "crash" not in kinds, said


def test_what_crashes_without_a_fault_is_said_and_no_finding(tmp_path: Path) -> None:
    own = dying(tmp_path)
    kinds, said = explored(tmp_path, "sh", "-c", f"{own} word; {PYTHON} -I -c 'import socket; "
                                                 "a, b = socket.socketpair(); a.send(b\"x\")'")
    assert "own is killed by SIGSEGV without any fault" in said
    assert "crash" not in kinds, said


# --- cases -------------------------------------------------------------------------------------

def step(own: str, script: str, more: str = "") -> str:
    return f"  - client: {{run: [sh, -c, \"{script.replace('{own}', '$0')}\", {own}]{more}}}"


@pytest.mark.parametrize("script, more", [
    ("{own}; true", ""), ("{own} | cat", ""), ("{own}", ""), ("{own}; exit 3", ", exit: 3"),
    ("{own}; exit 0", ", exit: {any_of: [0, 1]}")])
def test_a_case_fails_when_what_its_program_starts_crashes(tmp_path: Path, script: str, more: str) -> None:
    found = result(tmp_path, step(dying(tmp_path), script, more))
    assert (found["verdict"], found["failure"]["code"]) == ("fail", "program-crashed"), found
    assert "SIGSEGV" in found["failure"]["observed"]


def test_a_clean_error_of_a_shell_does_not_excuse_the_crash(tmp_path: Path) -> None:
    found = result(tmp_path, step(dying(tmp_path), "{own}; exit 1"), ", allows: clean-error")
    assert (found["verdict"], found["failure"]["code"]) == ("fail", "program-crashed"), found


@pytest.mark.parametrize("script, more", [
    ("{own}; exit $?", ", exit: 139"), ("{own}; exit $?", ", exit: {any_of: [0, 139]}"),
    ("exec {own}", ", exit: SIGSEGV")])
def test_a_crash_that_the_step_names_is_what_it_waits_for(tmp_path: Path, script: str, more: str) -> None:
    found = result(tmp_path, step(dying(tmp_path), script, more))
    assert found["verdict"] == "pass", found


def test_a_crash_below_a_server_that_goes_on_is_one(tmp_path: Path) -> None:
    own = dying(tmp_path)
    steps = (f"  - client: {{run: {{argv: [sh, -c, \"$0; echo over; exec sleep 1000\", {own}], "
             "ready: {prints: over}}, start: it}")
    found = result(tmp_path, steps)
    assert (found["verdict"], found["failure"]["code"]) == ("fail", "program-crashed"), found


# Until the process $n, which is nobody's child, has ended (pidfd_open(2)).
ENDED = (f"{PYTHON} -I -c 'import os, select, sys; select.select([os.pidfd_open(int(sys.argv[1]))], [], [])'"
         " $n")


def test_a_crash_of_an_orphan_is_one(tmp_path: Path) -> None:
    own = dying(tmp_path)
    script = f"n=$(setsid sh -c '$0 >/dev/null 2>&1 & echo $!' $0); {ENDED}"
    found = result(tmp_path, step(own, script))
    assert (found["verdict"], found["failure"]["code"]) == ("fail", "program-crashed"), found


def test_a_crash_of_what_outlived_its_program_is_one(tmp_path: Path) -> None:
    own = dying(tmp_path)
    daemon = "setsid sh -c 'echo $$ > $1/there; read n < $1/fifo; exec $0' $0 $1 > /dev/null 2>&1 &"
    begins = f"mkfifo $1/fifo $1/there; {daemon} read n < $1/there; echo $n > $1/pid"
    ends = f"read n < $0/pid; echo > $0/fifo; {ENDED}"
    steps = (f'  - client: {{run: [sh, -c, "{begins}", {own}, $scratch]}}\n'
             f'  - server: {{run: [sh, -c, "{ends}", $scratch]}}')
    found = result(tmp_path, steps)
    assert (found["verdict"], found["failure"]["code"]) == ("fail", "program-crashed"), found
    assert "was killed by SIGSEGV" in found["failure"]["observed"]


def test_one_with_any_name_crashes(tmp_path: Path) -> None:
    own = dying(tmp_path)
    steps = f'  - client: {{run: [bash, -c, "(exec -a $\'n\\\\xff\' $0); true", {own}]}}'
    found = result(tmp_path, steps)
    assert (found["verdict"], found["failure"]["code"]) == ("fail", "program-crashed"), found
    assert "n? was killed by SIGSEGV" in found["failure"]["observed"]


def test_one_that_a_signal_ends_before_it_is_ready_is_noted_as_a_crash(tmp_path: Path) -> None:
    own = dying(tmp_path)
    found = result(tmp_path, f"  - client: {{run: {{argv: [{own}], ready: {{prints: over}}}}, start: it}}")
    assert (found["verdict"], found["failure"]["code"]) == ("broken", "program-ended-early"), found
    events = (tmp_path / "report" / "events.jsonl").read_text("utf-8").splitlines()
    assert [one["text"] for one in map(json.loads, events) if one.get("code") == "program-crashed"] == [
        "the program ended by SIGSEGV"]


def test_a_crash_is_none_of_the_fault_where_it_comes_without_it_as_well() -> None:
    note = {"type": "note", "code": "program-crashed", "text": "below the program own was killed by SIGSEGV"}
    ended = {"verdict": "broken", "reason": "ended early", "failure": {"code": "program-ended-early"}}
    probe = Probe("recv", "cap 1", 1, True, "client")
    run = CaseRun(ended, [note])
    assert casesubject.judged(run, probe, False)[0] == "crash"
    assert casesubject.judged(run, probe, False, casesubject.crashes(run))[0] == "not-survived"
    assert casesubject.judged(CaseRun({"verdict": "pass", "reason": ""}, [note]), probe, False)[0] == "intact"


def test_a_case_is_explored_for_crashes_behind_a_shell(tmp_path: Path) -> None:
    own = dying(tmp_path)
    case = tmp_path / "case.yaml"
    steps = step(own, "{own} || true", ', stdout: {any_of: ["all is well\\n", ""]}')
    text = CASE.format(steps=steps, allows="", more="")
    head, _, tail = text.partition("faults:\n")
    case.write_text(head + "steps:" + tail.partition("steps:")[2], "utf-8")
    done = explore_case(tmp_path, str(case))
    kinds = [one["kind"] for one in summary(tmp_path / "report")["findings"]]
    assert "crash" in kinds, done.stdout + done.stderr

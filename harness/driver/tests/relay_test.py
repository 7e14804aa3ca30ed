# SPDX-License-Identifier: MIT
"""Stacks elsewhere (--stack NAME=exec:COMMAND): a relay of this build gives the kernel's verdicts, and a
command that does anything else costs its case only, with one line that says why."""

from __future__ import annotations

import json
import os
import select
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import DATAGRAM, ENGINE, ROOT

from sockproof.driver import stacks

RELAY = "sockproof-engine relay"
# About everything that a relay carries: calls that stay open, faults at calls, signals, many sockets, long
# patterns, control data, raw packets, options.
CASES = ["tcp/connect", "tcp/close", "tcp/fault", "tcp/signal", "tcp/urgent", "tcp/server", "udp/delivery",
         "udp/recvmmsg", "udp/control", "udp/error", "raw/hdrincl", "icmp/echo", "socket/fcntl"]
# What a command does in the place of a relay, and what is said of that.
STRANGE = {
    "no-such-command": "its command ended with exit status 127, with the last words: sh: 1: "
                       "no-such-command: not found",
    "exit 3": "its command ended with exit status 3",
    "kill -SEGV $$": "its command was ended by SIGSEGV",
    "yes": 'its command printed more than 1048576 bytes before its greeting; first words: '
           '"y y y y y y y y y y y y y y y y y y y y"',
    "yes | head -c 100000000; exec sockproof-engine relay":
        'its command printed more than 1048576 bytes before its greeting; first words: "y y y y y y y y y '
        'y y y y y y y y y y y"',
    "echo hello": 'its command ended with exit status 0; it printed 6 bytes, and no greeting of a relay '
                  'among them; first words: "hello"',
    "echo 'sockproof-relay protocol=3'": "its relay speaks version 3 of the protocol, and this "
                                         "build version 2: start the relay of this build there",
}
# Says that its actor is there, and then without end one frame of a kind, with so many numbers, all of them
# one but the last, which is an order's where there are many (frame.h).
FRAMES = """
import os, struct, sys
def frame(kind, *numbers):
    return struct.pack("<II", kind, 8 * len(numbers)) + struct.pack("<%dq" % len(numbers), *numbers)
kind, count = map(int, sys.argv[1:])
os.write(1, frame(6, 1))
while True:
    os.write(1, frame(kind, *[0] * (count - 1), -3 if count > 1 else 1))
"""
# What a relay counts, before all else that it tells: its signals, by their names, and its faults (counts.h).
COUNTS = 1 + 31 + 2 * 16
FLOOD = f"/usr/bin/python3 -c {shlex.quote(FRAMES)}"
# The same behind a greeting that is one; behind the first start, which asks what it is.
LATER = {
    "exit 4": ("broken", "the stack bad is lost: its command ended with exit status 4"),
    "echo a line; exec cat": ("broken", "the stack bad is lost: its relay said what is no frame"),
    # Without end: that its actor is there, and that an order was carried out that nobody gave.
    f"exec {FLOOD} 6 1": ("broken", "the stack bad is lost: its relay said what answers nothing"),
    f"exec {FLOOD} 8 {COUNTS + 1}": ("broken", "the stack bad is lost: its relay said what answers nothing"),
    f"exec {FLOOD} 9 {COUNTS + 66}": ("broken", "the stack bad is lost: its relay said what answers nothing"),
}


def run(report: Path, *words: str) -> list[dict[str, Any]]:
    """The results of a run of the engine."""
    subprocess.run([ENGINE, "run", "--root", str(ROOT), "--report", str(report), *words], text=True,
                   capture_output=True, timeout=300, check=False)
    return [json.loads(line) for line in (report / "results.jsonl").read_text("utf-8").splitlines()]


def asked(command: str, *words: str) -> subprocess.CompletedProcess[str]:
    """What is said of a command."""
    return subprocess.run([ENGINE, "stacks", "--root", str(ROOT), "--stack", f"bad=exec:{command}", *words],
                          text=True, timeout=60, capture_output=True, check=False)


def verdicts(results: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    return {one["id"].partition("@")[0]: (one["verdict"], one["reason"]) for one in results}


def test_the_relay_gives_the_verdicts_of_the_kernel(tmp_path: Path) -> None:
    """On the wire, word for word; what the relay cannot be asked says why."""
    words = ["--baseline", "linux", "--place", "wire", "cases/program/curl",
             *(f"cases/{name}" for name in CASES)]
    both = run(tmp_path / "both", "--stack", f"same=exec:{RELAY}", "--stack", "linux", *words)
    there = [one for one in both if one["stack"] == "same"]
    here = verdicts([one for one in both if one["stack"] == "linux"])
    assert len(there) == len(here) > 100
    for name, (verdict, reason) in verdicts(there).items():
        assert (verdict, reason) == here[name] or (
            verdict == "skip" and reason == "the stack same is none that programs can use") or (
            verdict == here[name][0] == "skip" and "the case is for loopback" in reason), name
    assert sum(one["verdict"] == "pass" for one in there) > 100
    about = json.loads((tmp_path / "both" / "run.json").read_text("utf-8"))["stacks"][0]
    assert (about["stack"], about["command"]) == ("same", RELAY)
    kernel = Path("/proc/sys/kernel/osrelease").read_text("utf-8").strip()
    assert about["version"] == kernel


def test_the_relay_alone_needs_nothing_beside_it(tmp_path: Path) -> None:
    """Copied to where nothing of sockproof is; under an emulator as well."""
    relay = tmp_path / "copy"
    shutil.copy(Path(ENGINE).parent / "sockproof-relay", relay)
    needs = subprocess.run(["ldd", relay], text=True, timeout=60, capture_output=True, check=False)
    assert "not a dynamic executable" in needs.stderr
    emulator = shutil.which("qemu-x86_64-static")
    assert emulator, "the package qemu-user-static is needed"
    results = run(tmp_path / "report", "--stack", f"alone=exec:{relay}", "--stack",
                  f"emulated=exec:{emulator} {relay}", "--baseline", "linux",
                  "cases/tcp/connect/echo.yaml", "cases/tcp/close/half-close.yaml", "cases/udp/delivery")
    assert {(one["stack"], one["verdict"], one["reason"]) for one in results} == {
        ("alone", "pass", ""), ("emulated", "pass", "")}


@pytest.mark.parametrize("command", STRANGE)
def test_what_is_no_relay_is_refused_before_the_run(command: str) -> None:
    done = asked(command)
    assert done.returncode == 3 and done.stdout == ""
    assert done.stderr == f"sockproof: --stack bad=exec:{command}: {STRANGE[command]}\n"


def changing(folder: Path, deed: str) -> str:
    """A command that is a relay when it is asked, and later greets like one and does the deed."""
    greeting = subprocess.run([ENGINE, "relay"], stdin=subprocess.DEVNULL, text=True, capture_output=True,
                              timeout=60, check=True).stdout.strip()
    script = folder / "command.sh"
    # What a worker starts can write nowhere.
    script.write_text(f"#!/bin/sh\nif touch '{folder}/asked' 2>/dev/null; then exec '{ENGINE}' relay; fi\n"
                      f"echo '{greeting}'\n{deed}\n", "utf-8")
    script.chmod(0o755)
    return str(script)


@pytest.mark.parametrize("deed", LATER)
def test_what_ends_or_raves_later_costs_its_case(tmp_path: Path, deed: str) -> None:
    case = tmp_path / "one.yaml"
    case.write_text(DATAGRAM, "utf-8")
    results = run(tmp_path / "report", "--stack", f"bad=exec:{changing(tmp_path, deed)}", "--stack", "linux",
                  "--slow-factor", "1", str(case))
    found = {one["stack"]: (one["verdict"], one["reason"]) for one in results}
    assert found["linux"] == ("pass", "")
    verdict, reason = LATER[deed]
    assert found["bad"][0] == verdict and found["bad"][1].startswith(reason), found


def test_what_is_printed_before_the_greeting_is_passed_over(tmp_path: Path) -> None:
    """As a login or an emulator prints; on standard error, without end, as well."""
    case = tmp_path / "one.yaml"
    case.write_text(DATAGRAM, "utf-8")
    loud = f"echo Welcome; echo; head -c 20M /dev/zero >&2; exec {RELAY}"
    (one,) = run(tmp_path / "report", "--stack", f"loud=exec:{loud}", str(case))
    assert (one["verdict"], one["reason"]) == ("pass", "")


def test_what_never_sleeps_is_named(tmp_path: Path) -> None:
    """Nobody can tell then when nothing moves any more; it is broken for that, and not tried again."""
    case = tmp_path / "one.yaml"
    case.write_text(DATAGRAM, "utf-8")
    busy = f"[ $SOCKPROOF_ACTOR = client ] || yes >/dev/null & exec {RELAY}"
    (one,) = run(tmp_path / "report", "--workers", "1", "--stack", f"bad=exec:{busy}",
                 str(case))
    assert one["verdict"] == "broken" and one["failure"]["code"] == "never-sleeps"
    assert one["reason"].endswith("(yes) used a processor for 3 s and never slept")


def test_a_relay_that_takes_its_time_is_no_machine_that_stood_still(tmp_path: Path) -> None:
    """What fails behind it fails, and is not tried again."""
    case = tmp_path / "one.yaml"
    case.write_text(DATAGRAM.replace('data: "one"', 'data: "two"'), "utf-8")
    slow = tmp_path / "slow.py"  # its delay is what is tried: longer than a beat may be late
    slow.write_text("import os, time\nwhile part := os.read(0, 65536):\n    time.sleep(0.015)\n"
                    "    os.write(1, part)\n", "utf-8")
    (one,) = run(tmp_path / "report", "--stack", f"slow=exec:{RELAY} | /usr/bin/python3 -I {slow}",
                 str(case))
    assert (one["verdict"], one["reason"]) == ("fail", "step 2: data: expected \"two\", observed \"one\"")


def test_what_a_relay_says_of_its_system_holds(tmp_path: Path) -> None:
    """Its version, and that a second one has no place on its host."""
    case = tmp_path / "one.yaml"
    case.write_text(DATAGRAM + "  - client2: {socket: SOCK_DGRAM, as: other}\n", "utf-8")
    command = f"SOCKPROOF_VERSION=7.0-box SOCKPROOF_ALONE=1 {RELAY}"
    both = run(tmp_path / "report", "--stack", f"box=exec:{command}", "--stack", f"same=exec:{RELAY}",
               str(case))
    reason = "the stack box has one process to a host, and the case needs more"
    assert {one["stack"]: (one["verdict"], one["reason"]) for one in both} == {
        "box": ("skip", reason), "same": ("pass", "")}
    about = json.loads((tmp_path / "report" / "run.json").read_text("utf-8"))["stacks"]
    assert about[0]["version"] == "7.0-box"


def test_no_command_is_started_where_there_is_no_host_of_ours(tmp_path: Path) -> None:
    """Neither on loopback nor where namespaces are refused; nothing of it runs."""
    witness = tmp_path / "started"
    command = f"touch {witness}; {RELAY}"
    case = tmp_path / "one.yaml"
    case.write_text(DATAGRAM, "utf-8")
    refusing = ["/usr/bin/python3", str(ROOT / "harness/driver/tests/refuse_namespaces.py")]
    nothing: list[str] = []
    for before, words, reason in ((nothing, ["--place", "loopback"], "and --place loopback asks for none"),
                                  (refusing, nothing, "and none can be made here: ")):
        done = subprocess.run([*before, ENGINE, "run", "--root", str(ROOT), "--report", str(tmp_path / "r"),
                               "--stack", f"box=exec:{command}", *words, str(case)], text=True, timeout=60,
                              capture_output=True, check=False)
        assert done.returncode == 3
        assert f"a command is only started on a host that sockproof made, {reason}" in done.stderr
        assert not witness.exists()


def test_a_case_for_loopback_says_that_it_gets_no_command(tmp_path: Path) -> None:
    case = tmp_path / "one.yaml"
    case.write_text(DATAGRAM.replace("steps:", "place: loopback\nsteps:"), "utf-8")
    (one,) = run(tmp_path / "report", "--stack", f"box=exec:{RELAY}", str(case))
    assert (one["verdict"], one["reason"]) == (
        "skip", "the command of the stack is only started on a host that sockproof made: the case is for "
                "loopback")


def test_what_the_command_leaves_behind_ends(tmp_path: Path) -> None:
    """Also what has begun a session of its own."""
    pid = tmp_path / "pid"
    done = asked(f"sh -c 'echo $$ >{pid}; exec sleep 1000' & {RELAY}")
    assert done.returncode == 0
    try:
        left = os.pidfd_open(int(pid.read_text("utf-8")))
    except ProcessLookupError:
        return
    assert select.select([left], [], [], 10)[0]


def test_a_command_that_names_files_from_here_begins_here(monkeypatch: pytest.MonkeyPatch,
                                                          tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert stacks.placed("box=exec:./start ../x") == f"box=exec:cd {tmp_path} && ./start ../x"
    assert stacks.placed("box=exec:box --at='./x' relay") == f"box=exec:cd {tmp_path} && box --at='./x' relay"
    assert stacks.placed("box=exec:runsc run") == "box=exec:runsc run"
    assert stacks.name_of("box=exec:a=so:b") == "box"

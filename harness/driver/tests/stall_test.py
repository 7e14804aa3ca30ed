# SPDX-License-Identifier: MIT
"""A machine that stands still, or is busy with others, is no finding about anybody."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT
from judged import judged
from numbered import NUMBERED
from processes import everybody, read, sleeps_in_poll, until

POLLS = """title: A poll of a second takes a second
cites: [rfc768/destination-demux]
transport: udp
family: [inet]
steps:
  - client: {{poll: {{events: [POLLIN], timeout: 1s}}, returns: 0, took: {took}{within}}}
"""
HOSTS = """title: A case that changes the hosts before it begins, and fails
cites: [rfc768/destination-demux]
transport: udp
setup: open
steps:
  - client: {bind: {host: client-second, port: 0}, errno: EINVAL}
"""
STORM = """title: The stacks dispute for ever an acknowledgement of what was never sent
cites: [rfc9293/state/overlap-trim]
transport: tcp
place: wire
""" + NUMBERED + """  - client: {socket: {type: SOCK_RAW, protocol: IPPROTO_TCP}, as: raw}
  - client: {send: {tcp: {sport: $near, dport: $far, seq: 1001, ack: 5001, flags: [PSH, ACK], window: 1000}, payload: "012345", to: {host: server, port: 0}}, fd: raw}
  - server: {ioctl: FIONREAD, value: 6}
"""  # noqa: E501
HOLDS = """title: A poll, and a program that holds more memory than any may
cites: [posix/recv/return-length]
transport: tcp
subject: program
setup: none
place: loopback
family: [inet]
steps:
  - client: {socket: SOCK_DGRAM, as: one}
  - client: {poll: {events: [POLLIN], timeout: 1s}, fd: one, returns: 0}
  - client: {run: [python3, -I, -c, "import signal; held = b'x' * (2560 << 20); signal.pause()"], within: 90s}
"""
# Cases with times of their own.
TIMED = [f"cases/tcp/{name}.yaml" for name in (
    "bind/second-listener", "close/linger-expires", "option/delayed-ack", "option/keepalive-off",
    "poll/timeout", "recv/timeout", "state/zero-window", "option/nagle")]
STOP_S = 3


class Started:
    """An engine that runs cases, and everybody it has started."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.report = folder / "report"
        self.said = folder / "said"  # a pipe that nobody reads yet would hold it up
        with self.said.open("w", encoding="utf-8") as said:
            self.process = subprocess.Popen([ENGINE, "run", "--report", str(self.report), *arguments],
                                            cwd=ROOT, stdout=said)

    def everybody(self) -> list[int]:
        """The processes of the run, parents first."""
        return everybody(self.process.pid)

    def polling(self) -> list[int]:
        """The clients that sleep in poll(2) of a socket."""
        return [pid for pid in self.everybody() if is_client(pid) and sleeps_in_poll(pid)]

    def results(self) -> list[dict[str, Any]]:
        """All results, once it has ended."""
        self.process.wait(timeout=120)
        return [json.loads(line) for line in self.said.read_text("utf-8").splitlines()]


def is_client(pid: int) -> bool:
    return read(pid, "comm").startswith("client")


def stand_still(pids: list[int], seconds: float) -> None:
    """Stops the processes for so long, as a machine does that is suspended."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    select.select([], [], [], seconds)
    for pid in reversed(pids):
        os.kill(pid, signal.SIGCONT)


def poll_case(folder: Path, took: str, within: str = "") -> str:
    """A case that polls for a second."""
    file = folder / "polls.yaml"
    file.write_text(POLLS.format(took=took, within=within), "utf-8")
    return str(file)


@pytest.mark.parametrize("who", ["all", "actors", "worker"])
def test_what_fails_while_it_stands_still_is_tried_again_alone(tmp_path: Path, who: str) -> None:
    run = Started(tmp_path, poll_case(tmp_path, "{at_most: 1600ms}"))
    polling = until(run.polling)
    everybody = run.everybody()
    stopped = {"all": everybody, "actors": polling, "worker": everybody[1:2]}[who]
    stand_still(stopped, STOP_S)
    result, = run.results()
    assert result["verdict"] == "pass", result
    if who == "worker":  # the poll has ended in its time, and was found later
        assert "first_try" not in result
    else:
        assert result["first_try"]["verdict"] == "fail"
        assert "took" in result["first_try"]["reason"]


def test_what_no_delay_brings_about_is_not_tried_again(tmp_path: Path) -> None:
    file = tmp_path / "holds.yaml"
    file.write_text(HOLDS, "utf-8")
    run = Started(tmp_path, "--allow-programs", str(file))
    until(run.polling)
    stand_still(run.everybody(), STOP_S)
    result, = run.results()
    assert result["verdict"] == "broken" and result["failure"]["code"] == "too-large", result
    assert "first_try" not in result


def test_a_stack_that_somebody_stops_has_not_stopped_itself(tmp_path: Path) -> None:
    """What it looked like is tried again."""
    run = Started(tmp_path, "--stack", "lwip", poll_case(tmp_path, "{at_most: 1600ms}"))
    for pid in until(lambda: [pid for pid in run.everybody() if is_client(pid)]):
        os.kill(pid, signal.SIGSTOP)
    result, = run.results()
    assert result["verdict"] == "pass", result
    assert "by SIGSTOP, which stops it" in result["first_try"]["reason"]


def test_what_fails_again_undisturbed_has_failed(tmp_path: Path) -> None:
    run = Started(tmp_path, poll_case(tmp_path, "{at_most: 10ms}"))
    until(run.polling)
    stand_still(run.everybody(), 1)
    result, = run.results()
    # On a machine that gives it no processor whenever it is tried, nothing is proved.
    wanted = "broken" if result["failure"]["code"] == "disturbed" else "fail"
    assert result["verdict"] == wanted and "took" in result["reason"], result
    assert "took" in result["first_try"]["reason"]


def test_what_holds_up_who_changes_the_hosts_is_no_disturbance(tmp_path: Path) -> None:
    """The kernel makes it wait, for as long whenever it is tried."""
    (tmp_path / "hosts.yaml").write_text(HOSTS, "utf-8")
    results = Started(tmp_path, "--workers", "1", str(tmp_path / "hosts.yaml")).results()
    assert [one["verdict"] for one in results] == ["fail", "fail"], results


def test_a_limit_is_put_off_by_what_the_worker_stood_still(tmp_path: Path) -> None:
    run = Started(tmp_path, poll_case(tmp_path, "{at_least: 1s}", ", within: 2s"))
    until(run.polling)
    stand_still(run.everybody(), STOP_S)
    result, = run.results()
    assert result["verdict"] == "pass" and "first_try" not in result, result


def test_a_stop_in_the_middle_changes_no_verdict(tmp_path: Path) -> None:
    run = Started(tmp_path, *TIMED)
    until(run.polling)
    stand_still(run.everybody(), STOP_S)
    results = run.results()
    assert len(results) > 16
    assert {one["verdict"] for one in results} <= {"pass", "known"}, \
        [(one["id"], one["reason"]) for one in results if one["verdict"] not in ("pass", "known")]


@pytest.fixture(name="busy")
def fixture_busy() -> Iterator[None]:
    """Eight processes that want all processors, for no longer than a minute."""
    loop = "import time; end = time.monotonic() + 60\nwhile time.monotonic() < end: pass"
    others = [subprocess.Popen([sys.executable, "-c", loop]) for _ in range(8)]
    yield
    for one in others:
        one.kill()
        one.wait()


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("stack", ["linux", "lwip"])
def test_a_busy_machine_changes_no_verdict(tmp_path: Path, stack: str) -> None:
    results = Started(tmp_path, "--stack", stack, *TIMED).results()
    assert len(results) > 16
    assert {one["verdict"] for one in judged(results)} <= {"pass", "known"}, \
        [(one["id"], one["reason"]) for one in results if one["verdict"] in ("fail", "broken")]


def test_a_storm_is_cut_early_and_named(tmp_path: Path) -> None:
    file = tmp_path / "storm.yaml"
    file.write_text(STORM, "utf-8")
    began = time.monotonic()
    run = Started(tmp_path, str(file))
    results = run.results()
    assert time.monotonic() - began < 30
    assert [one["verdict"] for one in judged(results)] == ["fail", "fail"], results
    assert {one["failure"]["code"] for one in results} == {"storm"}
    assert max(one["events"]["count"] for one in results) < 3000
    again = subprocess.run([ENGINE, "judge", str(run.report)], cwd=ROOT, text=True,
                           capture_output=True, timeout=60, check=False)
    assert again.returncode == 0, again.stdout

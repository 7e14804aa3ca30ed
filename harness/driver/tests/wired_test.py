# SPDX-License-Identifier: MIT
"""`exec --wire`: real programs on two hosts, with real faults of the packets between them."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from conftest import ENGINE, ROOT
from faulted import PYTHON, Run, compiled

TESTS = Path(__file__).resolve().parent
SIZE = 60_000
HTTP = f"exec {PYTHON} -m http.server 8000 --bind {{server}} --directory "


@cache
def refusal() -> str:
    """Why two hosts cannot be made here; empty: they can."""
    done = subprocess.run([ENGINE, "doctor", "--root", str(ROOT)], text=True,
                          capture_output=True, check=False)
    line = next(line for line in done.stdout.splitlines() if line.startswith("wire "))
    return "" if line.split()[1] == "yes" else line


@pytest.fixture(autouse=True)
def hosts() -> None:
    """Skips where namespaces are refused."""
    if refusal():
        pytest.skip(refusal())


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is missing")


class Wired(Run):
    """One run under `exec --wire`."""

    def __init__(self, folder: Path, peer: str, *arguments: str, ready: str | None = None,
                 code: str | None = None) -> None:
        asked = ["--ready", ready] if ready is not None else []
        super().__init__(folder, "--root", str(ROOT), "--wire", "--peer", peer, *asked, *arguments,
                         code=code)
        self.folder = folder

    @property
    def crossed(self) -> list[tuple[str, int, int]]:
        """What fired on the wire, as a replay knows it."""
        return [(one["identity"], one["counter"], one["fault"]) for one in self.events("wire")]


class Download:
    """A file that curl fetches from Python's http.server across the wire."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.served = folder / "served"
        self.served.mkdir()
        self.content = os.urandom(SIZE)
        (self.served / "page").write_bytes(self.content)

    def run(self, name: str, *arguments: str) -> Wired:
        """One download; what came is in `got`."""
        self.got = self.folder / f"{name}.got"
        return Wired(self.folder / name, HTTP + str(self.served), *arguments, "--", "curl", "-sS",
                     "-m", "20", "-o", str(self.got), "http://{server}:8000/page")

    @property
    def whole(self) -> bool:
        """Whether everything came, unharmed."""
        return self.got.read_bytes() == self.content


@pytest.fixture(name="download")
def a_download(tmp_path: Path) -> Download:
    return Download(tmp_path)


@needs_curl
def test_a_lost_segment_is_sent_again_and_the_page_is_whole(download: Download) -> None:
    run = download.run("lost", "--capture", "--fault", "wire drop data nth 5 from server")
    assert run.done.returncode == 0, run.done.stderr
    assert download.whole
    (fired,) = run.events("wire")
    assert (fired["from"], fired["size"]) == ("server", 1448)
    assert "fired 1 of" in run.done.stderr
    capture = (run.folder / "wire.pcapng").read_bytes()
    again = fired["packet"].replace("PSH,", "").encode()
    assert capture.count(b"dropped by fault 'fault1'") == 1
    assert again + b": passed" in capture.replace(b"PSH,", b""), "what was lost never came again"
    assert b"GET /page" in (run.folder / "peer.txt").read_bytes()


@needs_curl
def test_a_reset_on_the_wire_is_one_for_the_program(download: Download) -> None:
    run = download.run("reset", "--fault", "wire reset data nth 5 from server")
    assert run.done.returncode == 56, run.done.stderr  # curl's own: failure in receiving
    assert "reset by peer" in run.done.stderr
    assert not download.whole


@needs_curl
@pytest.mark.parametrize("action", ["duplicate", "reorder", "delay", "corrupt", "truncate"])
def test_a_stream_survives_what_a_network_does(download: Download, action: str) -> None:
    run = download.run(action, "--fault", f"wire {action} data every 4 from server")
    assert run.done.returncode == 0, run.done.stderr
    assert download.whole and len(run.events("wire")) > 3


@needs_curl
def test_what_fired_on_the_wire_replays(download: Download) -> None:
    faults = ("--fault", "wire drop data probability 0.2 from server",
              "--fault", "{wire: both, do: drop, when: {tcp: {dport: {not: 8000}}, packet: data,"
                         " nth: 7}}")
    first = download.run("first", *faults, "--seed", "3")
    second = download.run("second", "--replay", str(first.path))
    assert download.whole, second.done.stderr
    assert first.crossed == second.crossed and len(first.crossed) > 3
    assert {one["fault"] for one in first.events("wire")} == {0, 1}


@needs_curl
def test_faults_of_calls_and_of_packets_work_side_by_side(download: Download) -> None:
    plan = download.folder / "plan.yaml"
    plan.write_text("faults:\n  short: {call: recv, do: {cap: 100}}\n"
                    "  lost: {wire: server, do: drop, when: {packet: synack, nth: 1}}\n", "utf-8")
    run = download.run("both", "--plan", str(plan))
    assert run.done.returncode == 0 and download.whole, run.done.stderr
    assert len(run.events("wire")) == 1 and len(run.events("fired")) > 500
    kinds = [one["type"] for one in run.log]
    assert kinds.index("wire") < kinds.index("fired"), "the log is not in the order of time"


@needs_curl
def test_a_fault_of_the_wire_that_never_fires_is_said(download: Download) -> None:
    run = download.run("never", "--fault", "wire drop udp from client")
    assert run.done.returncode == 0 and download.whole
    assert "wire drop udp from client: fired 0 of 0 times; it proves nothing" in run.done.stderr


def test_input_output_and_status_are_the_programs(tmp_path: Path) -> None:
    done = subprocess.run(
        [ENGINE, "exec", "--root", str(ROOT), "--report", str(tmp_path), "--wire", "--peer",
         "exec cat", "--ready", "started", "--", "sh", "-c", "cat; exit 7"],
        input="told", text=True, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (7, "told"), done.stderr


def test_both_know_the_addresses_and_ready_may_be_a_text(tmp_path: Path) -> None:
    names = "$SOCKPROOF_SERVER $SOCKPROOF_CLIENT $SOCKPROOF_SERVER6 $SOCKPROOF_CLIENT6"
    wanted = "10.0.0.2 10.0.0.1 fd00::2 fd00::1"
    os.mkfifo(tmp_path / "never")
    run = Wired(tmp_path, f"echo {names} {{server}}; echo set; exec cat <>{tmp_path}/never", "--",
                "sh", "-c", f"echo {names} {{client6}}; cat /proc/net/fib_trie", ready="set")
    assert run.done.stdout.startswith(f"{wanted} fd00::1\n"), run.done.stderr
    assert "10.0.0.1" in run.done.stdout, "the program is not on the client's host"
    assert (tmp_path / "peer.txt").read_text("utf-8") == f"{wanted} 10.0.0.2\nset\n"


def test_datagrams_cross_both_ways_and_are_lost_for_good(tmp_path: Path) -> None:
    peer = tmp_path / "peer.py"
    peer.write_text("import socket\ns = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)\n"
                    "s.bind(('fd00::2', 7))\nwhile True:\n    m, a = s.recvfrom(99); s.sendto(m, a)\n",
                    "utf-8")
    run = Wired(tmp_path / "report", f"exec {PYTHON} {peer}", "--fault",
                "wire drop udp every 2 from server", code="""
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.connect(('fd00::2', 7))
for i in range(6): s.send(b'%d' % i)
print(s.recv(9), s.recv(9), s.recv(9))""")
    assert run.done.stdout == "b'0' b'2' b'4'\n", run.done.stderr


def test_nothing_lies_behind_the_two_hosts(tmp_path: Path) -> None:
    run = Wired(tmp_path, "exec cat", ready="started", code="""
import socket
try: socket.create_connection(('192.0.2.1', 80), 20)
except OSError as error: print(error.strerror)""")
    assert run.done.stdout == "No route to host\n", run.done.stderr


@pytest.mark.parametrize("peer", ["exec 9<>{held}; trap '' TERM; cat <&9 & echo set; wait",
                                  "exec 9<>{held}; (trap '' TERM; cat <&9) & echo set; wait"])
def test_the_peer_ends_with_all_that_it_started(tmp_path: Path, peer: str) -> None:
    held = tmp_path / "held"
    os.mkfifo(held)
    reader = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    run = Wired(tmp_path / "report", peer.format(held=held), ready="set", code="print('here')")
    assert run.done.stdout == "here\n", run.done.stderr
    with select.epoll() as poll:  # a hang-up comes when nobody holds the other end any more
        poll.register(reader, 0)
        assert poll.poll(10), "a process of the peer's is still there"
    os.close(reader)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_is_interrupted_before_the_peer_is_ready_ends_the_peer(tmp_path: Path,
                                                                   number: int) -> None:
    held, never = tmp_path / "held", tmp_path / "never"
    os.mkfifo(held)
    os.mkfifo(never)
    reader = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    command = [ENGINE, "exec", "--root", str(ROOT), "--report", str(tmp_path / "report"),
               "--wire", "--peer", f"exec 9<>{held}; cat <>{never} >&9 & echo up >&9; wait",
               "--ready", "what it never says", "--", "true"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as engine, \
            select.epoll() as poll:
        poll.register(reader, select.EPOLLIN)
        assert poll.poll(20), "the peer has not begun"
        engine.send_signal(number)
        said = engine.communicate(timeout=20)[1]
        poll.modify(reader, 0)
        assert poll.poll(10), "a process of the peer's is still there"
    os.close(reader)
    assert engine.returncode == 128 + number
    assert f"ended by {signal.Signals(number).name} before the peer was ready" in said


def test_a_peer_that_fails_is_told_of_with_its_words(tmp_path: Path) -> None:
    run = Wired(tmp_path, "echo no such luck >&2; exit 3", code="print('ran')")
    assert run.done.returncode == 125 and run.done.stdout == ""
    assert "ended with status 3 before it was ready" in run.done.stderr
    assert "no such luck" in run.done.stderr


def test_a_program_that_the_library_cannot_reach_is_under_faults_of_packets(tmp_path: Path) -> None:
    program = compiled(tmp_path, """
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
int main(void) { char got[9] = ""; int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(7)};
  inet_pton(AF_INET, "10.0.0.2", &a.sin_addr);
  if (connect(fd, (void *)&a, sizeof a)) return 1;
  if (recv(fd, got, 8, 0) != 4) return 2;
  return puts(got) < 0; }""", "-static")
    peer = (f"exec {PYTHON} -c 'import socket; l = socket.create_server((\"10.0.0.2\", 7)); "
            "s, _ = l.accept(); s.send(b\"tail\"); s.recv(1)'")
    run = Wired(tmp_path / "report", peer, "--fault", "wire drop data nth 1", "--", program)
    assert (run.done.returncode, run.done.stdout) == (0, "tail\n"), run.done.stderr
    assert len(run.events("wire")) == 1
    refused = Wired(tmp_path / "other", peer, "--fault", "recv cap 1", "--", program)
    assert refused.done.returncode == 126 and "statically" in refused.done.stderr


def test_a_program_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    run = Wired(tmp_path, "exec cat", "--timeout", "0.3", ready="started",
                code="import signal; signal.pause()")
    assert run.done.returncode == 124 and "killed" in run.done.stderr


@pytest.mark.parametrize("fault, wanted", [
    ("wire dorp data", "did you mean 'drop'"), ("wire drop dta", "did you mean 'data'"),
    ("wire drop data from servr", "did you mean 'server'"), ("wire", "an action of the wire"),
    ("wire drop data from", "client, server or both"), ("wire drop data nth", "from 1 on"),
    ("wire drop data nth 1 every 2", "exclude each other"),
    ("wire errno EINTR", "an action of the wire"),
    ("{wire: server, do: drop, when: {tcp: {sprot: 80}}}", "did you mean 'sport'"),
    ("{wire: server, do: drop, when: {nth: $n}}", "nothing that $n could stand for")])
def test_a_fault_of_the_wire_that_makes_no_sense_is_refused(tmp_path: Path, fault: str,
                                                            wanted: str) -> None:
    run = Wired(tmp_path, "exec cat", "--fault", fault, code="print('ran')")
    assert run.done.returncode == 125 and run.done.stdout == ""
    assert wanted in run.done.stderr and "^" in run.done.stderr


@pytest.mark.parametrize("options, wanted", [
    (["--wire"], "--wire needs --peer"), (["--peer", "cat"], "about --wire"),
    (["--ready", "listening"], "about --wire"), (["--capture"], "about --wire"),
    (["--fault", "wire drop syn"], "needs --wire"),
    (["--wire", "--peer", "cat", "--ready", ""], "--ready takes listening")])
def test_options_that_do_not_go_together_are_refused(tmp_path: Path, options: list[str],
                                                     wanted: str) -> None:
    run = Run(tmp_path, *options, code="print('ran')")
    assert run.done.returncode == 125 and run.done.stdout == ""
    assert wanted in run.done.stderr


def test_where_namespaces_are_refused_it_says_so(tmp_path: Path) -> None:
    pytest.importorskip("seccomp")
    done = subprocess.run(
        [sys.executable, str(TESTS / "refuse_namespaces.py"), ENGINE, "exec", "--root",
         str(ROOT), "--report", str(tmp_path), "--wire", "--peer", "cat", "--", "true"],
        text=True, capture_output=True, timeout=60, check=False)
    assert done.returncode == 125
    assert "two hosts of --wire cannot be made here" in done.stderr and "doctor" in done.stderr

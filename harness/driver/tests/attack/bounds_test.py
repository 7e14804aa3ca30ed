# SPDX-License-Identifier: MIT
"""What a case may take of the machine: what a program says, the packets that are kept, and who is ended
first when memory runs out. Where there is too little to begin with, a run says so and ends."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT
from processes import children, read, until
from wired_test import refusal

from sockproof import house
from sockproof.explore import exploration, faultrun
from judged import judged

LIMIT_S = 120
MIB = 1 << 20
PROGRAM = ("title: A program\ncites: [posix/recv/return-length]\ntransport: tcp\nsubject: program\n"
           "setup: none\nplace: loopback\nfamily: inet\nsteps:\n")


def run(folder: Path, text: str, *more: str, **how: Any) -> tuple[int, list[dict[str, Any]], str]:
    """The status of a run of one case, its results, and what was said."""
    file = folder / "bound.yaml"
    file.write_text(text, "utf-8")
    done = subprocess.run([ENGINE, "run", "--allow-programs", "--report", str(folder / "report"), *more,
                           str(file)], cwd=ROOT, text=True, capture_output=True, timeout=LIMIT_S,
                          check=False, **how)
    results = folder / "report" / "results.jsonl"
    lines = results.read_text("utf-8").splitlines() if results.exists() else []
    return done.returncode, [json.loads(line) for line in lines], done.stdout + done.stderr


@pytest.mark.parametrize("step", [
    "client: {run: [yes]}", "client: {run: [sh, -c, 'yes >&2']}",
    "client: {run: {argv: [sh, -c, 'yes & yes & wait'], ready: {prints: never}}}"])
def test_a_program_that_says_too_much_is_ended_and_that_is_said(tmp_path: Path, step: str) -> None:
    status, results, said = run(tmp_path, f"{PROGRAM}  - {step}\n")
    assert status == 2, said
    assert results[0]["verdict"] == "broken" and results[0]["failure"]["code"] == "too-large", results
    assert "67108864 bytes" in results[0]["reason"]


def test_what_a_program_may_say_is_no_failure(tmp_path: Path) -> None:
    status, _, said = run(tmp_path, f"{PROGRAM}  - client: {{run: [head, -c, 60M, /dev/zero]}}\n")
    assert status == 0, said


@pytest.mark.parametrize("redirection, about", [("", "stdout"), (" >&2", "stderr")])
def test_an_expectation_of_more_than_is_kept_is_broken(tmp_path: Path, redirection: str, about: str) -> None:
    """What is kept would do: what comes behind it might not."""
    argv = f"[sh, -c, '(printf word; head -c 1M /dev/zero){redirection}']"
    step = f"client: {{run: {argv}, {about}: {{contains: word}}}}"
    status, results, said = run(tmp_path, f"{PROGRAM}  - {step}\n")
    assert status == 2 and results[0]["failure"]["code"] == "too-large", said
    assert f"1048576 bytes are kept and 4 are not: '{about}' of step 1" in results[0]["reason"]
    step = f'client: {{run: {argv}, {"stderr" if about == "stdout" else "stdout"}: ""}}'
    status, results, said = run(tmp_path, f"{PROGRAM}  - {step}\n")
    assert status == 0, said


# Memory of one, of many together, and of one that has gone its own way: each until it is ended.
HOLD = "import signal; held = b'x' * ({} << 20); signal.pause()"

# Memory that is in no process: files that have no name, or one in the folders that lie in memory, and what is
# left of System V.
FILL = """
import ctypes, os, signal
part = bytes(1 << 20)
def fill(file, mib):
    for _ in range(mib):
        os.write(file, part)
def attach(mib):
    libc = ctypes.CDLL(None)
    libc.shmat.restype = ctypes.c_void_p
    at = libc.shmat(libc.shmget(0, mib << 20, 0o1600), None, 0)
    ctypes.memset(at, 1, mib << 20)
    libc.shmdt(ctypes.c_void_p(at))
{}
signal.pause()
"""
BEHIND = {
    "memfd": "fill(os.memfd_create('one'), 1500); fill(os.memfd_create('other'), 1500)",
    "folders": "[fill(os.open(f'{one}/x', os.O_RDWR | os.O_CREAT), 1020) for one in ('/tmp', '/dev/shm')]; "
               "fill(os.memfd_create('one'), 100)",
    "system-v": "[attach(1500) for _ in range(2)]"}


@pytest.mark.parametrize("script", [
    HOLD.format(3072), f"import os; [os.fork() for _ in range(3)]; {HOLD.format(512)}",
    f"import os, signal\nif os.fork() == 0:\n    os.setsid(); {HOLD.format(2560)}\nsignal.pause()",
    *(FILL.format(making) for making in BEHIND.values())],
    ids=["one", "many", "daemon", *BEHIND])
def test_programs_that_hold_too_much_memory_are_ended_and_that_is_said(tmp_path: Path, script: str) -> None:
    step = f"client: {{run: [python3, -c, {json.dumps(script)}], within: 90s}}"
    status, results, said = run(tmp_path, f"{PROGRAM}  - {step}\n")
    assert status == 2, said
    assert results[0]["verdict"] == "broken" and results[0]["failure"]["code"] == "too-large", results
    assert "2147483648 bytes of memory" in results[0]["reason"]


# A step that runs no program is under way, while one that was begun before, or that one of these left, goes
# on. Who leaves it waits until it has gone its own way.
LEAVE = ("import os; r, w = os.pipe()\nif os.fork():\n    os.close(w); os.read(r, 1); os._exit(0)\n"
         "os.setsid(); os.close(w); {}")
HELD = HOLD.format(2560)
BESIDE = {
    "begun": f"  - client: {{run: [python3, -c, {json.dumps(HELD)}], start: running}}\n",
    "left": f"  - client: {{run: [python3, -c, {json.dumps(LEAVE.format(HELD))}]}}\n"}
WAITS = ("  - client: {socket: {type: SOCK_DGRAM}, as: one}\n"
         "  - client: {recv: 64, fd: one, errno: EAGAIN, within: 60s}\n")
# Memory that no process shows: in the buffers of sockets, also of some that nobody has open, and behind
# descriptors that are on their way.
QUEUE = """
import array, os, resource, signal, socket
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
carriers = []
def send(*files):
    try:
        carriers[-1][0].sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', files))])
    except (BlockingIOError, IndexError):
        carriers.append(socket.socketpair())
        carriers[-1][0].setblocking(False)
        carriers[-1][0].sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', files))])
def filled():
    pair = socket.socketpair()
    pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 17)
    pair[0].setblocking(False)
    try:
        while True:
            pair[0].send(bytes(1 << 16))
    except BlockingIOError:
        return pair
def memory(mib):
    file = os.memfd_create('one')
    for _ in range(mib):
        os.write(file, bytes(1 << 20))
    return file
{}
signal.pause()
"""
WAITING = {
    "sockets": "kept = [filled() for _ in range(9000)]",
    "sockets-sent": "for _ in range(9000):\n    a, b = filled(); send(a.fileno(), b.fileno())\n"
                    "    a.close(); b.close()",
    "sockets-of-its-own-network": "import ctypes; assert ctypes.CDLL(None).unshare(0x50000000) == 0\n"
                                  "kept = [filled() for _ in range(9000)]",
    "memory-sent": "for _ in range(3):\n    file = memory(900); send(file); os.close(file)"}


@pytest.mark.parametrize("how", BESIDE)
def test_what_programs_hold_is_looked_at_whatever_step_is_under_way(tmp_path: Path, how: str) -> None:
    status, results, said = run(tmp_path, PROGRAM + BESIDE[how] + WAITS)
    assert status == 2, said
    assert results[0]["verdict"] == "broken" and results[0]["failure"]["code"] == "too-large", results
    assert results[0]["failure"]["step"] == 3 and "2147483648 bytes of memory" in results[0]["reason"]
    assert results[0]["duration_us"] < 40e6


@pytest.mark.parametrize("what", WAITING)
def test_what_waits_in_sockets_counts_among_what_programs_hold(tmp_path: Path, what: str) -> None:
    step = f"client: {{run: [python3, -c, {json.dumps(QUEUE.format(WAITING[what]))}], within: 90s}}"
    status, results, said = run(tmp_path, f"{PROGRAM}  - {step}\n")
    assert status == 2, said
    assert results[0]["verdict"] == "broken" and results[0]["failure"]["code"] == "too-large", results


def test_what_a_program_sets_aside_and_does_not_touch_is_no_failure(tmp_path: Path) -> None:
    script = "import mmap; mmap.mmap(-1, 64 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)"
    step = f"client: {{run: [python3, -c, {json.dumps(script)}]}}"
    status, _, said = run(tmp_path, f"{PROGRAM}  - {step}\n")
    assert status == 0, said


def test_what_a_case_wrote_into_memory_that_timed_out_is_not_there_for_the_next(tmp_path: Path) -> None:
    script = ("test ! -e /tmp/mark && test ! -e /dev/shm/mark || exit 7; "
              "head -c 100M /dev/zero > {}/mark && exec sleep 100")
    folder = tmp_path / "cases"
    folder.mkdir()
    for number, where in enumerate(("/tmp", "/dev/shm", "/tmp")):
        step = f'client: {{run: [sh, -c, "{script.format(where)}"], within: 2s}}'
        (folder / f"{number}.yaml").write_text(f"{PROGRAM}  - {step}\n", "utf-8")
    done = subprocess.run([ENGINE, "run", "--allow-programs", "--workers", "1", "--report",
                           str(tmp_path / "report"), str(folder)], cwd=ROOT, text=True,
                          capture_output=True, timeout=LIMIT_S, check=False)
    if "unconfined" in (tmp_path / "report" / "run.json").read_text("utf-8"):
        pytest.skip("namespaces are refused here")
    ends = [json.loads(line)["failure"]["code"] for line in done.stdout.splitlines()]
    assert ends == ["deadline"] * 3, done.stdout


# The peer answers once it has said all.
FETCH = """
import select, urllib.error, urllib.request
while True:
    try:
        page = urllib.request.urlopen("http://{server}:8000/big")
        break
    except urllib.error.URLError:
        select.select([], [], [], 0.05)
while page.read(65536):
    pass
"""


def test_what_a_peer_says_and_what_is_captured_is_cut_and_that_is_said(tmp_path: Path) -> None:
    if refusal():
        pytest.skip(refusal())
    (tmp_path / "served").mkdir()
    with open(tmp_path / "served" / "big", "wb") as file:
        file.truncate(80 * MIB)
    peer = (f"head -c 80M /dev/zero; exec {sys.executable} -m http.server 8000 --bind {{server}} "
            f"--directory {tmp_path}/served")
    done = subprocess.run([ENGINE, "exec", "--root", str(ROOT), "--report", str(tmp_path / "report"),
                           "--wire", "--capture", "--peer", peer, "--ready", "started", "--timeout", "100",
                           "--", sys.executable, "-I", "-c", FETCH],
                          text=True, capture_output=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stderr
    said = tmp_path / "report" / "peer.txt"
    assert f"{said} ends after {64 * MIB} bytes: the peer said more" in done.stderr, done.stderr
    assert 63 * MIB < said.stat().st_size <= 64 * MIB
    assert f"the capture ends after {64 * MIB} bytes of packets" in done.stderr, done.stderr
    assert 64 * MIB < (tmp_path / "report" / "wire.pcapng").stat().st_size < 80 * MIB


def test_what_an_explored_program_says_is_cut_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCKPROOF_ENGINE", ENGINE)
    run_once = faultrun.run(["sh", "-c", "head -c 6M /dev/zero; head -c 6M /dev/zero >&2"], [], 30)
    assert run_once.status == 0 and run_once.unkept == 6 * MIB - faultrun.KEPT_BYTES
    assert len(run_once.stdout) == len(run_once.stderr) == faultrun.KEPT_BYTES
    notes = exploration.notes_of(run_once, run_once)
    assert any(f"it says {run_once.unkept} bytes more" in note for note in notes)


def scores(driver: int, words: str) -> list[int]:
    """How expendable each is of a driver, its engine, a worker, an actor and the program with these words;
    empty: it is not there yet."""
    lines = [[driver]]
    while lines:
        line = lines.pop()
        if words in read(line[-1], "cmdline"):
            return [int(read(pid, "oom_score_adj")) for pid in line]
        lines += [[*line, pid] for pid in children(line[-1])]
    return []


@pytest.mark.parametrize("begin", [0, 500])
def test_the_driver_and_its_engine_are_ended_after_all_others(tmp_path: Path, begin: int) -> None:
    """When memory runs out, that is; also of a run that is expendable to begin with."""
    own = Path("/proc/self/oom_score_adj")
    if begin < int(own.read_text()):
        pytest.skip("who runs this is more expendable than that already")
    step = f"client: {{run: [sleep, \"{1000 + begin}.5\"], within: 60s}}"
    (tmp_path / "bound.yaml").write_text(f"{PROGRAM}  - {step}\n", "utf-8")
    words = house.command("run", "-p", "no:cacheprovider", "--allow-programs", "--report",
                          str(tmp_path / "report"), str(tmp_path / "bound.yaml"))
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          env=os.environ | {"SOCKPROOF_ENGINE": ENGINE},
                          preexec_fn=lambda: own.write_text(str(begin))) as driver:
        try:
            found = until(lambda: scores(driver.pid, f"sleep\0{1000 + begin}.5"))
        finally:
            driver.send_signal(signal.SIGINT)
            driver.wait(LIMIT_S)
    assert len(found) == 5 and found[0] == found[1] == begin, found
    assert sorted(set(found[1:])) == found[1:], found


def test_the_packets_that_are_kept_are_bounded(tmp_path: Path) -> None:
    status, results, said = run(tmp_path, "title: Many bytes\ncites: [posix/recv/return-length]\n"
                                "transport: tcp\nfamily: inet\nsteps:\n"
                                "  - client: {send_all: {pattern: 100MiB}, start: all}\n"
                                "  - server: {recv_all: 100MiB}\n  - client: {done: all}\n"
                                "  - server: {recv: {len: 1, flags: [MSG_DONTWAIT]}, returns: 7}\n")
    judged(results)
    assert status == 1 and results[0]["failure"]["code"] == "mismatch", said
    size = (tmp_path / "report" / results[0]["capture"]).stat().st_size
    assert 32 * MIB < size < 80 * MIB
    assert "the capture ends here" in (tmp_path / "report" / "events.jsonl").read_text("utf-8")


@pytest.mark.parametrize("mib", [96, 192, 256, 1024])
def test_too_little_memory_ends_a_run_with_a_sentence(tmp_path: Path, mib: int) -> None:
    limit = mib * MIB
    text = (ROOT / "cases/tcp/connect/echo.yaml").read_text("utf-8")
    status, results, said = run(tmp_path, text, "--workers", "2",
                                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
    assert status in (2, 3) and said, (status, said)
    assert all(one["verdict"] == "broken" for one in results), results

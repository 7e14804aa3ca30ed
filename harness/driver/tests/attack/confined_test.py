# SPDX-License-Identifier: MIT
"""A case may come from anybody: what it may do to the machine that it runs on."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT
from processes import until
from wired_test import refusal

from sockproof import house as home

PROGRAM = """title: A program of a stranger
cites: [program/clean-error-or-intact]
subject: program
transport: tcp
family: inet
setup: none
steps:
  - client: {{run: {words}}}
"""
LEAVES = """title: A datagram to an address that is not the machine's
cites: [posix/recv/return-length]
transport: udp
family: {family}
place: loopback
setup: bound
steps:
  - client: {{sendto: {{text: "x", to: {{host: "{address}", port: 9}}}}, errno: ENETUNREACH}}
"""
REACHES = """title: A connection to a port of the machine
cites: [posix/recv/return-length]
transport: tcp
family: inet
place: loopback
setup: open
steps:
  - client: {{connect: {{host: loopback, port: {port}}}, {wanted}}}
"""


def run(folder: Path, text: str, *options: str) -> dict[str, Any]:
    """The result of a case that lies in a folder of its own."""
    file = folder / "case.yaml"
    file.write_text(text, "utf-8")
    done = subprocess.run([ENGINE, "run", "--report", str(folder / "report"), *options, str(file)],
                          cwd=ROOT, text=True, capture_output=True, timeout=60, check=False)
    assert done.stdout, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[0])
    return result


def test_a_program_of_others_runs_only_when_it_was_asked_for(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    mark.touch()
    text = PROGRAM.format(words=json.dumps(["sh", "-c", f"test -e {mark} && exit 7"]))
    result = run(tmp_path, text)
    assert (result["verdict"], result["skip"]["code"]) == ("skip", "programs-not-allowed")
    assert "--allow-programs" in result["reason"]
    assert run(tmp_path, text, "--allow-programs")["verdict"] == "fail"


def front_door(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`run` of the driver, from that folder."""
    return subprocess.run(home.command("run", "--report", str(folder / "report"), "-p", "no:cacheprovider",
                                       *words), text=True, cwd=folder, capture_output=True, timeout=120,
                          check=False, env=os.environ | {"SOCKPROOF_ENGINE": ENGINE})


def test_the_front_door_says_it_and_takes_the_word(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(PROGRAM.format(words='["true"]'), "utf-8")
    done = front_door(tmp_path, "case.yaml")
    assert done.returncode == 4 and "and say" in done.stdout, done.stdout
    assert "warning" not in done.stdout
    done = front_door(tmp_path, "case.yaml", "--allow-programs")
    assert done.returncode == 0 and "1 pass" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["conftest.py", "any_test.py", "test_any.py", "__init__.py", "test_any.txt"])
def test_no_python_beside_a_case_runs(tmp_path: Path, name: str) -> None:
    mark, cases = tmp_path / "mark", tmp_path / "cases"
    cases.mkdir()
    (cases / name).write_text(f"import pathlib\npathlib.Path({str(mark)!r}).touch()\n" if name[-2:] == "py"
                              else f">>> open({str(mark)!r}, 'w')\n", "utf-8")
    (cases / "case.yaml").write_text(PROGRAM.format(words='["true"]'), "utf-8")
    for given in (cases, cases / "case.yaml"):
        done = front_door(tmp_path, str(given), "--allow-programs")
        assert done.returncode == 0 and "1 pass" in done.stdout, done.stdout + done.stderr
    assert not mark.exists()


def alone() -> bool:
    """Whether a worker can have a network of its own."""
    return not refusal()


def test_loopback_reaches_no_socket_of_the_machine(tmp_path: Path) -> None:
    if not alone():
        pytest.skip("namespaces are refused here")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        refused = REACHES.format(port=port, wanted="errno: ECONNREFUSED")
        reached = REACHES.format(port=port, wanted="returns: 0")
        assert run(tmp_path, refused)["verdict"] == "pass"
        assert run(tmp_path, reached)["verdict"] == "fail"
        assert run(tmp_path, reached, "--allow-network")["verdict"] == "pass"


@pytest.mark.parametrize("family, host", [("inet", "blackhole"), ("inet6", "blackhole")])
def test_loopback_has_no_way_to_anywhere_else(tmp_path: Path, family: str, host: str) -> None:
    if not alone():
        pytest.skip("namespaces are refused here")
    result = run(tmp_path, LEAVES.format(family=family, address=host))
    assert result["verdict"] == "pass", result["reason"]


@pytest.mark.parametrize("options", [[], ["--allow-network"]], ids=["own network", "the machine's"])
def test_runs_at_once_do_not_collide(tmp_path: Path, options: list[str]) -> None:
    runs = [subprocess.Popen([ENGINE, "run", "--report", str(tmp_path / str(number)), "--place", "loopback",
                              "--repeat", "2", *options, "cases/tcp", "cases/udp", "cases/socket"], cwd=ROOT,
                             stdout=subprocess.PIPE, text=True) for number in range(3)]
    for one in runs:
        said = [json.loads(line) for line in one.communicate(timeout=240)[0].splitlines()]
        wrong = [(case["id"], case["reason"]) for case in said
                 if case["verdict"] not in ("pass", "known", "skip")]
        assert not wrong and len(said) > 2000


# Holds a port of the first block (base/claim.h), of IPv4 alone, while it runs its words.
HOLDS = ("import socket, subprocess, sys; held = socket.socket(); held.bind(('127.0.0.1', 10000)); "
         "sys.exit(subprocess.run(sys.argv[1:]).returncode)")


def test_a_port_that_somebody_has_in_the_other_family_is_passed_over(tmp_path: Path) -> None:
    """A case of IPv6 may bind to it in IPv4, too."""
    words = [ENGINE, "run", "--report", str(tmp_path / "report"), "--place", "loopback", "--workers", "1",
             "--allow-network", "cases/socket/dual/shared-port.yaml"]
    own = [] if os.geteuid() == 0 else ["-Ur"]
    done = subprocess.run(["unshare", *own, "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh",
                           "/usr/bin/python3", "-c", HOLDS, *words], cwd=ROOT, text=True, timeout=120,
                          capture_output=True, check=False)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["verdict"], one["reason"]) for one in results] == [("pass", "")] * 2, done.stderr


# --- what a program can do ----------------------------------------------------------------------

def does(folder: Path, script: str, *options: str) -> dict[str, Any]:
    """The result of a case whose one program is that script of bash, which is to succeed; $1 is the case's
    own folder."""
    words = json.dumps(["bash", "-c", script, "script"])[:-1] + ", $scratch]"
    return run(folder, PROGRAM.format(words=words), "--allow-programs", *options)


def confined(folder: Path) -> None:
    """Skips the test where confinement cannot be had; says so when it can and was not."""
    result = does(folder, "true")
    if refusal() or result["verdict"] == "skip":
        pytest.skip(refusal() or str(result["reason"]))
    assert result["verdict"] == "pass", result["reason"]
    told = json.loads((folder / "report" / "run.json").read_text("utf-8"))
    if "unconfined" in told:
        pytest.skip(f"not to be confined here: {told['unconfined']}")


def fails(folder: Path, script: str, twin: str) -> None:
    """The script does not succeed, and its twin does, which calls the same programs for what it may."""
    confined(folder)
    result = does(folder, twin)
    assert result["verdict"] == "pass", result["reason"]
    result = does(folder, script)
    assert result["verdict"] == "fail" and result["failure"]["field"] == "exit", result["reason"]
    assert not re.match("12[67]", result["failure"]["observed"]), f"it lacks a program: {result['reason']}"


def test_it_writes_nothing_of_the_machine(tmp_path: Path) -> None:
    places = [Path("/etc/sockproof-mark"), Path("/usr/sockproof-mark"), ROOT / "sockproof-mark",
              tmp_path / "sockproof-mark"]
    try:
        for place in places:
            fails(tmp_path, f"echo x > {place}", "echo x > $1/mark")
            assert not place.exists()
    finally:
        for place in places:
            place.unlink(missing_ok=True)


@pytest.mark.parametrize("folder", ["/tmp", "/var/tmp", "/dev/shm", "/run"])
def test_what_it_writes_where_everybody_may_stays_its_own(tmp_path: Path, folder: str) -> None:
    confined(tmp_path)
    mark = Path(folder) / f"sockproof-mark-{os.getpid()}"
    try:
        assert does(tmp_path, f"echo x > {mark} && test -s {mark}")["verdict"] == "pass"
        assert not mark.exists()
    finally:
        mark.unlink(missing_ok=True)


def test_it_reads_no_secret(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents:
        if parent.stat().st_uid == os.geteuid() and parent.name.startswith("pytest"):
            parent.chmod(0o755)
    secret = tmp_path / "secret"
    secret.write_text("x", "utf-8")
    secret.chmod(0o600)
    if os.geteuid() != 0:
        pytest.skip("an ordinary user reads what is its own")
    plain = tmp_path / "plain"
    plain.write_text("x", "utf-8")
    fails(tmp_path, f"cat {secret}", f"cat {plain}")
    fails(tmp_path, "cat /etc/shadow", "cat /etc/passwd")


def test_it_sets_nothing_of_the_machine(tmp_path: Path) -> None:
    key = "/proc/sys/vm/swappiness"
    own = "/proc/sys/net/ipv4/ip_default_ttl"
    script = "value=$(cat {0}) && echo $value > {0}"
    fails(tmp_path, script.format(key), script.format(own))
    assert does(tmp_path, "key=/proc/sys/net/ipv4/ip_default_ttl; echo 63 > $key && grep -q 63 $key",
                "--place", "wire")["verdict"] == "pass", "its host is its own"


def test_it_ends_no_process_of_the_machine(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "1000"]) as victim:
        try:
            fails(tmp_path, f"kill -KILL {victim.pid}", "sleep 1000 & kill -KILL $!")
            assert does(tmp_path, f"test ! -e /proc/{victim.pid}/exe")["verdict"] == "pass"
            assert victim.poll() is None
        finally:
            victim.kill()


def test_it_reaches_no_socket_of_the_machine(tmp_path: Path) -> None:
    connects = "import socket, sys; socket.socket(socket.{}).connect({!r})"
    name = f"\0sockproof-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as abstract, tempfile.TemporaryDirectory() as other, \
            socket.socket(socket.AF_UNIX) as named, socket.create_server(("127.0.0.1", 0)) as tcp:
        abstract.bind(name)
        named.bind(f"{other}/socket")
        for one in (abstract, named):
            one.listen()
        for family, address in (("AF_UNIX", name), ("AF_UNIX", f"{other}/socket"),
                                ("AF_INET", tcp.getsockname())):
            code = connects.format(family, address)
            exec(code)  # pylint: disable=exec-used
            (tmp_path / "connects.py").write_text(code, "utf-8")
            fails(tmp_path, f"python3 -I {tmp_path}/connects.py", f"python3 -I -c {shlex.quote(OWN_PAIR)}")


def test_it_writes_into_no_results(tmp_path: Path) -> None:
    confined(tmp_path)
    results = tmp_path / "report" / "results.jsonl"
    fails(tmp_path, f"echo '{{}}' >> {results}", "echo '{}' >> $1/results.jsonl")
    assert "{}\n" not in results.read_text("utf-8")


# All that the scripts below call.
TOOLS = "for tool in mount umount unshare chroot; do $tool --version || exit; done && touch $1/mark"
# A connection of its own.
OWN_PAIR = ("import socket; server = socket.create_server(('127.0.0.1', 0)); "
            "socket.socket(socket.AF_INET).connect(server.getsockname())")


@pytest.mark.parametrize("script", [
    "mount -o remount,rw /", "mount --bind / /mnt", "umount /proc/sys", "umount /tmp",
    "unshare -Urm mount -o remount,bind,rw /", "unshare -Urm umount /proc/sys", "chroot / true",
    "mount -o remount,bind,rw / && touch /etc/sockproof-mark",
    "mount -t proc none /mnt && echo 1 > /mnt/sys/vm/swappiness"])
def test_it_gets_out_by_no_mount(tmp_path: Path, script: str) -> None:
    fails(tmp_path, script, TOOLS)


def test_it_gets_no_new_rights(tmp_path: Path) -> None:
    confined(tmp_path)
    for line in ("NoNewPrivs:.1", "Seccomp:.2"):
        assert does(tmp_path, f"grep -q '{line}' /proc/self/status")["verdict"] == "pass"
    fails(tmp_path, "ulimit -f unlimited", "ulimit -f $(ulimit -f)")
    fails(tmp_path, "ulimit -u unlimited", "ulimit -u $(ulimit -u)")


REACHES_IN = """
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
for pid in (1, {parent}):
    assert libc.ptrace(0x4206, pid, 0, 0) == -1, "traces"
    for name in ("mem", "fd/1", "environ"):
        try:
            open(f"/proc/{{pid}}/{{name}}", "rb").close()
        except PermissionError:
            continue
        sys.exit(f"opens {{pid}}/{{name}}")
"""


def test_it_reaches_into_no_process_that_it_did_not_make(tmp_path: Path) -> None:
    confined(tmp_path)
    (tmp_path / "reaches.py").write_text(REACHES_IN.format(parent="__import__('os').getppid()"), "utf-8")
    result = does(tmp_path, f"exec python3 -I {tmp_path}/reaches.py")
    assert result["verdict"] == "pass", result["reason"]


def root_outside(folder: Path) -> str | None:
    """Why a run was root outside; None: it was an ordinary user."""
    told: dict[str, Any] = json.loads((folder / "report" / "run.json").read_text("utf-8"))
    return told.get("root_outside")


@pytest.mark.parametrize("place", ["/srv", "/tmp"])
def test_root_drops_where_its_files_lie_behind_a_closed_door(place: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("who is no root has nothing to drop")
    with tempfile.TemporaryDirectory(dir=place) as name:
        home, below = Path(name), Path(name) / "project"
        below.mkdir()
        (home / "other").write_text("x", "utf-8")
        home.chmod(0o700)
        confined(below)
        assert does(below, f"test -r {below}/case.yaml")["verdict"] == "pass"
        assert root_outside(below) is None
        for script, twin in ((f"cat {home}/other", f"cat {below}/case.yaml"),
                             (f"echo x > {below}/mark", "echo x > /dev/shm/mark"),
                             ("cat /etc/shadow", "cat /etc/passwd")):
            fails(below, script, twin)
        does(below, f"echo x > {home}/mark")
        assert not (home / "mark").exists()


def test_root_drops_where_its_files_lie_in_a_closed_folder(tmp_path: Path) -> None:
    """As what mktemp -d makes is: what lies there is shown, but for what is root's alone."""
    if os.geteuid() != 0:
        pytest.skip("who is no root has nothing to drop")
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    for name, mode in (("plain", 0o644), ("secret", 0o600)):
        (folder / name).write_text("x", "utf-8")
        (folder / name).chmod(mode)
    confined(folder)
    assert does(folder, f"test -r {folder}/case.yaml")["verdict"] == "pass"
    assert root_outside(folder) is None
    fails(folder, f"cat {folder}/secret", f"cat {folder}/plain")
    fails(folder, f"echo x > {folder}/plain", "echo x > /dev/shm/mark")


def test_root_that_cannot_drop_has_no_devices_of_the_machine(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("who is no root has nothing to drop")
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    (folder / "link").symlink_to("case.yaml")  # neither file nor folder
    confined(folder)
    assert root_outside(folder), "it could drop"
    owned = [one for one in Path("/dev").iterdir() if one.is_block_device() or one.name in ("kmsg", "tty0")]
    assert owned, "there are none to try"
    for one in owned[:3]:
        fails(folder, f"test -e {one}", "test -e /dev/null")
    script = ("echo x > /dev/null && head -c 1 /dev/urandom && test -t 0 < /dev/ptmx && "
              "echo x | cat /dev/stdin && echo x > /dev/shm/mark")
    assert does(folder, script)["verdict"] == "pass"


# --- what is left ----------------------------------------------------------------------------------

def of_run(mark: str) -> list[str]:
    """The processes that have the mark in their words: of the engine, its workers and actors, whose report
    folder has it, and of programs."""
    found = []
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = one.read_bytes()
        except OSError:
            continue
        if mark.encode() in words:
            found.append(words.decode("utf-8", "replace").replace("\0", " "))
    return found


def left(mark: str) -> dict[str, Any]:
    """What could be left of a run: its processes, files, mounts, and names of sockets."""
    files = [str(one) for folder in ("/dev/shm", "/tmp", "/var/tmp", "/run")
             for one in Path(folder).glob("sockproof-case-*")]
    mounts = Path("/proc/self/mounts").read_text("utf-8").splitlines()
    names = [line for line in Path("/proc/net/unix").read_text("utf-8").splitlines() if mark in line]
    return {"processes": of_run(mark), "files": files, "mounts": mounts, "names": names}


LITTERS = ("touch $0/file /dev/shm/sockproof-case-mark; setsid -f sleep {mark}; "
           "setsid -f setsid sleep {mark}; echo there; sleep {mark}")


@pytest.mark.parametrize("end", ["SIGKILL", "SIGINT", "SIGTERM"])
def test_nothing_is_left_after_any_end(tmp_path: Path, end: str) -> None:
    confined(tmp_path)
    mark = f"1{os.getpid()}"
    before = left(mark)
    words = json.dumps(["sh", "-c", LITTERS.format(mark=mark)])[:-1]
    (tmp_path / "litters.yaml").write_text(f"""title: A program that leaves things
cites: [program/clean-error-or-intact]
subject: program
transport: tcp
setup: none
steps:
  - client: {{run: {{argv: {words}, $scratch], ready: {{prints: there}}}}, start: it}}
  - client: {{done: it, within: 100s}}
""", "utf-8")
    with subprocess.Popen([ENGINE, "run", "--allow-programs", "--report", str(tmp_path / mark),
                           str(tmp_path / "litters.yaml")], cwd=ROOT, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as engine:
        try:
            until(lambda: sum(f"sleep {mark}" in one for one in of_run(mark)) >= 8)
            assert len(of_run(mark)) >= 8 + 5, "the engine, two workers and an actor each as well"
            engine.send_signal(signal.Signals[end])
            engine.wait(60)
        finally:
            engine.kill()
    until(lambda: not of_run(mark))
    assert left(mark) == before

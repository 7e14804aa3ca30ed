# SPDX-License-Identifier: MIT
"""Another machine (--stack NAME=ssh:HOST): a real sshd in a network namespace of its own, which ssh
reaches through a command and no network. The verdicts there are those of `linux`; what goes wrong with ssh,
the machine or the connection is one clear line or costs what was not judged yet; and nothing stays there."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

import pytest
from conftest import DATAGRAM, ENGINE, ROOT
from processes import everybody, lines_of, read, until

from sockproof.driver import stacks
from sockproof.far import machine
from sockproof.far.bundle import copied
from sockproof.far.lastwords import meaning
from sockproof.far.trouble import FarUsage

# About all that is different elsewhere: open calls, signals, faults of both kinds, loopback, many sockets,
# time.
CASES = ["tcp/connect", "tcp/close", "tcp/fault", "tcp/signal", "tcp/server", "udp/delivery", "udp/control",
         "raw/hdrincl", "icmp/echo", "socket/fcntl"]
# A baseline for a case that hears something else.
EXCUSES = """\
format: 2
deviations:
  - cases:
      "{}":
        - {{step: 2, field: data, observed: one}}
    versions: ["*"]
    reason: "it is known for that"
"""
SSHD = "/usr/sbin/sshd"
# A case that waits, so often that it does not end by itself.
SLOW, MANY = "cases/tcp/state/zero-window.yaml", 2000


@dataclass
class Far:
    """A machine that ssh calls `far`: its files in a folder, where its logins put theirs, and what its sshd
    is told besides."""

    folder: Path

    def configure(self, *lines: str) -> None:
        """Writes the configuration of sshd."""
        own = [f"HostKey {self.folder}/host", f"AuthorizedKeysFile {self.folder}/mine.pub", "StrictModes no",
               "UsePAM no", "PidFile none", "LogLevel ERROR", f"SetEnv TMPDIR={self.there}"]
        (self.folder / "sshd").write_text("\n".join([*own, *lines]) + "\n", "utf-8")

    @property
    def there(self) -> Path:
        """Where it puts what it gets."""
        return self.folder / "there"

    def reach(self, before: str = "", *lines: str) -> None:
        """Writes the configuration of ssh; `before` is done there before sshd begins."""
        own = ["--map-current-user", "--keep-caps", "-U"] if os.geteuid() else []
        script = f"""
            set -e
            mount -t tmpfs none /run; mkdir -m 755 /run/sshd
            ip link set lo up
            {before}
            exec {SSHD} -i -e -f {self.folder}/sshd
        """
        (self.folder / "begin").write_text(script, "utf-8")
        (self.folder / "config").write_text("\n".join([
            "Host far", f"IdentityFile {self.folder}/mine", "IdentitiesOnly yes",
            f"UserKnownHostsFile {self.folder}/known", "GlobalKnownHostsFile none", *lines,
            f"ProxyCommand unshare {shlex.join(own)} -n -m sh {self.folder}/begin", ""]), "utf-8")

    def knows(self, key: str) -> None:
        """The host key that is known to be the machine's."""
        kind, text, *_ = (self.folder / f"{key}.pub").read_text("utf-8").split()
        (self.folder / "known").write_text(f"far {kind} {text}\n", "utf-8")

    def stack(self, more: str = "") -> str:
        """As --stack names it."""
        return f"box=ssh:far,config={self.folder}/config{more}"


@pytest.fixture(name="far")
def make_far(tmp_path: Path) -> Far:
    far = Far(tmp_path / "far")
    far.there.mkdir(parents=True)
    for name in ("host", "mine", "other"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", far.folder / name], timeout=60,
                       check=True)
    far.configure()
    far.reach()
    far.knows("host")
    return far


def run(report: Path, *words: str) -> list[dict[str, Any]]:
    """The results of a run of the engine."""
    done = subprocess.run([ENGINE, "run", "--root", str(ROOT), "--report", str(report), *words], text=True,
                          capture_output=True, cwd=ROOT, timeout=400, check=False)
    file = report / "results.jsonl"
    assert file.exists(), done.stderr
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def asked(stack: str) -> subprocess.CompletedProcess[str]:
    """What is said of a machine."""
    return subprocess.run([ENGINE, "stacks", "--root", str(ROOT), "--stack", stack], text=True, timeout=100,
                          capture_output=True, check=False)


def is_left(far: Far) -> bool:
    """Whether something of ours is still there."""
    return any(far.there.iterdir())


@pytest.mark.parametrize("place", ["wire", "loopback"])
def test_the_verdicts_there_are_those_of_the_kernel(far: Far, tmp_path: Path, place: str) -> None:
    """Word for word; programs alone do not go there."""
    both = run(tmp_path / "both", "--stack", far.stack(), "--stack", "linux", "--baseline", "linux",
               "--place", place, "cases/program/curl", *(f"cases/{name}" for name in CASES))
    there, here = ({one["id"]: (one["verdict"], one["reason"], one["place"]) for one in both
                    if one["stack"] == name} for name in ("box", "linux"))
    assert len(there) == len(here) > 100
    for name, found in there.items():
        assert found == here[name] or (
            found[:2] == ("skip", "programs run here, and the stack box is another machine's")
            and name.startswith("program/")), name
    assert sum(one[0] == "pass" and one[2] == place for one in there.values()) > 50
    about = json.loads((tmp_path / "both" / "run.json").read_text("utf-8"))["stacks"][0]
    assert (about["stack"], about["far"]) == ("box", far.stack().removeprefix("box=ssh:"))
    assert about["version"] == Path("/proc/sys/kernel/osrelease").read_text("utf-8").strip()
    assert not is_left(far)


def test_where_no_namespaces_can_be_made_loopback_is_left(far: Far, tmp_path: Path) -> None:
    """The machine says itself what it cannot do."""
    refusing = f"/usr/bin/python3 {ROOT}/harness/driver/tests/refuse_namespaces.py"
    far.configure(f"ForceCommand exec {refusing} sh -c \"$SSH_ORIGINAL_COMMAND\"")
    results = run(tmp_path / "report", "--stack", far.stack(), "--baseline", "linux",
                  "cases/tcp/connect/echo.yaml", "cases/tcp/close/half-close.yaml")
    assert {(one["case"], one["verdict"], one["place"]) for one in results} == {
        ("tcp/connect/echo", "pass", "loopback"), ("tcp/close/half-close", "skip", "loopback")}
    assert all("needs a wire between two hosts: " in one["reason"] for one in results
               if one["verdict"] == "skip")


def test_files_of_ones_own_go_along(far: Far, tmp_path: Path) -> None:
    """A case, under the name that it has here, and a baseline, which excuses it."""
    case = tmp_path / "own.yaml"
    case.write_text(DATAGRAM.replace('data: "one"', 'data: "two"'), "utf-8")
    (one,) = run(tmp_path / "a", "--stack", far.stack(), str(case))
    assert (one["id"], one["verdict"]) == (f"{tmp_path}/own[inet]", "fail")
    assert one["failure"]["code"] == "mismatch"
    assert (tmp_path / "a" / one["capture"]).exists() and one["file"] == str(case)
    assert f"--stack '{far.stack()}'" in one["reproduce"]
    mine = tmp_path / "mine.yaml"
    mine.write_text(EXCUSES.format(tmp_path / "own"), "utf-8")
    (one,) = run(tmp_path / "b", "--stack", far.stack(), "--baseline", str(mine), str(case))
    assert one["verdict"] == "known", one["reason"]


def test_a_login_that_prints_is_no_hindrance(far: Far, tmp_path: Path) -> None:
    """Above the login, and in it, where it comes into what we read."""
    (far.folder / "banner").write_text("You are being watched.\n", "utf-8")
    far.configure(f"Banner {far.folder}/banner",
                  "ForceCommand echo welcome; echo 'a word beside' >&2; eval \"$SSH_ORIGINAL_COMMAND\"")
    case = tmp_path / "one.yaml"
    case.write_text(DATAGRAM, "utf-8")
    (one,) = run(tmp_path / "report", "--stack", far.stack(), str(case))
    assert (one["verdict"], one["reason"]) == ("pass", "")
    assert not is_left(far)


def broken(far: Far, what: str) -> None:
    """Brings it about that a machine cannot be used."""
    fake = far.folder / "fake"
    if what == "unknown key":
        (far.folder / "known").write_text("", "utf-8")
    elif what == "other key":
        far.knows("other")
    elif what == "no login":
        (far.folder / "mine.pub").write_text((far.folder / "other.pub").read_text("utf-8"), "utf-8")
    elif what == "other machine":
        fake.mkdir()
        (fake / "uname").write_text("#!/bin/sh\n[ $1 = -m ] && echo riscv64 || exec /bin/uname $1\n", "utf-8")
        (fake / "uname").chmod(0o755)
        far.configure(f"ForceCommand export PATH={fake}:$PATH; eval \"$SSH_ORIGINAL_COMMAND\"")
    elif what == "no programs":
        far.reach(f"mount -t tmpfs -o noexec,mode=1777 none {far.there}")
    elif what == "no room":
        far.reach(f"mount -t tmpfs -o size=2m,mode=1777 none {far.there}")
    elif what == "no sh":
        far.configure("ForceCommand echo This account is not available.; exit 1")
    elif what == "prints on":
        far.configure("ForceCommand yes")


# What is wrong | how the machine is named besides | what is said.
UNFIT = [
    ("unknown key", "", "its host key is not known here: connect once by hand (ssh far) and look at it"),
    ("other key", "", "its host key is not the one that you know. If you know why, take the old one away "
                      "(ssh-keygen -R) and connect once by hand; if not, somebody else answers"),
    ("no login", "", "Permission denied (publickey"),
    ("other machine", "", "it is a riscv64, and the engine of this machine is for "),
    ("no programs", ",folder={there}",
     "it has no folder for the engine: no program can be put into {there} ("),
    ("no folder", ",folder=/nowhere", "it has no folder for the engine: mktemp: "),
    ("no sh", "", "it has no sh for what is asked of it; its last words: This account is not "
                  "available."),
    ("prints on", "", "its login prints without end, and does nothing"),
]


@pytest.mark.parametrize("what, more, said", UNFIT, ids=[one[0] for one in UNFIT])
def test_what_is_wrong_is_told_in_one_line_before_the_run(far: Far, what: str, more: str, said: str) -> None:
    broken(far, what)
    more = more.format(there=far.there)
    done = asked(far.stack(more))
    assert (done.returncode, done.stdout) == (3, ""), done.stdout + done.stderr
    begin = f"sockproof: --stack {far.stack(more)}: the machine far: "
    assert done.stderr.startswith(begin) and done.stderr.count("\n") == 1, done.stderr
    assert said.format(there=far.there) in done.stderr
    assert not is_left(far)


@pytest.mark.parametrize("stack, said", [
    (f"box=ssh:{'x' * 64}.invalid", "there is no machine of that name: "),  # too long to be asked for
    ("box=ssh:127.0.0.1,port=1,config=/dev/null", "nobody listens there: "),
    ("box=ssh:-oProxyCommand=touch", "is no machine"),
    ("box=ssh:far,color=red", "'color=red' says nothing of a machine"),
    ("box=ssh:far,port=x", "port=x is no port"),
    ("linux=ssh:far", "there is a stack of that name in this build: choose another"),
])
def test_what_names_no_machine_is_told(stack: str, said: str, tmp_path: Path) -> None:
    case = tmp_path / "one.yaml"
    case.write_text(DATAGRAM, "utf-8")
    done = subprocess.run([str(ROOT / "sockproof"), "run", "--no-install", "--stack", stack, str(case)],
                          text=True, timeout=100, capture_output=True, check=False)
    assert done.returncode == 3 and said in done.stdout + done.stderr, done.stdout + done.stderr


def test_a_full_disk_there_is_told(far: Far, tmp_path: Path) -> None:
    broken(far, "no room")
    case = tmp_path / "one.yaml"
    case.write_text(DATAGRAM, "utf-8")
    (one,) = run(tmp_path / "report", "--stack", far.stack(f",folder={far.there}"), str(case))
    assert (one["verdict"], one["failure"]["code"]) == ("broken", "far-failed")
    assert "the engine could not be put into " in one["reason"]
    assert "No space left on device" in one["reason"]


# --- lost in the midst --------------------------------------------------------------------------


def parts(engine: int, *names: str) -> list[int]:
    """The processes below the engine whose command line holds all these words."""
    return [pid for pid in everybody(engine) if all(name in read(pid, "cmdline") for name in names)]


def sshds(engine: int) -> list[int]:
    """The processes of sshd, which name themselves."""
    return [pid for pid in everybody(engine) if read(pid, "comm").strip() == "sshd"]


@pytest.fixture(name="running")
def make_running(far: Far, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """An engine in the midst of a long run there."""
    report = tmp_path / "report"
    with subprocess.Popen([ENGINE, "run", "--root", str(ROOT), "--report", str(report), "--stack",
                           far.stack(), "--repeat", str(MANY), SLOW], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, text=True, cwd=ROOT) as engine:
        try:
            until(lambda: engine.poll() is not None or lines_of(report / "results.jsonl") > 4)
            yield engine
        finally:
            engine.kill()


def lost(report: Path) -> set[tuple[str, str]]:
    """What the run came to: verdicts and reasons."""
    results = [json.loads(line) for line in (report / "results.jsonl").read_text("utf-8").splitlines()]
    assert len(results) == 2 * MANY
    return {(one["verdict"], one["reason"]) for one in results}


def master(engine: int) -> list[int]:
    """The connection's process here."""
    return parts(engine, "ssh\0-T", "ControlMaster=yes")[:1]


def there(engine: int) -> list[int]:
    """The engine there."""
    return parts(engine, "./engine\0run")[:1]


# Who is struck, how they are found, by what, and what is said of it.
STRUCK = {
    "ssh": (master, signal.SIGKILL, "the connection is lost: ssh ended"),
    "sshd": (sshds, signal.SIGKILL, "the connection is lost: "),
    "sshd stands still": (sshds, signal.SIGSTOP,
                          "the connection is lost: it does not answer any more: Timeout, server"),
    "engine": (there, signal.SIGKILL, "the engine there ended with exit status 137"),
}


@pytest.mark.parametrize("who", STRUCK)
def test_what_is_lost_in_the_midst_is_told_and_nothing_stays(far: Far, running: subprocess.Popen[str],
                                                             who: str, tmp_path: Path) -> None:
    find, number, said = STRUCK[who]
    struck = find(running.pid)
    assert struck
    for pid in struck:
        os.kill(pid, number)
    try:
        running.wait(100)
    finally:
        for pid in struck:
            if number == signal.SIGSTOP:
                os.kill(pid, signal.SIGCONT)
    (passed, why) = sorted(lost(tmp_path / "report"), key=lambda one: one[0] == "broken")
    assert passed == ("pass", "") and why[0] == "broken"
    assert why[1].startswith("the machine box ended before this was judged; its last words: "), why
    assert said in why[1], why
    until(lambda: not is_left(far), 60)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_stays_there_when_the_run_is_ended(far: Far, running: subprocess.Popen[str],
                                                   number: signal.Signals) -> None:
    """Interrupted, it is gone when the run is; killed, soon after."""
    below = everybody(running.pid)
    running.send_signal(number)
    running.wait(60)
    if number == signal.SIGINT:
        assert running.returncode == 130 and not is_left(far)
    until(lambda: not is_left(far), 60)
    until(lambda: not any(read(pid, "cmdline") for pid in below[1:]), 60)


# --- words --------------------------------------------------------------------------------------


def test_what_names_a_machine() -> None:
    text = "root@board,port=2222,identity=/k,config=/c,folder=/var/tmp"
    words = machine.read(text).ssh("X=1")
    assert str(machine.read(text)) == text
    assert words[:8] == ["ssh", "-T", "-F", "/c", "-p", "2222", "-i", "/k"]
    assert words[-4:] == ["-o", "X=1", "--", "root@board"]
    assert machine.read("[fe80::1%eth0]").host == "[fe80::1%eth0]"
    for wrong in ("", "-v", "a b", "a;b", "h,port=", "h,port=123456", "h,folder=x", "h,folder=/a b",
                  "h,x"):
        with pytest.raises(FarUsage):
            machine.read(wrong)


def test_files_of_this_machine_are_from_where_one_stands(monkeypatch: pytest.MonkeyPatch,
                                                         tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    given = "box=ssh:far,identity={}key,folder=/tmp"
    assert stacks.placed(given.format("")) == given.format(f"{tmp_path}/")
    assert stacks.name_of("box=ssh:far") == "box"


@pytest.mark.parametrize("path, there", [("cases/a.yaml", "7/cases/a.yaml"), ("/x/a.yaml", "7/x/a.yaml"),
                                         ("../../a.yaml", "5/a.yaml"), ("./a.yaml", "7/a.yaml")])
def test_a_case_lies_where_its_path_leads(path: str, there: str) -> None:
    assert copied(path).endswith(f"/{there}")


def test_the_words_of_ssh_mean_something() -> None:
    assert meaning("Warning: Permanently added 'x'\nodd\n\n", "x") == "ssh ended: odd"
    assert meaning("", "x") == "ssh ended and said nothing"
    late = "ssh: connect to host x port 22: Connection timed out"
    assert meaning(f"{late}\n", "x") == f"it does not answer: {late}"

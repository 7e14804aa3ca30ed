# SPDX-License-Identifier: MIT
"""Guests that do not come up, through the real engine: each is broken, with its console's last lines,
within its deadline. And what keeps guests: names, cache, archive."""

from __future__ import annotations

import io
import json
import lzma
import os
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import ENGINE, ROOT

from sockproof import house
from sockproof.guest import acceleration, module, store
from sockproof.guest.boot import inside, slower
from sockproof.guest.initramfs import Initramfs
from sockproof.guest.trouble import GuestTrouble, GuestUsage
from sockproof.reports import stacks

CASE = "fixtures/selfproof/cases/passes.yaml"
HELLO = '{"hello":{"version":"9.9.9"},"events":0,"capture":0}'


def make_guest(cache: Path, script: str) -> None:
    """A guest uml:9.9 whose kernel is a shell script."""
    folder = cache / "sockproof" / "guests" / "uml:9.9"
    folder.mkdir(parents=True)
    kernel = folder / "kernel"
    kernel.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    kernel.chmod(0o755)
    (folder / "guest.json").write_text(json.dumps(
        {"name": "uml:9.9", "package": "none", "package_version": "1", "release": "9.9.9",
         "kernel": "kernel", "modules": []}), "utf-8")


def run(tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """One run of the engine with the cache of the test."""
    return subprocess.run([ENGINE, "run", "--root", str(ROOT), "--report", str(tmp_path / "report"),
                           *options, CASE], cwd=ROOT, text=True, capture_output=True, timeout=60,
                          check=False, env=os.environ | {"XDG_CACHE_HOME": str(tmp_path)})


needs_engine = pytest.mark.skipif(not Path(ENGINE).exists(), reason="the engine is not built")


@needs_engine
@pytest.mark.parametrize("script, reason", [
    ("echo 'VFS: cannot open root'; echo 'Kernel panic - not syncing: no root'; exit 1",
     "did not boot; its console: Kernel panic - not syncing: no root"),
    ("echo booting; exec tail -f /dev/null", "did not begin in time; its console: booting"),
    (f"echo '{HELLO}' >&3; echo 'Kernel panic - oops'; exit 1",
     "ended before this was judged; its console: Kernel panic - oops"),
    ("head -c 5000000 /dev/zero >&3; exec tail -f /dev/null", "sent what is no result"),
    (f"echo '{HELLO}' >&3; exec tail -f /dev/null",
     "fell silent before this was judged; its console: nothing")])
def test_a_guest_that_does_not_come_up_is_broken(tmp_path: Path, script: str, reason: str) -> None:
    make_guest(tmp_path, script)
    limit = "1" if "in time" in reason else "30"
    done = run(tmp_path, "--stack", "uml:9.9", "--boot-limit", limit, "--case-limit", "1")
    result = json.loads(done.stdout)
    assert (done.returncode, result["verdict"], result["stack"]) == (2, "broken", "uml:9.9")
    assert reason in result["reason"], result["reason"]
    assert result["failure"]["code"] == "guest-failed"


# A kernel that shows what of its files says something of baselines.
SHOWS_BASELINE = ("for word; do case $word in initrd=*)"
                  " grep -a -x -A1 -e --baseline -e '# of my own' \"${word#initrd=}\";;"
                  " esac; done; exit 1")


def told_of_baseline(tmp_path: Path, *options: str) -> str:
    """What a guest is given when a run has these options."""
    make_guest(tmp_path, SHOWS_BASELINE)
    return run(tmp_path, "--stack", "uml:9.9", *options).stdout


@needs_engine
@pytest.mark.parametrize("options, holds", [((), "uml:9.9"), (("--baseline", "linux"), "linux")])
def test_the_baseline_of_a_run_is_that_of_its_guests(tmp_path: Path, options: tuple[str, ...],
                                                     holds: str) -> None:
    """The engine inside holds its results against the same baseline as the one outside."""
    assert f"its console: --baseline / {holds}" in told_of_baseline(tmp_path, *options)


@needs_engine
def test_a_baseline_of_ones_own_goes_along_into_guests(tmp_path: Path) -> None:
    """The file too, under the name that it has outside."""
    mine = tmp_path / "mine.yaml"
    mine.write_text("format: 2\n# of my own\ndeviations: []\n", "utf-8")
    told = told_of_baseline(tmp_path, "--baseline", str(mine))
    assert f"--baseline / {mine}" in told
    assert "# of my own" in told


@pytest.mark.parametrize("path, there", [
    ("a/mine.yaml", "/sockproof/a/mine.yaml"), ("./mine.yaml", "/sockproof/mine.yaml"),
    ("../mine.yaml", "/mine.yaml"), ("/a/mine.yaml", "/a/mine.yaml")])
def test_a_file_has_the_same_name_inside(path: str, there: str) -> None:
    """The engine inside stands in the repository, as the one outside does."""
    assert inside(path) == there


@needs_engine
def test_a_guest_that_does_not_come_up_leaves_the_other_stacks_alone(tmp_path: Path) -> None:
    make_guest(tmp_path, "exit 1")
    done = run(tmp_path, "--stack", "linux", "--stack", "uml:9.9")
    verdicts = {result["stack"]: result["verdict"] for result in map(json.loads,
                                                                     done.stdout.splitlines())}
    assert verdicts == {"linux": "pass", "uml:9.9": "broken"}
    totals = json.loads((tmp_path / "report" / "run.json").read_text("utf-8"))["stacks"]
    assert [(one["stack"], one["totals"]["pass"]) for one in totals] == [("linux", 1),
                                                                         ("uml:9.9", 0)]


@needs_engine
def test_ctrl_c_ends_a_guest(tmp_path: Path) -> None:
    make_guest(tmp_path, "echo $$ > \"$XDG_CACHE_HOME/pid\"; exec tail -f /dev/null")
    process = subprocess.Popen([ENGINE, "run", "--root", str(ROOT), "--stack", "uml:9.9",
                                "--report", str(tmp_path / "report"), CASE], cwd=ROOT, text=True,
                               stdout=subprocess.PIPE,
                               env=os.environ | {"XDG_CACHE_HOME": str(tmp_path)})
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text("utf-8").strip():
        assert process.poll() is None
        os.sched_yield()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, json.loads(out)["verdict"]) == (130, "not-run")
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text("utf-8")), 0)


@needs_engine
def test_a_guest_that_is_not_there_says_how_to_get_it(tmp_path: Path) -> None:
    result = json.loads(run(tmp_path, "--stack", "uml:9.9").stdout)
    assert result["verdict"] == "broken"
    assert "./sockproof guest add uml:9.9" in result["reason"]


@needs_engine
def test_a_selection_can_name_the_stack(tmp_path: Path) -> None:
    chosen = tmp_path / "select"
    chosen.write_text(f"@{CASE}\n{ROOT}/fixtures/selfproof/cases/passes[inet]@linux\n", "utf-8")
    listed = subprocess.run([ENGINE, "list", "--json", CASE], cwd=ROOT, text=True,
                            capture_output=True, check=True).stdout
    name = json.loads(listed.splitlines()[0])["id"]
    chosen.write_text(f"@{CASE}\n{name}@linux\n", "utf-8")
    done = subprocess.run([ENGINE, "run", "--stack", "linux", "--stack", "lwip", "--report",
                           str(tmp_path / "report"), "--select", str(chosen)], cwd=ROOT, text=True,
                          capture_output=True, timeout=60, check=False)
    assert [json.loads(line)["stack"] for line in done.stdout.splitlines()] == ["linux"]


@pytest.mark.parametrize("name", ["uml", "uml:", "linux", "qemu:../x", "uml:6.1/..", "kvm:6.1"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(GuestUsage):
        store.checked(name)


def test_guests_are_found_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    make_guest(tmp_path, "true")
    assert [guest.name for guest in store.present()] == ["uml:9.9"]
    store.remove("uml:9.9")
    assert store.present() == []
    with pytest.raises(GuestTrouble, match="guest add uml:9.9"):
        store.find("uml:9.9")


def test_a_kernel_of_a_file_is_a_guest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the modules that are named behind it, in that order; the next one of its name takes its place."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bz Image").write_bytes(b"a kernel")
    (tmp_path / "b.ko").write_bytes(b"a module")
    (tmp_path / "a.ko.xz").write_bytes(lzma.compress(b"another"))
    guest = store.taken("qemu:./bz Image,b.ko,a.ko.xz")
    assert guest == store.find("qemu:bz_Image")
    assert (guest.kind, guest.package) == ("qemu", str(tmp_path / "bz Image"))
    assert guest.modules == ["b.ko", "a.ko"]
    assert [(guest.folder / name).read_bytes() for name in ("kernel", "b.ko", "a.ko")] == [
        b"a kernel", b"a module", b"another"]
    assert store.taken("qemu:./bz Image,b.ko,a.ko.xz") == guest
    assert store.taken("qemu:./bz Image").package_version != guest.package_version
    assert [one.modules for one in store.present()] == [[]]
    for given, why in (("uml:./none", "none: No such file"), ("uml:./bz Image,./x.ko", "x.ko: No such file")):
        with pytest.raises(GuestTrouble, match=why):
            store.taken(given)
    assert [store.is_of_file(name) for name in ("uml:./linux", "qemu:/boot/x,/a.ko", "uml:6.1", "a=so:./b.so",
                                                "qemu:6.1,/a.ko")] == [True, True, False, False, False]


@needs_engine
def test_what_a_kernel_of_a_file_says_stands_in_its_verdict(tmp_path: Path) -> None:
    kernel = tmp_path / "linux"
    kernel.write_text("#!/bin/sh\necho 'guest: the kernel lacks CONFIG_VETH'\n", "utf-8")
    done = subprocess.run([str(ROOT / "sockproof"), "run", "--stack", "uml:./linux", "--report", "report",
                           str(ROOT / CASE)], cwd=tmp_path, text=True, capture_output=True, timeout=120,
                          check=False, env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert done.returncode == 2, done.stdout + done.stderr
    results = [json.loads(line) for line in
               (tmp_path / "report" / "results.jsonl").read_text("utf-8").splitlines()]
    assert {one["stack"] for one in results} == {"uml:linux"}
    about, = json.loads((tmp_path / "report" / "run.json").read_text("utf-8"))["kernels"]
    assert (about["stack"], about["file"]) == ("uml:linux", str(kernel))
    assert f"uml:linux={kernel} (no version, hash {about['hash']})" in done.stdout
    assert all("the guest uml:linux did not boot; its console: guest: the kernel lacks CONFIG_VETH"
               in one["reason"] for one in results)


REAL = Path.home() / ".cache" / "sockproof" / "guests" / "uml:6.1"


@needs_engine
@pytest.mark.skipif(not REAL.exists(), reason="./sockproof guest add uml:6.1 was not done")
@pytest.mark.parametrize("left_out, lacks", [((), ""), (("veth.ko",), "CONFIG_VETH"),
                                             (("veth.ko", "ipv6.ko", "udp_tunnel.ko", "ip6_udp_tunnel.ko"),
                                              "CONFIG_IPV6 CONFIG_VETH")])
def test_what_a_kernel_lacks_is_told_by_name_when_it_boots(tmp_path: Path, left_out: tuple[str, ...],
                                                           lacks: str) -> None:
    """user-mode-linux as Debian builds it, from a file, with its modules or without some."""
    modules = [name for name in json.loads((REAL / "guest.json").read_text("utf-8"))["modules"]
               if name not in left_out and not name.startswith("sctp")]
    given = ",".join([f"uml:{REAL / 'kernel'}", *(str(REAL / name) for name in modules)])
    subprocess.run([str(ROOT / "sockproof"), "run", "--stack", given, "--report", "report", str(ROOT / CASE)],
                   cwd=tmp_path, capture_output=True, timeout=300, check=False,
                   env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")})
    results = [json.loads(line) for line in
               (tmp_path / "report" / "results.jsonl").read_text("utf-8").splitlines()]
    assert results and {one["stack"] for one in results} == {"uml:kernel"}
    for one in results:
        assert one["verdict"] == ("broken" if lacks else "pass"), one["reason"]
        assert not lacks or f"guest: the kernel lacks {lacks} (" in one["reason"]


def test_modules_come_after_what_they_need(tmp_path: Path) -> None:
    for name, needs in (("sctp", "udp_tunnel,libcrc32c"), ("udp_tunnel", ""), ("other", ""),
                        ("libcrc32c", "")):
        (tmp_path / f"{name.replace('_', '-')}.ko").write_bytes(
            b"\0name=x\0depends=" + needs.encode() + b"\0")
    assert list(module.Modules(tmp_path).wanted()) == ["udp_tunnel", "libcrc32c", "sctp"]


def test_an_archive_holds_folders_before_their_files() -> None:
    out = io.BytesIO()
    archive = Initramfs(out)
    archive.file("/a/b/c", b"12345")
    archive.file("/a/b/c", b"again")
    archive.close()
    block, names, at = out.getvalue(), [], 0
    while at < len(block):
        assert block[at:at + 6] == b"070701"
        size, length = (int(block[at + 6 + 8 * n:at + 14 + 8 * n], 16) for n in (6, 11))
        names.append(block[at + 110:at + 110 + length - 1].decode())
        body = (at + 110 + length + 3) // 4 * 4
        if names[-1] == "a/b/c":
            assert block[body:body + size] == b"12345"
        at = (body + size + 3) // 4 * 4
    assert names[-4:] == ["a", "a/b", "a/b/c", "TRAILER!!!"]


def test_deadlines_inside_are_longer_and_end_before_those_outside() -> None:
    words = slower(["--slow-factor", "2", "--case-limit", "120"], 30)
    assert words == ["--slow-factor", "60", "--case-limit", "6"]


def result(case: str, stack: str, verdict: str, variant: str = "inet") -> dict[str, str]:
    """As much of a result as the table looks at."""
    return {"id": f"{case}[{variant}]", "case": case, "stack": stack, "verdict": verdict}


def test_the_table_shows_where_stacks_differ() -> None:
    results = [result("a", "linux", "pass"), result("a", "lwip", "pass"),
               result("b", "linux", "pass"), result("b", "lwip", "known"),
               result("b", "linux", "pass", "inet6"), result("b", "lwip", "pass", "inet6"),
               result("c", "linux", "pass"), result("c", "lwip", "skip"),
               result("d", "linux", "pass"), result("d", "lwip", "not-run")]
    names = stacks.several(results)
    assert names == ["linux", "lwip"]
    assert stacks.differences(results, names) == ["case  linux  lwip",
                                                  "b     pass   1 of 2 known"]
    assert stacks.differences(results, names, 20) == ["case", "    linux  lwip", "b",
                                                      "    pass   1 of 2 known"]
    assert stacks.totals(results, names) == [
        "stack  pass  known  skip  not-run", "linux  5     0      0     0",
        "lwip   2     1      1     1"]


def test_one_stack_makes_no_table() -> None:
    assert stacks.several([result("a", "linux", "pass"), result("b", "usrsctp", "pass")]) == []


def make_qemu(folder: Path, script: str) -> str:
    """A qemu that is a shell script."""
    qemu = folder / "qemu"
    qemu.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    qemu.chmod(0o755)
    return str(qemu)


@pytest.mark.parametrize("script, works", [
    ("echo 'Kernel panic - not syncing: no root'", True),
    ("echo 'Could not access KVM kernel module' >&2; exit 1", False),
    ("exit 0", False), ("exec tail -f /dev/null", False)])
def test_acceleration_is_tried_for_a_bounded_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                  script: str, works: bool) -> None:
    monkeypatch.setattr(acceleration, "PROBE_SECONDS", 0.5)
    assert acceleration.tries(make_qemu(tmp_path, script), tmp_path / "kernel") is works


def test_acceleration_is_tried_once_for_each_boot(tmp_path: Path,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(acceleration, "DEVICE", Path("/dev/null"))
    store.root().mkdir(parents=True)
    qemu = make_qemu(tmp_path, f"echo x >> {tmp_path}/tries; echo 'Kernel panic'")
    assert [acceleration.works(qemu, tmp_path), acceleration.works(qemu, tmp_path)] == [True, True]
    assert (tmp_path / "tries").read_text("utf-8") == "x\n"
    monkeypatch.setattr(acceleration, "boot_id", lambda: "another")
    assert acceleration.works(qemu, tmp_path) is True
    assert (tmp_path / "tries").read_text("utf-8") == "x\nx\n"


def test_without_the_device_nothing_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceleration, "DEVICE", tmp_path / "kvm")
    assert acceleration.works("/nowhere/qemu", tmp_path) is False


@needs_engine
def test_a_variant_that_is_named_runs_on_each_of_several_stacks(tmp_path: Path) -> None:
    done = subprocess.run(house.command("run", "-q", "-p", "no:cacheprovider",
                                        "tcp/connect/echo[inet]", "--stack", "linux", "--stack",
                                        "usrsctp", "--report", str(tmp_path / "report")),
                          cwd=ROOT, text=True, capture_output=True, timeout=60, check=False,
                          env=os.environ | {"SOCKPROOF_ENGINE": ENGINE})
    results = (tmp_path / "report" / "results.jsonl").read_text("utf-8").splitlines()
    found = [(one["id"], one["stack"]) for one in map(json.loads, results)]
    assert sorted(found) == [("tcp/connect/echo[inet]", "linux"),
                             ("tcp/connect/echo[inet]", "usrsctp")], done.stdout + done.stderr

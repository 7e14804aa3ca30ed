# SPDX-License-Identifier: MIT
"""Stacks of one's own (--stack NAME=so:FILE), built outside the tree with the installed header alone:
what they have runs, what they lack is skipped, and what they do wrong costs their case only."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT

EXAMPLE = ROOT / "docs" / "examples" / "stack" / "forward.c"
HOSTILE = ROOT / "fixtures" / "stacks" / "hostile.c"
TICKING = ROOT / "fixtures" / "stacks" / "ticking.c"
CASE = """\
title: A datagram arrives
cites: [posix/recv/dgram-whole-message]
transport: udp
steps:
  - client: {send: "one"}
  - server: {recv: 64, data: "one"}
"""
OPTION = """\
title: An option is asked for
cites: [posix/getsockopt/value-and-length]
transport: udp
family: [inet]
steps:
  - client: {{getsockopt: {asked}, value: 0}}
"""
# What it does, the verdict of its case, and how that begins.
MISDEEDS = {
    "begin-fails": ("broken", "the stack bad cannot begin: no memory for 3 queues"),
    "begin-crashes": ("fail", "process: expected server still runs, observed the stack in it ended it by "
                      "SIGSEGV, with the last words: the assertion 'queue is not empty' failed"),
    "begin-exits": ("fail", "process: expected server still runs, observed the stack in it ended it by "
                    "exit status 7"),
    "begin-prints": ("pass", ""),
    "call-crashes": ("fail", "step 1: process: expected client still runs, observed the stack in it ended "
                     "it by SIGSEGV, with the last words: the assertion 'queue is not empty' failed"),
    "call-exits": ("fail", "step 1: process: expected client still runs, observed the stack in it ended "
                   "it by exit status 0"),
    "call-leaves-child": ("fail", "step 1: process: expected client still runs, observed the stack in it "
                          "ended it by exit status 0"),
    "begin-closes-all": ("fail", "process: expected server still runs, observed the stack in it ended it by "
                         "closing descriptors that are not its own"),
    "call-closes-all": ("fail", "step 1: process: expected client still runs, observed the stack in it ended "
                        "it by closing descriptors that are not its own"),
    # Whatever the signal is, but SIGKILL, which a machine without memory sends.
    **{f"call-raises-{signal.Signals[name].value}":
       ("fail", "step 1: process: expected client still runs, observed the stack in it ended it by "
        f"{name}{how}")
       for names, how in (("SIGALRM SIGTERM SIGHUP SIGSYS", ""),
                          ("SIGSTOP SIGTSTP", ", which stops it"))
       for name in names.split()},
    "begin-stops": ("fail", "process: expected server still runs, observed the stack in it ended it by "
                    "SIGSTOP, which stops it"),
    "call-raises-9": ("broken", "the actor 'client' was ended by SIGKILL during step 1"),
    "call-raises-13": ("fail", "signals: expected none that the case does not name, observed [\"SIGPIPE\"]"),
    "call-raises-17": ("pass", ""),
    # The process of a host ends as _exit does.
    "end-crashes": ("pass", ""),
    "call-exits-end-crashes": ("fail", "step 1: process: expected client still runs, observed the stack in "
                               "it ended it by SIGSEGV, with the last words: the assertion 'queue is not "
                               "empty' failed"),
    "socket-is-nonsense": ("broken", "the set-up's socket by server failed: it returned -7 and no error"),
    "count-is-nonsense": ("fail", "step 2: process: expected server still runs, observed the stack in it "
                          "ended it by SIGABRT, with the last words: recvfrom of the stack says that it put "
                          "1099511627776 bytes into 64"),
}
# A stack with a library of its own, which has a name that the engine's lwIP has, too.
OF_ITS_OWN = """\
#include <sockproof/stack.h>
const struct sockproof_stack *honest_stack(uint32_t abi);
int lwip_socket(int domain, int type, int protocol);
const struct sockproof_stack *sockproof_stack(uint32_t abi)
{
    static struct sockproof_stack table;
    table = *honest_stack(abi);
    table.socket = lwip_socket;
    return &table;
}
"""
LIBRARY = """\
#include <sys/socket.h>
int lwip_socket(int domain, int type, int protocol) { return socket(domain, type, protocol); }
"""
# What it does when it is asked what it has, and what is said of that.
ANSWERS = {
    "raise(SIGSEGV)": "it was ended by SIGSEGV when it was asked what it has",
    "_exit(3)": "it ended with exit status 3 when it was asked what it has",
    "raise(SIGALRM)": "it was ended by SIGALRM when it was asked what it has",
    "raise(SIGSTOP)": "it was stopped by SIGSTOP when it was asked what it has",
    "exit(0)": "it ended with exit status 0 when it was asked what it has",
    "for (;;) fputs(\"again\\n\", stderr)": "it did not say in 10 s what it has, with the last words: again",
    "return NULL": "it has no table for ABI 1 of stacks, which this sockproof has",
    "table.abi = 2": "its table is for ABI 2 of stacks; this sockproof has 1",
    "table.poll = NULL": "its table has no poll, which every stack must have",
    "table.size = 48": "its table has no socket, which every stack must have",
}


@pytest.fixture(name="header", scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside the tree with what cmake installs: the public header, and nothing else."""
    prefix = tmp_path_factory.mktemp("installed")
    subprocess.run(["cmake", "--install", str(Path(ENGINE).parent), "--component", "headers", "--prefix",
                    str(prefix)], check=True, capture_output=True, timeout=60)
    assert [str(one.relative_to(prefix)) for one in prefix.rglob("*") if one.is_file()] == [
        "include/sockproof/stack.h"]
    return prefix / "include"


def compiled(to: Path, header: Path, *words: str) -> Path:
    """What the compiler makes of them, outside the tree."""
    subprocess.run(["gcc", "-std=gnu17", "-Wall", "-Wextra", "-shared", "-fPIC", "-I", str(header), "-o",
                    str(to), *words], cwd=to.parent, check=True, timeout=60)
    return to


def honest(folder: Path, header: Path) -> str:
    """The example in an object whose table is called honest_stack."""
    subprocess.run(["gcc", "-c", "-fPIC", "-I", str(header), "-Dsockproof_stack=honest_stack", "-o",
                    str(folder / "honest.o"), str(EXAMPLE)], check=True, timeout=60)
    return str(folder / "honest.o")


def hostile(folder: Path, header: Path, *words: str) -> Path:
    """The stack that does harm."""
    return compiled(folder / "hostile.so", header, str(HOSTILE), honest(folder, header), *words)


def of_its_own(folder: Path, header: Path, *words: str) -> Path:
    """A stack that takes its socket from a library of its own: the words link that."""
    (folder / "own.c").write_text(OF_ITS_OWN, "utf-8")
    (folder / "library.c").write_text(LIBRARY, "utf-8")
    return compiled(folder / "own.so", header, "own.c", honest(folder, header), *words)


def of_lwip(folder: Path, named: str) -> list[str]:
    """The words that link lwIP, in objects whose table has that name: made of the public header and what
    stands on it alone."""
    objects = []
    for source in ("lwip_table", "lwip_link"):
        objects.append(str(folder / f"{source}.o"))
        subprocess.run(["gcc", "-c", "-O2", "-fPIC", "-D_GNU_SOURCE", f"-Dlwip_table={named}", "-I",
                        str(ROOT / "harness"), "-isystem", "/usr/include/lwip", "-o", objects[-1],
                        str(ROOT / "harness" / "stack" / f"{source}.c")], check=True, timeout=60)
    return [*objects, "-llwip"]


def of_datagram(folder: Path, stack: str, *words: str) -> list[dict[str, Any]]:
    """The results of one case on that stack. The same on Linux passes beside it."""
    (folder / "one.yaml").write_text(CASE, "utf-8")
    results = run(folder / "report", "--stack", stack, "--stack", "linux", str(folder / "one.yaml"), *words)
    assert [one["verdict"] for one in results if one["stack"] == "linux"] == ["pass", "pass"]
    return [one for one in results if one["stack"] != "linux"]


def run(report: Path, *words: str) -> list[dict[str, Any]]:
    """The results of a run of the engine."""
    subprocess.run([ENGINE, "run", "--root", str(ROOT), "--report", str(report), *words], text=True,
                   capture_output=True, timeout=300, check=False)
    return [json.loads(line) for line in (report / "results.jsonl").read_text("utf-8").splitlines()]


def asked(name: str, file: Path) -> subprocess.CompletedProcess[str]:
    """What is said of a file."""
    return subprocess.run([ENGINE, "stacks", "--stack", f"{name}=so:{file}"], text=True, timeout=60,
                          capture_output=True, check=False)


def test_the_header_stands_alone(tmp_path: Path, header: Path) -> None:
    text = ("#include <sockproof/stack.h>\n"
            "static struct sockproof_stack table;\n"
            "const struct sockproof_stack *sockproof_stack(uint32_t abi)\n"
            "{ return abi == 2 ? &table : NULL; }\n")
    for compiler, name in (("gcc", "alone.c"), ("g++", "alone.cc"), ("clang", "alone.c")):
        (tmp_path / name).write_text(text, "utf-8")
        subprocess.run([compiler, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", str(header),
                        "-fsyntax-only", name], cwd=tmp_path, check=True, timeout=60)


def test_the_example_runs_the_cases(tmp_path: Path, header: Path) -> None:
    """It is the kernel behind a table: with the kernel's baseline its verdicts are the kernel's; twice
    the same."""
    plug = compiled(tmp_path / "forward.so", header, str(EXAMPLE))
    words = ["--baseline", "linux", "--seed", "3", "cases/udp/delivery", "cases/tcp/close"]
    once, twice, kernel = ({one["id"]: (one["verdict"], one["reason"] or "") for one in
                            run(tmp_path / name, "--stack", stack, *words)}
                           for name, stack in (("once", f"mine=so:{plug}"), ("twice", f"mine=so:{plug}"),
                                               ("kernel", "linux")))
    assert once == twice and set(once) == set(kernel)
    lacking = {one for one, (verdict, _) in once.items() if verdict == "skip"}
    assert {one: once[one][0] for one in once if one not in lacking} == {
        one: kernel[one][0] for one in kernel if one not in lacking}
    assert {verdict for one, (verdict, _) in once.items()} <= {"pass", "known", "skip"}
    assert len([one for one in once if once[one][0] == "pass"]) > 50
    about = json.loads((tmp_path / "once" / "run.json").read_text("utf-8"))["stacks"][0]
    assert about["stack"] == "mine" and about["version"] == "1"
    assert about["plugin"]["file"] == str(plug) and len(about["plugin"]["hash"]) == 16


@pytest.mark.parametrize("misdeed, asked, told", [
    ("length-beyond", "SO_REUSEADDR", "8 bytes, where there was room for 4"),
    ("length-beyond", "{name: SO_REUSEADDR, len: 8}", "8 bytes, where SO_REUSEADDR has 4"),
    ("length-is-nonsense", "SO_REUSEADDR", "4294967295 bytes, where there was room for 4"),
    ("length-is-nonsense", "{name: SO_REUSEADDR, len: 8}", "4294967295 bytes, where there was room for 8")])
def test_a_length_beyond_the_room_is_no_value(tmp_path: Path, header: Path, misdeed: str, asked: str,
                                              told: str) -> None:
    """Whatever the bytes are; of what lies behind the room nothing is read."""
    (tmp_path / "one.yaml").write_text(OPTION.format(asked=asked), "utf-8")
    results = run(tmp_path / "report", "--stack", f"bad=so:{hostile(tmp_path, header)},{misdeed}",
                  "--stack", "linux", str(tmp_path / "one.yaml"))
    of = {one["stack"]: one for one in results}
    assert of.pop("linux")["verdict"] == "pass"
    bad, = of.values()
    assert bad["verdict"] == "fail"
    assert f"step 1: value: expected 0, observed {told}" in bad["reason"]


def test_lwip_is_a_stack_like_any_other(tmp_path: Path, header: Path) -> None:
    """From a shared object it comes to what it comes to in this build."""
    plug = compiled(tmp_path / "lwip.so", header, *of_lwip(tmp_path, "sockproof_stack"))
    results = run(tmp_path / "report", "--stack", f"own=so:{plug}", "--stack", "lwip", "--baseline", "lwip",
                  "cases/udp/delivery", "cases/tcp/close")
    own, built_in = ({one["id"]: (one["verdict"], (one["reason"] or "").replace("stack own", "stack lwip"))
                      for one in results if one["stack"] == name} for name in ("own", "lwip"))
    assert own == built_in
    assert sum(verdict == "pass" for verdict, _ in own.values()) > 30
    about = json.loads((tmp_path / "report" / "run.json").read_text("utf-8"))["stacks"]
    assert about[0]["version"] == about[1]["version"] != ""


def test_what_a_stack_calls_is_its_own(tmp_path: Path, header: Path) -> None:
    """Also where the engine has a library with a function of that name, lwIP: else that was judged."""
    plug = of_its_own(tmp_path, header, "library.c")
    assert [one["verdict"] for one in of_datagram(tmp_path, f"mine=so:{plug}")] == ["pass", "pass"]


@pytest.mark.parametrize("way", ["so", "preload"])
def test_a_library_whose_place_another_took_is_refused(tmp_path: Path, header: Path, way: str) -> None:
    """One that has the file name of the engine's own is not loaded: another stack would be judged."""
    (tmp_path / "lib").mkdir()
    for name, verdict in (("liblwip.so.0", "refused"), ("libmine.so.0", "taken")):
        (tmp_path / "library.c").write_text(LIBRARY, "utf-8")
        library = compiled(tmp_path / "lib" / name, header, f"-Wl,-soname,{name}", "../library.c")
        plug = of_its_own(tmp_path, header, str(library), "-Wl,-rpath,$ORIGIN/lib")
        done = subprocess.run([ENGINE, "stacks", "--stack", f"mine={way}:{plug}"], text=True, timeout=60,
                              capture_output=True, check=False)
        of_another = f"its library {library} was not loaded: "
        assert (of_another in done.stderr) == (verdict == "refused"), done.stderr
        assert (done.returncode == 3) == (verdict == "refused" or way == "preload")
        assert done.stderr.count("\n") == done.returncode // 3


def test_a_stack_that_closes_its_link_says_so_at_the_next_send(tmp_path: Path, header: Path) -> None:
    plug = compiled(tmp_path / "hostile.so", header, str(HOSTILE), *of_lwip(tmp_path, "honest_stack"))
    results = of_datagram(tmp_path, f"bad=so:{plug},call-closes-link")
    assert len(results) == 2
    for one in results:
        assert (one["verdict"], one["failure"]["step"]) == ("fail", 1), one["reason"]
        assert one["reason"].startswith("step 1: returns: expected 3 (success), observed -1")


def test_what_it_lacks_is_skipped(tmp_path: Path, header: Path) -> None:
    plug = hostile(tmp_path, header, "-DWHEN_ASKED=table.speaks = SOCKPROOF_UDP | SOCKPROOF_IPV4")
    results = run(tmp_path / "report", "--stack", f"part=so:{plug}", "cases/udp/delivery",
                  "cases/tcp/close/half-close.yaml", "cases/program/curl")
    said = {(one.get("skip") or {}).get("code"): one["reason"] for one in results if one["verdict"] == "skip"}
    assert said["stack-family"] == "the stack part has no IPv6"
    assert said["stack-protocol"] == "the stack part has no tcp here"
    assert any(one["verdict"] == "pass" for one in results)
    assert not any(one["verdict"] == "pass" and "inet6" in one["id"] for one in results)


def test_programs_do_not_run_on_stacks_of_processes(tmp_path: Path) -> None:
    case = tmp_path / "program.yaml"
    case.write_text("title: A program\ncites: [posix/recv/orderly-shutdown-zero]\ntransport: tcp\n"
                    "subject: program\nprograms: [sh]\nsetup: none\nsteps:\n"
                    "  - client: {run: [sh, -c, 'exit 0']}\n", "utf-8")
    results = run(tmp_path / "report", "--stack", "lwip", "--allow-programs", str(case))
    assert results and {one["skip"]["code"] for one in results} == {"stack-program"}
    assert results[0]["reason"] == "the stack lwip is none that programs can use"


def test_a_signal_is_the_same_under_who_ignores_it(tmp_path: Path, header: Path) -> None:
    """As nohup does, or a shell that starts a run in the background."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        results = of_datagram(tmp_path, f"bad=so:{hostile(tmp_path, header)},call-raises-1")
    finally:
        signal.signal(signal.SIGHUP, before)
    assert [one["verdict"] for one in results] == ["fail", "fail"], results


@pytest.mark.parametrize("misdeed", MISDEEDS)
def test_harm_costs_its_case_only(tmp_path: Path, header: Path, misdeed: str) -> None:
    results = of_datagram(tmp_path, f"bad=so:{hostile(tmp_path, header)},{misdeed}")
    verdict, reason = MISDEEDS[misdeed]
    assert len(results) == 2
    for one in results:
        assert one["verdict"] == verdict, one["reason"]
        assert (one["reason"] or "").startswith(reason)


# What stands in the memory that the hosts share with the harness then: zeros, a pattern, no text.
@pytest.mark.parametrize("misdeed", ["call-overwrites-0", "call-overwrites-165", "call-overwrites-255",
                                     "begin-overwrites"])
def test_memory_that_is_written_over_costs_its_case_and_is_told(tmp_path: Path, header: Path,
                                                                misdeed: str) -> None:
    """Nothing of it is believed: the record of the case lies elsewhere."""
    results = of_datagram(tmp_path, f"bad=so:{hostile(tmp_path, header)},{misdeed}")
    assert len(results) == 2
    for one in results:
        assert one["verdict"] == "fail" and one["failure"]["code"] == "stack-crashed", one["reason"]
        assert "the stack in it ended it by writing over memory that is not its own" in one["reason"]
        assert one["events"]["count"] > 1
    events = (tmp_path / "report" / "events.jsonl").read_text("utf-8").splitlines()
    assert all(isinstance(json.loads(line), dict) for line in events)
    judged = subprocess.run([ENGINE, "judge", str(tmp_path / "report")], cwd=ROOT, text=True, timeout=60,
                            capture_output=True, check=False)
    assert judged.returncode == 0, judged.stdout


def test_one_that_stops_itself_is_known_at_once(tmp_path: Path, header: Path) -> None:
    """And tried again, for somebody else may have stopped it."""
    plug = hostile(tmp_path, header)
    began = time.monotonic()
    results = of_datagram(tmp_path, f"bad=so:{plug},call-raises-{signal.SIGSTOP}")
    assert time.monotonic() - began < 20
    assert [one["first_try"]["why"] for one in results] == ["an actor was stopped"] * 2


@pytest.mark.parametrize("misdeed", ["begin-turns", "call-turns"])
def test_what_never_ends_is_ended(tmp_path: Path, header: Path, misdeed: str) -> None:
    """By the limit of the call, of the case when the machine gives it little of a processor."""
    plug = hostile(tmp_path, header)
    results = of_datagram(tmp_path, f"bad=so:{plug},{misdeed}", "--case-limit", "20")
    assert len(results) == 2
    for one in results:
        assert one["verdict"] in ("fail", "broken")
        assert re.search("did not end|did not answer within 20 s|still busy|neither ended nor slept",
                         one["reason"]), one["reason"]


# What a stack says of itself while a thread of it never sleeps, and what becomes of its case.
SAYS = {
    "table.busy = never_busy": ("pass", ""),
    "(void)0": ("broken", "the hosts did not settle: a thread of the stack bad in server does not sleep; a "
                "stack that polls says when nothing moves (busy, docs/YOUR-STACK.md)"),
    "table.busy = always_busy": ("broken", "the hosts did not settle: the stack bad in server says that "
                                 "something moves (busy)"),
    "table.busy = turns_when_asked": ("broken", "the hosts did not settle: the stack bad in server says that "
                                      "something moves (busy)"),
    # One that does not know the member.
    "table.busy = never_busy; table.size = offsetof(struct sockproof_stack, busy)":
        ("broken", "the hosts did not settle: a thread of the stack bad in server does not sleep"),
}


@pytest.mark.parametrize("says", SAYS)
def test_a_stack_that_polls_without_end_settles_by_what_it_says(tmp_path: Path, header: Path,
                                                                says: str) -> None:
    plug = hostile(tmp_path, header, f"-DWHEN_ASKED={says}")
    verdict, reason = SAYS[says]
    few = ["--slow-factor", "0.3"] if verdict == "broken" else []  # what is never still is given up sooner
    results = of_datagram(tmp_path, f"bad=so:{plug},thread-turns", *few)
    assert len(results) == 2
    for one in results:
        assert one["verdict"] == verdict, one["reason"]
        assert reason in (one["reason"] or "")


def lived(folder: Path, stack: str, steps: list[str], *words: str) -> dict[str, Any]:
    """The result of a case with these steps on that stack."""
    head = ["title: Time goes on", "cites: [posix/opt/SO_RCVTIMEO-expires]", "transport: udp",
            "family: [inet]", "steps:"]
    (folder / "time.yaml").write_text("\n".join(head + [f"  - {step}" for step in steps]) + "\n", "utf-8")
    results = run(folder / "report", "--stack", f"timed=so:{stack}", str(folder / "time.yaml"), *words)
    assert len(results) == 1
    return results[0]


def test_a_stack_that_lives_by_tick_waits_an_hour_in_no_time(tmp_path: Path, header: Path) -> None:
    """No thread of it waits for time: calls with a limit end when tick says so, and no sooner."""
    plug = compiled(tmp_path / "ticking.so", header, str(TICKING))
    one = lived(tmp_path, str(plug), [
        "server: {setsockopt: {SO_RCVTIMEO: 3600s}}",
        "server: {recv: 64, errno: EAGAIN, took: {at_least: 3600s, at_most: 3601s}, within: 7200s}",
        "server: {poll: {events: [POLLIN], timeout: 1800s}, returns: 0, took: {at_least: 1800s, "
        "at_most: 1801s}, within: 7200s}",
        "client: {send: here}",
        "server: {recv: 64, data: here, took: {at_most: 1s}}"])
    assert one["verdict"] == "pass", one["reason"]
    assert one["duration_us"] < 30_000_000


def test_what_a_timer_of_a_stack_sends_goes_out_when_tick_says_so(tmp_path: Path, header: Path) -> None:
    plug = compiled(tmp_path / "ticking.so", header, str(TICKING))
    one = lived(tmp_path, f"{plug},90", [
        "client: {send: late}",
        "server: {recv: {len: 64, flags: [MSG_DONTWAIT]}, errno: EAGAIN}",
        "server: {recv: 64, data: late, took: {at_least: 89s, at_most: 91s}, within: 200s}"])
    assert one["verdict"] == "pass", one["reason"]


def test_who_does_not_know_tick_lives_in_real_time(tmp_path: Path, header: Path) -> None:
    """A table of before it: nobody tells it that its time is over."""
    before = "-DSIZE=offsetof(struct sockproof_stack, tick)"
    plug = compiled(tmp_path / "ticking.so", header, before, str(TICKING))
    one = lived(tmp_path, str(plug), [
        "server: {setsockopt: {SO_RCVTIMEO: 20ms}}",
        "server: {recv: 64, errno: EAGAIN, within: 500ms}"])
    assert one["verdict"] == "fail" and "recv is still asleep" in one["reason"], one["reason"]


def test_what_a_stack_is_given(tmp_path: Path, header: Path) -> None:
    """With addresses of its own it has a link; with the kernel's it has none."""
    own = hostile(tmp_path, header, "-DWHEN_ASKED=table.traits = 0")
    given = [one["reason"] for one in of_datagram(tmp_path, f"bad=so:{own},begin-tells")]
    told = re.fullmatch(r"the stack bad cannot begin: own (\S+) peer (\S+) mtu 1500 packets 1 macs 1 seed 1 "
                        "size 1", given[0])
    assert told and told[1] != told[2], given
    kernels = hostile(tmp_path, header)
    given = [one["reason"] for one in of_datagram(tmp_path, f"bad=so:{kernels},begin-tells")]
    assert " mtu 0 packets 0 macs 0 seed 1 size 1" in given[0]


@pytest.mark.parametrize("answer", ANSWERS)
def test_harm_when_asked_is_refused_in_a_line(tmp_path: Path, header: Path, answer: str) -> None:
    plug = hostile(tmp_path, header, f"-DWHEN_ASKED={answer}")
    done = asked("bad", plug)
    assert done.returncode == 3
    assert done.stderr == f"sockproof: --stack bad=so:{plug}: {ANSWERS[answer]}\n"


def test_what_is_no_stack_is_refused_in_a_line(tmp_path: Path, header: Path) -> None:
    text, other, empty = tmp_path / "text.so", tmp_path / "other.so", tmp_path / "empty.so"
    text.write_text("no object\n", "utf-8")
    plug = compiled(tmp_path / "forward.so", header, str(EXAMPLE))
    elf = bytearray(plug.read_bytes())
    elf[18] = 0xb7  # AArch64, in the header of ELF
    other.write_bytes(bytes(elf))
    compiled(empty, header, "-x", "c", "/dev/null")
    for file, reason in ((text, "file too short"), (other, "cannot open shared object file"),
                         (empty, "it exports no function sockproof_stack"),
                         (tmp_path / "none.so", "No such file or directory")):
        done = asked("bad", file)
        assert done.returncode == 3 and done.stderr.count("\n") == 1 and reason in done.stderr, done.stderr
    for name in ("linux", "a b", "all", "-x", "a/b", "x" * 41):
        done = asked(name, plug)
        assert done.returncode == 3 and "name" in done.stderr, done.stderr


def test_the_driver_takes_it_from_the_current_folder(tmp_path: Path, header: Path) -> None:
    compiled(tmp_path / "forward.so", header, str(EXAMPLE))
    (tmp_path / "one.yaml").write_text(CASE, "utf-8")
    done = subprocess.run([str(ROOT / "sockproof"), "run", "--stack", "mine=so:forward.so", "--stack",
                           "linux", "--report", "report", "-v", "one.yaml"], cwd=tmp_path, text=True,
                          timeout=120, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "one[inet]@mine" in done.stdout and "one[inet6]@linux" in done.stdout
    about = json.loads((tmp_path / "report" / "run.json").read_text("utf-8"))["stacks"][0]["plugin"]
    said = f"mine=so:{tmp_path / 'forward.so'} (version 1, hash {about['hash']})"
    for text in (done.stdout, (tmp_path / "report" / "summary.txt").read_text("utf-8"),
                 (tmp_path / "report" / "html" / "index.html").read_text("utf-8")):
        assert said.replace(" ", "") in re.sub(r"\s", "", text)  # lines are broken where they are full
    done = subprocess.run([str(ROOT / "sockproof"), "run", "--stack", "mine=so:none.so", "one.yaml"],
                          cwd=tmp_path, text=True, timeout=120, capture_output=True, check=False)
    assert done.returncode == 3 and "none.so: No such file or directory" in done.stderr

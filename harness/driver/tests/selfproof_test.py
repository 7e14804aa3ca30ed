# SPDX-License-Identifier: MIT
"""sockproof proves itself: cases that must fail, be broken, be skipped, hang, or lose their actor.

Each test runs the real engine on one case of fixtures/selfproof and asserts the exact verdict,
message and exit status. A harness that calls everything a pass fails here.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT
from roots import root_with_baseline
from selfproof import command, run
from sockproof.reports.failure import failure_text
from sockproof.reports.junit import junit_xml
from sockproof.reports.ladder import ladder
from sockproof.reports.records import read

VERDICTS = [
    ("passes", 0, "pass", ""),
    ("must-fail", 1, "fail",
     'step 2: data: expected "what was not sent", observed "what was sent"'),
    ("hangs", 1, "fail",
     "step 1: took: expected an end within 0.300 s, observed recv is still asleep"),
    ("unnamed-signal", 1, "fail",
     'signals: expected none that the case does not name, observed ["SIGPIPE"]'),
    ("unnamed-signal-of-a-send", 1, "fail",
     'signals: expected none that the case does not name, observed ["SIGPIPE"]'),
    ("unnamed-reset", 1, "fail",
     "resets: expected no RST that the case does not name, observed an RST from client during step 2, and "
     "the case names none; a step 'wire: {sees: rst, from: client}' would name it"),
    ("unnamed-reset-of-another", 1, "fail",
     "resets: expected no RST that the case does not name, observed an RST from client during step 4, and "
     "the case names others: of another side or connection, or not as many; a step "
     "'wire: {sees: rst, from: client}' would name it"),
    ("named-resets", 0, "pass", ""), ("named-reset-of-bytes", 0, "pass", ""),
    ("not-quiet", 1, "fail", "step 2: quiet: expected nothing arrives, observed data waits"),
    ("not-blocked", 1, "fail",
     "step 3: blocked: expected recv is asleep, observed recv has ended with 1"),
    ("started-unasked", 1, "fail",
     "step 1: returns: expected success (no errno), observed -1 with errno ECONNRESET"),
    ("started-unasked-of-many", 1, "fail",
     "step 4: returns: expected success (no errno), observed -1 with errno ECONNRESET (socket 1 of 2)"),
    ("started-unasked-well", 0, "pass", ""),
    ("program-started-unasked", 1, "fail",
     r'step 1: exit: expected 0, observed 3, with stdout "ready\n"'),
    ("wrong-delivery", 1, "fail", "delivery.lost: expected 0, observed 1"),
    ("fault-never-fired", 2, "broken",
     "the fault 'tenth' never fired: the case proves nothing about it (its trigger was asked 1 times)"),
    ("fault-illegal", 2, "broken",
     "the fault 'again' never fired: the case proves nothing about it (its trigger was asked 0 times)"),
    ("faults-several", 0, "pass", ""), ("fault-ends", 0, "pass", ""), ("fault-interrupts", 0, "pass", ""),
    ("none-overtaken", 2, "broken",
     "the fault 'late' fired and no packet was overtaken: nothing was sent behind those that it kept, and "
     "the case proves nothing about it"),
    ("checksum-by-number", 1, "fail", "step 2: count: expected 0, observed 1"),
    ("no-such-field", 2, "broken",
     "step 2 asks for 'icmp.id', and no packet that it was compared with has such a field: it proves "
     "nothing"),
    ("never-no-such-field", 2, "broken",
     "'never' asks for 'icmp.id', and no packet has such a field: it proves nothing"),
    ("fault-no-such-field", 2, "broken",
     "the fault 'lost' never fired: the case proves nothing about it (its trigger was asked 0 times; no "
     "packet that it met has the field 'icmp.id')"),
    ("received-no-such-field", 1, "fail",
     "step 2: packet: expected {icmp: {id: 0}}, observed a packet that has no 'icmp.id': client > server "
     "icmp type 11 code 0 28 bytes"),
    ("no-notification", 1, "fail",
     "step 2: notification: expected {type: SCTP_SHUTDOWN_EVENT}, observed no notification, but data: "
     '"data"'),
    ("no-info", 1, "fail", "step 2: info: expected {stream: 1}, observed no info"),
    ("nothing-to-save", 1, "fail",
     "step 2: save: expected 'assoc_id' to save, observed the call gave none"),
    ("never-sent", 1, "fail",
     "step 3: release: expected {packet: fin}, observed no packet in hand is such"),
    ("quiet", 0, "pass", ""), ("held-again", 0, "pass", ""),
    ("never-held", 2, "broken", "step 2 let nothing go: no step holds that side"),
    ("fault-never-met", 1, "fail", "fired.tenth: expected 1, observed 0"),
    ("not-accepted", 1, "fail",
     "step 2: descriptor: expected a descriptor 'one', observed none: the accept of step 1 has not ended"),
    ("released-one-way", 0, "pass", ""),
    ("since-a-step", 0, "pass", ""),
    ("never-evaluated", 2, "broken",
     "the expectation 'value' of step 2 was never evaluated: the call gave no such result (it returned -1)"),
    ("actor-dies", 2, "broken",
     "the actor 'client' was ended by SIGKILL during step 2: client: {kill: SIGKILL}"),
    ("many-buffers-of-a-message", 0, "pass", ""), ("many-buffers-of-a-stream", 0, "pass", ""),
    ("excess-at-run-time", 2, "broken", "one step is about at most 65536 messages"),
    ("many-messages-sent", 0, "pass", ""), ("many-messages-received", 0, "pass", ""),
    ("peer-reset-unnamed", 1, "fail",
     "resets: expected no RST that the case does not name, observed an RST from client during step 3, and "
     "the case names none; a step 'wire: {sees: rst, from: client}' would name it"),
    ("peer-own-packets", 0, "pass", ""),
    ("sends-too-much", 2, "broken", "a packet of the wire has at most 1500 bytes"),
    ("skipped", 4, "skip", "the stack usrsctp has no call dup"),
    ("program-wrong-status", 1, "fail", "step 1: exit: expected 0, observed 3"),
    ("program-unnamed-status", 1, "fail",
     r'step 1: exit: expected 0, observed 3, with stderr "no room\n"'),
    ("program-wrong-output", 1, "fail",
     r'step 1: stdout: expected "not said\n", observed "said\n"'),
    ("program-hangs", 1, "fail",
     "step 1: took: expected an end within 0.300 s, observed run is still asleep"),
    ("program-crashes", 1, "fail",
     "exit: expected server still runs, or has ended in order, observed it was killed by SIGSEGV"),
    ("program-not-ready", 2, "broken", "the program ended with status 4 before it was ready: no "),
    ("program-untouched", 2, "broken",
     "the fault 'piece' never fired: the case proves nothing about it (its trigger was asked 0 times; no "
     "call on a socket was seen)"),
    ("program-missing", 4, "skip",
     "no-such-program is not installed: apt-get install no-such-program, or ./sockproof run "
     "--with programs"),
]


@pytest.mark.parametrize(("name", "status", "verdict", "reason"), VERDICTS,
                         ids=[row[0] for row in VERDICTS])
def test_verdict_reason_and_status(tmp_path: Path, name: str, status: int, verdict: str,
                                   reason: str) -> None:
    found = run(tmp_path, name)
    assert (found.only["verdict"], found.only["reason"]) == (verdict, reason), found.err
    assert found.status == status


# What a stack that lives in the actor's process does wrong is its failure, and no broken case.
MISBEHAVES = [
    ("unnamed-signal", "int lwip_shutdown(int s, int how) { (void)s; (void)how; abort(); }", "stack-crashed",
     "step 1: process: expected client still runs, observed the stack in it ended it by SIGABRT"),
    ("quiet", """ssize_t lwip_recv(int s, void *to, size_t size, int flags) {
        ssize_t (*real)(int, void *, size_t, int) = dlsym(RTLD_NEXT, __func__);
        return real(s, to, size, flags & ~MSG_DONTWAIT);
    }""", "not-quiet",
     "step 1: quiet: expected nothing arrives, observed a look at the queue that must not block sleeps"),
]
HEAD = "#include <dlfcn.h>\n#include <stdlib.h>\n#include <sys/socket.h>\n"


@pytest.mark.parametrize(("name", "source", "code", "reason"), MISBEHAVES, ids=[row[0] for row in MISBEHAVES])
def test_a_misbehaving_stack_fails(tmp_path: Path, name: str, source: str, code: str, reason: str) -> None:
    """A function of the stack's library is another one."""
    text, library = tmp_path / "wrong.c", tmp_path / "wrong.so"
    text.write_text(HEAD + source + "\n", encoding="utf-8")
    subprocess.run(["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", library, text], check=True)
    found = run(tmp_path, name, options=("--stack", "lwip"), preload=library)
    assert (found.only["verdict"], found.only["reason"]) == ("fail", reason), found.err
    assert found.only["failure"]["code"] == code and found.status == 1
    judged = subprocess.run([ENGINE, "judge", str(found.report)], cwd=ROOT, text=True, timeout=60,
                            capture_output=True, check=False)
    assert " 0 otherwise" in judged.stdout, judged.stdout


# A clock that runs four times as fast, in front of the library, as libfaketime puts one there.
FAST = """#include <dlfcn.h>
#include <poll.h>
#include <time.h>
int clock_gettime(clockid_t clock, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, now);
  long long ns = (now->tv_sec * 1000000000LL + now->tv_nsec) * (clock == CLOCK_MONOTONIC ? 4 : 1);
  now->tv_sec = ns / 1000000000; now->tv_nsec = ns % 1000000000; return result; }
int poll(struct pollfd *fds, nfds_t count, int ms) {
  int (*real)(struct pollfd *, nfds_t, int) = (int (*)(struct pollfd *, nfds_t, int))dlsym(RTLD_NEXT, "poll");
  return real(fds, count, ms > 0 ? ms / 4 : ms); }
"""


def test_a_clock_of_the_library_that_runs_otherwise_is_nobodys_failure(tmp_path: Path) -> None:
    """What the kernel does takes the kernel's time; what the library waits for is broken."""
    text, library, folder = tmp_path / "fast.c", tmp_path / "fast.so", tmp_path / "cases"
    text.write_text(FAST, "utf-8")
    subprocess.run(["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", library, text], check=True)
    folder.mkdir()
    head = "title: A time\ncites: [posix/recv/blocks]\ntransport: tcp\nfamily: [inet]\nsteps:\n"
    kernel = ("  - client: {setsockopt: {SO_RCVTIMEO: 200ms}}\n"
              "  - client: {recv: 1, errno: EAGAIN, took: {at_least: 190ms, at_most: 390ms}}\n")
    waits = ("  - client: {poll: {events: [POLLIN], timeout: 200ms}, revents: [], "
             "took: {at_least: 190ms, at_most: 2s}}\n")
    (folder / "kernel.yaml").write_text(head + kernel, "utf-8")
    (folder / "library.yaml").write_text(head + waits, "utf-8")
    done = subprocess.run([*command(tmp_path / "report"), str(folder)], text=True, capture_output=True,
                          timeout=120, check=False, env=dict(os.environ, LD_PRELOAD=str(library)))
    found: dict[str, Any] = {one["case"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert len(found) == 2, done.stderr
    kernels, librarys = (next(found[name] for name in found if name.endswith(word))
                         for word in ("kernel", "library"))
    assert kernels["verdict"] == "pass", kernels["reason"]
    assert librarys["failure"]["code"] == "clocks-differ", librarys
    judged = subprocess.run([ENGINE, "judge", str(tmp_path / "report")], cwd=ROOT, text=True, timeout=60,
                            capture_output=True, check=False)
    assert " 0 otherwise" in judged.stdout, judged.stdout


CODES = {"fault-never-fired": "fault-never-fired", "none-overtaken": "fault-without-effect",
         "never-evaluated": "expectation-not-evaluated", "actor-dies": "actor-died",
         "skipped": "stack-call", "program-missing": "program-missing",
         "program-not-ready": "program-ended-early", "not-quiet": "not-quiet",
         "not-blocked": "not-blocked", "program-crashes": "program-crashed",
         "program-hangs": "deadline", "wrong-delivery": "mismatch", "excess-at-run-time": "too-large"}


def test_what_is_not_passed_has_a_code(tmp_path: Path) -> None:
    found = {r["case"]: r["failure"] or r["skip"] for r in run(tmp_path, *CODES).results}
    assert {case: said["code"] for case, said in found.items()} == CODES


def test_not_seen_says_what_came_instead(tmp_path: Path) -> None:
    found = run(tmp_path, "not-seen")
    assert found.only["verdict"] == "fail"
    assert found.only["reason"].startswith("step 2: sees: expected fin, observed client > server tcp")
    assert found.status == 1


def test_an_absent_host_is_answered_for_by_the_wire(tmp_path: Path) -> None:
    found = run(tmp_path, "peer-answers-otherwise")
    assert found.only["reason"].startswith(
        "step 3: sees: expected {packet: rst, tcp: {seq: 1}}, observed client > server tcp SYN seq 0 0 bytes "
        "(absorbed); client > server tcp RST seq 1001 0 bytes (absorbed)")
    assert found.status == 1


def test_a_packet_that_goes_the_other_way_is_not_the_one(tmp_path: Path) -> None:
    found = run(tmp_path, "other-direction")
    assert (found.status, found.only["verdict"], found.only["failure"]["step"]) == (1, "fail", 4)
    assert "client > server" not in found.only["reason"]


def test_what_went_by_before_the_last_call_is_not_taken(tmp_path: Path) -> None:
    found = run(tmp_path, "old-acknowledgement")
    assert (found.status, found.only["verdict"], found.only["failure"]["step"]) == (1, "fail", 6)
    assert "ack 2 0 bytes" not in found.only["reason"] and "(cut)" in found.only["reason"]


def test_never_speaks_of_the_packets_of_one_side(tmp_path: Path) -> None:
    found = run(tmp_path, "never-seen")
    assert (found.status, found.only["verdict"]) == (1, "fail")
    assert found.only["failure"]["expected"] == '{tcp: {seq: 1}, payload: "x", from: client}'
    assert '"text":"x"' in found.only["failure"]["observed"]


def test_packets_are_numbered_alike_in_events_and_in_the_capture(tmp_path: Path) -> None:
    found = run(tmp_path, "not-seen")
    events = [json.loads(line) for line in (found.report / "events.jsonl").read_text("utf-8").splitlines()]
    packets = [event for event in events if event["type"] == "packet"]
    capture = (found.report / found.only["capture"]).read_bytes()
    assert [packet["number"] for packet in packets] == list(range(1, len(packets) + 1)) != []
    for packet in packets:
        assert f"packet {packet['number']}: {packet['text']}".encode() in capture


def test_unknown_citation_is_a_lint_error_and_a_broken_verdict(tmp_path: Path) -> None:
    strict = run(tmp_path, "unknown-citation")
    assert strict.status == 3 and strict.results == []
    assert "error[unknown-citation]" in strict.err and "did you mean 'posix/recv/ECONNRESET'?" in strict.err
    lenient = run(tmp_path, "unknown-citation", options=("--cites-lenient",))
    assert lenient.only["verdict"] == "broken"
    assert lenient.only["reason"] == ("the citation 'posix/recv/ECONNRESTE' is not in the catalogue: "
                                      "the case proves nothing about it")
    assert lenient.status == 2


def test_a_failure_carries_its_evidence(tmp_path: Path) -> None:
    found = run(tmp_path, "must-fail")
    failure = found.only["failure"]
    assert (failure["line"], failure["step"], failure["field"]) == (7, 2, "data")
    assert failure["requirements"][0]["id"] == "posix/recv/return-length"
    events = (found.report / "events.jsonl").read_bytes()
    place = found.only["events"]
    lines = events[place["offset"]:place["offset"] + place["length"]].splitlines()
    assert len(lines) == place["count"] > 5
    actors = {json.loads(line)["actor"] for line in lines}
    assert {"client", "server", "wire"} <= actors or found.only["place"] == "loopback"
    assert found.only["reproduce"].startswith("./sockproof run '")


@pytest.mark.parametrize(("name", "line", "source", "left"), [
    ("must-fail", 7, 'server: {recv: 64, data: "what was not sent"}', [8]),
    ("hangs", 6, "client: {recv: 1, within: 300ms}", []),
    ("not-seen", 7, "wire:   {sees: fin, from: client, within: 200ms}", []),
    ("unnamed-reset", 8, "client: {close: sock}", []),
    ("unnamed-reset-of-another", 10, "client:  {close: sock}", []),
    ("unnamed-signal", 7, 'client: {send: "x", errno: EPIPE}', []),
    ("wrong-delivery", 11, "lost: 0", []),
    ("fault-never-fired", 6, "tenth: {do: drop, when: {packet: data, nth: 10}}", []),
    ("no-such-field", 7, "wire:   {sees: {icmp: {id: 0}}, from: client, count: 0}", []),
    ("never-evaluated", 8, "client: {getsockopt: SO_TYPE, errno: EBADF, value: SOCK_STREAM}", []),
    ("actor-dies", 7, "client: {kill: SIGKILL}", [8])])
def test_every_failure_names_its_place_and_its_event(tmp_path: Path, name: str, line: int,
                                                     source: str, left: list[int]) -> None:
    found = run(tmp_path, name)
    failure, place = found.only["failure"], found.only["events"]
    assert (failure["line"], failure["source"]) == (line, source)
    assert [step["line"] for step in failure["not_run"]] == left
    assert failure["requirements"] and ("observed" in failure) == (found.status == 1)
    with open(found.report / "events.jsonl", "rb") as stream:
        stream.seek(place["offset"])
        events = [json.loads(line) for line in stream.read(place["length"]).splitlines()]
    marked = [rung.text for rung in ladder(events, found.only, 100, 100).rungs if rung.failing]
    assert len(marked) == 1
    assert marked[0].endswith("NOT MET") if found.status == 1 else marked[0].startswith("broken: ")


def test_an_error_is_expected_when_its_step_names_that_one(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(
        "title: Two receives of nothing\ncites: [posix/recv/blocks]\ntransport: tcp\nfamily: [inet]\n"
        "steps:\n  - client: {recv: {len: 1, flags: [MSG_DONTWAIT]}, errno: EAGAIN}\n"
        "  - server: {recv: {len: 1, flags: [MSG_DONTWAIT]}, errno: EPIPE}\n", "utf-8")
    done = subprocess.run([*command(tmp_path / "report"), str(case)], text=True, capture_output=True,
                          timeout=120, check=False)
    result, = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(error["actor"], error["errno"], error["expected"]) for error in result["errors"]] == [
        ("client", "EAGAIN", True), ("server", "EAGAIN", False)], done.stderr


def test_failures_outrank_broken_and_all_are_judged(tmp_path: Path) -> None:
    found = run(tmp_path, "passes", "must-fail", "never-evaluated")
    assert sorted(r["verdict"] for r in found.results) == ["broken", "fail", "pass"]
    assert found.status == 1


def test_nothing_selected_is_not_green(tmp_path: Path) -> None:
    selection = tmp_path / "none"
    selection.write_text("", encoding="utf-8")
    found = run(tmp_path, "passes", options=("--select", str(selection)))
    assert found.results == [] and found.status == 4


def test_more_skips_than_allowed_is_not_green(tmp_path: Path) -> None:
    found = run(tmp_path, "passes", "skipped", options=("--max-skips", "0"))
    assert sorted(r["verdict"] for r in found.results) == ["pass", "skip"]
    assert found.status == 4


def deviation(case: str, step: int, field: str, observed: str, version: str = "*") -> str:
    """An entry of a baseline."""
    return (f'  - cases: {{{case}: [{{step: {step}, field: {field}, observed: {observed}}}]}}\n'
            f'    versions: ["{version}"]\n    reason: for the test\n')


def test_a_version_is_whole_numbers(tmp_path: Path) -> None:
    major, minor = platform.release().split(".")[:2]
    cut = f"{major}.{minor[:-1]}" if len(minor) > 1 else major[:-1] or "0"
    for version, verdict in ((f"{major}.{minor}", "known"), (f"{major}.", "known"), (cut, "fail")):
        folder = tmp_path / version
        root = root_with_baseline(folder, deviation("must-fail", 2, "data", "what was sent", version))
        found = run(folder, "must-fail", options=("--root", str(root)))
        assert {r["verdict"] for r in found.results} == {verdict}, version


def test_a_stale_baseline_and_a_known_deviation(tmp_path: Path) -> None:
    root = root_with_baseline(
        tmp_path,
        deviation("fixtures/selfproof", 1, "errno", "EIO") +
        deviation(f"{CASE_ID}passes", 1, "errno", "EIO") +
        deviation(f"{CASE_ID}must-fail", 2, "data", "what was sent"))
    found = run(tmp_path, "passes", "must-fail", options=("--root", str(root)))
    by_case = {r["case"]: r for r in found.results}
    assert by_case[f"{CASE_ID}must-fail"]["verdict"] == "known"
    assert by_case[f"{CASE_ID}passes"]["verdict"] == "fail"
    stale = by_case[f"{CASE_ID}passes"]
    assert stale["reason"].startswith("stale baseline: fixtures/baseline/linux.yaml:6 says that ")
    assert (stale["failure"]["file"], stale["failure"]["line"], stale["failure"]["column"]) == (
        "fixtures/baseline/linux.yaml", 6, 22)
    assert found.status == 1
    # Of a case that passed there is nothing to see: what to do stands in its place.
    records = read(found.report)
    text = failure_text(stale, records.events(stale), "REPORT")
    assert "\nfixtures/baseline/linux.yaml:6:22  stale-baseline\n" in text
    assert "\nmend       ./sockproof baseline update\n" in text
    assert "events  (time" not in text and "passes.yaml:" not in text and "expected" not in text
    [case] = [one for one in ElementTree.fromstring(junit_xml(records)).iter("testcase")
              if one.get("name") == stale["id"]]
    assert (case.get("file"), case.get("line")) == ("fixtures/baseline/linux.yaml", "6")


CASE_ID = ""  # ids begin below the folder called cases


def test_the_same_seed_loses_the_same_packets(tmp_path: Path) -> None:
    def fired(seed: str) -> list[Any]:
        found = subprocess.run([ENGINE, "run", "--root", str(ROOT), "--seed", seed, "--report",
                                str(tmp_path / "report"),
                                str(ROOT / "cases" / "udp" / "delivery" / "lossy-seeded.yaml")],
                               text=True, capture_output=True, timeout=120, check=False)
        lines = [json.loads(line) for line in found.stdout.splitlines()]
        if {line["verdict"] for line in lines} == {"skip"}:
            pytest.skip(lines[0]["reason"])
        assert {line["verdict"] for line in lines} == {"pass"}, lines
        events = (tmp_path / "report" / "events.jsonl").read_text(encoding="utf-8").splitlines()
        packets = [json.loads(event) for event in events if '"fate":' in event]
        return sorted((packet["case"], packet["n"], packet["fate"]) for packet in packets)

    assert len(fired("3")) == 200
    assert fired("3") == fired("3")
    assert fired("3") != fired("4")

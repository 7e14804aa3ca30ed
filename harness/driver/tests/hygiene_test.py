# SPDX-License-Identifier: MIT
"""Cases that change their hosts: the next ones have fresh hosts, and who did it is named."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT
from judged import judged

CASE = """title: {title}
cites: [program/clean-error-or-intact]
subject: program
transport: udp
place: {place}
family: [inet]
programs: [{program}]
steps:
  - {actor}: {{run: {words}}}
"""
PLAIN = """title: A datagram arrives
cites: [rfc768/destination-demux]
transport: udp
place: {place}
steps:
  - client: {{send: "x"}}
  - server: {{recv: 1, data: "x"}}
"""
PIECES = """title: A datagram in two pieces, of which one is lost
cites: [rfc1122/3.3.2-reassembly]
transport: udp
family: [inet]
faults:
  gap: {wire: client, do: drop, when: {packet: data, nth: LOST}}
steps:
  - client: {send: {zeros: 2000}, returns: 2000}
  - server: {quiet: sock}
"""
DROPS = "add table ip t; add chain ip t o { type filter hook output priority 0; }; " \
        "add rule ip t o ip protocol udp drop"
# The interface makes the checksums of what is sent (ETHTOOL_STXCSUM).
FEATURE = "import ctypes, fcntl, socket, struct; " \
          "asked = ctypes.create_string_buffer(struct.pack('II', 0x17, 1)); " \
          "fcntl.ioctl(socket.socket(), 0x8946, struct.pack('16sQ8x', b'w0', ctypes.addressof(asked)))"

# It has left the group of who started it before that ends: its end of the pipe closes as it executes.
DAEMON = ["python3", "-c", "import os; there, own = os.pipe(); child = os.fork(); "
          "(os.setsid(), os.execvp('sleep', ['sleep', '1000'])) if child == 0 else os.close(own); "
          "os.read(there, 1)"]
CHANGES = {
    "filter": (["nft", DROPS], "the client's rules of nftables"),
    "route": (["ip", "route", "add", "blackhole", "10.0.0.2/32"], "the client's routes"),
    "rule": (["ip", "rule", "add", "to", "10.0.0.2", "prohibit"], "the client's rules of routing"),
    "address": (["ip", "address", "add", "10.0.0.2/32", "dev", "lo"], "the client's addresses"),
    "link": (["ip", "link", "set", "w0", "mtu", "600"], "the client's interfaces"),
    "neighbour": (["ip", "neighbour", "replace", "10.0.0.2", "lladdr", "02:00:00:00:00:09", "dev", "w0"],
                  "the client's neighbours"),
    "qdisc": (["tc", "qdisc", "add", "dev", "w0", "root", "pfifo", "limit", "1"], "the client's interfaces"),
    "sysctl": (["sh", "-c", "echo 3 > /proc/sys/net/ipv4/ip_default_ttl"],
               "the client's net.ipv4.ip_default_ttl is 3 where it was 64"),
    "label": (["ip", "addrlabel", "add", "prefix", "fd00::/64", "label", "99"],
              "the client's labels of addresses"),
    "nexthop": (["ip", "nexthop", "add", "id", "5", "blackhole"], "the client's next hops"),
    "group": (["ip", "maddress", "add", "33:33:00:00:00:99", "dev", "w0"],
              "the client's groups of interfaces"),
    "segments": (["ip", "link", "set", "w0", "gso_max_size", "3000"], "the client's interfaces"),
    "feature": (["python3", "-c", FEATURE], "the client's features of interfaces"),
    "daemon": (DAEMON, "left 1 process running"),
}


def run(folder: Path, words: list[str], *, place: str = "wire",
        actor: str = "client") -> tuple[list[dict[str, Any]], list[str]]:
    """The program, then datagrams, by one worker: their results, and the notes of what was changed."""
    return run_case(folder, CASE.format(title="It changes its host", place=place, actor=actor,
                                        program=words[0], words=json.dumps(words)), place)


def run_case(folder: Path, case: str, place: str = "wire") -> tuple[list[dict[str, Any]], list[str]]:
    """The same of a case of any kind."""
    changer, plain = folder / "changer.yaml", folder / "plain.yaml"
    changer.write_text(case, "utf-8")
    plain.write_text(PLAIN.format(place=place), "utf-8")
    done = subprocess.run([ENGINE, "run", "--report", str(folder / "report"), "--workers", "1",
                           "--allow-programs", str(changer), str(plain)], cwd=ROOT, text=True,
                          capture_output=True, timeout=60, check=False)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    lines = (folder / "report" / "events.jsonl").read_text("utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    notes = [f"{event['case']}: {event['text']}" for event in events if event.get("code") == "hosts-changed"]
    return results, notes


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_named_and_gone_for_the_next(tmp_path: Path, change: str) -> None:
    words, said = CHANGES[change]
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is missing")
    results, notes = run(tmp_path, words)
    assert [one["verdict"] for one in judged(results)] == ["pass"] * 3, results
    assert len(notes) == 1 and "changer[inet]" in notes[0] and said in notes[0], notes
    assert all("spent" not in one for one in results)


def test_who_changes_nothing_is_not_named(tmp_path: Path) -> None:
    results, notes = run(tmp_path, ["true"])
    assert [one["verdict"] for one in judged(results)] == ["pass"] * 3, results
    assert notes == [], notes


def test_fragments_that_wait_for_others_are_named_and_gone_for_the_next(tmp_path: Path) -> None:
    results, notes = run_case(tmp_path, PIECES.replace("LOST", "1"))
    assert [one["verdict"] for one in judged(results)] == ["pass"] * 3, results
    assert len(notes) == 1 and "the server's fragments, which wait for others" in notes[0], notes


def test_fragments_that_came_together_wait_for_nobody(tmp_path: Path) -> None:
    whole = PIECES.replace("faults:\n  gap: {wire: client, do: drop, when: {packet: data, nth: LOST}}\n", "")
    results, notes = run_case(tmp_path, whole.replace("quiet: sock", "recv: 4000, returns: 2000"))
    assert [one["verdict"] for one in judged(results)] == ["pass"] * 3, results
    assert notes == [], notes


def test_a_daemon_is_ended_on_loopback_too(tmp_path: Path) -> None:
    results, notes = run(tmp_path, DAEMON, place="loopback")
    assert [one["verdict"] for one in results] == ["pass"] * 3, results
    assert len(notes) == 1 and "left 1 process running" in notes[0], notes


def test_a_child_in_the_programs_own_group_is_no_leftover(tmp_path: Path) -> None:
    results, notes = run(tmp_path, ["sh", "-c", "sleep 1000 & exit 0"])
    assert [one["verdict"] for one in judged(results)] == ["pass"] * 3, results
    assert notes == [], notes


def test_a_folder_that_is_hidden_for_want_of_room_is_told_once(tmp_path: Path) -> None:
    """Each of these folders lies where all is hidden, and is kept for its case."""
    cases = []
    for number in range(70):
        folder = tmp_path / f"{number:02}"
        folder.mkdir()
        cases.append(folder / "program.yaml")
        cases[-1].write_text(CASE.format(title="It has a folder of its own", place="loopback", actor="client",
                                         program="true", words='["true"]'), "utf-8")

    def told(some: list[Path]) -> list[str]:
        done = subprocess.run([ENGINE, "run", "--report", str(tmp_path / "report"), "--allow-programs",
                               *map(str, some)], cwd=ROOT, text=True, capture_output=True, timeout=120,
                              check=False)
        return [line for line in done.stderr.splitlines() if "hidden from the cases" in line]
    assert told(cases[:20]) == []
    lines = told(cases)
    assert len(lines) == 1 and str(tmp_path) in lines[0] and "run fewer cases at once" in lines[0], lines

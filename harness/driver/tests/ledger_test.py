# SPDX-License-Identifier: MIT
"""The ledger blames nobody who did right: what it can follow it follows, a lie included, and where it
cannot it stands back and says so."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT
from numbered import NUMBERED
from wired_test import refusal

SO_PEEK_OFF = 42
HEAD = "title: What the ledger makes of it\ncites: [posix/recv/return-length]\ntransport: tcp\n"

# What it follows: each case passes, and nothing is to be said of it.
FOLLOWED = {
    "peeks from an offset": """steps:
  - server: {setsockopt: {SO_PEEK_OFF: 0}}
  - client: {send: "aabbccddeeff"}
  - server: {recv: {len: 2, flags: [MSG_PEEK]}, data: "aa"}
  - server: {recvmsg: {iov: [1, 1], flags: [MSG_PEEK]}, data: ["b", "b"]}
  - server: {recv: 2, data: "aa"}
  - server: {recv: {len: 2, flags: [MSG_PEEK]}, data: "cc"}
  - server: {setsockopt: {SO_PEEK_OFF: 6}}
  - server: {recv: {len: 64, flags: [MSG_PEEK]}, data: "eeff"}
  - server: {recv: {len: 2, flags: [MSG_TRUNC]}, returns: 2}
  - server: {getsockopt: SO_PEEK_OFF, value: 8}
  - server: {setsockopt: {SO_PEEK_OFF: -1}}
  - server: {recv: {len: 2, flags: [MSG_PEEK]}, data: "cc"}
  - server: {recv: 64, data: "ccddeeff"}
expect:
  ordering: exact
""", "an offset that a listener hands on, and a second descriptor moves": """setup: listening
steps:
  - server: {setsockopt: {SO_PEEK_OFF: 1}, fd: listener}
  - client: {connect: server}
  - server: {accept: listener, as: sock}
  - client: {send: "abcd"}
  - server: {recv: {len: 2, flags: [MSG_PEEK]}, data: "bc"}
  - server: {dup: sock, as: second}
  - server: {setsockopt: {SO_PEEK_OFF: 0}, fd: second}
  - server: {recv: {len: 2, flags: [MSG_PEEK]}, data: "ab"}
""", "an offset on many sockets": """setup: listening
clients: 3
steps:
  - server: {accept: listener, each: clients, start: accepting}
  - clients: {connect: server}
  - server: {done: accepting}
  - server: {setsockopt: {SO_PEEK_OFF: 1}, each: clients}
  - clients: {send: "abcd"}
  - server: {recv: {len: 2, flags: [MSG_PEEK]}, each: clients, data: "bc"}
""", "silence, wherever peeks begin": """steps:
  - server: {setsockopt: {SO_PEEK_OFF: 2}}
  - server: {quiet: sock}
  - server: {getsockopt: SO_PEEK_OFF, value: 2}
""", "bytes in the SYN, by sendto": """setup: listening
steps:
  - client: {setsockopt: {TCP_FASTOPEN_NO_COOKIE: 1}}
  - client: {sendto: {data: "early", to: server, flags: [MSG_FASTOPEN]}, returns: 5}
  - server: {accept: listener, addr: client}
  - server: {recv: 64, data: "early"}
  - client: {send: "more"}
  - server: {recv: 64, data: "more"}
  - server: {send: "answer"}
  - client: {recv: 64, data: "answer"}
expect:
  delivery: {sent: 15, accepted: 15, received: 15, lost: 0}
""", "bytes in the SYN, by sendmsg": """setup: listening
steps:
  - client: {setsockopt: {TCP_FASTOPEN_NO_COOKIE: 1}}
  - client: {sendmsg: {iov: ["ea", "rly"], to: server, flags: [MSG_FASTOPEN]}, returns: 5}
  - server: {accept: listener}
  - server: {recv: 64, data: "early"}
""", "bytes in the SYN, by sendmmsg": """setup: listening
steps:
  - client: {setsockopt: {TCP_FASTOPEN_NO_COOKIE: 1}}
  - client: {sendmmsg: {messages: ["early"], to: server, flags: [MSG_FASTOPEN]}, returns: 1}
  - server: {accept: listener}
  - server: {recv: 64, data: "early"}
""", "a fast open that stays open, without a cookie": """setup: listening
steps:
  - client: {sendto: {data: "early", to: server, flags: [MSG_FASTOPEN]}, start: sending}
  - client: {done: sending, returns: 5}
  - server: {accept: listener, addr: client}
  - server: {recv: 64, data: "early"}
""", "a second descriptor of a socket that is connected later": """setup: listening
steps:
  - client: {dup: sock, as: second}
  - client: {connect: server}
  - server: {accept: listener, as: sock}
  - client: {send: "one", fd: second}
  - server: {recv: 64, data: "one"}
  - server: {send: "two"}
  - client: {recv: 64, fd: second, data: "two"}
""", "an urgent byte like the one behind it": """steps:
  - client: {send: {text: "xU", flags: [MSG_OOB]}}
  - client: {send: "Ub"}
  - server: {recv: 64, data: "x"}
  - server: {recv: 64, data: "Ub"}
""", "urgent bytes in line": """steps:
  - server: {setsockopt: {SO_OOBINLINE: 1}}
  - client: {send: {text: "xU", flags: [MSG_OOB]}}
  - client: {send: "Ub"}
  - server: {recv: 64, data: "x"}
  - server: {recv: 64, data: "UUb"}
""", "a part of an urgent send": """faults:
  part: {call: send, by: client, do: {cap: 2}, when: {nth: 1}}
steps:
  - client: {send: {text: "abcU", flags: [MSG_OOB]}, returns: 2}
  - client: {send: "z"}
  - server: {recv: 64, data: "a"}
  - server: {recv: {len: 1, flags: [MSG_OOB]}, data: "b"}
  - server: {recv: 64, data: "z"}
""", "several messages of one peek, and of one that discards": """steps:
  - client: {send: "abcd"}
  - server: {recvmmsg: {count: 2, len: 2, flags: [MSG_PEEK]}, returns: 2, data: ["ab", "ab"]}
  - server: {recvmmsg: {count: 2, len: 2, flags: [MSG_TRUNC]}, returns: 2}
  - client: {send: "efgh"}
  - server: {recv: 64, data: "efgh"}
""", "the same two ports once more": """setup: listening
steps:
  - client: {setsockopt: {SO_REUSEADDR: 1}}
  - client: {bind: client}
  - client: {connect: server}
  - server: {accept: listener, as: sock}
  - client: {send: "old"}
  - client: {setsockopt: {SO_LINGER: {l_onoff: 1, l_linger: 0}}}
  - client: {close: sock}
  - wire:   {sees: rst, from: client}
  - client: {socket: SOCK_STREAM, as: again}
  - client: {setsockopt: {SO_REUSEADDR: 1}, fd: again}
  - client: {bind: client, fd: again}
  - client: {connect: server, fd: again}
  - server: {accept: listener, as: next}
  - client: {send: "new", fd: again}
  - server: {recv: 64, fd: next, data: "new"}
""", "what the kernel holds for a peer": """steps:
  - client: {send: "to be read"}
  - server: {setsockopt: {TCP_REPAIR: 1}}
  - server: {setsockopt: {TCP_REPAIR_QUEUE: 1}}
  - server: {recv: {len: 64, flags: [MSG_PEEK]}, data: "to be read"}
  - server: {setsockopt: {TCP_REPAIR: -1}}
  - server: {recv: 64, data: "to be read"}
""", "a pair of AF_UNIX": """steps:
  - client: {socketpair: {type: SOCK_STREAM, domain: AF_UNIX}, as: [left, right]}
  - client: {send: "one", fd: left}
  - client: {send: "two", fd: right}
  - client: {recv: {len: 2, flags: [MSG_PEEK]}, fd: right, data: "on"}
  - client: {recv: 64, fd: right, data: "one"}
  - client: {recv: 64, fd: left, data: "two"}
expect:
  delivery: {sent: 6, accepted: 6, received: 6, lost: 0}
  ordering: exact
""", "two scripted ends beside a program": """subject: program
steps:
  - client: {run: ["true"]}
  - client: {send: "one"}
  - server: {recv: 64, data: "one"}
expect:
  delivery: {sent: 3, received: 3, lost: 0}
"""}

SEGMENT = """{send: {tcp: {sport: $near, dport: $far, seq: 1004, ack: 5001, flags: [PSH, ACK], \
window: 1000}, payload: "XYZ", to: {host: server, port: 0}}, fd: raw}"""

# Where it stands back: each case passes, and its result says why.
ASIDE = {
    "crafted segments": NUMBERED + f"""  - client: \
{{socket: {{type: SOCK_RAW, protocol: IPPROTO_TCP}}, as: raw}}
  - client: {{send: "abc"}}
  - wire:   {{cut: server}}
  - client: {SEGMENT}
  - server: {{recv: 64, data: "abcXYZ"}}
""", "TCP_REPAIR lets": """steps:
  - server: {setsockopt: {TCP_REPAIR: 1}}
  - server: {setsockopt: {TCP_REPAIR_QUEUE: 1}}
  - server: {send: "put in"}
  - server: {setsockopt: {TCP_REPAIR: -1}}
  - server: {recv: 64, data: "put in"}
""", "own send queue": """steps:
  - wire:   {cut: server}
  - server: {send: "unacked"}
  - server: {setsockopt: {TCP_REPAIR: 1}}
  - server: {setsockopt: {TCP_REPAIR_QUEUE: 2}}
  - server: {recv: {len: 64, flags: [MSG_PEEK]}, data: "unacked"}
""", "several peeks in one step": """steps:
  - client: {send: "ab"}
  - server: {recv_all: {len: 4, flags: [MSG_PEEK]}, data: "abab"}
""", "a splice, after which": """steps:
  - server: {setsockopt: {SO_PEEK_OFF: 2}}
  - client: {send: "aabbcc"}
  - server: {splice_recv: 2, data: "aa"}
  - server: {recv: {len: 2, flags: [MSG_PEEK]}}
  - server: {recv: 64, data: "bbcc"}
""", "what a program sends, no step says": """subject: program
setup: listening
steps:
  - client: {run: {argv: [bash, -c, "exec 3<>/dev/tcp/$0/$1; echo hello >&3; sleep 1000", $server_host, \
$server_port]}, start: says}
  - server: {accept: listener, as: sock}
  - server: {recv: 64, data: "hello\\n"}
"""}


def peeks_at_offsets() -> bool:
    """Whether this kernel has SO_PEEK_OFF for TCP (Linux 6.9)."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        try:
            one.setsockopt(socket.SOL_SOCKET, SO_PEEK_OFF, 0)
        except OSError:
            return False
    return True


def run(folder: Path, case: str, *options: str) -> dict[str, Any]:
    """The result of a case of one family, in the folder."""
    if refusal():
        pytest.skip(refusal())
    if "SO_PEEK_OFF" in case and not peeks_at_offsets():
        pytest.skip("this kernel has no SO_PEEK_OFF for TCP")
    file = folder / "case.yaml"
    file.write_text(HEAD + "family: inet\n" + case, "utf-8")
    done = subprocess.run([ENGINE, "run", "--allow-programs", "--root", str(ROOT),
                           "--report", str(folder / "report"), *options,
                           str(file)], text=True, capture_output=True, timeout=60, check=False)
    lines = done.stdout.splitlines()
    assert len(lines) == 1, done.stdout + done.stderr
    result: dict[str, Any] = json.loads(lines[0])
    return result


@pytest.mark.parametrize("what", FOLLOWED)
def test_it_follows(tmp_path: Path, what: str) -> None:
    result = run(tmp_path, FOLLOWED[what])
    assert result["verdict"] == "pass", result["reason"]
    assert "notes" not in result and "stood_back" not in result["delivery"]


@pytest.mark.parametrize("why", ASIDE)
def test_it_stands_back_and_says_so(tmp_path: Path, why: str) -> None:
    result = run(tmp_path, ASIDE[why])
    assert result["verdict"] == "pass", result["reason"]
    assert len(result["notes"]) == 1 and why in result["notes"][0]
    lines = (tmp_path / "report" / "events.jsonl").read_text("utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["text"] for event in events if event.get("code") == "ledger-stood-back"] == result["notes"]


def test_what_it_did_not_follow_proves_nothing(tmp_path: Path) -> None:
    put_in = ASIDE["TCP_REPAIR lets"]
    result = run(tmp_path, put_in + "expect:\n  ordering: exact\n")
    assert result["failure"]["code"] == "expectation-not-evaluated" and "stood back" in result["reason"]
    result = run(tmp_path, put_in + "expect:\n  delivery: {corrupted: 0}\n")
    assert result["failure"]["code"] == "expectation-not-evaluated"
    assert run(tmp_path, put_in + "expect:\n  delivery: {received: 6}\n")["verdict"] == "pass"


LIED_TO = {
    "a peek from an offset": """steps:
  - server: {setsockopt: {SO_PEEK_OFF: 2}}
  - client: {send: "aabbcc"}
  - server: {recv: {len: 2, flags: [MSG_PEEK]}}
""", "a pair of AF_UNIX": """steps:
  - client: {socketpair: {type: SOCK_STREAM, domain: AF_UNIX}, as: [left, right]}
  - client: {send: "one", fd: left}
  - client: {recv: 64, fd: right}
""", "bytes in the SYN": """setup: listening
steps:
  - client: {setsockopt: {TCP_FASTOPEN_NO_COOKIE: 1}}
  - client: {sendto: {data: "early", to: server, flags: [MSG_FASTOPEN]}}
  - server: {accept: listener}
  - server: {recv: 64}
""", "urgent data": """steps:
  - client: {send: {text: "abU", flags: [MSG_OOB]}}
  - client: {send: "cd"}
  - server: {recv: 64}
""", "an urgent byte": """steps:
  - client: {send: {text: "U", flags: [MSG_OOB]}}
  - server: {recv: {len: 1, flags: [MSG_OOB]}}
""", "a stream beside crafted segments that are not taken": NUMBERED + f"""  - client: \
{{socket: {{type: SOCK_RAW, protocol: IPPROTO_TCP}}, as: raw}}
  - client: {SEGMENT.replace('seq: 1004', 'seq: 900000').replace('payload: "XYZ"', 'payload: ""')}
  - client: {{send: "abc"}}
  - server: {{recv: 64}}
"""}


@pytest.mark.parametrize("what", LIED_TO)
def test_a_lie_about_what_it_follows_is_noticed(tmp_path: Path, what: str) -> None:
    assert run(tmp_path, LIED_TO[what])["verdict"] == "pass"
    result = run(tmp_path, LIED_TO[what], "--lie", "recv/damage")
    assert result["failure"] and result["failure"]["code"] == "stream-diverged", result


def test_what_linux_does_wrong_at_the_urgent_mark_is_its_own_doing(tmp_path: Path) -> None:
    result = run(tmp_path, """steps:
  - client: {send: {text: "abU", flags: [MSG_OOB]}}
  - client: {send: "cd"}
  - server: {splice_recv: 64, data: "ab"}
  - server: {splice_recv: 64, data: "cd"}
""")
    assert result["verdict"] == "fail" and result["failure"]["code"] == "mismatch"
    assert result["failure"]["step"] == 4

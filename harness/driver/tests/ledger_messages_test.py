# SPDX-License-Identifier: MIT
"""The ledger of messages: what a receiver asked to be cut or only looked at is what was sent, a lie about
it is noticed, and where datagrams are not what sends took the ledger stands back and says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from carried_test import HEAD, results

WHOLE = "expect: {delivery: {sent: %d, received: %d, lost: 0, duplicated: 0, corrupted: 0}}\n"
# What it follows, each with what was sent and what came.
FOLLOWED = {
    "a datagram that is cut": """  - client: {send: "abcdef"}
  - server: {recv: 2, data: "ab"}
""" + WHOLE % (1, 1), "one whose length is told": """  - client: {send: "abcdef"}
  - server: {recv: {len: 3, flags: [MSG_TRUNC]}, returns: 6, data: "abc"}
""" + WHOLE % (1, 1), "one that is thrown away": """  - client: {send: "abc"}
  - server: {recv: 0, returns: 0}
""" + WHOLE % (1, 1), "looks": """  - client: {send: "abcdef"}
  - server: {recv: {len: 3, flags: [MSG_PEEK, MSG_TRUNC]}, returns: 6}
  - server: {recvmsg: {iov: [1, 1], flags: [MSG_PEEK]}, returns: 2}
  - server: {recv: 6, data: "abcdef"}
""" + WHOLE % (1, 1), "looks at many": """  - client: {send: "abc"}
  - client: {send: "de"}
  - server: {recvmmsg: {count: 2, len: 8, flags: [MSG_PEEK]}, returns: 2, messages: [0, 0]}
  - server: {recvmmsg: {count: 2, len: 1}, returns: 2, messages: [0, 1]}
""" + WHOLE % (2, 2), "nothing in them": """  - client: {sendmmsg: ["", "ab", ""], returns: 3}
  - server: {recvmmsg: {count: 3, len: 8}, returns: 3, data: ["", "ab", ""]}
""" + WHOLE % (3, 3)}

ASIDE = {
    "UDP_CORK or MSG_MORE": """  - client: {send: {text: "ab", flags: [MSG_MORE]}}
  - client: {send: "cd"}
  - server: {recv: 8, data: "abcd"}
""", "UDP_CORK": """  - client: {setsockopt: {UDP_CORK: 1}}
  - client: {send: "ab"}
  - client: {setsockopt: {UDP_CORK: 0}}
  - server: {recv: 8, data: "ab"}
""", "UDP_SEGMENT": """  - client: {sendmsg: {iov: ["abcd"], control: [{type: UDP_SEGMENT, value: 2}]}}
  - server: {recv: 8, data: "ab"}
  - server: {recv: 8, data: "cd"}
""", "UDP_GRO": """  - server: {setsockopt: {UDP_GRO: 1}}
  - client: {send: "ab"}
  - server: {recv: 8, data: "ab"}
""", "MSG_PROBE": """  - client: {send: {text: "ab", flags: [MSG_PROXY]}}
  - server: {quiet: sock}
"""}


def result(folder: Path, steps: str, lie: str = "") -> dict[str, Any]:
    """What a case of UDP comes to."""
    file = folder / "case.yaml"
    file.write_text(f"{HEAD}transport: udp\nfamily: inet\nsteps:\n{steps}", "utf-8")
    return results(folder, "linux", file, lie)[0]


@pytest.mark.parametrize("what", FOLLOWED)
def test_it_follows(tmp_path: Path, what: str) -> None:
    found = result(tmp_path, FOLLOWED[what])
    assert found["verdict"] == "pass", found["reason"]
    assert "notes" not in found


def test_a_lie_about_what_is_left_is_noticed(tmp_path: Path) -> None:
    steps = """  - client: {send: "abcdef"}
  - server: {recv: 2, returns: 2}
"""
    found = result(tmp_path, steps + WHOLE % (1, 1), "recvfrom/swap")
    assert found["verdict"] == "fail" and "delivery." in found["reason"]


@pytest.mark.parametrize("why", ASIDE)
def test_it_stands_back_and_says_so(tmp_path: Path, why: str) -> None:
    found = result(tmp_path, ASIDE[why])
    assert found["verdict"] == "pass", found["reason"]
    assert len(found["notes"]) == 1 and why in found["notes"][0]
    for expected in ("delivery: {lost: 0}", "ordering: {reordered: 0}"):
        asked = result(tmp_path, f"{ASIDE[why]}expect: {{{expected}}}\n")
        assert asked["failure"]["code"] == "expectation-not-evaluated" and "stood back" in asked["reason"]

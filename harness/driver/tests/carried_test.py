# SPDX-License-Identifier: MIT
"""What lint takes is carried out on every stack, or skipped with the reason: the examples of the reference, a
verb, an option, a fault each, are never broken."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT
from reference_test import PAGE, cases_of
from wired_test import refusal

HEAD = "title: A case\ncites: [posix/recv/return-length]\n"


def results(folder: Path, stack: str, cases: Path, lie: str = "") -> list[dict[str, Any]]:
    """What the engine makes of the cases on the stack, which may lie."""
    if refusal():
        pytest.skip(refusal())
    done = subprocess.run([ENGINE, "run", "--root", str(ROOT), "--stack", stack, "--report",
                           str(folder / "report"), "--allow-programs",
                           *(["--lie", lie] if lie else []), str(cases)], text=True,
                          capture_output=True, timeout=300, check=False)
    lines: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines, done.stderr
    return lines


@pytest.mark.parametrize("stack", ["linux", "usrsctp", "lwip"])
def test_every_example_runs_or_is_skipped_with_the_reason(tmp_path: Path, stack: str) -> None:
    folder = tmp_path / "cases"
    folder.mkdir()
    names = cases_of(PAGE.read_text("utf-8"), folder)
    found = results(tmp_path, stack, folder)
    assert {Path(one["file"]).stem for one in found} == set(names)
    broken = {f"{names[Path(one['file']).stem]} [{one['variant']}]": one["reason"] for one in found
              if one["verdict"] == "broken"}
    assert not broken
    assert all(one["reason"] for one in found if one["verdict"] == "skip")
    assert Counter(one["verdict"] for one in found)["pass"] > 10


def verdict(tmp_path: Path, case: str, stack: str = "linux", lie: str = "") -> str:
    """The verdict on a case of one variant, with its reason."""
    file = tmp_path / "case.yaml"
    file.write_text(HEAD + case, "utf-8")
    one = results(tmp_path, stack, file, lie)[0]
    return f"{one['verdict']}: {one['reason']}" if one["reason"] else str(one["verdict"])


def test_select_takes_a_descriptor_of_any_number(tmp_path: Path) -> None:
    case = """transport: tcp
family: inet
steps:
  - server: {fcntl: {F_DUPFD: 3000}, as: high}
  - server: {select: {events: [POLLIN, POLLOUT], timeout: 0s}, fd: high, returns: 1, revents: [POLLOUT]}
  - client: {send: "x"}
  - server: {pselect: {events: [POLLIN, POLLPRI], timeout: 0s}, fd: high, returns: 1, revents: [POLLIN]}
"""
    assert verdict(tmp_path, case) == "pass"
    assert verdict(tmp_path, case.replace("revents: [POLLOUT]", "revents: [POLLIN]")).startswith("fail")


OPTIONS = """transport: udp
family: inet
setup: open
steps:
  - server: {setsockopt: {IP_ADD_MEMBERSHIP: {imr_multiaddr: 239.1.2.3, imr_interface: server}}}
  - server: {setsockopt: {IP_ADD_SOURCE_MEMBERSHIP: \
{imr_multiaddr: 239.1.2.4, imr_interface: server, imr_sourceaddr: client}}}
  - server: {setsockopt: {IP_ADD_MEMBERSHIP: {imr_multiaddr: 10.1.2.3, imr_interface: server}}, errno: EINVAL}
  - server: {setsockopt: {IP_MULTICAST_IF: server}}
  - server: {getsockopt: IP_MULTICAST_IF, value: server}
  - server: {setsockopt: {IP_UNICAST_IF: 2}}
  - server: {getsockopt: IP_UNICAST_IF, value: 2}
  - server: {setsockopt: {IP_OPTIONS: {hex: "01 01 01 01"}}}
  - server: {getsockopt: IP_OPTIONS, value: {hex: "01 01 01 01"}}
  - server: {getsockopt: SO_COOKIE, value: {above: 0}}
  - server: {setsockopt: {SO_MAX_PACING_RATE: 1MiB}}
  - server: {getsockopt: SO_MAX_PACING_RATE, value: 1MiB}
  - server: {setsockopt: {SO_TXTIME: {clockid: 11, flags: 1}}}
  - server: {getsockopt: SO_TXTIME, value: {clockid: 11, flags: 1}}
"""


def test_structures_come_to_the_kernel_as_it_wants_them(tmp_path: Path) -> None:
    assert verdict(tmp_path, OPTIONS) == "pass"
    six = """transport: udp
family: inet6
setup: open
steps:
  - server: {setsockopt: {IPV6_JOIN_GROUP: {ipv6mr_multiaddr: "ff02::1:2", ipv6mr_interface: 2}}}
  - server: {setsockopt: {IPV6_LEAVE_GROUP: {ipv6mr_multiaddr: "ff02::1:2", ipv6mr_interface: 2}}}
  - server: {setsockopt: {IPV6_PKTINFO: {ipi6_addr: server}}}
"""
    assert verdict(tmp_path, six) == "pass"


def test_streams_are_reset_by_their_list(tmp_path: Path) -> None:
    case = """transport: sctp
family: inet
steps:
  - client: {setsockopt: {SCTP_ENABLE_STREAM_RESET: {assoc_value: 7}}}
  - client: {setsockopt: {SCTP_RESET_STREAMS: \
{srs_flags: SCTP_STREAM_RESET_OUTGOING, srs_stream_list: [0, 1]}}}
"""
    assert verdict(tmp_path, case, "usrsctp") == "pass"


@pytest.mark.parametrize("step, lacks", [
    ("{socket: {type: SOCK_STREAM, domain: AF_UNIX}, as: other}", "AF_UNIX"),
    ("{setsockopt: {SO_TXTIME: {clockid: 11}}}", "SO_TXTIME"),
    ("{select: [POLLIN]}", "call select")])
def test_what_a_stack_lacks_is_a_reason_to_skip(tmp_path: Path, step: str, lacks: str) -> None:
    case = f"transport: tcp\nfamily: inet\nsteps:\n  - client: {step}\n"
    assert verdict(tmp_path, case, "lwip") == f"skip: the stack lwip has no {lacks}"


def test_what_a_request_did_not_write_is_no_value(tmp_path: Path) -> None:
    case = "transport: tcp\nfamily: inet\nsteps:\n  - client: {ioctl: FIONREAD, value: 0}\n"
    assert verdict(tmp_path, case) == "pass"
    assert "nothing was written" in verdict(tmp_path, case, lie="ioctl/ignore")


@pytest.mark.parametrize("step, other", [
    ("recv: {len: 1, flags: [MSG_DONTWAIT]}, errno: %s", "EWOULDBLOCK"),
    ("sendto: {data: x, flags: [MSG_FASTOPEN, MSG_OOB]}, errno: %s", "EISCONN"),
    ("getsockopt: SO_DOMAIN, value: %s", "PF_INET"),
    ("getsockopt: SO_PROTOCOL, value: %s", "6")])
def test_a_constant_is_the_same_by_any_of_its_names(tmp_path: Path, step: str, other: str) -> None:
    case = f"transport: tcp\nfamily: inet\nsteps:\n  - client: {{{step}}}\n"
    assert verdict(tmp_path, case % other) == "pass"
    assert verdict(tmp_path, case % f"{{not: {other}}}").startswith("fail")

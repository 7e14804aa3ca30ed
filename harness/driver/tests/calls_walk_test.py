# SPDX-License-Identifier: MIT
"""Every command of fcntl, request of ioctl and flag of a send or a receive that the tables name, with
every kind of argument: what lint takes gives on linux what the kernel gives a program that asks it the
same, and on another stack it runs, or is skipped with the reason."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import re
import socket
import subprocess
import termios
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT
from wired_test import refusal

HEAD = "title: A case\ncites: [posix/recv/return-length]\nfamily: inet\n"
TABLE = (ROOT / "harness/case/constant.def").read_text("utf-8")
LIBC = ctypes.CDLL(None, use_errno=True)
# asm-generic/sockios.h, linux/sockios.h: what the modules of Python do not know.
NUMBERS = {"FIOSETOWN": 0x8901, "SIOCSPGRP": 0x8902, "FIOGETOWN": 0x8903, "SIOCGPGRP": 0x8904,
           "SIOCATMARK": 0x8905, "SIOCINQ": termios.FIONREAD, "SIOCOUTQ": termios.TIOCOUTQ,
           "SIOCOUTQNSD": 0x894B, "SIOCGSTAMP": 0x8906, "SIOCGSTAMPNS": 0x8907, "F_SETSIG": 10,
           "F_GETSIG": 11, "MSG_PROXY": 0x10, "MSG_FIN": 0x200, "MSG_EOF": 0x200, "MSG_SYN": 0x400,
           "MSG_RST": 0x1000, "MSG_NOTIFICATION": 0x8000, "MSG_WAITFORONE": 0x10000, "MSG_BATCH": 0x40000,
           "MSG_ZEROCOPY": 0x4000000}
# What a command may be given, as a case says it and as the kernel is given it.
ARGUMENTS: dict[str, int | None] = {
    "": None, "0": 0, "1": 1, "-1": -1, "12": 12, "self": os.getpid(), "[O_NONBLOCK]": os.O_NONBLOCK,
    "[O_ASYNC]": 0o20000, "[O_DIRECT]": os.O_DIRECT, "[]": 0, "[FD_CLOEXEC]": 1, "2147483647": 2147483647,
    "-2147483648": -2147483648, "4294967297": 4294967297}
# Those whose answer is the caller's own: of its processes and its limits.
OWN = ("F_DUPFD", "F_DUPFD_CLOEXEC", "F_SETOWN", "FIOSETOWN", "SIOCSPGRP")
READS = ("FIONREAD", "SIOCINQ", "SIOCATMARK", "SIOCOUTQ", "TIOCOUTQ", "SIOCOUTQNSD", "FIOGETOWN", "SIOCGPGRP")


def names_of(group: str) -> list[str]:
    """The constants of a group of the table."""
    return re.findall(rf"^(?:CONSTANT|NUMBERED)\({group}, (\w+)", TABLE, re.M)


def number(name: str) -> int:
    """A constant's value."""
    for module in (fcntl, termios, socket):
        if hasattr(module, name):
            return int(getattr(module, name))
    return NUMBERS[name]


@dataclass
class Answer:
    """What the kernel said."""

    error: str = ""
    value: int | None = None

    def said(self, key: str) -> str:
        """The same beside a step's verb."""
        if self.error:
            return f", errno: {self.error}"
        return f", {key}: {self.value}" if self.value is not None else ""


def asked(call: Callable[[], int | None]) -> Answer:
    """What comes of a call."""
    try:
        return Answer("", call())
    except OSError as error:
        return Answer(errno.errorcode[error.errno or 0])


def joined(transport: str) -> tuple[socket.socket, socket.socket]:
    """A client and a server that are connected, as a case has them."""
    kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
    client, server = socket.socket(socket.AF_INET, kind), socket.socket(socket.AF_INET, kind)
    server.bind(("127.0.0.1", 0))
    if transport == "tcp":
        server.listen(1)
        client.connect(server.getsockname())
        listener, (server, _) = server, server.accept()
        listener.close()
    else:
        client.bind(("127.0.0.1", 0))
        client.connect(server.getsockname())
        server.connect(client.getsockname())
    return client, server


def told(one: socket.socket, verb: str, name: str, argument: int | None) -> int | None:
    """fcntl or ioctl by the C library; the value that a request reads."""
    room = ctypes.create_string_buffer(int(argument or 0).to_bytes(8, "little", signed=True), 64)
    given = ctypes.c_long(argument or 0) if verb == "fcntl" else ctypes.byref(room)
    result = getattr(LIBC, verb)(one.fileno(), ctypes.c_ulong(number(name)), given)
    if result < 0:
        raise OSError(ctypes.get_errno(), "")
    return int.from_bytes(room.raw[:4], "little") if name in READS else None


def control(transport: str, verb: str, name: str, text: str, stack: str) -> str:
    """A step of a command; on linux with what the kernel gives."""
    client, server = joined(transport if transport in ("tcp", "udp") else "udp")
    with client, server:
        answer = asked(lambda: told(server, verb, name, ARGUMENTS[text]))
    alike = name not in OWN or text in ("self", "0", "")
    known = alike and stack == "linux" and transport in ("tcp", "udp")
    what = f"{{{name}: {text}}}" if text else name
    return f"  - server: {{{verb}: {what}{answer.said('value') if known else ''}}}\n"


def sent(transport: str, verb: str, flag: str, stack: str) -> str:
    """A step that sends two bytes with a flag."""
    client, server = joined(transport if transport == "tcp" else "udp")
    with client, server:
        answer = asked(lambda: client.send(b"ab", number(flag)))
    key = {"send": "text", "sendto": "data", "sendmsg": "iov"}[verb]
    data = '["ab"]' if verb == "sendmsg" else '"ab"'
    said = answer.said("returns") if stack == "linux" else ""
    return f"  - client: {{{verb}: {{{key}: {data}, flags: [{flag}]}}{said}}}\n"


def received(transport: str, verb: str, flag: str, stack: str) -> str:
    """A step that receives what was sent, of the same size, with a flag."""
    client, server = joined(transport if transport == "tcp" else "udp")
    with client, server:
        client.send(b"ab")
        if transport == "tcp":
            server.recv(1, socket.MSG_PEEK)
        answer = asked(lambda: len(server.recv(2, number(flag))))
    how = "iov: [2]" if verb == "recvmsg" else "len: 2"
    said = answer.said("returns") if stack == "linux" else ""
    return f'  - client: {{send: "ab"}}\n  - server: {{{verb}: {{{how}, flags: [{flag}]}}{said}}}\n'


def cases_of(stack: str) -> dict[str, str]:
    """All cases of the walk, by what they are about."""
    transports = {"usrsctp": ("sctp",), "lwip": ("tcp", "udp"), "linux": ("tcp", "udp", "raw", "icmp")}[stack]
    cases = {}
    for transport in transports:
        for verb, group in (("fcntl", "FCNTL"), ("ioctl", "IOCTL")):
            for name in names_of(group):
                for text in ARGUMENTS:
                    cases[f"{transport} {verb} {name} {text}"] = control(transport, verb, name, text, stack)
        if transport in ("raw", "icmp"):
            continue
        for flag in names_of("MSG"):
            for verb in ("send", "sendto", "sendmsg"):
                cases[f"{transport} {verb} {flag}"] = sent(transport, verb, flag, stack)
            for verb in ("recv", "recvfrom", "recvmsg"):
                cases[f"{transport} {verb} {flag}"] = received(transport, verb, flag, stack)
    return {about: f"{HEAD}transport: {about.split()[0]}\nsteps:\n{steps}" for about, steps in cases.items()}


def carried(folder: Path, stack: str) -> tuple[dict[str, dict[str, Any]], set[str]]:
    """What the engine makes of the cases that lint takes, and what lint refuses at its place."""
    cases = cases_of(stack)
    folder.mkdir()
    files = {f"{number:05}.yaml": about for number, about in enumerate(cases)}
    for name, about in files.items():
        (folder / name).write_text(cases[about], "utf-8")
    command = [str(ENGINE), "run", "--root", str(ROOT), "--stack", stack,
               "--report", str(folder.parent / "report"), str(folder)]
    done = subprocess.run(command, text=True, capture_output=True, timeout=300, check=False)
    refused = {files[name] for name in re.findall(r"(\d{5}\.yaml):\d+:\d+", done.stderr)}
    for name, about in files.items():
        if about in refused:
            (folder / name).unlink()
    if refused:
        done = subprocess.run(command, text=True, capture_output=True, timeout=300, check=False)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {files[Path(one["file"]).name]: one for one in found}, refused


@pytest.mark.parametrize("stack", ["linux", "usrsctp", "lwip"])
def test_what_lint_takes_runs_as_the_kernel_does_or_is_skipped(tmp_path: Path, stack: str) -> None:
    if refusal():
        pytest.skip(refusal())
    found, refused = carried(tmp_path / "cases", stack)
    assert found and set(found) | refused == set(cases_of(stack))
    assert not {about: one["reason"] for about, one in found.items() if one["verdict"] == "broken"}
    assert all(one["reason"] for one in found.values() if one["verdict"] == "skip")
    if stack == "linux":
        judged = {about: one for about, one in found.items() if about.split()[0] in ("tcp", "udp") and
                  (about.split()[2] not in OWN or about.split()[3:] in ([], ["self"], ["0"]))}
        assert not {about: one["reason"] for about, one in judged.items() if one["verdict"] != "pass"}
        assert len(judged) > 200
    assert not [about for about in found if about.split()[2] in READS and len(about.split()) > 3]
    assert not [about for about, one in found.items() if "EFAULT" in one["reason"]]

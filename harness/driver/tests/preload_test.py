# SPDX-License-Identifier: MIT
"""Stacks that come as a library for LD_PRELOAD (--stack NAME=preload:FILE): a small one of the tests' own,
built outside the tree, and a real one of Debian's."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT
from plugin_test import run

LIBRARY = ROOT / "fixtures" / "stacks" / "preloaded.c"
# Sockets over RDMA (package librdmacm1), and over the kernel where it finds no device for that.
RSOCKET = "/usr/lib/x86_64-linux-gnu/rsocket/librspreload.so"
HEAD = "title: A case\ncites: [posix/recv/dgram-whole-message]\n"
CASES = {
    # send is the library's, and what that calls is the library's own too.
    "datagram": HEAD + 'transport: udp\nsteps:\n  - client: {send: "one", returns: -1, errno: EPERM}\n',
    "stream": HEAD + 'transport: tcp\nsteps:\n  - client: {send: "one"}\n'
                     '  - server: {recv: 64, data: "one"}\n',
    "copied": HEAD + "transport: tcp\nsteps:\n  - client: {dup: sock, as: copy}\n",
}


@pytest.fixture(name="built", scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the library in its three forms, and the cases."""
    folder = tmp_path_factory.mktemp("preloaded")
    forms: dict[str, list[str]] = {"plain": [], "prefixed": ["-DPREFIX=my_"],
                                   "lacking": ["-DPREFIX=my_", "-DLACKS_POLL"]}
    for name, words in forms.items():
        subprocess.run(["gcc", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o",
                        str(folder / f"{name}.so"), str(LIBRARY), *words], check=True, timeout=60)
    for name, text in CASES.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def verdicts(built: Path, report: Path, what: str, *words: str) -> dict[str, tuple[str, Any]]:
    """Of each case over IPv4: its verdict and reason on that stack."""
    results = run(report, "--stack", what, *words, *(str(built / f"{name}.yaml") for name in CASES))
    return {Path(one["id"]).name.partition("[")[0]: (one["verdict"], one["reason"]) for one in results
            if one["family"] == "inet"}


@pytest.mark.parametrize("place", ["wire", "loopback"])
def test_plain_names_stand_before_the_c_library(tmp_path: Path, built: Path, place: str) -> None:
    """What it lacks is the C library's."""
    assert verdicts(built, tmp_path, f"own=preload:{built / 'plain.so'}", "--place", place) == {
        "datagram": ("pass", ""), "stream": ("pass", ""), "copied": ("pass", "")}


def test_names_with_a_prefix_are_all_there_is(tmp_path: Path, built: Path) -> None:
    assert verdicts(built, tmp_path, f"own=preload:{built / 'prefixed.so'},prefix=my_") == {
        "datagram": ("pass", ""), "stream": ("pass", ""),
        "copied": ("skip", "the stack own has no call dup")}


@pytest.mark.parametrize("name, argument, reason", [
    ("lacking", ",prefix=my_", "it has no function my_poll, which every stack must have"),
    ("prefixed", "", "it has no function socket, which every stack must have"),
    ("plain", ",prefix=my_", "it has no function my_socket, which every stack must have"),
    ("plain", ",my_", "behind the comma stands prefix=PREFIX, not 'my_'"),
])
def test_what_is_no_such_library_is_refused_in_a_line(built: Path, name: str, argument: str,
                                                      reason: str) -> None:
    what = f"own=preload:{built / name}.so{argument}"
    done = subprocess.run([ENGINE, "stacks", "--stack", what], text=True, timeout=60, capture_output=True,
                          check=False)
    assert done.returncode == 3
    assert done.stderr == f"sockproof: --stack {what}: {reason}\n"


def test_a_real_library_is_told_from_the_kernel(tmp_path: Path) -> None:
    """Without an RDMA device its streams are the kernel's, but for what its own code does to them: select
    takes an error for an exceptional condition too, and TCP_SYNCNT, set before connect, is lost where
    the socket becomes the kernel's. Its datagrams need a device."""
    results = run(tmp_path, "--stack", f"rsocket=preload:{RSOCKET}", "--baseline", "linux",
                  "cases/tcp/close", "cases/tcp/connect", "cases/udp/delivery/answer-lost.yaml")
    odd = {one["id"].partition("[")[0]: one["reason"] for one in results if one["verdict"] == "fail"}
    assert odd["tcp/connect/select-refused"] == "step 3: returns: expected 1, observed 2"
    assert odd["udp/delivery/answer-lost"].endswith("observed -1 with errno ENODEV")
    assert set(odd) <= {"tcp/connect/select-refused", "udp/delivery/answer-lost", "tcp/connect/syn-count"}
    assert sum(one["verdict"] == "pass" for one in results) > 60

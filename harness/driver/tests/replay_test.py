# SPDX-License-Identifier: MIT
"""`exec --replay`: the same faults at the same bytes, whatever pieces the stream comes in."""

from __future__ import annotations

import random
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from faulted import PYTHON, Run
from wired_test import Wired, refusal

TIMES = 10
SIZE = 60_000


class Talk(socketserver.BaseRequestHandler):
    """Takes what comes, and answers each word with a piece; no two connections have the same pieces."""

    def handle(self) -> None:
        sizes = random.Random(self.server.connections)  # type: ignore[attr-defined]
        self.server.connections += 1  # type: ignore[attr-defined]
        sent = 0
        try:
            while self.request.recv(65536):
                piece = min(sizes.randint(1, 9000), SIZE - sent)
                self.request.sendall(bytes(piece))
                sent += piece
        except OSError:  # the fault was a reset
            pass


@pytest.fixture(name="port")
def of_a_server() -> Iterator[int]:
    """The port of a server that talks."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.connections = 1  # type: ignore[attr-defined]
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


RECEIVES = """
import errno, select, socket
c = socket.create_connection(("127.0.0.1", {port})); got = 0; again = 0
c.setblocking({blocks})
try:
    while got < 60000:
        c.send(b"n")
        if not {blocks}: select.select([c], [], [])
        try: piece = c.recv(65536)
        except (BlockingIOError, InterruptedError): again += 1; continue
        if not piece: print("end", end=" "); break
        got += len(piece)
except OSError as error: print(errno.errorcode[error.errno], end=" ")
print(got, again)"""

# How much is sent at a time depends on how much came, and so differs from run to run.
SENDS = """
import errno, socket
c = socket.create_connection(("127.0.0.1", {port})); sent = 0; got = 1
try:
    while got: sent += c.send(bytes(got)); got = len(c.recv(65536))
except OSError as error: print(errno.errorcode[error.errno], end=" ")
print(sent)"""


RECEIVING = [("recv reset nth 5", "ECONNRESET"), ("recv reset after 20000", "ECONNRESET"),
             ("recv errno ETIMEDOUT nth 4", "ETIMEDOUT"), ("recv eof after 12345", "end"),
             ("recv cap 1000 every 2", "60000")]
SENDING = [("send reset nth 4", "ECONNRESET"), ("send reset after 9000", "ECONNRESET"),
           ("send errno ETIMEDOUT nth 5", "ETIMEDOUT"), ("send eof after 7000", "EPIPE")]


@pytest.mark.parametrize("fault, wanted, blocks", [
    *((*one, blocks) for one in RECEIVING for blocks in (True, False)),
    *((*one, True) for one in SENDING),
    ("recv errno EINTR every 3", "60000", True), ("recv errno EAGAIN every 3", "60000", False)])
def test_a_replay_stops_at_the_byte(tmp_path: Path, port: int, fault: str, wanted: str,
                                    blocks: bool) -> None:
    code = SENDS if fault.startswith("send") else RECEIVES
    text = code.format(port=port, blocks=blocks)
    first = Run(tmp_path / "first", "--fault", fault, code=text)
    assert wanted in first.done.stdout and first.keys, first.done.stdout + first.done.stderr
    for number in range(TIMES):
        again = Run(tmp_path / str(number), "--replay", str(first.path), code=text)
        assert (again.done.stdout, again.keys) == (first.done.stdout, first.keys), again.done.stderr


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is missing")
def test_curl_stops_at_the_byte(tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(bytes(300_000))
    command = [PYTHON, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(tmp_path)]
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        port = server.stdout.readline().split()[5]
        words = ("curl", "-sS", "-o", str(tmp_path / "got"), f"http://127.0.0.1:{port}/page")
        first = Run(tmp_path / "first", "--fault", "recv reset nth 2", "--", *words)
        assert first.done.returncode == 56, first.done.stderr
        for number in range(TIMES):
            again = Run(tmp_path / str(number), "--replay", str(first.path), "--", *words)
            assert (again.done.returncode, again.keys) == (56, first.keys), again.done.stderr
        server.kill()


PEER = """
import os, random, socket
one = socket.create_server((os.environ["SOCKPROOF_SERVER"], 8000)); s, _ = one.accept()
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
sent = 0
while sent < 60000 and s.recv(9):
    piece = min(random.randint(1, 1400), 60000 - sent); s.send(bytes(piece)); sent += piece"""
ASKS = """
import os, socket
c = socket.create_connection((os.environ["SOCKPROOF_SERVER"], 8000)); got = 0
try:
    while got < 60000: c.send(b"n"); got += len(c.recv(65536))
except OSError as error: print(error)
print(got)"""


@pytest.mark.skipif(bool(refusal()), reason="two hosts cannot be made here")
@pytest.mark.parametrize("fault", ["reset data nth 7 from server", "drop data every 9 from server"])
def test_on_the_wire_the_packet_with_the_byte_meets_the_fault(tmp_path: Path, fault: str) -> None:
    peer = tmp_path / "peer.py"
    peer.write_text(PEER, "utf-8")
    first = Wired(tmp_path / "first", f"exec {PYTHON} -I {peer}", "--fault", f"wire {fault}", code=ASKS)
    hits = first.events("wire")
    assert hits, first.done.stderr
    for number in range(TIMES):
        again = Wired(tmp_path / str(number), f"exec {PYTHON} -I {peer}", "--replay", str(first.path),
                      code=ASKS)
        covered = [any(one["offset"] <= hit["offset"] < one["offset"] + one["size"]
                       for one in again.events("wire")) for hit in hits]
        assert all(covered), again.done.stderr

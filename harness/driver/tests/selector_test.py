# SPDX-License-Identifier: MIT
"""`exec`: faults of one peer, one descriptor, one process or thread."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from faulted import PAIR, Run


def free_ports(kind: int = socket.SOCK_STREAM) -> tuple[int, int]:
    """Two ports that nobody has now."""
    with socket.socket(socket.AF_INET, kind) as one, socket.socket(socket.AF_INET, kind) as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


LISTENERS = """
import socket
one, two = (socket.create_server(("127.0.0.1", port)) for port in PORTS)
a, b = (socket.create_connection(("127.0.0.1", port)) for port in PORTS)
"""


@pytest.mark.parametrize("peer", [":{port}", "127.0.0.1:{port}", "[::ffff:127.0.0.1]:{port}"])
def test_a_fault_may_be_about_one_peer(tmp_path: Path, peer: str) -> None:
    ports = free_ports()
    run = Run(tmp_path / "a", "--fault", f"send cap 2 to {peer.format(port=ports[1])} nth 2",
              code=f"PORTS = {ports}" + LISTENERS + """
print(a.send(b"abc"), a.send(b"abc"), b.send(b"abc"), a.send(b"abc"), b.send(b"abc"))""")
    assert run.done.stdout == "3 3 3 3 2\n", run.done.stderr
    assert "fired 1 of 2 times" in run.done.stderr, "calls to another peer were counted"
    other = Run(tmp_path / "b", "--fault", "send cap 2 to 127.0.0.2", code=f"PORTS = {ports}" +
                LISTENERS + "print(a.send(b'abc'))")
    assert other.done.stdout == "3\n" and "proves nothing" in other.done.stderr


def test_a_peer_may_be_one_that_the_call_names(tmp_path: Path) -> None:
    ports = free_ports(socket.SOCK_DGRAM)
    run = Run(tmp_path, "--fault", f"connect errno ENETUNREACH to 127.0.0.1:{ports[0]}",
              "--fault", f"sendto errno EPERM to :{ports[1]}",
              "--fault", f"sendmsg errno EPERM to :{ports[1]}", code=f"PORTS = {ports}" + """
import errno, socket
u, v = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
for port in PORTS:
    to = ("127.0.0.1", port)
    print(errno.errorcode.get(u.connect_ex(to)), end=" ")
    for call in (lambda: v.sendto(b"x", to), lambda: v.sendmsg([b"x"], [], 0, to)):
        try: print(call(), end=" ")
        except OSError as error: print(errno.errorcode[error.errno], end=" ")""")
    assert run.done.stdout.split() == ["ENETUNREACH", "1", "1", "None", "EPERM", "EPERM"], \
        run.done.stderr


def test_a_fault_may_be_about_one_descriptor(tmp_path: Path) -> None:
    run = Run(tmp_path, "--fault", "recv cap 1 fd 71", "--fault", "poll errno EINTR fd 71",
              code=PAIR + """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
d = socket.create_connection(listener.getsockname()); t, _ = listener.accept()
os.dup2(s.fileno(), 70); os.dup2(t.fileno(), 71); c.send(b"abc"); d.send(b"abc")
x, y = socket.socket(fileno=70), socket.socket(fileno=71)
def wait(fd):
    entry = (ctypes.c_int * 2)(fd, 1)
    return libc.poll(entry, 1, 5000)
print(wait(70), wait(71), x.recv(9), y.recv(9))""")
    assert run.done.stdout == "1 -1 b'abc' b'a'\n", run.done.stderr


def test_a_fault_may_be_about_one_process_or_thread(tmp_path: Path) -> None:
    run = Run(tmp_path, "--fault", "send cap 1 process 0.2", "--fault", "send cap 2 thread 0.1",
              code=PAIR + """
import threading
def told(): print(c.send(b"abc"), flush=True)
for _ in range(2):
    if os.fork() == 0: told(); os._exit(0)
    os.wait()
for _ in range(2):
    one = threading.Thread(target=told); one.start(); one.join()
told()""")
    assert run.done.stdout.split() == ["3", "1", "2", "3", "3"], run.done.stderr
    assert [(one["process"], one["thread"]) for one in run.events("fired")] == [("0.2", "0"),
                                                                                ("0", "0.1")]


def test_what_a_selected_fault_waits_for_is_the_selected_sockets_byte(tmp_path: Path) -> None:
    code = PAIR + """
d = socket.create_connection(listener.getsockname()); t, _ = listener.accept()
os.dup2(s.fileno(), 70); os.dup2(t.fileno(), 71); c.send(bytes(9)); d.send(bytes(9))
x, y = socket.socket(fileno=70), socket.socket(fileno=71)
print(len(x.recv(9)), len(y.recv(9)), end=" ")
try: y.recv(9)
except OSError as error: print(errno.errorcode[error.errno])"""
    run = Run(tmp_path / "a", "--fault", "recv reset after 4 fd 71", code=code)
    again = Run(tmp_path / "b", "--replay", str(run.path), code=code)
    assert run.done.stdout == again.done.stdout == "9 4 ECONNRESET\n", run.done.stderr
    assert run.keys == again.keys and len(run.keys) == 1

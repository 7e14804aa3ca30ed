# SPDX-License-Identifier: MIT
"""`exec`: real programs with real faults at their calls, and what the interposer must not do."""

from __future__ import annotations

import fnmatch
import json
import re
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import ENGINE, ROOT
from faulted import PAIR, PYTHON, Run, compiled

BUILD = Path(ENGINE).parent
OBJECT = BUILD / "sockproof-preload.so"
TABLE = ROOT / "harness" / "preload" / "call.def"
PROGRAMS = BUILD / "programs"


def exported(library: str) -> set[str]:
    """The functions that a library exports."""
    done = subprocess.run(["nm", "-D", "--defined-only", library], text=True, capture_output=True,
                          check=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    return {row[2].partition("@")[0] for row in rows if len(row) == 3 and row[1] in "TWi"}


def table() -> tuple[set[str], list[str]]:
    """What call.def stands in front of, and the patterns of what it passes by."""
    text = TABLE.read_text("utf-8")
    patterns = re.findall(r'^PASSED\("([^"]+)"', text, re.MULTILINE)
    return (set(re.findall(r"^(?:CALL|WATCHED)\((\w+),", text, re.MULTILINE)),
            [word for words in patterns for word in words.split()])


def c_library() -> str:
    """The C library that programs here are linked with."""
    lines = subprocess.run(["ldd", PYTHON], text=True, capture_output=True, check=True).stdout
    return next(line.split()[2] for line in lines.splitlines() if "libc.so.6" in line)


def test_no_socket_call_of_the_library_is_forgotten() -> None:
    names = re.compile(r"sock|send|recv|accept|connect|bind|listen|poll|select|read|write|splice|tee$|"
                       r"dup|close|fcntl|ioctl|addrinfo|nameinfo|gethost|peername|shutdown|fdopen|"
                       r"isfdtype|syscall")
    calls, passed = table()
    library = exported(c_library())
    alike = {name for name in library if names.search(name)}
    assert len(alike) > 200
    gaps = {name for name in alike - calls
            if not any(fnmatch.fnmatchcase(name, pattern) for pattern in passed)}
    assert not gaps, f"call.def says nothing of {sorted(gaps)}"
    assert calls <= library, "call.def names what the library does not export"
    idle = [pattern for pattern in passed if not fnmatch.filter(alike - calls, pattern)]
    assert not idle, f"call.def passes by what is not there: {idle}"


# System calls that look like one of a socket, or like one that makes a process, and are let be: a socket
# has no place in it (ESPIPE), memory, links, pipes, other kinds of descriptor, kernels, numbers without a
# call, the rest of io_uring once its beginning is noted, and vfork, whose child may not come back through
# our frame.
LET_BE = ("mq_* pread64 pwrite64 preadv pwritev readahead readlink* process_vm_* vmsplice mbind kexec_* "
          "pidfd_send_signal epoll_*_old io_uring_enter io_uring_register vfork").split()


def test_no_system_call_is_forgotten_where_it_is_made_by_number() -> None:
    names = re.compile(r"sock|send|recv|accept|connect|bind|listen|poll|select|(?<!th)read|write|splice|"
                       r"dup|close|fcntl|ioctl|peername|shutdown|clone|fork|exec|prctl$|seccomp|io_uring|"
                       r"io_submit")
    done = subprocess.run(["gcc", "-E", "-dM", "-include", "sys/syscall.h", "-x", "c", "/dev/null"],
                          text=True, capture_output=True, check=True)
    known = set(re.findall(r"^#define SYS_(\w+) ", done.stdout, re.MULTILINE)) - {"arch_prctl"}
    text = (TABLE.parent / "wrap_number.c").read_text("utf-8")
    followed = set(re.findall(r"\bSYS_(\w+)", text))
    alike = {name for name in known if names.search(name)} | (table()[0] & known)
    assert len(alike) > 60
    gaps = {name for name in alike - followed
            if not any(fnmatch.fnmatchcase(name, pattern) for pattern in LET_BE)}
    assert not gaps, f"nobody follows {sorted(gaps)}"


def test_whatever_the_table_names_is_ours_when_it_is_asked_of_the_library(tmp_path: Path) -> None:
    calls = ", ".join(f'"{name}"' for name in sorted(table()[0]))
    program = compiled(tmp_path, """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
int main(void) { static const char *const names[] = {""" + calls + """};
  void *library = dlopen("libc.so.6", RTLD_NOW); Dl_info where;
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    void *found = dlsym(library, names[i]);
    if (found == 0 || dladdr(found, &where) == 0 || strstr(where.dli_fname, "sockproof-preload") == 0)
      printf("%s\\n", names[i]); }
  return 0; }""")
    run = Run(tmp_path / "report", "--fault", "recv cap 1", "--", program)
    assert run.done.stdout == "", f"the library's own: {run.done.stdout.split()}"


def test_nothing_is_exported_but_what_is_interposed() -> None:
    assert exported(str(OBJECT)) == table()[0]


def test_a_program_with_names_of_its_own_is_unharmed(tmp_path: Path) -> None:
    own = ("hash_create", "gate_enter", "plan_arm", "entry_write", "fiu_fail", "wtable_get", "begin",
           "XXH3_64bits_withSeed", "real_find", "descriptor_find")
    text = "".join(f"int {name}(void) {{ __builtin_trap(); }}\n" for name in own)
    program = compiled(tmp_path, text + """
#include <sys/socket.h>
int main(void) { int pair[2]; char c;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || send(pair[0], "x", 1, 0) != 1) return 1;
  return recv(pair[1], &c, 1, 0) == 1 ? 0 : 1; }""", "-rdynamic")
    run = Run(tmp_path / "report", "--fault", "recv delay 1ms", "--", program)
    assert run.done.returncode == 0, run.done.stderr
    assert len(run.events("fired")) == 1


def test_a_cap_moves_exactly_so_many_bytes(tmp_path: Path) -> None:
    run = Run(tmp_path, "--fault", "transmit cap 3", "--fault", "receive cap 2", code=PAIR + """
print(c.send(b"0123456789"), s.recv(100), s.recv(100))
c.send(b"abc"); print(s.recv(100, socket.MSG_PEEK), s.recv(3, socket.MSG_WAITALL), c.send(b""))
print(c.sendmsg([b"a", b"bc", b"def"]), os.writev(c.fileno(), [b"0", b"1"]))
x, y = bytearray(1), bytearray(9)
print(os.readv(s.fileno(), [x, y]), bytes(x), s.recvmsg_into([x, y])[0], os.read(s.fileno(), 9))""")
    assert run.done.stdout.splitlines() == [
        "3 b'01' b'2'", "b'ab' b'abc' 0", "3 2", "2 b'a' 2 b'1'"], run.done.stdout


def test_datagrams_files_pipes_and_empty_calls_are_left_alone(tmp_path: Path) -> None:
    run = Run(tmp_path, "--fault", "receive cap 1", "--fault", "transmit cap 1",
              "--fault", "poll errno EINTR", code="""
import os, select, socket, tempfile
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
print(a.send(b"0123456789"), b.recv(100))
r, w = os.pipe()
print(os.write(w, b"0123456789"), os.read(r, 100))
with tempfile.TemporaryFile() as f:
    print(os.write(f.fileno(), b"0123456789"), os.pread(f.fileno(), 100, 0))
p = select.poll(); p.register(w, select.POLLOUT); print(len(p.poll(1000)))""")
    assert run.done.stdout.splitlines() == ["10 b'0123456789'"] * 3 + ["1"], run.done.stderr
    assert not run.events("fired")


CONNECT = """
import ctypes, errno, socket
libc = ctypes.CDLL(None, use_errno=True)
listener = socket.create_server(("127.0.0.1", 0))
c = socket.socket()
address = (b"\\2\\0" + listener.getsockname()[1].to_bytes(2, "big") + b"\\x7f\\0\\0\\1" + bytes(8))
print(libc.connect(c.fileno(), address, 16), errno.errorcode[ctypes.get_errno()])
s, _ = listener.accept(); c.send(b"x"); print(s.recv(1))
print(libc.close(c.fileno()), errno.errorcode[ctypes.get_errno()])
print(libc.close(c.fileno()), errno.errorcode[ctypes.get_errno()])
c.detach(); print(s.recv(1))"""


def test_what_waits_to_be_received_comes_before_the_end(tmp_path: Path) -> None:
    run = Run(tmp_path / "a", "--fault", "recv eof", code=PAIR + """
c.send(b"abc"); a.send(b"def")
print(s.recv(2), s.recv(9), s.recv(9), b.recv(9), b.recv(9))""")
    assert run.done.stdout == "b'ab' b'c' b'' b'def' b''\n", run.done.stderr
    named = Run(tmp_path / "b", "--fault", "recv eof after 2", code=PAIR + """
c.send(b"abc"); print(s.recv(9), s.recv(9))""")
    assert named.done.stdout == "b'ab' b''\n", "what lies beyond the byte was never sent"


def test_what_is_sent_within_the_host_comes_whole(tmp_path: Path) -> None:
    code = """
import socket
for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET, socket.SOCK_DGRAM):
    a, b = socket.socketpair(socket.AF_UNIX, kind); print(a.send(b"abc"), b.recv(9), end=" ")"""
    run = Run(tmp_path / "a", "--fault", "send cap 1", "--fault", "recv cap 2", code=code)
    assert run.done.stdout == "3 b'abc' " * 3 and not run.events("fired")
    free = Run(tmp_path / "b", "--lenient", "--fault", "recv cap 2", code=code)
    assert free.done.stdout == "3 b'ab' 3 b'abc' 3 b'abc' ", "POSIX knows no pieces of a stream"


def test_an_address_in_figures_is_asked_of_nobody(tmp_path: Path) -> None:
    run = Run(tmp_path, "--fault", "name errno EAGAIN", code="""
import socket
print(socket.getaddrinfo("127.0.0.1", 80)[0][4], socket.gethostbyname("127.0.0.1"))
for name in ("localhost", "::1"):
    try: print(socket.getaddrinfo(name, 80)[0][4])
    except socket.gaierror as error: print(error.errno == socket.EAI_AGAIN)""")
    assert run.done.stdout.splitlines() == ["('127.0.0.1', 80) 127.0.0.1", "True", "('::1', 80, 0, 0)"], \
        run.done.stderr


def test_an_interrupted_connect_connects_and_an_interrupted_close_closes(tmp_path: Path) -> None:
    run = Run(tmp_path, "--lenient", "--fault", "connect errno EINTR", "--fault",
              "close errno EINTR once", code=CONNECT)
    assert run.done.stdout.splitlines() == ["-1 EINTR", "b'x'", "-1 EINTR", "-1 EBADF", "b''"], \
        run.done.stderr


def test_errors_of_a_connect_that_does_not_block_come_later(tmp_path: Path) -> None:
    run = Run(tmp_path, "--fault", "connect errno ETIMEDOUT", code="""
import errno, select, socket
c = socket.socket(); c.setblocking(False)
print(errno.errorcode[c.connect_ex(("127.0.0.1", 9))])
print(select.select([], [c], [], 5)[1] == [c])
print(errno.errorcode[c.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)])
print(c.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))""")
    assert run.done.stdout.splitlines() == ["EINPROGRESS", "True", "ETIMEDOUT", "0"]


def test_a_reset_is_real_for_both_ends(tmp_path: Path) -> None:
    run = Run(tmp_path, "--fault", "recv reset nth 1", code=PAIR + """
for end in (s, c):
    try: print(end.recv(10))
    except OSError as error: print(errno.errorcode[error.errno])
print(s.recv(10))""")
    assert run.done.stdout.splitlines() == ["ECONNRESET", "ECONNRESET", "b''"]


def test_a_reset_after_bytes_comes_after_exactly_so_many(tmp_path: Path) -> None:
    code = PAIR + """
c.send(bytes(1000)); got = 0
try:
    while True: got += len(s.recv(300))
except OSError as error: print(got, errno.errorcode[error.errno])"""
    run = Run(tmp_path / "a", "--fault", "recv reset after 700", code=code)
    again = Run(tmp_path / "b", "--replay", str(run.path), code=code)
    assert run.done.stdout == again.done.stdout == "700 ECONNRESET\n"


def test_only_what_the_kernel_can_do_happens_at_a_time_when_it_can(tmp_path: Path) -> None:
    run = Run(tmp_path, "--fault", "recv errno EAGAIN", "--fault", "recv errno EINTR", code=PAIR + """
import ctypes
libc = ctypes.CDLL(None, use_errno=True); room = ctypes.create_string_buffer(9)
c.send(b"x"); a.send(b"y"); s.setblocking(False)
print(libc.recv(s.fileno(), room, 9, 0), errno.errorcode[ctypes.get_errno()])
print(libc.recv(b.fileno(), room, 9, 0), errno.errorcode[ctypes.get_errno()])""")
    assert run.done.stdout.splitlines() == ["-1 EAGAIN", "-1 EINTR"]


def test_edges_come_again_after_a_cut(tmp_path: Path) -> None:
    run = Run(tmp_path, "--fault", "recv cap 4", code=PAIR + """
import select
s.setblocking(False); poll = select.epoll(); poll.register(s, select.EPOLLIN | select.EPOLLET)
c.send(b"0123456789"); got = b""
while len(got) < 10 and poll.poll(5): got += s.recv(100)
print(got)""")
    assert run.done.stdout == "b'0123456789'\n"
    assert len(run.events("fired")) == 3


def test_a_broken_pipe_has_its_signal(tmp_path: Path) -> None:
    run = Run(tmp_path, "--fault", "send errno EPIPE", code=PAIR + """
import signal
try: c.send(b"x", socket.MSG_NOSIGNAL)
except BrokenPipeError: print("told", flush=True)
signal.signal(signal.SIGPIPE, signal.SIG_DFL); a.send(b"x")""")
    assert run.done.stdout == "told\n", run.done.stderr
    assert run.done.returncode == 128 + signal.SIGPIPE


RACE = PAIR + """
import threading
def talk(x, y):
    for i in range(60):
        x.sendall(bytes(100)); got = 0
        while got < 100: got += len(y.recv(100))
def pair():
    x = socket.create_connection(listener.getsockname()); return x, listener.accept()[0]
pairs = [pair() for i in range(4)]
threads = [threading.Thread(target=talk, args=pair) for pair in pairs]
for one in threads: one.start()
for one in threads: one.join()
print("done")"""


def test_the_same_seed_gives_the_same_faults_whatever_the_threads_do(tmp_path: Path) -> None:
    fault = ("--fault", "receive cap 7 probability 0.3", "--fault", "send cap 9 probability 0.2")
    first, second, other = (Run(tmp_path / name, *fault, "--seed", seed, code=RACE)
                            for name, seed in (("a", "5"), ("b", "5"), ("c", "6")))
    assert first.done.stdout == second.done.stdout == "done\n"
    assert first.keys == second.keys and len(first.keys) > 50
    assert other.keys != first.keys


def test_a_log_replays(tmp_path: Path) -> None:
    first = Run(tmp_path / "a", "--fault", "recv cap 3 every 5", "--fault", "send cap 9 every 3",
                code=RACE)
    second = Run(tmp_path / "b", "--replay", str(first.path), code=RACE)
    assert second.done.stdout == "done\n"
    assert first.keys == second.keys and len(first.keys) > 20


def test_children_are_under_the_same_plan(tmp_path: Path) -> None:
    run = Run(tmp_path, "--fault", "send cap 1", code=PAIR + f"""
import subprocess
pid = os.fork()
if pid == 0: print(c.send(b"abc"), flush=True); os._exit(0)
os.waitpid(pid, 0)
print(subprocess.run([{PYTHON!r}, "-I", "-c",
    {PAIR!r} + "print(c.send(b'abc'))"], text=True,
    capture_output=True).stdout, end="")""")
    assert run.done.stdout.splitlines() == ["1", "1"]
    assert len({one["process"] for one in run.events("fired")}) == 2


def test_the_log_survives_the_program(tmp_path: Path) -> None:
    run = Run(tmp_path, "--fault", "send cap 1", code=PAIR + """
c.send(b"abc"); os.kill(os.getpid(), 9)""")
    assert run.done.returncode == 128 + 9
    assert len(run.events("fired")) == 1
    assert run.log[-1]["signal"] == 9


SIGNALS = """
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <errno.h>
static int pair[2];
static volatile int handled;
static void handler(int number) { char c; (void)number; int kept = errno;
  send(pair[0], "h", 1, MSG_DONTWAIT); recv(pair[1], &c, 1, MSG_DONTWAIT); handled++; errno = kept; }
int main(void) { int own[2]; char c;
  struct itimerval often = {{0, 100}, {0, 100}};
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair); socketpair(AF_UNIX, SOCK_STREAM, 0, own);
  signal(SIGALRM, handler); setitimer(ITIMER_REAL, &often, 0);
  for (int i = 0; i < 30000; i++) {
    while (send(own[0], "x", 1, 0) != 1) if (errno != EINTR) return 1;
    while (recv(own[1], &c, 1, 0) != 1) if (errno != EINTR) return 2; }
  return handled > 0 ? 0 : 3; }"""


def test_signal_handlers_may_call_too(tmp_path: Path) -> None:
    program = compiled(tmp_path, SIGNALS)
    run = Run(tmp_path / "report", "--timeout", "40", "--fault", "recv errno EINTR every 3",
              "--fault", "send errno EINTR every 4", "--", program)
    assert run.done.returncode == 0, run.done.stderr
    assert len(run.events("fired")) > 1000


FORKS = """
#include <pthread.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
static volatile int over;
static void *talk(void *unused) { int pair[2]; char c; socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  while (!over) { send(pair[0], "x", 1, 0); recv(pair[1], &c, 1, 0); } return unused; }
int main(void) { pthread_t thread[3]; int bad = 0;
  for (int i = 0; i < 3; i++) pthread_create(&thread[i], 0, talk, 0);
  for (int i = 0; i < 200; i++) { pid_t child = fork();
    if (child == 0) { int pair[2]; char c; socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
      send(pair[0], "x", 1, 0); _exit(recv(pair[1], &c, 1, 0) == 1 ? 0 : 1); }
    int status = 1; waitpid(child, &status, 0); bad += status != 0; }
  over = 1; for (int i = 0; i < 3; i++) pthread_join(thread[i], 0);
  return bad != 0; }"""


def test_a_fork_amid_threads_does_not_hang(tmp_path: Path) -> None:
    program = compiled(tmp_path, FORKS, "-pthread")
    run = Run(tmp_path / "report", "--timeout", "40", "--fault", "recv delay 1us every 2", "--",
              program)
    assert run.done.returncode == 0, run.done.stderr


def test_what_passes_the_library_by_is_said(tmp_path: Path) -> None:
    run = Run(tmp_path / "a", "--", compiled(tmp_path, """
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) { int pair[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  fclose(fdopen(pair[0], "w")); syscall(SYS_io_submit, 0L, 0L, 0L);
  return 0; }"""))
    assert "stdio on a socket" in run.done.stderr and "io_submit" in run.done.stderr
    static = compiled(tmp_path, "int main(void) { return 0; }", "-static")
    refused = Run(tmp_path / "b", "--", static)
    assert refused.done.returncode == 126 and "statically" in refused.done.stderr


@pytest.mark.parametrize("fault, wanted", [
    ("recvv cap 1", "did you mean 'recv'"), ("recv errno EINRT", "did you mean 'EINTR'"),
    ("recv errno EMFILE", "recv never gives EMFILE on Linux"), ("send errno EIO", "--lenient takes"),
    ("recv cap 1 evry 2", "did you mean 'every'"), ("recv", "do"), ("", "call"),
    ("recv cap 1 nth 0", "from 1 on"), ("recv cap 1 nth 1 every 2", "every"),
    ("recv cap 1 too 10.0.0.2", "did you mean 'to'"),
    ("recv cap 1 to localhost", "a numeric address, a port, or both, not 'localhost'"),
    ("recv cap 1 to 10.0.0.2:0", "as in 10.0.0.2"), ("recv cap 1 to 10.0.0.256", "as in 10.0.0.2"),
    ("recv cap 1 to", "a numeric address"), ("recv cap 1 to [fd00::2:80", "[fd00::2]:80"),
    ("recv cap 1 fd -1", "a descriptor"), ("recv cap 1 fd three", "a descriptor"),
    ("recv cap 1 process first", "faults.jsonl has them"), ("recv cap 1 thread .1", "(0, 0.1, 0/1)"),
    ("accept errno EMFILE after 5", "'after' never comes true at accept"),
    ("socket errno EMFILE to 10.0.0.2", "'to' never comes true at socket"),
    ("listen delay 5ms to :80", "at a socket that has a peer"),
    ("getaddrinfo errno EAGAIN fd 3", "where a call is about a descriptor"),
    ("wait errno EINTR after 5", "at a socket that has moved bytes"),
    ("epoll_wait errno EINTR to :80", "'to' never comes true at epoll_wait"),
    ("recv drop", "'drop' never fires at recv"), ("connect cap 1", "'cap' never fires at connect"),
    ("poll eof", "'eof' never fires at poll"), ("recv cap 0", "a size from 1 on"),
    ("recv cap 1 process 1", "the name of a process"),
    ("recv cap 1 proces 0", "did you mean 'process'"), ("recv cap $n", "could stand for")])
def test_a_plan_that_makes_no_sense_is_refused(tmp_path: Path, fault: str, wanted: str) -> None:
    run = Run(tmp_path, "--fault", fault, code="")
    assert run.done.returncode == 125
    assert wanted in run.done.stderr


def test_a_plan_file_says_the_same(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("faults:\n  short: {call: send, do: {cap: 2}, when: {nth: 2}}\n", "utf-8")
    run = Run(tmp_path / "a", "--plan", str(plan), code=PAIR + "print(c.send(b'abc'), c.send(b'abc'))")
    assert run.done.stdout == "3 2\n"
    plan.write_text("faults:\n  short: {call: send, do: {cap: 2}, when: {fd: 9000}}\n"
                    "  late: {call: send, do: {cap: 1}, when: {thread: '0', every: 2}}\n", "utf-8")
    chosen = Run(tmp_path / "c", "--plan", str(plan), code=PAIR +
                 "print(c.send(b'abc'), c.send(b'abc'))")
    assert chosen.done.stdout == "3 1\n", chosen.done.stderr
    plan.write_text("faults:\n  short: {call: send, do: {cup: 2}}\n", "utf-8")
    bad = Run(tmp_path / "b", "--plan", str(plan), code="")
    assert bad.done.returncode == 125 and "plan.yaml:2:" in bad.done.stderr


def test_statuses_are_the_programs_or_said(tmp_path: Path) -> None:
    assert Run(tmp_path, code="raise SystemExit(7)").done.returncode == 7
    assert Run(tmp_path, "--", "/no/such/program").done.returncode == 127
    over = Run(tmp_path, "--timeout", "0.2", code="import signal; signal.pause()")
    assert over.done.returncode == 124 and "killed" in over.done.stderr
    never = Run(tmp_path, "--fault", "recv cap 1", code="pass")
    assert never.done.returncode == 0 and "proves nothing" in never.done.stderr


def test_a_fault_that_never_fired_says_why_and_can_fail_the_run(tmp_path: Path) -> None:
    other = Run(tmp_path, "--must-fire", "--fault", "recvfrom cap 1", code=PAIR + "a.send(b'x'); b.recv(9)")
    assert other.done.returncode == 1
    assert "it proves nothing; of its calls were seen socket" in other.done.stderr
    none = Run(tmp_path, "--quiet", "--fault", "recv cap 1", code="raise SystemExit(7)")
    assert none.done.returncode == 7
    assert none.done.stderr == ("sockproof: recv cap 1: fired 0 of 0 times; it proves nothing; no call on a "
                                "socket was seen\n")
    late = Run(tmp_path, "--quiet", "--must-fire", "--fault", "recv cap 1 nth 9", code=PAIR +
               "c.send(b'x'); s.recv(9)")
    assert late.done.returncode == 1 and "1 times; it proves nothing: its trigger" in late.done.stderr
    good = Run(tmp_path, "--quiet", "--must-fire", "--fault", "recv cap 1", code=PAIR +
               "c.send(b'x'); s.recv(9)")
    assert good.done.returncode == 0 and good.done.stderr == ""
    assert Run(tmp_path, "--must-fire", code="").done.returncode == 125


def test_a_run_has_a_folder_and_a_port_of_its_own(tmp_path: Path) -> None:
    run = Run(tmp_path, "--fault", "recv cap 1", "--", PYTHON, "-I", "-c", """
import os, socket, sys
print(*sys.argv[1:], os.environ["SOCKPROOF_SCRATCH"], os.environ["SOCKPROOF_PORT"], sep="\\n")
open(sys.argv[1], "x").close(); socket.create_server(("127.0.0.1", int(sys.argv[2])))""",
              "{scratch}/a", "{port}")
    file, port, folder, again = run.done.stdout.splitlines()
    assert file == f"{folder}/a" and port == again and not Path(folder).exists()
    assert run.log[0]["argv"][-2:] == [file, port]


def test_runs_beside_one_another_do_not_share_a_report(tmp_path: Path) -> None:
    report = tmp_path / "report"
    with subprocess.Popen([ENGINE, "exec", "--report", str(report), "--", "sh", "-c", "echo; read x"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        first.stdout.readline()
        second = Run(report, "--fault", "recv cap 1", code="")
        first.communicate(b"x\n", timeout=20)
    assert f"another run writes {report}: this one's report is in {report}.2" in second.done.stderr
    assert f"--replay {report}.2/faults.jsonl" in second.done.stderr
    logs = [json.loads((tmp_path / name / "faults.jsonl").read_text("utf-8").splitlines()[0])["argv"][0]
            for name in ("report", "report.2")]
    assert logs == ["sh", PYTHON]


def test_the_page_of_points_is_as_the_table_says() -> None:
    said = subprocess.run([ENGINE, "exec", "--list-points"], text=True, capture_output=True,
                          check=True).stdout
    assert (ROOT / "fixtures" / "points.txt").read_text("utf-8") == said, \
        "write it anew: build/sockproof-engine exec --list-points > fixtures/points.txt"


def test_points_are_listed(tmp_path: Path) -> None:
    every = subprocess.run([ENGINE, "exec", "--list-points", "--json"], text=True,
                           capture_output=True, check=True).stdout
    points = [json.loads(line) for line in every.splitlines()]
    assert {"point": "recv", "group": "receive"}.items() <= next(
        one for one in points if one["point"] == "recv").items()
    run = Run(tmp_path, "--list-points", code=PAIR + "a.send(b'x'); b.recv(1)")
    assert re.search(r"^recv +1 ", run.done.stdout, re.MULTILINE)

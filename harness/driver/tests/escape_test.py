# SPDX-License-Identifier: MIT
"""`exec`: the ways in which a program slips away from the interposer. Each is followed, or named."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Iterator

import pytest
from conftest import ENGINE, ROOT
from faulted import PAIR, Run, compiled

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

# Two ends of a connection.
JOINED = """
#include <arpa/inet.h>
#include <sys/socket.h>
static void joined(int pair[2]) { struct sockaddr_in own = {.sin_family = AF_INET};
  socklen_t size = sizeof own;
  int listener = socket(AF_INET, SOCK_STREAM, 0); own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(listener, (void *)&own, size); listen(listener, 1); getsockname(listener, (void *)&own, &size);
  pair[0] = socket(AF_INET, SOCK_STREAM, 0); connect(pair[0], (void *)&own, size);
  pair[1] = accept(listener, 0, 0); }
"""

# Sends three bytes and tells how many went; under `send cap 1` it is one.
CHILD = JOINED + """
#include <stdio.h>
int main(void) { int pair[2]; joined(pair);
  printf("%d\\n", (int)send(pair[0], "abc", 3, 0)); return 0; }"""

# Does something that could lose us, and executes the child.
PARENT = """
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
static char *none[] = {0};
static int run(const char *path, char *const *words, char *const *envp) {
  pid_t pid; int status = 1;
  if (posix_spawn(&pid, path, 0, 0, words, envp) != 0) return 1;
  waitpid(pid, &status, 0); return WEXITSTATUS(status); }
static void nobody(void) { if (setgroups(0, 0) || setgid(65534) || setuid(65534)) exit(90); }
int main(int argc, char **argv) { const char *way = argv[1], *path = argv[2];
  char *words[] = {"child", 0}; struct rlimit low = {64, 64}; (void)argc;
#define IS(name) (strcmp(way, name) == 0)
  if (IS("setuid")) { nobody(); execv(path, words); }
  if (IS("setuid-fork")) { nobody(); if (fork() == 0) execv(path, words); wait(0); return 0; }
  if (IS("setuid-bare")) { nobody(); execve(path, words, none); }
  if (IS("setuid-daemon")) { for (int i = 3; i < 2000; i++) close(i);
    nobody(); execve(path, words, none); }
  if (IS("chroot")) { if (chroot(argv[3]) || chdir("/")) return 91; execv(path, words); }
  if (IS("bare")) execve(path, words, none);
  if (IS("clearenv")) { clearenv(); execv(path, words); }
  if (IS("unsetenv")) { unsetenv("LD_PRELOAD"); execv(path, words); }
  if (IS("overwritten")) { setenv("LD_PRELOAD", "", 1); setenv("SOCKPROOF_CONTROL", "x", 1);
    execv(path, words); }
  if (IS("library-path")) { setenv("LD_LIBRARY_PATH", "/nowhere", 1); unsetenv("LD_PRELOAD");
    execvp(path, words); }
  if (IS("execl")) { clearenv(); execl(path, "child", (char *)0); }
  if (IS("execle")) execle(path, "child", (char *)0, none);
  if (IS("fexecve")) fexecve(open(path, O_RDONLY), words, none);
  if (IS("execveat")) execveat(AT_FDCWD, path, words, none, 0);
  if (IS("spawn")) return run(path, words, none);
  if (IS("vfork")) { if (vfork() == 0) { execve(path, words, none); _exit(9); } wait(0); return 0; }
  if (IS("close-each")) { for (int i = 3; i < 2000; i++) close(i); execve(path, words, none); }
  if (IS("close-range")) { close_range(3, ~0U, 0); execve(path, words, none); }
  if (IS("close-cloexec")) { close_range(3, ~0U, CLOSE_RANGE_CLOEXEC); execve(path, words, none); }
  if (IS("closefrom")) { closefrom(3); execve(path, words, none); }
  if (IS("cloexec-each")) { for (int i = 3; i < 2000; i++) fcntl(i, F_SETFD, FD_CLOEXEC);
    execve(path, words, none); }
  if (IS("dup2-each")) { for (int i = 3; i < 1024; i++) dup2(1, i); execve(path, words, none); }
  if (IS("limit")) { setrlimit(RLIMIT_NOFILE, &low); execve(path, words, none); }
  if (IS("undumpable")) { prctl(PR_SET_DUMPABLE, 0); execve(path, words, none); }
  if (IS("daemon")) { if (fork()) exit(0); setsid(); if (fork()) exit(0); close_range(3, ~0U, 0);
    open(argv[3], O_RDONLY); /* a pipe: until somebody says go on */ execve(path, words, none); }
  return 99; }"""

WAYS = ("bare", "clearenv", "unsetenv", "overwritten", "library-path", "execl", "execle", "fexecve",
        "execveat", "spawn", "vfork", "close-each", "close-range", "close-cloexec", "closefrom",
        "cloexec-each", "dup2-each", "limit", "undumpable")


@pytest.fixture(name="programs", scope="module")
def the_programs() -> Iterator[tuple[str, str]]:
    """The parent and the child, where everybody can execute them."""
    with tempfile.TemporaryDirectory(prefix="sockproof-escape-") as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "child").mkdir()
        yield compiled(Path(folder), PARENT), compiled(Path(folder) / "child", CHILD)


def under_cap(folder: Path, parent: str, way: str, *more: str) -> Run:
    """A parent that loses us, under `send cap 1`."""
    return Run(folder, "--fault", "send cap 1", "--", parent, way, *more)


@pytest.mark.parametrize("way", WAYS)
def test_what_hides_us_from_a_child_does_not_lose_it(tmp_path: Path, programs: tuple[str, str],
                                                     way: str) -> None:
    parent, child = programs
    run = under_cap(tmp_path, parent, way, child)
    assert run.done.stdout == "1\n", run.done.stderr
    assert len(run.events("fired")) == 1 and not run.events("unseen")


@AS_ROOT
@pytest.mark.parametrize("way", ["setuid", "setuid-fork", "setuid-bare", "setuid-daemon"])
@pytest.mark.parametrize("private", [False, True], ids=["open", "private"])
def test_who_drops_its_privileges_is_followed(tmp_path: Path, programs: tuple[str, str], way: str,
                                              private: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    parent, child = programs
    if private:  # where nobody else may enter
        home = tmp_path / "home"
        home.mkdir(mode=0o700)
        for name in ("sockproof-engine", "sockproof-preload.so"):
            shutil.copy(Path(ENGINE).parent / name, home)
        monkeypatch.setattr("faulted.ENGINE", str(home / "sockproof-engine"))
    run = under_cap(tmp_path / "report", parent, way, child)
    assert run.done.stdout == "1\n" and len(run.events("fired")) == 1, run.done.stderr
    assert "ERROR" not in run.done.stderr, "the loader has nothing to complain of"


@AS_ROOT
def test_who_drops_its_privileges_in_a_case_is_followed(tmp_path: Path, programs: tuple[str, str]) -> None:
    case = Path(programs[0]).parent / "drops.yaml"  # what lies beside a case is there for its programs
    case.write_text(f"""title: A program that becomes another user and executes a third is under faults still
cites: [program/clean-error-or-intact]
subject: program
transport: tcp
family: inet
place: loopback
setup: none
faults:
  short: {{call: send, by: client, do: {{cap: 1}}}}
steps:
  - client: {{run: [{programs[0]}, setuid-bare, {programs[1]}], stdout: "1\\n"}}
""", "utf-8")
    done = subprocess.run([ENGINE, "run", "--allow-programs", "--report",
                           str(tmp_path / "report"), str(case)], text=True, cwd=ROOT,
                          capture_output=True, check=False, timeout=60)
    assert json.loads(done.stdout.splitlines()[0])["verdict"] == "pass", done.stdout + done.stderr


def libraries(program: str) -> list[str]:
    """The libraries that a program is loaded with, and the loader."""
    said = subprocess.run(["ldd", program], text=True, capture_output=True, check=True).stdout
    return [word for line in said.splitlines() for word in line.split() if word.startswith("/")]


@AS_ROOT
def test_who_changes_its_root_is_named(tmp_path: Path, programs: tuple[str, str]) -> None:
    parent, child = programs
    root = tmp_path / "root"
    for file in [child, *libraries(child)]:
        (root / file[1:]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, root / file[1:])
    run = under_cap(tmp_path / "report", parent, "chroot", child, str(root))
    assert run.done.stdout == "3\n", run.done.stderr
    assert (f"{child} was started where the interposer cannot be opened (another root, or no right to its "
            "folder): its socket calls were not seen") in run.done.stderr
    assert "no call on a socket was seen" in run.done.stderr


@AS_ROOT
def test_who_changes_its_root_and_executes_nothing_is_followed(tmp_path: Path) -> None:
    inside = compiled(tmp_path, CHILD.replace("main(void) {", 'main(void) { chroot("/proc/self");')
                      .replace("#include", "#include <unistd.h>\n#include", 1), "-w")
    run = Run(tmp_path / "report", "--fault", "send cap 1", "--", inside)
    assert run.done.stdout == "1\n" and len(run.events("fired")) == 1


# --- what outlives the program -------------------------------------------------------------------

@pytest.fixture(name="pipe")
def the_pipe(tmp_path: Path) -> Path:
    """At which the daemon waits."""
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_a_daemon_that_forks_away_is_followed(tmp_path: Path, programs: tuple[str, str], pipe: Path) -> None:
    parent, child = programs

    def let_go_on(line: str) -> None:
        if "is followed to its end" in line:
            pipe.write_bytes(b"")

    run = Run(tmp_path, "--fault", "send cap 1", "--", parent, "daemon", child, str(pipe), hear=let_go_on)
    assert run.done.returncode == 0 and run.done.stdout == "1\n", run.done.stderr
    assert len(run.events("fired")) == 1
    assert "what it left behind is followed to its end (Ctrl-C ends it): own (" in run.done.stderr
    assert "which was followed to its end" in run.done.stderr
    assert run.log[-1]["left"] == ["own"]


@pytest.mark.parametrize("more", [("--left", "end"), ("--timeout", "0.4")])
def test_a_daemon_that_is_not_followed_is_ended_and_named(tmp_path: Path, programs: tuple[str, str],
                                                          more: tuple[str, ...], pipe: Path) -> None:
    parent, child = programs
    run = Run(tmp_path, "--quiet", *more, "--fault", "send cap 1", "--", parent, "daemon", child, str(pipe))
    assert run.done.returncode == 0 and run.done.stdout == ""
    assert "no call on a socket was seen" in run.done.stderr
    assert "behind, which was ended with it" in run.done.stderr


def test_what_is_followed_ends_when_we_are_told_to(tmp_path: Path) -> None:
    with subprocess.Popen([ENGINE, "exec", "--report", str(tmp_path), "--", "sh", "-c",
                           "setsid sh -c 'trap : INT; while :; do sleep 0.1; done' & exit 5"],
                          stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "followed to its end" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 5
    assert "was followed to its end, by SIGTERM" in rest


def test_an_engine_that_is_killed_takes_all_with_it_and_leaves_no_file(tmp_path: Path) -> None:
    """The pipe ends when the last of them has."""
    with subprocess.Popen([ENGINE, "exec", "--report", str(tmp_path), "--fault", "recv cap 1", "--",
                           "sh", "-c", "setsid sh -c 'sleep 1000; :' & echo begun; exec sleep 1000"],
                          stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.kill()
        assert process.stdout.read() == ""
    assert [one.name for one in tmp_path.iterdir()] == []


# --- calls that come by another way --------------------------------------------------------------

# Sends "abc" down a socket pair in one way, and tells how much of it came.
SENDS = """
#define _GNU_SOURCE
""" + JOINED + """
#include <dlfcn.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
static void print(int fd, const char *format, ...) { va_list v; va_start(v, format);
  vdprintf(fd, format, v); va_end(v); }
int main(int argc, char **argv) { int pair[2]; char room[9]; const char *way = argv[1]; pid_t child;
  struct iovec vector = {"abc", 3}; struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
  ssize_t (*found)(int, const void *, size_t, int) = 0; (void)argc;
  int flags = strcmp(way, "deepbind") == 0 ? RTLD_NOW | RTLD_DEEPBIND : RTLD_NOW;
  void *library = dlopen("libc.so.6", flags);
#define IS(name) (strcmp(way, name) == 0)
  joined(pair);
  if (IS("dprintf")) dprintf(pair[0], "%s", "abc");
  if (IS("vdprintf")) print(pair[0], "a%cc", 'b');
  if (IS("dlsym")) found = (__typeof__(found))dlsym(library, "send");
  if (IS("dlsym-next")) found = (__typeof__(found))dlsym(RTLD_NEXT, "send");
  if (IS("dlsym-default")) found = (__typeof__(found))dlsym(RTLD_DEFAULT, "send");
  if (found) found(pair[0], "abc", 3, 0);
  if (IS("sendto")) syscall(SYS_sendto, pair[0], "abc", 3L, 0L, 0L, 0L);
  if (IS("sendmsg")) syscall(SYS_sendmsg, pair[0], &message, 0L);
  if (IS("write")) syscall(SYS_write, pair[0], "abc", 3L);
  if (IS("writev")) syscall(SYS_writev, pair[0], &vector, 1L);
  struct clone_args clone3 = {.exit_signal = SIGCHLD};
  if (IS("clone") || IS("clone3") || IS("_Fork")) {
    child = IS("_Fork") ? _Fork() : (pid_t)(IS("clone3") ? syscall(SYS_clone3, &clone3, sizeof clone3)
                                            : syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L));
    if (child == 0) { send(pair[0], "abc", 3, 0); _exit(0); } waitpid(child, 0, 0); }
  if (IS("vfork")) { send(pair[0], "x", 1, 0); recv(pair[1], room, 1, 0);
    if (vfork() == 0) { close_range(3, ~0U, 0); _exit(0); } send(pair[0], "abc", 3, 0); }
  if (IS("strict")) { prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0); write(pair[0], "abc", 3);
    syscall(SYS_exit, 0L); }
  if (IS("strict-by-number")) { syscall(SYS_prctl, (long)PR_SET_SECCOMP, (long)SECCOMP_MODE_STRICT);
    write(pair[0], "abc", 3); syscall(SYS_exit, 0L); }
  if (IS("refused")) { prctl(PR_SET_SECCOMP, 77, 0, 0, 0); syscall(SYS_prctl, (long)PR_SET_SECCOMP, 77L);
    syscall(SYS_seccomp, (long)SECCOMP_SET_MODE_STRICT, 77L, 0L);
    syscall(SYS_seccomp, (long)SECCOMP_SET_MODE_FILTER, 0L, 0L); send(pair[0], "abc", 3, 0); }
  if (IS("dlmopen")) { library = dlmopen(LM_ID_NEWLM, "libc.so.6", RTLD_NOW);
    found = (__typeof__(found))dlsym(library, "send"); found(pair[0], "abc", 3, 0); }
  shutdown(pair[0], SHUT_WR); int all = 0;
  for (int got = 1; got > 0; all += got) got = (int)recv(pair[1], room, 9, 0);
  printf("%d\\n", all); return 0; }"""


@pytest.fixture(name="sends", scope="module")
def the_sender(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A program that sends three bytes in the way that it is told."""
    return compiled(tmp_path_factory.mktemp("sends"), SENDS, "-w")


@pytest.mark.parametrize("way", ["dlsym", "dlsym-default", "sendto", "sendmsg", "write", "writev", "clone",
                                 "clone3", "_Fork"])
def test_a_call_that_comes_by_another_way_is_met(tmp_path: Path, sends: str, way: str) -> None:
    run = Run(tmp_path, "--fault", "transmit cap 1", "--", sends, way)
    assert run.done.stdout == "1\n", run.done.stderr
    assert len(run.events("fired")) == 1
    wanted = "0.1" if way in ("clone", "clone3", "_Fork") else "0"
    assert run.events("fired")[0]["process"] == wanted


# Makes one call by its number, and tells what it returns, or its error.
NUMBERS = """
#define _GNU_SOURCE
""" + JOINED + """
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
int main(int argc, char **argv) { const char *way = argv[1]; int pair[2], pipes[2], size; long done = -9;
  char room[9]; struct iovec vector = {"abc", 3}, into = {room, sizeof room};
  int file = memfd_create("f", 0), epoll = epoll_create1(0); write(file, "abc", 3); lseek(file, 0, SEEK_SET);
  joined(pair); pipe(pipes); write(pipes[1], "abc", 3); send(pair[1], "abc", 3, 0);
  struct timespec time = {9, 0}; struct timeval old = {9, 0}; fd_set in; FD_ZERO(&in); FD_SET(pair[0], &in);
  struct pollfd one = {pair[0], POLLIN, 0}; struct epoll_event event = {.events = EPOLLIN}; (void)old;
  epoll_ctl(epoll, EPOLL_CTL_ADD, pair[0], &event); errno = 0;
#define IS(name) else if (strcmp(way, #name) == 0) done = syscall(SYS_##name,
  if (argc == 0) return 1;
  IS(sendfile) pair[0], file, 0L, 3L);
  IS(splice) pipes[0], 0L, pair[0], 0L, 3L, 0L);
  IS(pwritev2) pair[0], &vector, 1L, -1L, -1L, 0L);
  IS(preadv2) pair[0], &into, 1L, -1L, -1L, 0L);
  IS(ioctl) pair[0], (long)FIONREAD, &size);
  IS(epoll_create1) 0L);
  IS(ppoll) &one, 1L, &time, 0L, 8L);
  IS(pselect6) (long)pair[0] + 1, &in, 0L, 0L, &time, 0L);
  IS(epoll_pwait) epoll, &event, 1L, 9000L, 0L, 8L);
  IS(epoll_pwait2) epoll, &event, 1L, &time, 0L, 8L);
#ifdef SYS_select
  IS(select) (long)pair[0] + 1, &in, 0L, 0L, &old);
  IS(epoll_create) 1L);
#endif
  if (done < 0) printf("%s\\n", strerrorname_np(errno)); else printf("%ld %d\\n", done, time.tv_sec < 9);
  return 0; }"""
OLD = pytest.mark.skipif(os.uname().machine != "x86_64", reason="the number is an old one")


@pytest.fixture(name="numbers", scope="module")
def the_caller(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A program that makes the call that it is told by number."""
    return compiled(tmp_path_factory.mktemp("numbers"), NUMBERS, "-w")


@pytest.mark.parametrize("way, fault, wanted, without", [
    ("sendfile", "sendfile cap 1", "1 0", "3 0"), ("splice", "splice cap 1", "1 0", "3 0"),
    ("pwritev2", "writev cap 1", "1 0", "3 0"), ("preadv2", "readv cap 1", "1 0", "3 0"),
    ("ioctl", "ioctl errno ENOTTY", "ENOTTY", "0 0"),
    ("epoll_create1", "epoll_create errno EMFILE nth 2", "EMFILE", "10 0"),
    ("ppoll", "poll errno EINTR", "EINTR", "1 1"), ("pselect6", "select errno EINTR", "EINTR", "1 1"),
    ("epoll_pwait", "epoll_wait errno EINTR", "EINTR", "1 0"),
    ("epoll_pwait2", "epoll_wait errno EINTR", "EINTR", "1 0"),
    pytest.param("select", "select errno EINTR", "EINTR", "1 0", marks=OLD),
    pytest.param("epoll_create", "epoll_create errno EMFILE nth 2", "EMFILE", "10 0", marks=OLD)])
def test_a_call_by_number_is_met(tmp_path: Path, numbers: str, way: str, fault: str, wanted: str,
                                 without: str) -> None:
    """What no fault meets is as the kernel makes it: it writes the time that is left back."""
    run = Run(tmp_path / "a", "--fault", fault, "--", numbers, way)
    assert run.done.stdout == f"{wanted}\n" and len(run.events("fired")) == 1, run.done.stderr
    other = "getpeername errno ENOTCONN"
    alone = Run(tmp_path / "b", "--fault", other, "--", numbers, way).done.stdout
    bare = subprocess.run([numbers, way], text=True, capture_output=True, check=True, timeout=60).stdout
    assert alone == bare == f"{without}\n"


@pytest.mark.parametrize("way", ["dprintf", "vdprintf"])
def test_what_is_printed_to_a_socket_is_met(tmp_path: Path, sends: str, way: str) -> None:
    """The library writes on until all is gone."""
    run = Run(tmp_path, "--fault", "write cap 1", "--", sends, way)
    assert run.done.stdout == "3\n" and len(run.events("fired")) == 2, run.done.stderr
    broken = Run(tmp_path, "--fault", "write errno EPIPE nth 2", "--fault", "write cap 1 nth 1", "--",
                 sends, way)
    assert broken.done.returncode == 128 + signal.SIGPIPE


def test_what_the_child_of_a_vfork_closes_stays_open_here(tmp_path: Path, sends: str) -> None:
    run = Run(tmp_path, "--fault", "send errno EPIPE after 1", "--", sends, "vfork")
    assert run.done.returncode == 128 + signal.SIGPIPE, "the offset is known still"


@pytest.mark.parametrize("way, wanted", [
    ("strict", "confined itself (seccomp)"), ("strict-by-number", "confined itself (seccomp)"),
    ("dlmopen", "loaded a library apart"),
    ("deepbind", "loaded a library apart")])
def test_what_passes_us_by_is_named(tmp_path: Path, sends: str, way: str, wanted: str) -> None:
    run = Run(tmp_path, "--quiet", "--fault", "transmit cap 1", "--", sends, way)
    assert wanted in run.done.stderr and "it proves nothing" in run.done.stderr
    assert run.done.returncode == 0, run.done.stderr


def test_who_may_not_confine_itself_is_met_as_before(tmp_path: Path, sends: str) -> None:
    run = Run(tmp_path, "--fault", "transmit cap 1", "--", sends, "refused")
    assert run.done.stdout == "1\n" and "confined itself" not in run.done.stderr, run.done.stderr
    assert not run.events("confined")


# Inherits a socket as its standard output, or copies one there, and prints to it.
PRINTS = """
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int argc, char **argv) { int pair[2]; char room[9]; (void)argc;
  if (strcmp(argv[1], "print") == 0) { printf("abc"); return 0; }
  if (strcmp(argv[1], "read") == 0) { return scanf("%3s", room) != 1; }
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair); dup2(pair[0], 1);
  if (strcmp(argv[1], "copy") == 0) { printf("abc"); return 0; }
  execl(argv[0], argv[0], "print", (char *)0); return 9; }"""


@pytest.mark.parametrize("way, standard", [("print", ""), ("copy", ""), ("execute", ""), ("print", "stdout"),
                                           ("read", "stdin")])
def test_stdio_on_a_standard_socket_is_named(tmp_path: Path, way: str, standard: str) -> None:
    """Nothing sees what goes through it."""
    own, others = socket.socketpair()
    others.sendall(b"abc")
    with own, others:
        done = subprocess.run([ENGINE, "exec", "--quiet", "--report", str(tmp_path / "report"), "--fault",
                               "write cap 1", "--", compiled(tmp_path, PRINTS, "-O0"), way], text=True,
                              timeout=60, check=False, stderr=subprocess.PIPE,
                              stdin=own.fileno() if standard == "stdin" else subprocess.DEVNULL,
                              stdout=own.fileno() if standard == "stdout" else subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    named = "had a socket for its standard input, output or error" in done.stderr
    assert named == (bool(standard) or way != "print"), done.stderr


INLINE = """
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
int main(void) { int pair[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  register long r10 __asm__("r10") = 0, r8 __asm__("r8") = 0, r9 __asm__("r9") = 0; long done;
  __asm__ volatile("syscall" : "=a"(done) : "a"((long)SYS_sendto), "D"((long)pair[0]), "S"("abc"), "d"(3L),
                   "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  printf("%ld\\n", done); return 0; }"""


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the instruction is that of x86-64")
@pytest.mark.parametrize("optimised", ["-O0", "-O2"])
def test_calls_by_instructions_of_its_own_are_named(tmp_path: Path, optimised: str) -> None:
    run = Run(tmp_path / "report", "--quiet", "--fault", "transmit cap 1", "--",
              compiled(tmp_path, INLINE, optimised))
    assert run.done.stdout == "3\n"
    assert "makes socket calls by instructions of its own" in run.done.stderr
    assert "it proves nothing" in run.done.stderr


@pytest.mark.parametrize("program", ["/bin/sh", "/usr/bin/python3", "/usr/bin/curl"])
def test_programs_that_make_none_are_not(tmp_path: Path, program: str) -> None:
    if not Path(program).exists():
        pytest.skip(f"{program} is missing")
    words = ["-c", ":"] if program.endswith("sh") else ["--version"]
    run = Run(tmp_path, "--", program, *words)
    assert run.done.returncode == 0, run.done.stderr
    assert "instructions of its own" not in run.done.stderr


def test_a_python_that_calls_the_library_by_its_handle_is_met(tmp_path: Path) -> None:
    run = Run(tmp_path, "--fault", "send cap 1", code=PAIR + """
import ctypes
print(ctypes.CDLL("libc.so.6").send(c.fileno(), b"abc", 3, 0))""")
    assert run.done.stdout == "1\n", run.done.stderr

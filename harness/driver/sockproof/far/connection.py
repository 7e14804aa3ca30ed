# SPDX-License-Identifier: MIT
"""A connection to a far machine: one for a run. The first session makes a folder there and holds it: when its
standard input ends, however that comes about, the folder is removed. What is copied goes through the same
connection (ControlMaster of ssh_config(5))."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import selectors
import shlex
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Iterator

from sockproof.far.lastwords import cause, last_line, meaning
from sockproof.far.machine import Machine
from sockproof.far.trouble import FarTrouble

# For a machine to be reached, for a copy, and for one to remove what it has got, in seconds.
REACHED, COPIED, LEFT = 40.0, 300.0, 8.0
# The exit status with which ssh tells of itself, not of what it has done there.
LOST = 255
# How often the other side hears that we are there.
BEAT = 5.0
# How often one looks whether ssh has ended that has closed its standard output.
LOOK = 0.05
# A login may print so much before it does what it is asked.
NOISE = 1 << 18
PIECE = 1 << 16
# The longest path of a socket is 108 bytes (unix(7)), of which ssh takes 17 for a name of its own.
SOCKET_MOST = 90

# Every login shell hands this on to sh, the csh family and fish too: one line without quotes, "!" or "\\".
HOLDER = " ".join("""
umask 077; mark=$1;
end() { cd /; if [ -n "$d" ]; then rm -rf "$d"; fi; };
d=; trap end EXIT; trap "exit 1" HUP INT TERM PIPE;
if [ -n "$2" ]; then set -- "$2"; else set -- "${TMPDIR:-/tmp}" "$HOME"; fi;
why=;
for at in "$@"; do
d=$(mktemp -d "$at/sockproof.XXXXXXXX" 2>&1) || { why="$why $d;"; d=; continue; };
if [ ! -x /bin/true ]; then break; fi;
out=$( { cp /bin/true "$d/true" && "$d/true" && rm "$d/true"; } 2>&1 ) && break;
rm -rf "$d"; why="$why no program can be put into $at ($out);"; d=;
done;
echo; echo "$mark" "$(uname -s)" "$(uname -m)" "$(uname -r)" "${d:-none}" "$why";
if [ -z "$d" ]; then exit 1; fi;
read -r go;
if [ "$go" != go ]; then exit 1; fi;
cd "$d" || exit 1;
sh ./start; code=$?;
if [ $code -ge 5 ]; then echo "the engine there ended with exit status $code" >&2; fi;
exit $code
""".split("\n")).strip()
UNPACK = 'cd "$1" && tar -xf - && sha256sum -c sums >/dev/null && exec echo "$2"'


@dataclass(frozen=True)
class Greeting:
    """What a machine said of itself: as uname(1) does, and the folder that it has made or why it has none."""

    system: str
    kind: str
    release: str
    folder: str
    why: str


def by_sh(script: str, *words: str) -> str:
    """What has sh do that, with these words, whatever the login shell is."""
    return shlex.join(["exec", "sh", "-c", script, "sockproof", *words])


@contextlib.contextmanager
def control_folder() -> Iterator[Path]:
    """A folder for the socket of the connection; gone afterwards. Raises FarTrouble."""
    places = [place for place in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp")
              if place.startswith("/") and len(os.fsencode(place)) < SOCKET_MOST - 30 and "%" not in place
              and os.access(place, os.W_OK)]
    if not places:
        raise FarTrouble("there is no folder for a socket of ssh here; TMPDIR names one, of a short path")
    folder = Path(tempfile.mkdtemp(prefix="sockproof-ssh-", dir=places[0]))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def started(words: list[str], **streams: int | IO[bytes]) -> subprocess.Popen[bytes]:
    """A process of ssh. Raises FarTrouble."""
    try:
        return subprocess.Popen(words, **streams)  # type: ignore[call-overload, no-any-return]
    except FileNotFoundError:
        raise FarTrouble("there is no ssh here; apt-get install openssh-client, as root") from None


def write_all(out: int, piece: bytes) -> None:
    """Writes all of it."""
    while piece:
        piece = piece[os.write(out, piece):]


class Connection:
    """The connection to a machine, while it is entered. Raises FarTrouble when it cannot be had."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._rest = contextlib.ExitStack()
        self._said = b""
        self._begun = False
        self._over = threading.Event()

    def __enter__(self) -> Connection:
        try:
            self._control = self._rest.enter_context(control_folder()) / "c"
            self._mark = f"sockproof-{secrets.token_hex(8)}"
            holder = by_sh(HOLDER, self._mark, self._machine.folder)
            words = self._machine.ssh("ControlMaster=yes", f"ControlPath={self._control}")
            self._ssh = started([*words, holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
            self._rest.callback(self._leave)
            self.greeting = self._greeted()
        except BaseException:
            self._rest.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._rest.close()

    def trouble(self, what: str) -> FarTrouble:
        """What is said of the machine."""
        return FarTrouble(f"the machine {self._machine.host}: {what}")

    def _leave(self) -> None:
        """Has the machine remove what it has got, and waits a while for that."""
        self._over.set()
        assert self._ssh.stdin
        with contextlib.suppress(OSError):
            self._ssh.stdin.close()
        end = time.monotonic() + LEFT
        for _ in self._pieces(end):
            pass
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._ssh.wait(max(0.1, end - time.monotonic()))
        self._ssh.kill()
        self._ssh.wait()

    def _pieces(self, end: float) -> Iterator[bytes]:
        """What comes on its standard output until that ends, or until `end`; what is said beside is kept.
        What ssh reaches the machine through (ProxyCommand) may hold its standard error and outlive it: once
        ssh has ended nobody waits for more."""
        assert self._ssh.stdout and self._ssh.stderr
        with selectors.DefaultSelector() as selector:
            for stream in (self._ssh.stdout, self._ssh.stderr):
                selector.register(stream, selectors.EVENT_READ)
            out_ended = False
            while selector.get_map() and (left := end - time.monotonic()) > 0:
                ssh_ended = out_ended and self._ssh.poll() is not None
                ready = selector.select(0 if ssh_ended else min(left, LOOK if out_ended else BEAT))
                if ssh_ended and not ready:
                    break
                for key, _ in ready:
                    is_out = key.fileobj is self._ssh.stdout
                    piece = os.read(key.fd, PIECE)
                    if not piece:
                        selector.unregister(key.fileobj)
                        out_ended = out_ended or is_out
                    elif is_out:
                        yield piece
                    else:
                        self._hear(piece)

    def _hear(self, piece: bytes) -> None:
        """What is said beside: kept, and handed on once the run has begun."""
        self._said = (self._said + piece)[-NOISE:]
        if self._begun:
            write_all(2, piece)

    def words(self) -> str:
        """What ssh and the machine have said beside."""
        return self._said.decode("utf-8", "replace")

    def _greeted(self) -> Greeting:
        """Reads what the machine says of itself, behind whatever its login prints."""
        line = re.compile(rb"\n" + self._mark.encode() + rb" (\S+) (\S+) (\S+) (\S+) ?([^\n]*)\n")
        heard = b""
        for piece in self._pieces(time.monotonic() + REACHED):
            heard += piece
            if found := line.search(heard):
                return Greeting(*(part.decode("utf-8", "replace") for part in found.groups()))
            if len(heard) > NOISE:
                raise self.trouble("its login prints without end, and does nothing")
        printed = last_line(heard.decode("utf-8", "replace"))
        if not self._ended():
            raise self.trouble(f"it did not answer in {REACHED:.0f} s" if not heard else
                               f"it did nothing in {REACHED:.0f} s but print: {printed}")
        if self._ssh.returncode == LOST and not heard:
            raise self.trouble(meaning(self.words(), self._machine.host))
        said = last_line(self.words()) or printed or "nothing"
        raise self.trouble(f"it has no sh for what is asked of it; its last words: {said}")

    def _ended(self) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._ssh.wait(1)
        return self._ssh.returncode is not None

    def copy(self, archive: IO[bytes]) -> None:
        """Unpacks an archive in its folder, and holds it against its sums. Raises FarTrouble."""
        mark = secrets.token_hex(8)
        command = [*self._machine.ssh("ControlMaster=no", f"ControlPath={self._control}"),
                   by_sh(UNPACK, self.greeting.folder, mark)]
        with started(command, stdin=archive, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as ssh:
            try:
                out, said = ssh.communicate(timeout=COPIED)
            except subprocess.TimeoutExpired:
                raise self.trouble(f"the copy to {self.greeting.folder} was not there in {COPIED:.0f} "
                                   "s") from None
            finally:
                ssh.kill()
        if mark.encode() not in out:
            raise self.trouble(f"the engine could not be put into {self.greeting.folder}: "
                               f"{cause(said.decode('utf-8', 'replace')) or 'nobody says why'}; folder=DIR "
                               "names another place")

    def run(self, out: int) -> None:
        """Starts what was copied, hands what it writes on to the descriptor `out`, and what is said beside to
        our own standard error, until it ends. Raises FarTrouble when it is the connection that ends."""
        self._begun = True
        self._beat(b"go\n")
        threading.Thread(target=self._beats, daemon=True).start()
        for piece in self._pieces(float("inf")):
            write_all(out, piece)
        if self._ended() and (self._ssh.returncode < 0 or self._ssh.returncode == LOST):
            raise self.trouble(f"the connection is lost: {meaning(self.words(), self._machine.host)}")

    def _beat(self, text: bytes) -> None:
        assert self._ssh.stdin
        with contextlib.suppress(OSError, ValueError):
            os.write(self._ssh.stdin.fileno(), text)

    def _beats(self) -> None:
        while not self._over.wait(BEAT):
            self._beat(b"\n")

# SPDX-License-Identifier: MIT
"""What a run leaves behind on the machine: of this run alone, for others run on it as well."""

from __future__ import annotations

import os
import select
import time
from pathlib import Path

from mounts import OWN, mounted

# A private /dev/shm, and what is run after it.
PRIVATE = 'mount --bind "$1" /dev/shm && shift && exec "$@"'
# Dead or killed, a process may need so long to be gone on a machine that is busy.
PATIENCE_S = 30.0
NAMESPACES = ("net", "mnt", "pid", "ipc", "user", "uts")


def namespaces_of(process: Path) -> set[str]:
    """The namespaces that a process is in."""
    return {os.readlink(process / "ns" / kind) for kind in NAMESPACES}


class Mark:
    """Marks every process that descends from one by its environment, which none of ours changes on
    its way, and gives them a /tmp and a /dev/shm of their own."""

    _made = 0

    def __init__(self, folder: Path) -> None:
        """Made before the run begins; in a subfolder of `folder` is what the run has for /tmp and
        /dev/shm."""
        Mark._made += 1
        # The engine keeps what begins with its own name from programs.
        name, value = "MARK_OF_A_RUN", f"{os.getpid()}.{Mark._made}"
        self._word = f"{name}={value}"
        self._places = [folder / "private" / place for place in ("tmp", "shm")]
        for place in self._places:
            place.mkdir(parents=True)
            place.chmod(0o1777)
        self.environment = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        self.environment |= {name: value, "TMPDIR": str(self._places[0]), "PYTHONDONTWRITEBYTECODE": "1"}
        self._mounts = Path("/proc/self/mounts").read_text("utf-8")

    def private(self, *command: str) -> list[str]:
        """The command with a /dev/shm of its own; its process is the one that is started. Skips the test
        where that is refused."""
        own = mounted(OWN, "--bind", str(self._places[1]), "/dev/shm")
        return [*own, "sh", "-c", PRIVATE, "sh", str(self._places[1]), *command]

    def processes(self) -> list[Path]:
        """Those with the mark that are alive."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if self._word.encode() in (process / "environ").read_bytes().split(b"\0"):
                    found.append(process)
            except OSError:
                continue
        return found

    def await_end(self) -> None:
        """Waits until none is left, or for as long as that may take."""
        end = time.monotonic() + PATIENCE_S
        while self.processes() and time.monotonic() < end:
            select.select([], [], [], 0.02)

    def left(self) -> list[str]:
        """What is left, in words: processes, which hold namespaces and sockets, files, mounts."""
        self.await_end()
        found = []
        for process in self.processes():
            try:
                words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                found.append(f"process {process.name}: {words} in {sorted(namespaces_of(process))}")
            except OSError:
                continue
        found += [f"file {path}" for place in self._places for path in sorted(place.rglob("*"))]
        if Path("/proc/self/mounts").read_text("utf-8") != self._mounts:
            found.append("another mount")
        return found

# SPDX-License-Identifier: MIT
"""What is taken to a far machine for a run: the engine with its libraries, the files that it reads, the
cases, and how to start it; an archive that tar unpacks. Nothing of it depends on what is there but the
kernel."""

from __future__ import annotations

import hashlib
import io
import os
import shlex
import tarfile
from pathlib import Path
from typing import IO

from sockproof.guest.boot import READ, libraries, named_files, slower
from sockproof.house import ROOT

# The cases lie so deep that a path from where the engine stands may lead some folders up.
CASES = "cases/0/1/2/3/4/5/6/7"
# Seconds of silence after which a run there ends.
HELD = 30


class Archive:
    """An archive being written; with the hash of each file in `sums`, as sha256sum(1) reads them."""

    def __init__(self, out: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT)
        self._sums: dict[str, str] = {}

    def file(self, name: str, content: bytes, mode: int = 0o600) -> None:
        """Adds a file; one that is added twice counts once."""
        if name in self._sums:
            return
        about = tarfile.TarInfo(name)
        about.size, about.mode = len(content), mode
        self._tar.addfile(about, io.BytesIO(content))
        self._sums[name] = hashlib.sha256(content).hexdigest()

    def close(self) -> None:
        """Writes the end."""
        sums = "".join(f"{digest}  {name}\n" for name, digest in self._sums.items())
        self.file("sums", sums.encode())
        self._tar.close()


def copied(path: str) -> str:
    """Where a case is there that is here called `path`."""
    return os.path.normpath(f"{CASES}/{path.lstrip('/')}")


def baseline_there(words: list[str]) -> list[str]:
    """The engine's options with a baseline of one's own where it is there."""
    own = named_files(words)
    return ["./own/baseline.yaml" if word in own else word for word in words]


def start(loader: str, words: list[str]) -> str:
    """What starts the engine there, from the folder of the archive."""
    engine = ["run", "--root", "house", "--stack", "linux", "--select", "select", "--below", CASES,
              "--report", "report", "--stream", "-", "--held", str(HELD), *slower(baseline_there(words), 1.0)]
    return (f'exec "./lib/{loader}" --library-path "$PWD/lib" ./engine {shlex.join(engine)}\n')


def write(out: IO[bytes], engine: Path, selection: str, words: list[str]) -> None:
    """The archive; words are the engine's options, and paths are from the current folder. Raises
    GuestTrouble when the engine's libraries are not to be found, and OSError."""
    archive = Archive(out)
    needed = libraries(engine)
    loader = next(one.name for one in needed if one.name.startswith("ld-"))
    archive.file("start", start(loader, words).encode())
    archive.file("engine", engine.read_bytes(), 0o700)
    for library in needed:
        archive.file(f"lib/{library.name}", library.read_bytes(), 0o700)
    for folder in READ:
        for file in sorted(file for file in (ROOT / folder).rglob("*") if file.is_file()):
            archive.file(f"house/{file.relative_to(ROOT)}", file.read_bytes())
    archive.file("select", selection.encode())
    for line in selection.splitlines():
        if line.startswith("@"):
            archive.file(copied(line[1:]), Path(line[1:]).read_bytes())
    for name in named_files(words):
        archive.file("own/baseline.yaml", Path(name).read_bytes())
    archive.close()

# SPDX-License-Identifier: MIT
"""The files that a guest sees: an archive in the format that the kernel unpacks (cpio, newc)."""

from __future__ import annotations

import stat
from pathlib import Path, PurePosixPath
from typing import BinaryIO


class Initramfs:
    """An archive being written. Folders come by themselves; a file that is added twice counts
    once."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._known: set[PurePosixPath] = {PurePosixPath("/")}
        for folder in ("/proc", "/sys", "/dev", "/mnt", "/tmp"):
            self.folder(PurePosixPath(folder))

    def folder(self, path: PurePosixPath) -> None:
        """Adds a folder and those that it lies in."""
        if path in self._known:
            return
        self.folder(path.parent)
        self._entry(path, stat.S_IFDIR | 0o755, b"")

    def file(self, path: str, content: bytes, mode: int = 0o644) -> None:
        """Adds a file."""
        where = PurePosixPath(path)
        if where not in self._known:
            self.folder(where.parent)
            self._entry(where, stat.S_IFREG | mode, content)

    def copy(self, source: Path, path: str) -> None:
        """Adds a file of this machine, as executable as it is."""
        self.file(path, source.read_bytes(), stat.S_IMODE(source.stat().st_mode))

    def close(self) -> None:
        """Writes the end."""
        self._write(b"TRAILER!!!\0", 0, b"", 1)

    def _entry(self, path: PurePosixPath, mode: int, content: bytes) -> None:
        self._known.add(path)
        self._write(str(path).lstrip("/").encode() + b"\0", mode, content, len(self._known))

    def _write(self, name: bytes, mode: int, content: bytes, inode: int) -> None:
        fields = (inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
        header = b"070701" + b"".join(b"%08X" % field for field in fields) + name
        self._out.write(header + bytes(-len(header) % 4) + content + bytes(-len(content) % 4))

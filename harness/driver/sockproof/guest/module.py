# SPDX-License-Identifier: MIT
"""Kernel modules of a package that is not installed, in the order in which they load."""

from __future__ import annotations

import lzma
import re
from pathlib import Path

from sockproof.guest.trouble import GuestTrouble

# What the engine needs of a kernel, as far as it is not built in. SCTP asks for its hashes by name at
# run time: no module's list of dependencies holds it.
WANTED = ("virtio_pci", "virtio_console", "af_packet", "ipv6", "veth", "hmac", "md5", "sha1_generic",
          "sha256_generic", "crc32c_generic", "sctp", "sctp_diag", "sch_netem")


def content(file: Path) -> bytes:
    """A module as the kernel takes it."""
    block = file.read_bytes()
    return lzma.decompress(block) if file.suffix == ".xz" else block


def plain(name: str) -> str:
    """Files say af-packet where the kernel says af_packet."""
    return name.replace("-", "_")


class Modules:
    """The modules below a folder."""

    def __init__(self, folder: Path) -> None:
        self._files = {plain(file.name.partition(".")[0]): file
                       for file in folder.rglob("*.ko*") if file.is_file()}
        self._order: dict[str, bytes] = {}

    def wanted(self) -> dict[str, bytes]:
        """Those that the engine needs and that are not built in, with what they need, each after
        what it needs."""
        for name in WANTED:
            if name in self._files:
                self._add(name)
        return self._order

    def _add(self, name: str) -> None:
        if name in self._order:
            return
        if name not in self._files:
            raise GuestTrouble(f"the package holds no module {name}, which others need")
        block = content(self._files[name])
        found = re.search(rb"\0depends=([^\0]*)\0", block)
        for other in (found.group(1).decode().split(",") if found and found.group(1) else []):
            self._add(plain(other))
        self._order[name] = block

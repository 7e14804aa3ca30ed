# SPDX-License-Identifier: MIT
"""Debian's packages: which there are, downloaded and unpacked without being installed."""

from __future__ import annotations

import functools
import re
import subprocess
from pathlib import Path

from sockproof.guest.trouble import GuestTrouble


def call(command: list[str], folder: Path | None = None) -> str:
    """What a command says. Raises GuestTrouble with its last words when it fails."""
    try:
        done = subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=600)
    except OSError as error:
        raise GuestTrouble(f"{command[0]}: {error.strerror}; guests are made of Debian's "
                           "packages, with Debian's tools") from None
    except subprocess.TimeoutExpired:
        raise GuestTrouble(f"{' '.join(command)} was not over after 10 minutes") from None
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:] or ["no word"]
        raise GuestTrouble(f"{' '.join(command)}: {last[0]}")
    return done.stdout


def version_order(left: str, right: str) -> int:
    """-1, 0 or 1, as Debian orders versions."""
    for relation, result in (("lt", -1), ("gt", 1)):
        if subprocess.run(["dpkg", "--compare-versions", left, relation, right],
                          check=False).returncode == 0:
            return result
    return 0


def candidates(pattern: str) -> dict[str, str]:
    """The packages whose names match and that can be had, with their newest versions."""
    names = [line.split(" ", 1)[0] for line in
             call(["apt-cache", "--names-only", "search", pattern]).splitlines()]
    found: dict[str, str] = {}
    for line in call(["apt-cache", "madison", *names]).splitlines() if names else []:
        name, version = (word.strip() for word in line.split("|")[:2])
        if name not in found or version_order(found[name], version) < 0:
            found[name] = version
    return found


def newest(pattern: str) -> tuple[str, str]:
    """Name and version of the newest package whose name matches. Raises GuestTrouble."""
    found = candidates(pattern)
    if not found:
        raise GuestTrouble(f"apt knows no package {pattern}; apt-get update, as root, refreshes "
                           "what it knows")

    def order(left: tuple[str, str], right: tuple[str, str]) -> int:
        return version_order(left[1], right[1])
    return max(found.items(), key=functools.cmp_to_key(order))


def unpack(name: str, version: str, folder: Path) -> Path:
    """Downloads a package into `folder` and unpacks it there; where it lies. It is not
    installed, and none of its scripts runs. Raises GuestTrouble."""
    call(["apt-get", "download", f"{name}={version}"], folder)
    archives = list(folder.glob(f"{glob_safe(name)}_*.deb"))
    if len(archives) != 1:
        raise GuestTrouble(f"apt-get download {name} left {len(archives)} archives, not one")
    tree = folder / "tree"
    call(["dpkg-deb", "-x", str(archives[0]), str(tree)])
    archives[0].unlink()
    return tree


def glob_safe(name: str) -> str:
    """A package's name as a pattern of files; apt writes some of its characters otherwise."""
    return re.sub(r"[^0-9A-Za-z-]", "?", name)

# SPDX-License-Identifier: MIT
"""How the stacks are built that are added on demand: of what source of this tree, with what of
Debian's."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from sockproof import house
from sockproof.stack.trouble import StackTrouble

SOURCES = house.ROOT / "fixtures" / "stacks"
HEADERS = house.ROOT / "harness" / "include"
GO_CODE = Path("/usr/share/gocode")  # where Debian's packages have the source of Go's libraries
NETSTACK = "golang-gvisor-gvisor-dev"


@dataclass(frozen=True)
class Recipe:
    """`about` says in a line what it is; `build` makes the shared object at a path and returns the
    version of what it was made of. Raises StackTrouble."""

    about: str
    build: Callable[[Path], str]


def run(words: list[str], **more: object) -> str:
    """What a command says. Raises StackTrouble with the last of it when it fails."""
    try:
        done = subprocess.run(words, check=False, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, **more)  # type: ignore[call-overload]
    except FileNotFoundError:
        raise StackTrouble(f"there is no {words[0]} here; install what README.md names for it") from None
    if done.returncode != 0:
        tail = "\n".join(done.stdout.splitlines()[-20:])
        raise StackTrouble(f"{words[0]} {words[1]} ended with status {done.returncode}:\n{tail}")
    return str(done.stdout)


def package_version(package: str) -> str:
    """The version of a package of Debian. Raises StackTrouble when it is not installed."""
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], check=False, text=True,
                          capture_output=True)
    if done.returncode != 0 or not done.stdout:
        raise StackTrouble(f"the package {package} is not installed; ./sockproof stack add installs it")
    return done.stdout


def netstack(target: Path) -> str:
    """gVisor's netstack, by Go, which keeps what it has compiled in its own cache."""
    version = package_version(NETSTACK)
    # Go takes a folder of its own for the package, and flags have no place for a path with spaces.
    with tempfile.TemporaryDirectory(prefix="sockproof-") as folder:
        place, headers = Path(folder) / "netstack", Path(folder) / "include"
        shutil.copytree(SOURCES / "netstack", place)
        shutil.copytree(HEADERS, headers)
        flags = f"-O2 -Wall -I{headers} -DRELEASE={version}"
        run(["go", "build", "-buildmode=c-shared", "-o", str(target), "."], cwd=place,
            env=os.environ | {"GO111MODULE": "off", "GOPATH": str(GO_CODE), "CGO_CFLAGS": flags})
    target.with_suffix(".h").unlink(missing_ok=True)
    return version


RECIPES = {"netstack": Recipe("gVisor's TCP/IP, in Go", netstack)}

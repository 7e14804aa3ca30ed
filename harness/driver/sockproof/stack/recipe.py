# SPDX-License-Identifier: MIT
"""How the stacks are built that are added on demand: of what source of this tree, with what of
Debian's."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from sockproof import house
from sockproof.stack import source
from sockproof.stack.tool import package_version, run
from sockproof.stack.trouble import StackTrouble

SOURCES = house.ROOT / "fixtures" / "stacks"
HEADERS = house.ROOT / "harness" / "include"
GO_CODE = Path("/usr/share/gocode")  # where Debian's packages have the source of Go's libraries
NETSTACK = "golang-gvisor-gvisor-dev"
LWIP = house.ROOT / "docs" / "examples" / "lwip"
LWIP_FORKS = SOURCES / "lwip-forks"


@dataclass(frozen=True)
class Recipe:
    """`about` says in a line what it is; `build` makes its file at a path and returns the version of
    what it was made of; `way` is how the file plugs in: a shared object (so), or a command (exec).
    Raises StackTrouble."""

    about: str
    build: Callable[[Path], str]
    way: str = "so"


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


def patched_lwip(target: Path, patches: list[Path]) -> str:
    """The source of Debian's lwIP with patches as a folder `target`; the version of the package."""
    version = package_version("liblwip-dev")
    source.unpacked("lwip", "liblwip-dev", version, target)
    for patch in patches:
        run(["patch", "--silent", "--strip=1", "--input", str(patch)], cwd=target)
    return version


def lwip(target: Path, patches: list[Path]) -> str:
    """A fork of lwIP, as docs/YOUR-STACK.md tells to build one."""
    with tempfile.TemporaryDirectory(prefix="sockproof-") as folder:
        place, made = Path(folder) / "lwip", Path(folder) / "build"
        version = patched_lwip(place, patches)
        run(["cmake", "-S", str(LWIP), "-B", str(made), "-G", "Ninja", f"-DLWIP_DIR={place}"])
        run(["cmake", "--build", str(made)])
        shutil.move(made / "lwip.so", target)
    return version


def forks() -> dict[str, Recipe]:
    """lwIP as Debian has it, and with one bug each."""
    found = {"lwip-source": Recipe("lwIP as Debian's, of its source", functools.partial(lwip, patches=[]))}
    for patch in sorted(LWIP_FORKS.glob("*.patch")):
        bug = patch.read_text("utf-8").partition("\n")[0].rstrip(".")
        build = functools.partial(lwip, patches=[patch])
        found[f"lwip-{patch.stem}"] = Recipe(f"lwIP with a bug: {bug}", build)
    return found


def gvisor(target: Path) -> str:
    """The command that begins a sandbox by the runsc that is here, Debian's or another one."""
    version = run(["runsc", "--version"]).partition("\n")[0].removeprefix("runsc version ")
    if shutil.which("ip") is None:
        raise StackTrouble("there is no ip here, which looks at the host of a sandbox; ./sockproof stack add "
                           "installs it (iproute2)")
    shutil.copy(SOURCES / "gvisor" / "gvisor.sh", target)
    return version


RECIPES = {"gvisor": Recipe("gVisor's sandbox", gvisor, "exec"),
           "netstack": Recipe("gVisor's TCP/IP, in Go", netstack), **forks()}

# SPDX-License-Identifier: MIT
"""The cache of guests: one folder for each, in the user's cache folder. A guest is there whole or
not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import lzma
import os
import re
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Iterator

from sockproof.guest.module import content
from sockproof.guest.trouble import GuestTrouble, GuestUsage

KINDS = ("uml", "qemu")
DESCRIPTION = "guest.json"


@dataclass(frozen=True)
class Guest:
    """A guest that is there; of one that was made of files `package` is the kernel's file,
    `package_version` a hash of them all, and `release` is empty. `kernel` and `modules` are names in its
    folder, the modules in the order in which they load."""

    name: str
    package: str
    package_version: str
    release: str
    kernel: str
    modules: list[str]

    @property
    def kind(self) -> str:
        """uml or qemu."""
        return self.name.partition(":")[0]

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return root() / self.name


def cache() -> Path:
    """What is kept for this user between runs: $XDG_CACHE_HOME/sockproof."""
    base = os.environ.get("XDG_CACHE_HOME") or ""
    return (Path(base) if base.startswith("/") else Path(os.path.expanduser("~")) / ".cache") / "sockproof"


def root() -> Path:
    """The folder of all guests."""
    return cache() / "guests"


def checked(name: str) -> str:
    """`name` if it can be a guest's. Raises GuestUsage."""
    kind, colon, rest = name.partition(":")
    if kind not in KINDS or not colon or not re.fullmatch(r"[0-9a-z][0-9A-Za-z.+_-]*", rest):
        raise GuestUsage(f"{name!r} is no guest: a guest is uml:VERSION (uml:6.1), qemu:VERSION "
                         "(qemu:6.12) or qemu:PACKAGE (qemu:linux-image-…)")
    return name


def is_of_file(given: str) -> bool:
    """Whether --stack names a kernel's file, as qemu:./bzImage: a "/" tells it from a version."""
    kind, _, file = given.partition(":")
    return kind in KINDS and "/" in file.partition(",")[0]


def taken(given: str) -> Guest:
    """The guest made of KIND:FILE[,MODULE...], a kernel and its modules in the order in which they load,
    in the place of an earlier one of that name: KIND and the kernel's own. Raises GuestTrouble."""
    kind, _, files = given.partition(":")
    kernel, *modules = (Path(file).absolute() for file in files.split(","))
    name = checked(f"{kind}:{re.sub('[^0-9A-Za-z.+_-]', '_', kernel.name)}")
    digest = hashlib.sha256()
    with new_folder() as folder:
        for file, to in ((kernel, "kernel"), *((one, one.name.removesuffix(".xz")) for one in modules)):
            try:
                block = content(file)
                (folder / to).write_bytes(block)
            except (OSError, lzma.LZMAError) as error:
                raise GuestTrouble(f"{given}: {file}: {getattr(error, 'strerror', None) or error}") from None
            digest.update(block)
        (folder / "kernel").chmod(0o755)
        guest = Guest(name=name, package=str(kernel), package_version=digest.hexdigest()[:16], release="",
                      kernel="kernel", modules=[one.name.removesuffix(".xz") for one in modules])
        keep(guest, folder)
    return guest


def find(name: str) -> Guest:
    """The guest of that name. Raises GuestTrouble when it is not there."""
    try:
        return Guest(**json.loads((root() / checked(name) / DESCRIPTION).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        raise GuestTrouble(f"there is no guest {name} here; ./sockproof guest add {name} "
                           "fetches it") from None


def of_files(names: list[str]) -> list[dict[str, str]]:
    """Of which file each guest among them was made, and a hash of that and its modules."""
    made = [guest for guest in present() if guest.name in names and not guest.release]
    return [{"stack": guest.name, "file": guest.package, "hash": guest.package_version} for guest in made]


def present() -> list[Guest]:
    """The guests that are there, by name."""
    found: list[Guest] = []
    for file in sorted(root().glob(f"*/{DESCRIPTION}")):
        with contextlib.suppress(GuestTrouble):
            found.append(find(file.parent.name))
    return found


def remove(name: str) -> None:
    """Deletes a guest. Raises GuestTrouble when it is not there or stays."""
    guest = find(name)
    try:
        shutil.rmtree(guest.folder)
    except OSError as error:
        raise GuestTrouble(f"{guest.folder} could not be removed: {error.strerror}") from None


@contextlib.contextmanager
def new_folder() -> Iterator[Path]:
    """A folder beside the guests to put one together in; gone afterwards, unless it was kept."""
    try:
        root().mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".new-", dir=root()))
    except OSError as error:
        raise GuestTrouble(f"the cache {root()} cannot be written: {error.strerror}; "
                           "XDG_CACHE_HOME names another") from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep(guest: Guest, folder: Path) -> None:
    """Makes `folder` the guest, in place of an earlier one of that name."""
    (folder / DESCRIPTION).write_text(json.dumps(asdict(guest), indent=1) + "\n", "utf-8")
    shutil.rmtree(guest.folder, ignore_errors=True)
    folder.chmod(0o755)
    folder.rename(guest.folder)

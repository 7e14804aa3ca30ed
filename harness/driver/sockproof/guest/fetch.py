# SPDX-License-Identifier: MIT
"""Fetches a guest: its package, of which the kernel and the modules that the engine needs stay."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from sockproof.guest import package, store
from sockproof.guest.module import Modules
from sockproof.guest.store import Guest
from sockproof.guest.trouble import GuestTrouble


def package_pattern(name: str) -> str:
    """The pattern of the packages that can be the guest."""
    kind, _, rest = store.checked(name).partition(":")
    if kind == "uml":
        return "^user-mode-linux$"
    if re.fullmatch(r"[0-9]+(\.[0-9]+)+", rest):
        # The kernels for cloud machines: a virtual machine's drivers, and few others.
        return rf"^linux-image-{re.escape(rest)}[.+].*cloud-[a-z0-9]*$"
    return f"^{re.escape(rest)}$"


def one(folder: Path, pattern: str) -> Path:
    """The one path below the folder that matches. Raises GuestTrouble."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise GuestTrouble(f"the package holds {len(found)} files {pattern}, not one")
    return found[0]


def fetch(name: str) -> Guest:
    """Makes the guest be there, in place of an earlier one. Raises GuestTrouble; then nothing has
    changed."""
    chosen, version = package.newest(package_pattern(name))
    with store.new_folder() as folder:
        tree = package.unpack(chosen, version, folder)
        if name.startswith("uml:"):
            kernel, modules = one(tree, "usr/bin/linux.uml"), one(tree, "usr/lib/uml/modules/*")
        else:
            kernel, modules = one(tree, "boot/vmlinuz-*"), module_folder(tree)
        release = modules.name
        wanted = name.partition(":")[2]
        if name.startswith("uml:") and not f"{release}.".startswith(f"{wanted}."):
            raise GuestTrouble(f"Debian's {chosen} is Linux {release}, not {wanted}; "
                               f"./sockproof guest add uml:{'.'.join(release.split('.')[:2])}")
        names = []
        for module, block in Modules(modules).wanted().items():
            names.append(f"{module}.ko")
            (folder / names[-1]).write_bytes(block)
        shutil.copy(kernel, folder / "kernel")
        shutil.rmtree(tree)
        guest = Guest(name, chosen, version, release, "kernel", names)
        store.keep(guest, folder)
    return guest


def module_folder(tree: Path) -> Path:
    """Where an image keeps its modules: below /lib, or below /usr/lib since that is the same."""
    found = sorted([*tree.glob("lib/modules/*"), *tree.glob("usr/lib/modules/*")])
    if len(found) != 1:
        raise GuestTrouble("the package is no kernel image: it holds no folder of modules")
    return found[0]

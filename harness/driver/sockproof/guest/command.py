# SPDX-License-Identifier: MIT
"""`./sockproof guest`: guest kernels of Debian's packages, as stacks under test.

    harness/driver guest add NAME... | list | remove NAME...
    harness/driver guest boot NAME --engine FILE -- OPTIONS...    (the engine's own use)

Exit status 0; 2 when a guest cannot be fetched, removed or started; 3 for usage."""

from __future__ import annotations

import sys
from pathlib import Path

from sockproof import exitstatus
from sockproof.commandline import meant
from sockproof.guest import boot, fetch, store
from sockproof.guest.trouble import GuestUsage


def size_mb(folder: Path) -> float:
    """What a folder holds, in megabytes."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def described(guest: store.Guest) -> str:
    """A guest in a line."""
    what = f"Linux {guest.release}" if guest.release else "from a file"
    return (f"{guest.name:<12} {what}, {guest.package} {guest.package_version}, "
            f"{size_mb(guest.folder):.0f} MB")


def add(names: list[str]) -> None:
    """Fetches guests, one after the other."""
    for name in map(store.checked, names):
        print(f"fetching {name}", flush=True)
        print(described(fetch.fetch(name)), flush=True)


def listed() -> None:
    """Shows the guests that are there."""
    guests = store.present()
    for guest in guests:
        print(described(guest))
    if not guests:
        print(f"no guests in {store.root()}; ./sockproof guest add uml:6.1 fetches one")


def remove(names: list[str]) -> None:
    """Deletes guests."""
    for name in names:
        store.remove(name)
        print(f"removed {name}")


def start(words: list[str]) -> None:
    """Becomes a guest; the selection is on standard input."""
    name, engine, options = words[0], words[words.index("--engine") + 1], words.index("--") + 1
    boot.boot(name, Path(engine), sys.stdin.read(), words[options:])


def main(arguments: list[str]) -> int:
    """The exit status. Raises GuestTrouble."""
    verb, names = (arguments[0] if arguments else ""), arguments[1:]
    if verb == "add" and names:
        add(names)
    elif verb == "remove" and names:
        remove(names)
    elif verb == "list" and not names:
        listed()
    elif verb == "boot":
        start(names)
    else:
        raise GuestUsage("guest takes add NAME..., list, or remove NAME..."
                         + meant(verb, ("add", "list", "remove")))
    return exitstatus.GOOD

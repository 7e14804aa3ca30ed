# SPDX-License-Identifier: MIT
"""The cache of stacks that were built on demand: one file for each, in the user's cache folder.
A stack is there whole or not at all."""

from __future__ import annotations

import json
import os
import shlex
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from sockproof.commandline import meant
from sockproof.guest.store import cache
from sockproof.stack.recipe import RECIPES
from sockproof.stack.trouble import StackTrouble, StackUsage


@dataclass(frozen=True)
class Stack:
    """A stack that is there, and the version of what it was made of."""

    name: str
    version: str

    @property
    def file(self) -> Path:
        """Its shared object, or the command that begins it."""
        return root() / f"{self.name}.{RECIPES[self.name].way}"

    @property
    def plug(self) -> str:
        """As --stack takes a stack of one's own."""
        way = RECIPES[self.name].way
        return f"{self.name}={way}:{shlex.quote(str(self.file)) if way == 'exec' else self.file}"


def root() -> Path:
    """The folder of all of them: $XDG_CACHE_HOME/sockproof/stacks."""
    return cache() / "stacks"


def checked(name: str) -> str:
    """`name` if there is a recipe for it. Raises StackUsage."""
    if name not in RECIPES:
        raise StackUsage(f"{name!r} is no stack that can be added; there is {', '.join(RECIPES)}"
                         + meant(name, tuple(RECIPES)))
    return name


def find(name: str) -> Stack | None:
    """The stack of that name, None where it has not been built."""
    try:
        stack = Stack(**json.loads((root() / f"{name}.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return stack if stack.file.is_file() else None


def present() -> list[Stack]:
    """The stacks that are there, by name."""
    return [stack for stack in map(find, sorted(RECIPES)) if stack is not None]


def add(name: str) -> Stack:
    """Builds a stack, in place of an earlier one of that name. Raises StackTrouble."""
    try:
        root().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=root()) as folder:
            made = Path(folder) / "made"
            stack = Stack(name, RECIPES[name].build(made))
            (made.parent / "about").write_text(json.dumps(asdict(stack)) + "\n", "utf-8")
            (root() / f"{name}.json").unlink(missing_ok=True)  # from here on there is none, and then the new
            os.replace(made, stack.file)
            os.replace(made.parent / "about", root() / f"{name}.json")
    except OSError as error:
        raise StackTrouble(f"the cache {root()} cannot be written: {error.strerror}; "
                           "XDG_CACHE_HOME names another") from None
    return stack


def remove(name: str) -> None:
    """Deletes a stack. Raises StackTrouble when it is not there."""
    stack = find(name)
    if stack is None:
        raise StackTrouble(f"there is no stack {name} here; ./sockproof stack list shows those there are")
    (root() / f"{name}.json").unlink()
    stack.file.unlink()

# SPDX-License-Identifier: MIT
"""`./sockproof stack`: stacks that are built on demand, as stacks under test.

    harness/driver stack add NAME... | list | remove NAME...

Exit status 0; 2 when one cannot be built or removed; 3 for usage."""

from __future__ import annotations

from sockproof import exitstatus
from sockproof.commandline import meant
from sockproof.stack import store
from sockproof.stack.recipe import RECIPES
from sockproof.stack.trouble import StackUsage


def described(stack: store.Stack) -> str:
    """A stack in a line."""
    recipe = RECIPES[stack.name]
    size = f", {stack.file.stat().st_size / 1e6:.0f} MB" if recipe.way == "so" else ""
    return f"{stack.name:<12} {recipe.about}, {stack.version}{size}"


def add(names: list[str]) -> None:
    """Builds stacks, one after the other."""
    for name in list(map(store.checked, names)):
        print(f"building {name}", flush=True)
        print(described(store.add(name)), flush=True)


def listed() -> None:
    """Shows the stacks that are there, and those that could be."""
    for name, recipe in RECIPES.items():
        stack = store.find(name)
        print(described(stack) if stack is not None
              else f"{name:<12} {recipe.about}: not built; ./sockproof stack add {name} builds it")


def main(arguments: list[str]) -> int:
    """The exit status. Raises StackTrouble."""
    verb, names = (arguments[0] if arguments else ""), arguments[1:]
    if verb == "add" and names:
        add(names)
    elif verb == "remove" and names:
        for name in names:
            store.remove(store.checked(name))
            print(f"removed {name}")
    elif verb == "list" and not names:
        listed()
    else:
        raise StackUsage("stack takes add NAME..., list, or remove NAME..."
                         + meant(verb, ("add", "list", "remove")))
    return exitstatus.GOOD

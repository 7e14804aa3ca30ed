# SPDX-License-Identifier: MIT
"""The stacks of a session: what --stack names, and what this machine has."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

from sockproof.commandline import nearest
from sockproof.enginecall import answer, call
from sockproof.far import machine
from sockproof.far.trouble import FarTrouble
from sockproof.guest import store
from sockproof.guest.trouble import GuestTrouble
from sockproof.stack import store as added
from sockproof.stack.recipe import RECIPES

ALL = "all"
# A stack of one's own: its name, the way that it plugs in, its file and, behind a comma, its argument.
PLUGIN = re.compile(r"(?P<before>[^=]*=(?:so|preload):)(?P<file>[^,]*)(?P<behind>.*)", re.DOTALL)
# One behind a command.
COMMAND = re.compile(r"(?P<before>[^=]*=exec:)(?P<command>.+)", re.DOTALL)
# One of another machine.
FAR = re.compile(r"(?P<before>[^=]*=ssh:)(?P<machine>.+)", re.DOTALL)
DEFAULT = "linux"
# A word of a command that is a path from the current folder.
RELATIVE = re.compile(r"(^|[\s'\"=])\.\.?/")


class StackUnknown(Exception):
    """--stack names what is not there; the text says what is."""


def built_in() -> list[str]:
    """The stacks of the engine itself. Raises EngineUnfit."""
    return answer("stacks").split()


def runnable_guests() -> list[str]:
    """The guests that are here and that this machine has the programs for."""
    return [guest.name for guest in store.present()
            if guest.kind == "uml" or shutil.which("qemu-system-x86_64")]


def name_of(given: str) -> str:
    """What results, ids and baselines call a stack that --stack names."""
    return given.partition("=")[0]


def of_file(given: str) -> str:
    """The name of the guest that a kernel's file becomes. Raises StackUnknown."""
    try:
        return store.taken(given).name
    except GuestTrouble as error:
        raise StackUnknown(str(error)) from None


def placed(given: str) -> str:
    """The same with the files of a stack made absolute from the current folder, and a command that
    names files of it begun there: the engine runs elsewhere. One that was built on demand is of the
    file that was made, and a guest kernel of a file becomes one of the cache. Raises StackUnknown."""
    if store.is_of_file(given):
        return of_file(given)
    if behind := COMMAND.fullmatch(given):
        begin = f"cd {shlex.quote(os.getcwd())} && " if RELATIVE.search(behind["command"]) else ""
        return f"{behind['before']}{begin}{behind['command']}"
    if far := FAR.fullmatch(given):
        try:
            return f"{far['before']}{machine.absolute(far['machine'])}"
        except FarTrouble as error:
            raise StackUnknown(f"--stack {given}: {error}") from None
    if (stack := added.find(given)) is not None:
        return stack.plug
    own = PLUGIN.fullmatch(given)
    return f"{own['before']}{Path(own['file']).absolute()}{own['behind']}" if own and own["file"] else given


def check(name: str, known: list[str]) -> None:
    """Raises StackUnknown when there is no such stack. What is wrong with one of a file is found
    by the engine, which loads it."""
    if "=" in name:
        if problem := call("stacks", "--stack", name).stderr.strip():
            raise StackUnknown(problem.removeprefix("sockproof: "))
        return
    if name.partition(":")[0] in store.KINDS:
        try:
            store.find(name)
        except GuestTrouble as error:
            raise StackUnknown(str(error)) from None
    elif name in RECIPES:
        raise StackUnknown(f"the stack {name} is not built; ./sockproof stack add {name} builds it")
    elif name not in known:
        near = nearest(name, [*known, ALL])
        hint = f" (did you mean {near}?)" if near else ""
        raise StackUnknown(f"there is no stack {name!r}{hint}; there are {', '.join(known)}, "
                           "guest kernels (./sockproof guest list), those to be built (./sockproof stack "
                           "list), and your own as NAME=so:FILE, NAME=preload:FILE, NAME=exec:COMMAND or "
                           "NAME=ssh:HOST (docs/YOUR-STACK.md)")


def resolve(given: list[str] | None) -> list[str]:
    """The stacks that --stack means, each once, in the order given; `all` is every one that this
    machine can run, without those of files. None given: none, which leaves the choice to the
    engine. Raises StackUnknown or EngineUnfit."""
    if not given:
        return []
    known = built_in()
    names: list[str] = []
    for name in given:
        names += [*known, *runnable_guests()] if name == ALL else [placed(name)]
    for name in names:
        check(name, known)
    return list(dict.fromkeys(names))


def on_each(selections: list[str], names: list[str]) -> list[str]:
    """The selections with every variant that they name on each of several stacks."""
    if len(names) < 2:
        return selections
    return [one for selection in selections
            for one in ([f"{selection}@{name_of(name)}" for name in names]
                        if "::" in selection and selection.endswith("]") else [selection])]

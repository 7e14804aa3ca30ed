# SPDX-License-Identifier: MIT
"""The commands that Python carries out, and the module of each. A module is loaded when its command is
given: most need packages that others do without."""

from __future__ import annotations

import importlib
import os
import sys

from sockproof import exitstatus, interrupt
from sockproof.trouble import Misuse, Trouble, say

# Each has a main(arguments) that returns the exit status, or raises Trouble.
MODULES = {
    "run": "sockproof.driver.launch",
    "report": "sockproof.reports.command",
    "baseline": "sockproof.baseline",
    "new": "sockproof.newcase",
    "coverage": "sockproof.coverage",
    "guest": "sockproof.guest.command",
    "stack": "sockproof.stack.command",
    "explore": "sockproof.explore.command",
    "test": "sockproof.proof.prove",
    "stability": "sockproof.proof.stability",
    "liars": "sockproof.proof.liars",
    "bench": "sockproof.proof.bench",
}
# What the engine and `test` call besides, and the front door does not show.
INNER = {
    "far": "sockproof.far.command",
    "style": "sockproof.proof.style",
    "circles": "sockproof.proof.circles",
    "conform": "sockproof.proof.conform",
    "outside": "sockproof.proof.outside",
    "twins": "sockproof.proof.twins",
}


def say_no_more() -> None:
    """Ends our output; what is left of it cannot be written, and Python would complain of that once
    more at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(words: list[str]) -> int:
    """Carries out the command that the words begin with; the exit status."""
    name = words[0] if words else ""
    module = (MODULES | INNER).get(name)
    if module is None:
        say(f"no command {name!r} here; there are {', '.join(MODULES)}")
        return exitstatus.USAGE
    try:
        if name != "run":  # which has nothing to put in order before its cases start
            interrupt.from_here()
        status = int(importlib.import_module(module).main(words[1:]))
        sys.stdout.flush()
        interrupt.at_once()
        return status
    except Trouble as error:
        say(str(error))
        if isinstance(error, Misuse):
            say(f"./sockproof {name} --help shows what there is")
        return error.status
    except BrokenPipeError:
        say_no_more()
        return exitstatus.UNREAD
    except OSError as error:
        say_no_more()
        say(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return exitstatus.BROKEN
    except KeyboardInterrupt:
        interrupt.at_once()
        say("interrupted")
        return exitstatus.INTERRUPTED

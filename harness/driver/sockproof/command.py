"""The commands that Python carries out, and the module of each. A module is loaded when its command is
given: most need packages that others do without."""

from __future__ import annotations

import importlib
import sys

from sockproof import exitstatus

# Each has a main(arguments) that returns the exit status.
MODULES = {
    "run": "sockproof.driver.launch",
    "report": "sockproof.reports.command",
    "baseline": "sockproof.baseline",
    "new": "sockproof.newcase",
    "guest": "sockproof.guest.command",
    "explore": "sockproof.explore.command",
    "test": "sockproof.proof.prove",
    "stability": "sockproof.proof.stability",
    "liars": "sockproof.proof.liars",
    "bench": "sockproof.proof.bench",
    # Not of the front door: what `test` calls.
    "style": "sockproof.proof.style",
    "circles": "sockproof.proof.circles",
    "conform": "sockproof.proof.conform",
    "twins": "sockproof.proof.twins",
}


def main(words: list[str]) -> int:
    """Carries out the command that the words begin with; the exit status."""
    name = words[0] if words else ""
    if name not in MODULES:
        print(f"sockproof: no command {name!r} here; there are {', '.join(MODULES)}", file=sys.stderr)
        return exitstatus.USAGE
    try:
        return int(importlib.import_module(MODULES[name]).main(words[1:]))
    except KeyboardInterrupt:
        return exitstatus.INTERRUPTED

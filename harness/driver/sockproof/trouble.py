# SPDX-License-Identifier: MIT
"""What ends a command early: a sentence for its user, and the exit status that goes with it."""

from __future__ import annotations

import sys

from sockproof import exitstatus


class Trouble(Exception):
    """Why a command cannot do what was asked; several lines for several reasons."""

    status = exitstatus.BROKEN


class Misuse(Trouble):
    """What is wrong with the words that were given."""

    status = exitstatus.USAGE


def say(text: str) -> None:
    """A message to the user, beside what a command has to show; lines that are indented go on from
    the one before."""
    for line in text.splitlines():
        print(line if line.startswith(" ") else f"sockproof: {line}", file=sys.stderr, flush=True)

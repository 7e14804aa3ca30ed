# SPDX-License-Identifier: MIT
"""What the engine says is wrong with case files."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Complaint:
    """One error in a file, and `text`, which shows it with a caret; of what the engine said besides,
    the text alone."""

    text: str
    code: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    said: str = ""
    notes: tuple[str, ...] = ()


def complaint_of(line: str) -> Complaint | None:
    """The complaint of a line of `list --json`; None if it is no such line."""
    try:
        found = json.loads(line)
        return Complaint(found["text"].rstrip(), found["complaint"], found["file"], found["line"],
                         found["column"], found["said"], tuple(found["notes"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def complaints_of(said: str) -> list[Complaint]:
    """All of what the engine said; lines of no complaint that stand together are one."""
    found: list[Complaint] = []
    plain: list[str] = []
    for line in [*said.splitlines(), ""]:
        one = complaint_of(line)
        if plain and (one or not line):
            found.append(Complaint("\n".join(plain)))
            plain = []
        if one:
            found.append(one)
        elif line:
            plain.append(line.rstrip())
    return found

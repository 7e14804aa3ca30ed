# SPDX-License-Identifier: MIT
"""The text of a case with a fault added, and of one of its variants alone. Comments and layout stay."""

from __future__ import annotations

import re

FAULTS = re.compile(r"^faults:[ \t]*(.*)$", re.MULTILINE)
STEPS = re.compile(r"^steps:", re.MULTILINE)
ENTRY = re.compile(r"^([ \t]+)[^\s#]", re.MULTILINE)
FAMILY = re.compile(r"^family:.*$", re.MULTILINE)
TRANSPORT = re.compile(r"^transport:.*$", re.MULTILINE)
ROW = re.compile(r"^[ \t]+- \{id: ([\w-]+)[,}].*\n", re.MULTILINE)


def fault_name(text: str) -> str:
    """A name for a fault that the case does not use."""
    number = 1
    while re.search(rf"\bexplored{number}\b", text):
        number += 1
    return f"explored{number}"


def with_fault(text: str, body: str) -> str:
    """The case with one more fault. Raises ValueError when its layout has no place for it."""
    entry = f"{fault_name(text)}: {body}"
    faults, steps = FAULTS.search(text), STEPS.search(text)
    if faults is None and steps is not None:
        return f"{text[:steps.start()]}faults:\n  {entry}\n{text[steps.start():]}"
    if faults is not None and faults.group(1).startswith("{"):
        at = faults.start(1) + 1
        return f"{text[:at]}{entry}, {text[at:]}"
    first = ENTRY.search(text, faults.end()) if faults is not None else None
    if first is None:
        raise ValueError("its faults, or its steps, do not begin a line of their own")
    return f"{text[:first.start()]}{first.group(1)}{entry}\n{text[first.start():]}"


def of_variant(text: str, variant: str, family: str) -> str:
    """The case with that variant alone, as far as its rows stand on lines of their own."""
    row = variant.removesuffix(family).removesuffix("-")
    if any(match.group(1) == row for match in ROW.finditer(text)):
        text = ROW.sub(lambda match: match.group(0) if match.group(1) == row else "", text)
    if FAMILY.search(text):
        return FAMILY.sub(f"family: {family}", text)
    return TRANSPORT.sub(lambda match: f"{match.group(0)}\nfamily: {family}", text, count=1)

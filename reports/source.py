# SPDX-License-Identifier: MIT
"""A case file as the pages show it: numbered lines, its few kinds of words told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from sockproof.reports.failure import flat

# A comment ends the line; a string may hold "#" and ":"; a key is a word before ":". Each is looked
# for where it can begin, and nothing that was taken is given back: a line of any length takes its time.
WORDS = re.compile(r"""(?P<comment>(?:^|(?<=\s))\#.*$)
    |(?P<string>(?<!\\)"(?:[^"\\]|\\.)*+"|'[^']*+')
    |(?P<key>(?<![\w-])[A-Za-z_][\w-]*+(?=:(?:\s|$)))
    |(?P<constant>\b[A-Z][A-Z0-9_]{2,}+\b)""", re.VERBOSE)


@dataclass(frozen=True)
class Line:
    """One line: its number, its marked-up text, and whether a failure points at it."""

    number: int
    markup: Markup
    failing: bool


def marked_up(text: str) -> Markup:
    """One line of YAML with its comments, strings, keys and constants in spans."""
    parts, at = [], 0
    for match in WORDS.finditer(text):
        parts.append(escape(text[at:match.start()]))
        parts.append(Markup('<span class="{}">{}</span>').format(f"y-{match.lastgroup}",
                                                                 match.group()))
        at = match.end()
    return Markup("").join([*parts, escape(text[at:])])


def lines(text: str, failing: set[int]) -> list[Line]:
    """The lines of a case file, those in `failing` marked."""
    return [Line(number, marked_up(flat(line.rstrip("\r"))), number in failing)
            for number, line in enumerate(text.rstrip("\n").split("\n"), 1)]

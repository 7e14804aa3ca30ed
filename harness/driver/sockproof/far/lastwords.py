# SPDX-License-Identifier: MIT
"""What ssh says when it does not come through, as a sentence that says what to do."""

from __future__ import annotations

import re

# What its words hold | what that means, and what to do about it. The first that fits counts.
MEANINGS = (
    ("REMOTE HOST IDENTIFICATION HAS CHANGED",
     "its host key is not the one that you know. If you know why, take the old one away (ssh-keygen -R) and "
     "connect once by hand; if not, somebody else answers"),
    ("Host key verification failed",
     "its host key is not known here: connect once by hand (ssh {host}) and look at it"),
    ("Could not resolve hostname", "there is no machine of that name: {last}"),
    ("Permission denied (",
     "it takes none of your keys, and nobody is asked for a password: {last}; "
     "add yours there (ssh-copy-id), unlock it here (ssh-add), or name it (identity=FILE)"),
    ("Too many authentication failures", "too many keys were offered: name the right one (identity=FILE)"),
    ("Connection refused", "nobody listens there: {last}; is sshd running, and the port right (port=N)?"),
    ("timed out", "it does not answer: {last}"),
    ("not responding", "it does not answer any more: {last}"),
    ("UNPROTECTED PRIVATE KEY FILE", "others may read your key, so ssh does not use it: chmod 600 it"),
    ("Bad configuration option", "the configuration of ssh has a mistake: {last}"),
)
# What a complaint is about that others follow from.
LACK = re.compile(r"No space left|quota exceeded|Read-only|not found", re.IGNORECASE)
# What is printed above a login, by the one side or the other.
IDLE = re.compile(r"Warning: Permanently added |Connection to .* closed\.|\s*$")


def lines_of(said: str) -> list[str]:
    """The lines that say something, fit to be shown."""
    return [re.sub(r"[^ -~]+", " ", line).strip()[:300] for line in said.splitlines() if not IDLE.match(line)]


def cause(said: str) -> str:
    """The first of them that names a lack, else the first, or nothing: the others follow from it."""
    lines = lines_of(said) or [""]
    return next((line for line in lines if LACK.search(line)), lines[0])


def last_line(said: str) -> str:
    """The last of them, or nothing: above it stands what a login prints."""
    return (lines_of(said) or [""])[-1]


def meaning(said: str, host: str) -> str:
    """What it means that ssh ended with these words."""
    last = last_line(said)
    for words, what in MEANINGS:
        if words in said:
            return what.format(host=host, last=last)
    return f"ssh ended: {last}" if last else "ssh ended and said nothing"

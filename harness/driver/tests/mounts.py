# SPDX-License-Identifier: MIT
"""Mounts of one's own: where they are refused, a test is skipped by name."""

from __future__ import annotations

import os
import subprocess
from functools import cache

import pytest

# What gives a command a list of mounts of its own; as another root than the machine's where we are not root.
OWN = ("unshare", "-m") if os.geteuid() == 0 else ("unshare", "-rm")
# A small disk is one of another root's in any case, as a run of anybody's would find it.
ANOTHERS = ("unshare", "-rm")


@cache
def refusal(within: tuple[str, ...], *words: str) -> str:
    """Why these mounts cannot be made here; empty: they can."""
    done = subprocess.run([*within, "mount", *words], text=True, capture_output=True, check=False)
    return f"mounts are refused here: {done.stderr.strip()}" if done.returncode else ""


def mounted(within: tuple[str, ...], *words: str) -> list[str]:
    """What is put before a command that makes such mounts. Skips the test where they are refused."""
    if refusal(within, *words):
        pytest.skip(refusal(within, *words))
    return list(within)


def small_disks() -> list[str]:
    """What is put before a command that mounts a disk of little room."""
    return mounted(ANOTHERS, "-t", "tmpfs", "-o", "size=1m", "none", "/mnt")

# SPDX-License-Identifier: MIT
"""Where a run's records come from: the command, the commit, when it began and ended."""

from __future__ import annotations

import shlex
import subprocess
import sys
from datetime import datetime, timezone
from typing import Any

from sockproof import house

# What the user typed at the front door; None when pytest was called directly.
typed: list[str] | None = None


def now() -> str:
    """The time, to the second, in UTC."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


def command() -> str:
    """The command as it can be given again."""
    if typed is not None:
        return shlex.join(["./sockproof", "run", *typed])
    return shlex.join(["pytest", *sys.argv[1:]])


def git(*words: str) -> str | None:
    """What git says about the house; None when it does not know it."""
    try:
        done = subprocess.run(["git", "-C", str(house.ROOT), *words], text=True, timeout=10,
                              capture_output=True, stdin=subprocess.DEVNULL, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def commit() -> str | None:
    """The commit, and whether files differ from it; None outside of a repository."""
    if not (house.ROOT / ".git").exists():
        return None
    found = git("rev-parse", "--short=12", "HEAD")
    changed = git("status", "--porcelain", "--untracked-files=no") if found else None
    return f"{found} and changes" if changed else found


class Provenance:
    """The facts about one session."""

    def __init__(self) -> None:
        self._began = now()

    def facts(self) -> dict[str, Any]:
        """Members for run.json; call it at the end."""
        found = {"command": command(), "commit": commit(), "began": self._began, "ended": now()}
        return {name: value for name, value in found.items() if value}

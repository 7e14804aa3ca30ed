"""Where things are: the repository's root, its cases, the engine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CASES = ROOT / "cases"
REPORT = ROOT / "reports" / "latest"

# The renderers are a package at the root.
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))


def engine() -> Path:
    """The engine to run: SOCKPROOF_ENGINE, else the one that the front door builds."""
    override = os.environ.get("SOCKPROOF_ENGINE")
    return Path(override).resolve() if override else ROOT / "build" / "sockproof-engine"


def shown(path: Path, start: Path | None = None) -> str:
    """`path` as short as a user at `start` (default: the current folder) could type it."""
    base = start or Path.cwd()
    try:
        return str(path.relative_to(base))
    except ValueError:
        return str(path)


def in_house(path: Path) -> str:
    """`path` as the engine gets it, whose folder is ROOT: relative when inside."""
    return shown(path, ROOT)

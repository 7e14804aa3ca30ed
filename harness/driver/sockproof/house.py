# SPDX-License-Identifier: MIT
"""Where things are: the repository's root, its cases, the engine; and how to call ourselves."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DRIVER = ROOT / "harness" / "driver"
CASES = ROOT / "cases"
# Scripts of our own, which hold the reader of packetdrill's.
SCRIPTS = ROOT / "fixtures" / "pkt"
# What the names of files end with that the engine takes for cases: YAML, and packetdrill's scripts.
ENDINGS = (".yaml", ".pkt")
REPORT = ROOT / "reports" / "latest"
# Debian's own, with Debian's packages, whatever comes first in PATH.
PYTHON = "/usr/bin/python3"


def engine() -> Path:
    """The engine to run: SOCKPROOF_ENGINE, else the one that the front door builds."""
    override = os.environ.get("SOCKPROOF_ENGINE")
    return Path(override).resolve() if override else ROOT / "build" / "sockproof-engine"


def command(name: str, *arguments: str) -> list[str]:
    """The words that carry out one of our own commands in a process of its own."""
    return [PYTHON, "-I", "-X", "utf8", str(DRIVER), name, *arguments]


def caller() -> dict[str, str]:
    """The environment of an engine that must not outlive us, however we end."""
    return os.environ | {"SOCKPROOF_CALLER": str(os.getpid())}


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


def owns(path: Path) -> bool:
    """Whether a case file is one of the suite's own, which may run programs unasked."""
    whole = path.resolve()
    return any((ROOT / name).resolve() in whole.parents for name in ("cases", "fixtures"))


def case_names() -> list[str]:
    """The id of every case and of every folder of cases."""
    names: set[str] = set()
    for file in CASES.rglob("*.yaml"):
        path = file.relative_to(CASES).with_suffix("")
        names |= {str(path), *(str(parent) for parent in path.parents)}
    return sorted(names - {"."})

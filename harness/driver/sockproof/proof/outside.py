# SPDX-License-Identifier: MIT
"""A copy of the house for another user, who may not come to where this one lies: what runs is there, and
everybody may read it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from sockproof import exitstatus
from sockproof.house import ROOT
from sockproof.trouble import Misuse

FOLDERS = ("cases", "fixtures", "harness", "reports")
FILES = ("sockproof", "pyproject.toml", "conftest.py")


def make(target: Path, built: Path) -> None:
    """Makes the copy, with the engine of the folder `built` in one of that name."""
    target.mkdir()
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, target / folder, symlinks=True,
                        ignore=shutil.ignore_patterns("latest", "__pycache__"))
    (target / built.name).mkdir()
    for file in FILES:
        shutil.copy(ROOT / file, target)
    for made in built.glob("sockproof-*"):
        shutil.copy(made, target / built.name)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))


def main(arguments: list[str]) -> int:
    """Makes it. Raises Misuse."""
    if len(arguments) != 2:
        raise Misuse("outside takes the folder to be made and that of the engine")
    make(Path(arguments[0]), Path(arguments[1]))
    print(f"a copy for another user: {arguments[0]}", file=sys.stderr)
    return exitstatus.GOOD

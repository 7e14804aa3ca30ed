# SPDX-License-Identifier: MIT
"""Runs of `explore`, and what they leave."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from conftest import ENGINE, ROOT
from sockproof import house

# On a machine that is busy a case of programs starves about every second time.
TRIES = 20


def explore(folder: Path, code: str, *options: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Explores a Python program."""
    command = house.command("explore", "--report", str(folder), *options, "--", sys.executable, "-I",
                            "-c", code)
    return subprocess.run(command, text=True, capture_output=True, check=False, timeout=120,
                          env=os.environ | {"SOCKPROOF_ENGINE": ENGINE}, **more)


def summary(folder: Path) -> dict[str, Any]:
    """What a session wrote."""
    value: dict[str, Any] = json.loads((folder / "summary.json").read_text("utf-8"))
    return value


def verdict_of(case: Path, folder: Path) -> str:
    """What the engine says of a case; asked again where the machine gave the case no processor, for that
    says nothing of it."""
    for _ in range(TRIES):
        done = subprocess.run([ENGINE, "run", "--allow-programs", "--allow-network", "--report", str(folder),
                               str(case)], text=True, cwd=ROOT, capture_output=True, check=False, timeout=60)
        assert done.stdout, done.stderr
        result = json.loads(done.stdout.splitlines()[0])
        if (result["failure"] or {}).get("code") != "disturbed":
            break
    return str(result["verdict"])


def explore_case(folder: Path, case: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Explores a case into a report."""
    command = house.command("explore", "--allow-programs", "--report", str(folder / "report"), *options, case)
    return subprocess.run(command, text=True, capture_output=True, check=False, timeout=240, cwd=folder,
                          env=os.environ | {"SOCKPROOF_ENGINE": ENGINE})

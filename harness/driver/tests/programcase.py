# SPDX-License-Identifier: MIT
"""A case that runs programs under a fault, written for a test, run and judged again."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from conftest import ENGINE, ROOT

CASE = """title: A program and what it starts
cites: [program/clean-error-or-intact]
subject: program
transport: tcp
family: inet
setup: none
programs: [sh]
faults:
  cut: {{call: send, by: client, do: {{errno: EPIPE}}, when: {{nth: 1}}{allows}}}
{more}steps:
{steps}
"""


def result(folder: Path, steps: str, allows: str = "", more: str = "") -> dict[str, Any]:
    """What the engine says of a case of one variant."""
    case = folder / "case.yaml"
    case.write_text(CASE.format(steps=steps, allows=allows, more=more), "utf-8")
    done = subprocess.run([ENGINE, "run", "--root", str(ROOT), "--report", str(folder / "report"),
                           "--allow-programs", str(case)], text=True, capture_output=True, check=False,
                          timeout=60)
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[0])
    again = subprocess.run([ENGINE, "judge", str(folder / "report"), str(case)], text=True,
                           capture_output=True, check=False, timeout=60)
    assert again.returncode == 0, again.stdout + again.stderr
    return found

# SPDX-License-Identifier: MIT
"""Runs of the engine on the cases of fixtures/selfproof."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from conftest import ENGINE, ROOT

CASES = ROOT / "fixtures" / "selfproof" / "cases"


class Run:
    """One run of the engine: its exit status, result lines and report folder."""

    def __init__(self, status: int, out: str, err: str, report: Path) -> None:
        self.status = status
        self.results: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
        self.err = err
        self.report = report

    @property
    def only(self) -> dict[str, Any]:
        assert len(self.results) == 1, (self.results, self.err)
        return self.results[0]


def command(report: Path, *names: str, options: tuple[str, ...] = ()) -> list[str]:
    paths = [str(CASES / f"{name}.yaml") for name in names]
    return [ENGINE, "run", "--root", str(ROOT), "--report", str(report), *options, *paths]


def run(tmp_path: Path, *names: str, options: tuple[str, ...] = (),
        preload: Path | None = None) -> Run:
    env = dict(os.environ, LD_PRELOAD=str(preload)) if preload is not None else None
    done = subprocess.run(command(tmp_path / "report", *names, options=options), text=True,
                          capture_output=True, timeout=120, check=False, env=env)
    return Run(done.returncode, done.stdout, done.stderr, tmp_path / "report")

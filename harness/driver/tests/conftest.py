# SPDX-License-Identifier: MIT
"""A house of one's own for each test: the driver and the renderers, other cases, a fake engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sockproof import command
from sockproof.house import engine

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parents[2]
FAKE = TESTS / "fake_engine.py"
# The engine that is tested: the one that is named, or the one that was built last.
BUILT = sorted((one for one in (ROOT / "build-gcc" / "sockproof-engine", engine()) if one.exists()),
               key=lambda one: one.stat().st_mtime)
ENGINE = str(engine() if "SOCKPROOF_ENGINE" in os.environ or not BUILT else BUILT[-1])
# A case that every stack can carry out.
DATAGRAM = """\
title: A datagram arrives
cites: [posix/recv/dgram-whole-message]
transport: udp
family: [inet]
steps:
  - client: {send: "one"}
  - server: {recv: 64, data: "one"}
"""


class House:
    """A copy of the Python parts in a folder with a space in its name."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a house"
        self.report = folder / "the report"
        for part in ("harness/driver", "reports"):
            shutil.copytree(ROOT / part, self.root / part, symlinks=True,
                            ignore=shutil.ignore_patterns("latest", "tests", "__pycache__"))
        for part in ("sockproof", "pyproject.toml", "conftest.py"):
            shutil.copy(ROOT / part, self.root / part)
        (self.root / "cases").mkdir()
        (self.root / "fixtures").mkdir()
        for schema in (ROOT / "fixtures").glob("*.schema.json"):
            shutil.copy(schema, self.root / "fixtures")

    def case(self, name: str, **fake: Any) -> Path:
        """A case file; `fake` is what the engine shall do with it."""
        file = self.root / "cases" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        transport = name.partition("/")[0]
        file.write_text(json.dumps({"title": f"The title of {name}", "transport": transport,
                                    "cites": ["posix/recv/x"], "fake": fake}), "utf-8")
        return file

    @property
    def environment(self) -> dict[str, str]:
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return keep | {"SOCKPROOF_ENGINE": str(FAKE), "PYTHONDONTWRITEBYTECODE": "1"}

    def command(self, *arguments: str) -> list[str]:
        """`./sockproof run` with the report folder of the test."""
        return [str(self.root / "sockproof"), "run", "--no-install", "--report",
                str(self.report), *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the suite through the front door, from another folder."""
        return self.call(*self.command(*arguments))

    def call(self, *command: str, cwd: Path | str = "/",
             env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Any command in this house's environment."""
        return subprocess.run(list(command), env=self.environment | (env or {}), text=True, cwd=cwd,
                              capture_output=True, timeout=60, check=False)

    def results(self) -> list[dict[str, Any]]:
        """What results.jsonl holds; fails on a line that is torn."""
        text = (self.report / "results.jsonl").read_text("utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def verdicts(self) -> dict[str, str]:
        """The last verdict of each variant in results.jsonl."""
        return {result["id"]: result["verdict"] for result in self.results()}


def call_report(words: list[str]) -> int:
    """The exit status of `./sockproof report` with these words, carried out here."""
    return command.main(["report", *words])


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)

# SPDX-License-Identifier: MIT
"""One run of one variant of a case through the engine, from the text of the case: its result and events."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sockproof import house
from sockproof.explore import children, faultrun
from sockproof.reports import records

GRACE_SECONDS = 60.0


@dataclass
class CaseRun:
    """What the engine said of it."""

    result: dict[str, Any]
    events: list[dict[str, Any]]

    @property
    def excused(self) -> bool:
        """Whether a program ended with a clean error that a fault allows."""
        return any(one.get("code") == "clean-error" for one in self.events)

    def verb(self, number: int) -> str:
        """The verb of a step that was begun; empty for none."""
        return next((str(one["verb"]) for one in self.events
                     if one["type"] == "step" and one["step"] == number), "")


def run(text: str, case: str, variant: str, seed: int, limit: int, record: bool = False,
        allowed: tuple[str, ...] = ()) -> CaseRun:
    """Runs the variant with that id of a case with that id and text (both without the first slash, if
    they are paths); it is killed when it hangs for `limit` seconds. Raises faultrun.Unrun."""
    with tempfile.TemporaryDirectory(prefix="sockproof-explore-") as name:
        folder = Path(name)
        file = folder / "cases" / f"{case.lstrip('/')}.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(text, "utf-8")
        done = children.run(
            [str(house.engine()), "run", "--report", name, "--workers", "1", "--seed", str(seed),
             "--case-limit", str(limit), *(["--record"] if record else []), *allowed, "--select", "-",
             str(file)],
            limit + GRACE_SECONDS, f"{variant.lstrip('/')}\n", text=True, cwd=house.ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        results = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if not results:
            raise faultrun.Unrun(done.stderr.strip() or f"the engine ended with status {done.returncode}")
        return CaseRun(results[0], records.Records(folder).events(results[0]))

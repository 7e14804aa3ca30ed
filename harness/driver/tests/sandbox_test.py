# SPDX-License-Identifier: MIT
"""gVisor's sandbox as a stack under test: a sandbox for each host, begun by Debian's runsc."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from conftest import ENGINE, ROOT

STACK = f"gvisor=exec:{ROOT}/fixtures/stacks/gvisor/gvisor.sh"


def run(report: Path, *words: str) -> list[dict[str, Any]]:
    """The results of a run of the engine in sandboxes."""
    assert shutil.which("runsc"), "the package runsc is needed"
    subprocess.run([ENGINE, "run", "--root", str(ROOT), "--report", str(report), "--stack", STACK, *words],
                   text=True, capture_output=True, timeout=300, check=False)
    return [json.loads(line) for line in (report / "results.jsonl").read_text("utf-8").splitlines()]


def test_sandboxes_speak_over_the_wire(tmp_path: Path) -> None:
    """With faults on it; what gVisor is known to do otherwise is known, and who needs a second process on
    a host is told that there is none."""
    results = run(tmp_path / "report", *(f"cases/{name}.yaml" for name in (
        "tcp/close/half-close", "udp/delivery/every-third-lost", "tcp/reset/send",
        "tcp/connect/listen-while-answering")))
    assert {(one["case"], one["verdict"]) for one in results} == {
        ("tcp/close/half-close", "pass"), ("udp/delivery/every-third-lost", "pass"),
        ("tcp/reset/send", "known"), ("tcp/connect/listen-while-answering", "skip")}
    about = json.loads((tmp_path / "report" / "run.json").read_text("utf-8"))["stacks"][0]
    version = subprocess.run(["runsc", "--version"], check=True, text=True, capture_output=True).stdout
    assert version.splitlines()[0] == f"runsc version {about['version']}"

# SPDX-License-Identifier: MIT
"""A report with every verdict, from the real engine: the self-proof's cases on an honest stack, one
that is interrupted, and a few of the suite on a stack that lies; merged into one."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

from conftest import ENGINE, ROOT
from roots import root_with_baseline
from sockproof.reports.merge import merge
from sockproof.reports.render import render

CASES = ROOT / "fixtures" / "selfproof" / "cases"
LIE = "send/damage"
LIED_TO = ("cases/tcp/recv", "cases/udp/delivery", "cases/tcp/fault/wire-cut.yaml")


# A baseline that knows of one deviation, and of one that there is not.
DEVIATIONS = """\
  - cases: {not-quiet: [{step: 2, field: quiet, observed: {starts: "data"}}]}
    versions: ["*"]
    reason: "one datagram too many, as ever"
  - cases: {passes: [{step: 1, field: returns, observed: 0}]}
    versions: ["*"]
    reason: "it was lost once"
"""


def engine(report: Path, *arguments: str, root: Path = ROOT) -> None:
    """Runs the engine to its end, whatever it finds."""
    done = subprocess.run([ENGINE, "run", "--root", str(root), "--report", str(report),
                           "--cites-lenient", *arguments], cwd=ROOT, text=True,
                          capture_output=True, timeout=120, check=False)
    assert done.returncode in (0, 1, 2, 4), done.stderr


def interrupted(report: Path) -> None:
    """Runs a case that waits, and ends the run meanwhile."""
    process = subprocess.Popen([ENGINE, "run", "--report", str(report), "--workers", "1",
                                "cases/tcp/close/half-close.yaml", str(CASES / "waits-long.yaml")],
                               cwd=ROOT, text=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    for _ in range(2):
        assert json.loads(process.stdout.readline())["verdict"] == "pass"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130


def build(folder: Path) -> Path:
    """Makes the sample below `folder`; the folder of the merged run, rendered."""
    honest, cut_short, lying, whole = (folder / name for name in
                                       ("honest", "cut-short", "lying", "whole"))
    chosen = [str(file) for file in sorted(CASES.glob("*.yaml")) if file.stem != "waits-long"]
    engine(honest, *chosen, "cases/tcp/fault/wire-cut.yaml", "cases/udp/delivery",
           root=root_with_baseline(folder, DEVIATIONS))
    interrupted(cut_short)
    engine(lying, "--lie", LIE, *LIED_TO)
    merge([honest, cut_short, lying], whole)
    assert render(whole, str(whole), ("tcp/fault/wire-cut", "udp/delivery/*")) == []
    return whole

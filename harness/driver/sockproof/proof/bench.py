# SPDX-License-Identifier: MIT
"""`./sockproof bench`: what sockproof promises in figures, measured here and now.

--quick measures little of everything, once: it shows that the bench works, not what the figures are.
Exit status 0 if every figure was measured and every promise kept, 1 if one was missed, 4 if
something could not be measured."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any


from sockproof import exitstatus
from sockproof.commandline import Parser
from sockproof.proof import figures
from sockproof.proof.figures import Row
from sockproof.trouble import say


def machine() -> dict[str, Any]:
    """What the figures were measured on, and how busy it was when they began."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {"cpu": models[0] if models else platform.machine(), "processors": os.cpu_count() or 1,
            "kernel": platform.release(), "load": round(os.getloadavg()[0], 1)}


def shown(value: float) -> str:
    """A figure with as many places as it is worth."""
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}"


def promise(row: Row) -> str:
    """The target of a row and whether it is met."""
    if not row.target:
        return "-"
    side = "over" if row.more_is_better else "under"
    word = {True: "met", False: "MISSED", None: "unknown"}[row.met]
    return f"{side} {shown(row.target)}: {word}"


def spread(row: Row) -> str:
    """The least and the most of the runs."""
    values = sorted(one.value for one in row.samples)
    return f"{shown(values[0])} to {shown(values[-1])} in {len(values)}"


def table(rows: list[Row], about: dict[str, Any]) -> str:
    """All rows, each with what made it."""
    lines = [f"{about['cpu']}, {about['processors']} processors, Linux {about['kernel']}, "
             f"load {about['load']} at the start",
             "",
             f"{'figure':<46}{'median':>16}  {'spread in runs':<22}target"]
    for row in rows:
        if row.figure is None:
            lines.append(f"{row.name:<46}{'-':>16}  not measured: {row.trouble}")
        else:
            value = f"{shown(row.figure)} {row.unit}"
            lines.append(f"{row.name:<46}{value:>16}  {spread(row):<22}{promise(row)}")
        lines += [f"    {row.command}"] + ([f"    {row.note}"] if row.note else [])
    return "\n".join(lines)


def document(rows: list[Row], about: dict[str, Any]) -> dict[str, Any]:
    """The same for programs."""
    return {"machine": about,
            "rows": [asdict(row) | {"figure": row.figure, "met": row.met} for row in rows]}


def tell(what: str) -> None:
    """Progress, where nobody reads the table."""
    say(f"bench: {what}")


def main(arguments: list[str]) -> int:
    """Measures and prints; the exit status. Raises Misuse."""
    parser = Parser(add_help=False)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    options = parser.words(arguments)
    about = machine()
    rows = figures.measured(figures.QUICK if options.quick else figures.Scale(), tell)
    if options.json:
        print(json.dumps(document(rows, about), indent=1))
    else:
        print(table(rows, about))
    if any(row.figure is None for row in rows):
        return exitstatus.NOTHING
    return exitstatus.FAIL if any(row.met is False for row in rows) else exitstatus.GOOD

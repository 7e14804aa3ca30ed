# SPDX-License-Identifier: MIT
"""Records made by hand: the least of what a renderer needs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from sockproof.reports import records
from sockproof.reports.model import Report


def result(name: str, verdict: str, **more: Any) -> dict[str, Any]:
    """The least of a result line."""
    return {"id": name, "case": name.partition("[")[0], "verdict": verdict, "repeat": 0,
            "reason": "" if verdict == "pass" else "why", "stack": "linux"} | more


def run_of(folder: Path, *lines: dict[str, Any], **run: Any) -> Path:
    """A run's folder with these results."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (folder / "run.json").write_text(json.dumps({"schema": 1, "stack": "linux", "complete": True,
                                                 **run}), "utf-8")
    return folder


def report_of(folder: Path) -> Report:
    return Report(records.read(folder))


def call(t_us: int, actor: str, text: str, step: int = 0, **more: Any) -> dict[str, Any]:
    return {"n": t_us, "t_us": t_us, "type": "call", "actor": actor, "text": text, "step": step,
            "phase": "returned"} | more


def packet(t_us: int, sender: str, text: str, fate: str = "passed", **more: Any) -> dict[str, Any]:
    other = "server" if sender == "client" else "client"
    became = fate + (f" by fault '{more['fault']}'" if "fault" in more else "")
    return {"n": t_us, "t_us": t_us, "type": "packet", "actor": "wire", "number": t_us, "step": 0,
            "from": sender, "fate": fate, "text": f"{sender} > {other} {text}: {became}"} | more


def step(t_us: int, actor: str, text: str, number: int) -> dict[str, Any]:
    """A step; of the wire, {verb: SIDE} or, of what picks out packets, {verb: {…}}."""
    event = {"n": t_us, "t_us": t_us, "type": "step", "actor": actor, "step": number,
             "text": f"step {number}: {text}", "source": text}
    match = re.match(r"wire: \{(\w+): (client|server|both)?", text)
    if match:
        event["verb"] = match[1]
        event["sides"] = ["client", "server"] if match[2] == "both" else [match[2]] if match[2] else []
    return event


def check(t_us: int, actor: str, text: str, number: int, met: bool) -> dict[str, Any]:
    return {"n": t_us, "t_us": t_us, "type": "check", "actor": actor, "step": number, "text": text,
            "met": met}


def data(t_us: int, seq: int, length: int, fate: str = "passed") -> dict[str, Any]:
    return packet(t_us, "client", f"tcp seq {seq}", fate, packet={
        "tcp": {"sport": 1, "dport": 2, "seq": seq}, "payload": {"length": length}})

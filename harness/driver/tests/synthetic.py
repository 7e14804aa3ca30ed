# SPDX-License-Identifier: MIT
"""Records as a large run leaves them, made up: many cases, on many stacks, with some of every verdict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

STACKS = ("linux", "usrsctp", "lwip", "uml:6.1", "qemu:6.12")
VARIANTS = 5


def verdict_of(number: int) -> str:
    """Mostly passes."""
    if number % 40 == 3:
        return "skip"
    if number % 97 == 5:
        return "known"
    if number % 251 == 7:
        return "fail"
    if number % 499 == 11:
        return "broken"
    return "not-run" if number % 601 == 13 else "pass"


def catalogue(entries: int) -> list[dict[str, Any]]:
    """So many requirements of a few specifications."""
    return [{"id": f"spec{i % 7}/requirement-{i}", "section": f"{i % 13}.{i % 5}",
             "level": ("must", "should", "may", "describes")[i % 4],
             "summary": f"What the {i}-th sentence of the specification asks for.",
             "observable": ("socket", "wire", "internal")[i % 3],
             **({"excepted": "needs exhaustion"} if i % 19 == 0 else {})} for i in range(entries)]


def write(folder: Path, cases: int, stacks: tuple[str, ...] = STACKS, events: int = 30) -> None:
    """Writes results.jsonl, events.jsonl and run.json: VARIANTS variants of each case on each
    stack."""
    folder.mkdir(parents=True, exist_ok=True)
    requirements = catalogue(1300)
    number = offset = 0
    with open(folder / "results.jsonl", "w", encoding="utf-8") as results, \
            open(folder / "events.jsonl", "wb") as log:
        for case in range(cases):
            for stack in stacks:
                for variant in range(VARIANTS):
                    line, block = entry(number, case, variant, stack, offset, events)
                    results.write(json.dumps(line) + "\n")
                    log.write(block)
                    offset += len(block)
                    number += 1
    files = {f"cases/tcp/case-{case}.yaml": SOURCE for case in range(cases)}
    run = {"schema": 1, "stack": stacks[0], "stacks": [
        {"stack": stack, "version": f"{i}.2"} for i, stack in enumerate(stacks)],
        "seed": 1, "place": "wire", "complete": True, "sources": files, "catalogue": requirements}
    (folder / "run.json").write_text(json.dumps(run), "utf-8")


SOURCE = """\
title: One of a great many cases
transport: tcp
steps:
  - client: {send: "x"}
  - server: {recv: 64, data: "x"}   # and back
"""


def entry(number: int, case: int, variant: int, stack: str, offset: int,
          events: int) -> tuple[dict[str, Any], bytes]:
    """One result and its events, which begin at `offset`."""
    verdict = verdict_of(number)
    name, file = f"tcp/case-{case}", f"cases/tcp/case-{case}.yaml"
    block = b""
    if verdict in ("fail", "known", "broken"):
        block = b"".join(json.dumps(event(f"{name}[{variant}]", n)).encode() + b"\n"
                         for n in range(events))
    failure = {"code": "mismatch", "file": file, "line": 5, "column": 5, "step": 1,
               "source": 'server: {recv: 64, data: "x"}', "actor": "server", "field": "data",
               "expected": '"x"', "observed": '"y"', "requirements": []} \
        if verdict in ("fail", "known") else None
    return {"schema": 1, "id": f"{name}[{variant}]", "case": name, "variant": str(variant),
            "repeat": 0, "file": file, "line": 1, "title": f"Case {case} does what it shall",
            "stack": stack, "place": "wire", "transport": "tcp", "family": "inet",
            "subject": "stack", "verdict": verdict, "reason": f"because it is {verdict}"
            if verdict != "pass" else "", "cites": [f"spec{case % 7}/requirement-{case}"],
            "seed": 1, "duration_us": 900, "faults": [], "errors": [], "ordering": {},
            "delivery": {"unit": "bytes", "sent": 9, "accepted": 9, "received": 9, "lost": 0,
                         "duplicated": 0, "corrupted": 0}, "failure": failure, "capture": None,
            "events": {"offset": offset, "length": len(block), "count": events if block else 0,
                       "truncated": 0},
            "reproduce": f"./sockproof run '{name}[{variant}]' --seed 1"}, block


def event(case: str, n: int) -> dict[str, Any]:
    """Calls and segments in turn."""
    base = {"schema": 1, "case": case, "n": n, "t_us": 100 * n, "step": n // 6}
    if n % 3:
        return base | {"type": "packet", "actor": "wire", "from": "client", "fate": "passed",
                       "number": n,
                       "text": f"client > server tcp PSH,ACK seq {n} 10 bytes: passed"}
    return base | {"type": "call", "actor": "client", "call": "send", "phase": "returned",
                   "returns": 10, "errno": 0, "text": "send = 10"}

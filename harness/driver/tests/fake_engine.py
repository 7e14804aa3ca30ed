#!/usr/bin/python3 -I
# SPDX-License-Identifier: MIT
"""A stand-in for sockproof-engine: keeps its contract, opens no socket, does what the `fake` part
of a case file says: {variants: [...], verdicts: [...], then: crash|hang|torn|silent|once|unsaid,
late: true, lint: TEXT}; once: it crashes, and the engine that follows does not; unsaid: it crashes between
writing a result and saying it."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import yaml

ENDING = {signal.SIGINT, signal.SIGUSR1}
FAILURE: dict[str, Any] = {
    "code": "mismatch", "line": 7, "column": 5, "step": 3, "actor": "client",
    "source": 'client: {recv: 64, data: "tail"}', "field": "returns", "expected": "4", "observed": "0",
    "requirements": [{"id": "posix/recv/orderly-shutdown-zero", "level": "MUST",
                      "section": "recv, RETURN VALUE",
                      "summary": "When the peer has shut down, recv returns 0."}]}
EVENTS = [
    {"t_us": 12, "type": "step", "actor": "client", "step": 1, "text": "shutdown: SHUT_WR",
     "line": 5, "verb": "shutdown", "source": "client: {shutdown: SHUT_WR}"},
    {"t_us": 31, "type": "call", "actor": "client", "step": 1, "text": "shutdown(sock, SHUT_WR) = 0",
     "call": "shutdown", "returns": 0, "errno": None, "origin": "genuine", "duration_us": 9,
     "phase": "returned"},
    {"t_us": 55, "type": "packet", "actor": "wire", "step": 2, "text": "client > server FIN seq 1",
     "number": 1, "from": "client", "fate": "delivered"},
    {"t_us": 230, "type": "fault", "actor": "wire", "step": 2, "text": "third: dropped 100 bytes",
     "fault": "third"},
    {"t_us": 1042, "type": "call", "actor": "client", "step": 3, "text": "recv(sock, 64) = 0",
     "call": "recv", "returns": 0, "errno": None, "origin": "genuine", "duration_us": 7,
     "phase": "returned"},
    {"t_us": 1050, "type": "check", "actor": "client", "step": 3,
     "text": "returns: expected 4, observed 0: NOT MET", "field": "returns", "expected": "4",
     "observed": "0", "met": False}]


def option(words: list[str], name: str, default: str | None = None) -> str | None:
    return words[words.index(name) + 1] if name in words else default


def case_files(paths: list[str]) -> list[str]:
    found: list[str] = []
    for path in paths:
        inside = sorted(map(str, Path(path).rglob("*.yaml"))) if os.path.isdir(path) else [path]
        found += [file for file in inside if file not in found]
    return found


def variants(file: str) -> list[dict[str, Any]]:
    document = yaml.safe_load(Path(file).read_text("utf-8"))
    path = os.path.abspath(file)
    case = (path.rpartition("/cases/")[2] or path).removesuffix(".yaml")
    fake = document.get("fake") or {}
    return [{"id": f"{case}[{name}]", "case": case, "variant": name, "file": file, "line": 1,
             "title": document["title"], "transport": document.get("transport", "tcp"),
             "family": name, "subject": "stack", "place": "wire", "skip": None,
             "cites": document.get("cites", []), "fake": fake}
            for name in fake.get("variants", ["inet", "inet6"])]


def lint_errors(file: str) -> str:
    fake = yaml.safe_load(Path(file).read_text("utf-8")).get("fake") or {}
    return json.dumps({"complaint": "unknown-key", "file": file, "line": 2, "column": 3,
                       "said": fake["lint"], "notes": [], "text": f"{file}:2:3: error[unknown-key]: "
                       f"{fake['lint']}\n  2 |   oops: 1\n    |   ^^^^\n"}) + "\n" \
        if "lint" in fake else ""


def listing(words: list[str]) -> int:
    files = case_files([word for word in words if not word.startswith("--")])
    errors = ""
    for file in files:
        errors += lint_errors(file)
        for variant in variants(file) if not lint_errors(file) else []:
            variant.pop("fake")
            print(json.dumps(variant))
    sys.stderr.write(errors)
    return 3 if errors else 0


class Run:
    def __init__(self, words: list[str]) -> None:
        self.report = Path(option(words, "--report") or ".")
        self.repeats = int(option(words, "--repeat", "1") or 1)
        self.seed = int(option(words, "--seed", "1") or 1)
        lines = sys.stdin.read().splitlines()
        known = {variant["id"]: variant for file in case_files([line[1:] for line in lines
                 if line.startswith("@")]) for variant in variants(file)}
        self.selected = [known[line] for line in lines if not line.startswith("@")]
        self.verdicts: list[str] = []
        self.run = {"schema": 1, "stack": "linux", "seed": self.seed, "args": words,
                    "repeat": self.repeats, "stacks_asked": [],
                    "selected": len(self.selected) * self.repeats,
                    "variants": [variant["id"] for variant in self.selected]}
        self.write_run(False)
        self.earlier = self.whole_results() if "--resume" in words else ""
        self.results = open(self.report / "results.jsonl", "w", encoding="utf-8")
        self.results.write(self.earlier)
        self.results.flush()
        self.events = open(self.report / "events.jsonl", "ab" if self.earlier else "wb")
        self.offset = self.events.tell()

    def whole_results(self) -> str:
        text = (self.report / "results.jsonl").read_text("utf-8")
        return text[:text.rfind("\n") + 1]

    def write_run(self, complete: bool) -> None:
        (self.report / "run.json").write_text(json.dumps(self.run | {"complete": complete}))

    def result(self, variant: dict[str, Any], repeat: int, verdict: str) -> dict[str, Any]:
        block = b"".join(json.dumps({"schema": 1, "case": variant["id"], "n": n, **event}).encode()
                         + b"\n" for n, event in enumerate(EVENTS))
        self.events.write(block)
        self.events.flush()
        span = {"offset": self.offset, "length": len(block), "count": len(EVENTS), "truncated": 0}
        self.offset += len(block)
        reason = variant["fake"].get("reason", f"so it is {verdict}")
        if verdict in ("pass", "fail"):
            reason = "" if verdict == "pass" else "step 3: returns: expected 4, observed 0"
        line = {key: variant[key] for key in ("id", "case", "variant", "file", "line", "title",
                                              "place", "transport", "family", "subject", "cites")}
        return line | {
            "schema": 1, "repeat": repeat, "stack": "linux", "verdict": verdict, "reason": reason,
            "seed": self.seed, "duration_us": 812, "faults": [{"name": "third", "fired": 1}],
            "delivery": {"sent": 4, "accepted": 4, "received": 4, "lost": 0, "duplicated": 0,
                         "corrupted": 0, "unit": "bytes"}, "ordering": {"reordered": 0},
            "errors": [], "failure": self.failure(variant, verdict),
            "events": span, "capture": "capture/1.pcapng" if verdict == "fail" else None,
            "reproduce": f"./sockproof run '{variant['id']}' --seed {self.seed} --place wire"} | (
                {"skip": {"code": "no-wire"}} if verdict == "skip" else {})

    def failure(self, variant: dict[str, Any], verdict: str) -> dict[str, Any] | None:
        if verdict == "broken":
            compared = ("field", "expected", "observed")
            return {key: value for key, value in FAILURE.items() if key not in compared} | {
                "code": "worker-died", "file": variant["file"]}
        if verdict not in ("fail", "known"):
            return None
        level = variant["fake"].get("level")
        required = [one | ({"level": level} if level else {}) for one in FAILURE["requirements"]]
        return FAILURE | {"file": variant["file"], "requirements": required}

    def write(self, variant: dict[str, Any], repeat: int, verdict: str) -> None:
        line = json.dumps(self.result(variant, repeat, verdict))
        self.verdicts.append(verdict)
        self.results.write(line + "\n")
        self.results.flush()
        print(line, flush=True)

    def one(self, variant: dict[str, Any], repeat: int) -> None:
        fake = variant["fake"]
        then = fake.get("then")
        if then == "crash" or (then == "once" and not (self.report / "crashed").exists()):
            (self.report / "crashed").touch()
            print("engine: assertion failed: the world ended", file=sys.stderr, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        if then == "unsaid":
            self.results.write(json.dumps(self.result(variant, repeat, fake["verdicts"][0])) + "\n")
            self.results.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        if then == "torn":
            self.results.write('{"schema":1,"id":"' + variant["id"][:3])
            self.results.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        if then == "hang":
            print("engine: hanging", file=sys.stderr, flush=True)
            self.ended_by(signal.sigwait(ENDING))
        if then != "silent":
            verdicts = fake.get("verdicts", ["pass"])
            self.write(variant, repeat, verdicts[repeat % len(verdicts)])

    def ended_by(self, number: int) -> None:
        for variant in self.selected:
            variant["fake"]["reason"] = f"ended by {signal.Signals(number).name}"
        raise KeyboardInterrupt

    def all(self) -> int:
        todo = [(variant, repeat) for late in (False, True) for variant in self.selected
                for repeat in range(self.repeats) if bool(variant["fake"].get("late")) == late
                and f'"id": "{variant["id"]}"' not in self.earlier]
        try:
            # Blocked but here: an interrupt never falls between a line and its being done.
            signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
            while todo:
                if pending := ENDING & signal.sigpending():
                    self.ended_by(pending.pop())
                self.one(*todo[0])
                todo.pop(0)
        except KeyboardInterrupt:
            for variant, repeat in todo:
                self.write(variant, repeat, "not-run")
            return 130
        self.write_run(True)
        for verdict, status in (("fail", 1), ("broken", 2)):
            if verdict in self.verdicts:
                return status
        return 0 if {"pass", "known"} & set(self.verdicts) else 4


def main(words: list[str]) -> int:
    if words[:1] == ["list"]:
        return listing(words[1:])
    if words[:1] == ["run"]:
        return Run(words[1:]).all()
    print("fake", *words)
    return 0


sys.exit(main(sys.argv[1:]))

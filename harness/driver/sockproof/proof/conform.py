# SPDX-License-Identifier: MIT
"""Holds a run's records against their schemas, and its captures against Wireshark's tools:

    harness/driver conform DIR

run.json and every result are checked; of the events, one of each shape (type, members and their types), since
the schema looks at nothing else. Every capture must be read by capinfos, and some by tshark, with
no word of complaint. Exit status 1 if anything does not conform."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator

import jsonschema

from sockproof import house

READ_BY_TSHARK = 8
# What tshark says to root, whatever it reads.
ABOUT_ROOT = "Running as user"


def validator(name: str) -> jsonschema.Draft202012Validator:
    """The validator of one of the schemas in fixtures/."""
    schema = json.loads((house.ROOT / "fixtures" / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def shape(event: dict[str, Any]) -> tuple[Any, ...]:
    """What the schema can tell events apart by."""
    words = ("phase", "origin")
    return (event.get("type"), *(event.get(word) for word in words),
            *sorted((name, type(value).__name__) for name, value in event.items()))


def misfits(file: Path, name: str) -> Iterator[str]:
    """One sentence for each line that is not what the schema says."""
    check = validator(name)
    seen: set[tuple[Any, ...]] = set()
    number = 0
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        value = json.loads(line)
        if name == "event" and shape(value) in seen:
            continue
        seen.add(shape(value))
        for error in check.iter_errors(value):
            where = "/".join(map(str, error.absolute_path))
            yield f"{file.name}:{number}: {where}: {error.message[:200]}"
    print(f"{file.name}: {number} lines of {len(seen)} shapes")


def complaints(captures: list[Path]) -> Iterator[str]:
    """What Wireshark's tools have to say against the captures."""
    commands = [["capinfos", "-M", "-c", *map(str, captures)]] if captures else []
    largest = sorted(captures, key=lambda file: file.stat().st_size)[-READ_BY_TSHARK:]
    commands += [["tshark", "-n", "-r", str(file)] for file in largest]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = [line for line in done.stderr.splitlines() if line and ABOUT_ROOT not in line]
        if done.returncode or said or not done.stdout:
            yield f"{command[0]} on {Path(command[-1]).name}: {' '.join(said) or 'no packets'}"
    print(f"captures: {len(captures)} read by capinfos, {len(largest)} by tshark")


def main(arguments: list[str]) -> int:
    """Prints what does not conform."""
    if len(arguments) != 1:
        print("usage: conform.py DIR", file=sys.stderr)
        return 3
    folder = Path(arguments[0])
    run = json.loads((folder / "run.json").read_text("utf-8"))
    found = [*(f"run.json: {error.message[:200]}" for error in validator("run").iter_errors(run)),
             *misfits(folder / "results.jsonl", "result"), *misfits(folder / "events.jsonl", "event"),
             *complaints(sorted((folder / "capture").glob("*.pcapng")))]
    for text in found:
        print(text)
    return 1 if found else 0

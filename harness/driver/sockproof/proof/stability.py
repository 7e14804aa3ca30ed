# SPDX-License-Identifier: MIT
"""`./sockproof stability`: the suite many times with one seed while every core is kept busy. No
verdict may change.

    /usr/bin/python3 -I stability.py [--runs N] [--limit SECONDS] [SELECTION...] [options of run]

Exit status 0 if every run judged every variant alike, 1 if a verdict changed, 2 if a run left no
results, 4 if nothing was judged or the limit came before the last run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path


from sockproof import exitstatus, house
from sockproof.reports import records
from sockproof.trouble import Misuse

# Ends by itself when whoever started it is gone, however that ended.
BUSY = [sys.executable, "-I", "-c",
        "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"]


def numbers(arguments: list[str]) -> tuple[int, int, list[str]]:
    """--runs, --limit and the rest. Raises Misuse."""
    values = {"--runs": 50, "--limit": 1800}
    rest: list[str] = []
    words = list(arguments)
    while words:
        name, equals, value = words.pop(0).partition("=")
        if name not in values:
            rest.append(name + equals + value)
            continue
        value = value if equals else (words.pop(0) if words else "")
        if not value.isdigit() or int(value) < 1:
            raise Misuse(f"{name} wants a number from 1, not {value!r}")
        values[name] = int(value)
    return values["--runs"], values["--limit"], rest


Judged = dict[str, tuple[str, str]]


def one_run(folder: Path, arguments: list[str], seconds: float) -> Judged:
    """The verdict and reason of each variant in one run; empty when it left none."""
    folder.mkdir()
    with open(folder / "output", "w", encoding="utf-8") as output:
        command = house.command("run", "-q", "-p", "no:cacheprovider", "--report", str(folder),
                                *arguments)
        try:
            subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, timeout=seconds,
                           stdin=subprocess.DEVNULL, check=False)
        except subprocess.TimeoutExpired:
            return {}
    try:
        results = records.read(folder).results
        worst = {name: records.spokesman(group)
                 for name, group in records.by_variant(results).items()}
        return {name: (result["verdict"], result["reason"]) for name, result in worst.items()}
    except OSError:
        print((folder / "output").read_text("utf-8")[-2000:], file=sys.stderr)
        return {}


def changes(seen: dict[str, Counter[str]], runs: int) -> list[str]:
    """A line for each variant that was not judged alike in all runs."""
    lines: list[str] = []
    for name, counts in sorted(seen.items()):
        absent = runs - counts.total()
        if len(counts) > 1 or absent:
            shown = [f"{count} {verdict}" for verdict, count in counts.most_common()]
            lines.append(f"{name}: {', '.join(shown + ([f'{absent} absent'] if absent else []))}")
    return lines


def odd_ones(judged: Judged, usual: Judged, folder: Path) -> list[str]:
    """Each variant that this run judged otherwise than the first one, and why."""
    return [f"  {name}: {verdict}, not {usual[name][0]}: {reason or usual[name][1]} ({folder})"
            for name, (verdict, reason) in sorted(judged.items())
            if name in usual and verdict != usual[name][0]]


def repeat(runs: int, limit: int, arguments: list[str], scratch: Path) -> int:
    """All runs, then what changed; the exit status. The reports of the first run and of those that
    differ from it stay in `scratch`."""
    began = time.monotonic()
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    usual: Judged = {}
    done = 0
    for number in range(1, runs + 1):
        left = limit - (time.monotonic() - began)
        if left <= 0:
            break
        judged = one_run(scratch / str(number), arguments, left)
        verdicts = {name: verdict for name, (verdict, _) in judged.items()}
        if not verdicts and left > 0 and time.monotonic() - began < limit:
            print(f"run {number} left no results", file=sys.stderr)
            return exitstatus.BROKEN
        if not verdicts:
            break
        done = number
        usual = usual or judged
        odd = odd_ones(judged, usual, scratch / str(number))
        if number > 1 and not odd:
            shutil.rmtree(scratch / str(number))
        for name, verdict in verdicts.items():
            seen[name][verdict] += 1
        counts = Counter(verdicts.values())
        told = ", ".join(f"{counts[v]} {v}" for v in records.VERDICTS if counts[v])
        print(f"run {number:3d}/{runs}  {time.monotonic() - began:7.1f} s  {told}", *odd, sep="\n",
              flush=True)
    found = changes(seen, done)
    for line in found:
        print(f"changed: {line}")
    total = sum(any(verdict in records.JUDGED for verdict in counts) for counts in seen.values())
    print(f"stability: {done} runs of {len(seen)} variants ({total} judged) under load, "
          f"{len(found)} changed")
    if found:
        return exitstatus.FAIL
    return exitstatus.GOOD if total and done == runs else exitstatus.NOTHING


def main(arguments: list[str]) -> int:
    """Loads every core, runs, unloads. Raises Misuse."""
    runs, limit, rest = numbers(arguments)
    if subprocess.run(house.command("run", "--check", *rest), check=False).returncode:
        return exitstatus.USAGE
    load: list[subprocess.Popen[bytes]] = []
    try:
        load += [subprocess.Popen(BUSY, process_group=0) for _ in range(os.cpu_count() or 1)]
        folder = Path(tempfile.mkdtemp(prefix="sockproof-stability-"))
        status = repeat(runs, limit, rest, folder)
        if status == 0:
            shutil.rmtree(folder)
        else:
            print(f"reports: {folder}")
        return status
    finally:
        for process in load:
            process.kill()
            process.wait()

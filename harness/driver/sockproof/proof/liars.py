# SPDX-License-Identifier: MIT
"""`./sockproof liars`: the suite against stacks that misbehave in one way each. What it does not
notice, it does not prove.

fixtures/liars/survivors.yaml gives the reason of each lie that no case catches, and of each case
that catches none. fixtures/liars/killers.yaml names the variant that killed each lie when --keep
was last given: it is tried first, and gets no other credit for it. --idle asks which cases catch
none. --matrix is about requirements instead (matrix.py). Exit status 0 if every survivor
has its reason there and 90 % are killed, 1 if not, or if one that is listed is killed, 2 if the
engine failed, 4 if the limit came first."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, Iterator

import yaml

from sockproof import exitstatus, house
from sockproof.commandline import Parser
from sockproof.driver import provenance
from sockproof.proof import lies, matrix
from sockproof.proof.lies import Fate
from sockproof.trouble import Misuse

WANTED_PERCENT = 90.0
HONEST_RUNS = 2
WORKERS = "2"
HASTE_US = 1_500_000  # what takes longer could fail for the short deadlines alone
JOBS = 2 * (os.cpu_count() or 1)  # lies at once: much of a run is waiting
# Operators that block nothing: tried first for idle cases.
PROMPT = ("/errno", "/off-by-one", "/damage", "-bit", "/short-by-one", "-doubled", "/wrong-port")
REASONS = house.ROOT / "fixtures" / "liars" / "survivors.yaml"
KILLERS = house.ROOT / "fixtures" / "liars" / "killers.yaml"
KILLERS_HEAD = """\
# The variant that killed each lie when this was written (./sockproof liars --keep). It is tried first,
# which saves time and proves nothing: a lie counts as killed when it is killed again.
"""


def reasons() -> tuple[dict[str, str], dict[str, str]]:
    """Why lies survive, and why cases kill none: by name."""
    value = (yaml.safe_load(REASONS.read_text("utf-8")) if REASONS.exists() else None) or {}
    return dict(value.get("survivors") or {}), dict(value.get("idle") or {})


def killers() -> dict[str, str]:
    """Which variant killed each lie when that was last kept."""
    return dict((yaml.safe_load(KILLERS.read_text("utf-8")) if KILLERS.exists() else None) or {})


def keep(fates: list[Fate]) -> None:
    """Writes who killed what, over what was kept of these lies before."""
    found = killers() | {fate.lie: fate.by for fate in fates if fate.killed}
    lines = yaml.safe_dump(dict(sorted(found.items())), width=200, allow_unicode=True)
    KILLERS.write_text(KILLERS_HEAD + lines, "utf-8")


def chosen(only: list[str]) -> list[str]:
    """The lies whose name, or the beginning of it, is among `only`; all without it."""
    every = lies.names()
    for word in only:
        if not any(name.startswith(word) for name in every):
            raise lies.Unrun(f"there is no lie {word!r}; build/sockproof-engine lies shows them")
    return [name for name in every if not only or name.startswith(tuple(only))]


def in_time(pool: ThreadPoolExecutor, names: list[str], end: float,
            work: Callable[[str], Fate | None]) -> Iterator[Fate]:
    """The work on every name, in order, as long as there is time."""
    def one(name: str) -> Fate | None:
        return work(name) if time.monotonic() < end else None
    for fate in pool.map(one, names):
        if fate is not None:
            yield fate


def tried(names: list[str], variants: list[str], jobs: int, end: float) -> list[Fate]:
    """What became of each lie, with a line of progress for each."""
    fates: list[Fate] = []
    last = killers()
    with ThreadPoolExecutor(jobs) as pool:
        for fate in in_time(pool, names, end,
                            lambda name: lies.try_lie(name, variants, WORKERS, last.get(name, ""))):
            fates.append(fate)
            show(fate, len(fates), len(names))
    return fates


def show(fate: Fate, number: int, count: int) -> None:
    """One line of progress."""
    told = f"killed by {fate.by} ({fate.verdict})" if fate.killed else "SURVIVES"
    print(f"{number:4d}/{count} {fate.lie}: {told}", flush=True)


def rounds(names: list[str], left: set[str]) -> Iterator[tuple[str, set[str]]]:
    """Lies, and the cases of `left` to try under each: those that it concerns, the lies first that
    block nothing and concern most; then, under each lie, those that it does not concern."""
    untried = list(names)
    while untried:
        name = max(untried, key=lambda one: (one.endswith(PROMPT),
                                             sum(lies.concerns(one, case) for case in left)))
        untried.remove(name)
        yield name, {case for case in left if lies.concerns(name, case)}
    for name in sorted(names, key=lambda one: not one.endswith(PROMPT)):
        yield name, {case for case in left if not lies.concerns(name, case)}


def idle_cases(fates: list[Fate], variants: list[str], names: list[str], end: float) -> list[str]:
    """The cases that kill nothing: each is tried under one lie after the other until it kills one."""
    left = {lies.case_of(name) for name in variants} - {case for fate in fates
                                                        for case in fate.cases}
    for name, cases in rounds(names, left):
        if not left or time.monotonic() > end:
            break
        if cases:
            left -= lies.killers(name, [one for one in variants if lies.case_of(one) in cases],
                                 str(2 * JOBS))
            print(f"idle: {len(left)} cases have killed nothing after {name}", flush=True)
    return sorted(left)


def complaints(fates: list[Fate], known: dict[str, str], every: bool) -> list[str]:
    """What is wrong about the survivors and their list."""
    found: list[str] = []
    for fate in fates:
        if not fate.killed and not known.get(fate.lie):
            found.append(f"{fate.lie} survives and {REASONS.name} gives no reason")
        if fate.killed and fate.lie in known:
            found.append(f"{fate.lie} is killed by {fate.by}, and {REASONS.name} says it survives")
    for name in sorted(set(known) - {fate.lie for fate in fates}) if every else []:
        found.append(f"{REASONS.name} names {name}, and there is no such lie")
    return found


def summary(fates: list[Fate], known: dict[str, str], seconds: float) -> float:
    """Prints the survivors and the score; the percentage killed."""
    for fate in fates:
        if not fate.killed:
            print(f"survives  {fate.lie}: {known.get(fate.lie, 'no reason given')}")
    kinds: Counter[str] = Counter()
    dead: Counter[str] = Counter()
    for fate in fates:
        kind = "packet" if fate.lie.startswith("packet/") else "call"
        kinds[kind] += 1
        dead[kind] += fate.killed
    broke = sum(fate.verdict == "broken" for fate in fates)
    percent = 100.0 * dead.total() / max(len(fates), 1)
    parts = ", ".join(f"{dead[kind]} of {kinds[kind]} {kind} lies" for kind in sorted(kinds))
    print(f"liars: {len(fates)} lies, {dead.total()} killed ({percent:.1f} %): {parts}; {broke} of "
          f"them by a case that could no longer judge; {seconds:.0f} s")
    return percent


def half_of(names: list[str]) -> list[str]:
    """Every other lie. The commit decides which: those that follow each other come to all of them."""
    commit = provenance.git("rev-parse", "--short=8", "HEAD") or "0"
    return names[int(commit, 16) % 2::2]


def try_all(options: argparse.Namespace) -> int:
    """The honest runs, every lie, the summary; the exit status."""
    began = time.monotonic()
    end = began + options.limit
    known, excused = reasons()
    names = half_of(chosen(options.only)) if options.half else chosen(options.only)
    took = lies.honest(HONEST_RUNS, str(2 * (os.cpu_count() or 1)))
    variants = [name for name in took if took[name] <= HASTE_US]
    print(f"honest: {len(took)} variants of {len(set(map(lies.case_of, took)))} cases pass or are known, "
          f"{len(variants)} of them in {HASTE_US / 1e6:g} s", flush=True)
    fates = tried(names, variants, options.jobs, end)
    found = complaints(fates, known, not options.only and not options.half)
    if options.keep:
        keep(fates)
    if options.idle:
        idle = idle_cases(fates, list(took), names, end)
        for case in idle:
            print(f"kills nothing  {case}: {excused.get(case, 'no reason given')}")
        found += [f"{case} kills no lie" for case in idle if not excused.get(case)]
    percent = summary(fates, known, time.monotonic() - began)
    for line in found:
        print(f"error: {line}", file=sys.stderr)
    if len(fates) < len(names):
        print(f"error: {len(names) - len(fates)} lies were not tried in {options.limit} s",
              file=sys.stderr)
        return exitstatus.NOTHING
    wanting = found or (not options.only and percent < WANTED_PERCENT)
    return exitstatus.FAIL if wanting else exitstatus.GOOD


def main(arguments: list[str]) -> int:
    """Reads the command line and does it. Raises Trouble."""
    parser = Parser(add_help=False)
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--limit", type=float, default=1800.0, metavar="SECONDS")
    parser.add_argument("--jobs", type=int, default=JOBS, metavar="N")
    parser.add_argument("--half", action="store_true")
    parser.add_argument("--idle", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--matrix", action="store_true")
    parser.add_argument("--run", action="store_true")
    options = parser.words(arguments)
    if options.run and not options.matrix:
        raise Misuse("--run belongs to --matrix, which it makes anew")
    if options.matrix and (options.keep or options.idle):
        raise Misuse("--matrix is about requirements; --keep and --idle are about lies")
    if options.matrix:
        return matrix.main(options.only, options.run, options.jobs, options.limit)
    return try_all(options)

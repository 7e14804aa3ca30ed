# SPDX-License-Identifier: MIT
"""What a lie does to the suite: the engine run under it, and what follows from the verdicts.

A variant counts when it passes honestly, or fails as is known, in every one of the honest runs: the
baseline excuses the failure that it names and no other, whoever tells it. A lie is killed when such
a variant fails under it, or breaks (the lie kept it from judging), and, run alone three times each
way, does so every time under the lie and never honestly: so noise kills nothing. A case
kills a lie when one of its variants *fails*; that it breaks is not to its credit. Skips count for
nothing."""

from __future__ import annotations

import functools
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterable

from sockproof import house
from sockproof.enginecall import answer
from sockproof.reports import records
from sockproof.trouble import Trouble

# Default deadlines of 10 s become 2 s: a lie that blocks is found out sooner.
SLOW_FACTOR = "0.2"
RUN_SECONDS = 300
REPEATS = 3
LIKELY = 48  # variants that are tried before all others
CAUGHT = ("fail", "broken")
HONEST = ("pass", "known")
UNTIMELY = ("fail", "broken")
# Variants that pass in their own time only: they are run so, under lies too (see honest()).
PATIENT: set[str] = set()
PROTOCOLS = ("tcp", "udp", "icmp", "raw", "sctp")  # that have a folder of cases; IP has none


@dataclass
class Fate:
    """What became of one lie. `by` is the variant that killed it, empty for a survivor."""

    lie: str
    by: str = ""
    verdict: str = ""
    reason: str = ""
    cases: set[str] = field(default_factory=set)

    @property
    def killed(self) -> bool:
        return bool(self.by)


class Unrun(Trouble):
    """The engine could not do what was asked."""


def names() -> list[str]:
    """All lies that the engine can tell."""
    return [line.split("\t")[0] for line in answer("lies").splitlines() if line]


def folders() -> list[Path]:
    """Where the cases are. Those of programs prove something about programs, and nothing about the
    stack."""
    return sorted(one for one in house.CASES.iterdir() if one.is_dir() and one.name != "program")


def run(variants: Iterable[str] | None, *arguments: str,
        cases: Iterable[str] = ()) -> list[dict[str, Any]]:
    """The results of one run: of these variants, in this order, or of these cases, or of the whole
    suite. Variants that want their own time have it."""
    if variants is None:
        return run_once(None, SLOW_FACTOR, arguments, cases)
    wanted = list(variants)
    slow = [one for one in wanted if one in PATIENT]
    quick = [one for one in wanted if one not in PATIENT]
    return [result for some, factor in ((quick, SLOW_FACTOR), (slow, "1")) if some
            for result in run_once(some, factor, arguments, ())]


def run_once(variants: list[str] | None, factor: str, arguments: tuple[str, ...],
             cases: Iterable[str]) -> list[dict[str, Any]]:
    """The results of one run of the engine, whose limits are multiplied by the factor."""
    with tempfile.TemporaryDirectory(prefix="sockproof-liars-") as folder:
        select = Path(folder) / "select"
        command = [str(house.engine()), "run", "--report", folder, "--slow-factor", factor,
                   *arguments]
        if variants is None:
            files = [house.CASES / f"{case}.yaml" for case in cases]
            command += [house.in_house(place) for place in files or folders()]
        else:
            select.write_text("".join(f"{line}\n" for line in paths(variants)), "utf-8")
            command += ["--select", str(select)]
        try:
            done = subprocess.run(command, cwd=house.ROOT, capture_output=True, check=False,
                                  stdin=subprocess.DEVNULL, timeout=RUN_SECONDS)
        except subprocess.TimeoutExpired:
            raise Unrun(f"no end within {RUN_SECONDS} s: {' '.join(command)}") from None
    results = [value for line in done.stdout.splitlines()
               for value in records.parse_lines(line) if value is not None and records.is_result(value)]
    if not results:
        raise Unrun(done.stderr.decode("utf-8", "replace").strip() or "no results")
    return results


def paths(variants: Iterable[str]) -> list[str]:
    """The lines of a selection file: the case files that hold the variants, then the variants."""
    wanted = list(variants)
    files = {f"@{house.in_house(house.CASES)}/{case_of(name)}.yaml": None for name in wanted}
    return [*files, *wanted]


def case_of(variant: str) -> str:
    """The case of a variant's id."""
    return variant.partition("[")[0]


def honest(times: int, workers: str, cases: Iterable[str] = ()) -> dict[str, int]:
    """The variants (of these cases, or all) that pass, or fail as is known, in each of so many honest
    runs, the quickest first, and how many microseconds each took."""
    return quickest(sure(run(None, "--workers", workers, cases=cases) for _ in range(times)))


def quickest(took: dict[str, int]) -> dict[str, int]:
    """The same, the quickest first."""
    return {name: took[name] for name in sorted(took, key=took.__getitem__)}


def sure(runs: Iterable[list[dict[str, Any]]]) -> dict[str, int]:
    """How long each variant took at most that was honest in all of the runs."""
    took: dict[str, int] = {}
    other: set[str] = set()
    for results in runs:
        for result in results:
            took[result["id"]] = max(took.get(result["id"], 0), result["duration_us"])
            if result["verdict"] not in HONEST:
                other.add(result["id"])
    return {name: time for name, time in took.items() if name not in other}


def patient(workers: str, cases: Iterable[str]) -> dict[str, int]:
    """As honest() once, and those besides that are honest in their own time, as a case is that waits
    for a timer of seconds: from now on run() gives them that."""
    results = run(None, "--workers", workers, cases=cases)
    untimely = [one["id"] for one in results if one["verdict"] in UNTIMELY]
    PATIENT.update(untimely)
    slow = sure([run(untimely, "--workers", workers)]) if untimely else {}
    PATIENT.intersection_update(slow)
    return quickest(sure([results]) | slow)


def nearest_first(lie: str, variants: list[str]) -> list[str]:
    """The variants whose case the lie concerns before all others."""
    near = {case: concerns(lie, case) for case in set(map(case_of, variants))}
    return sorted(variants, key=lambda name: not near[case_of(name)])


def concerns(lie: str, case: str) -> bool:
    """Whether a case names the call of a lie, alone or in a verb made of it (recv_all); of a lie about
    packets or SCTP, whether it is a case of that protocol."""
    call, _, word = lie.partition("/")
    protocol = call if call == "sctp" else word.partition("-")[0]
    if call in ("packet", "sctp"):
        return protocol not in PROTOCOLS or case.startswith(f"{protocol}/")
    return re.search(rf"(?<![a-z_]){re.escape(call)}(?![a-z])", text(case)) is not None


@functools.cache
def text(case: str) -> str:
    """What the case's file says; empty when it is gone."""
    try:
        return (house.CASES / f"{case}.yaml").read_text("utf-8")
    except OSError:
        return ""


def caught(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The results that tell a lie, failures first."""
    return sorted((one for one in results if one["verdict"] in CAUGHT),
                  key=lambda one: CAUGHT.index(one["verdict"]))


def try_lie(lie: str, variants: list[str], workers: str, last: str = "") -> Fate:
    """Runs the variants under the lie, the likeliest first, until one catches it twice: that which
    killed it `last` time, when it is among them, before all others."""
    fate = Fate(lie)
    order = nearest_first(lie, variants)
    if last in order:
        order.remove(last)
        order.insert(0, last)
    known = int(last in variants)
    for left in (order[:known], order[known:LIKELY], order[LIKELY:]):
        while left and not fate.killed:
            found = caught(run(left, "--lie", lie, "--stop-at-first", "--workers", workers))
            if not found:
                break
            first = confirmed(lie, found[0]["id"])
            if first is not None:
                fate.by, fate.verdict, fate.reason = first["id"], first["verdict"], first["reason"]
                fate.cases |= {one["case"] for one in found if one["verdict"] == "fail"}
            left.remove(found[0]["id"])
    return fate


def confirmed(lie: str, variant: str) -> dict[str, Any] | None:
    """A result of the variant alone that catches the lie, if it always does, and never honesty."""
    alone = ("--workers", "1", "--repeat", str(REPEATS))
    again = caught(run([variant], "--lie", lie, *alone))
    sure = len(again) == REPEATS and not caught(run([variant], *alone))
    return again[0] if sure else None


def killers(lie: str, variants: list[str], workers: str) -> set[str]:
    """The cases of the variants that kill the lie; the run goes to its end."""
    results = run(variants, "--lie", lie, "--workers", workers)
    return {one["case"] for one in results if one["verdict"] == "fail"}

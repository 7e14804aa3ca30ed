# SPDX-License-Identifier: MIT
"""`./sockproof liars --matrix`: which lie, or which host that is set otherwise, breaks each requirement
of level must that a case cites, and whether a case that cites it notices.

fixtures/liars/breaks.yaml says of each lie at which requirements it is aimed, fixtures/liars/settings.yaml
of each setting of a host. fixtures/liars/noticed.yaml is the record of the last run (--matrix --run): for
each requirement the lie, the variant that failed, the step at which it did and what that step is about.
Without --run the record is held against the catalogue, the cases and the lies as they are now, which takes
seconds. What nothing is aimed at, or what nobody notices, needs its reason in fixtures/liars/unreached.yaml;
a reason that no longer holds is an error, and so is one that a stack deviates of which no baseline knows.

That a step which speaks of no time does not come to its end notices a requirement only that is about coming
at all (fixtures/liars/coming.yaml): a lie that spoils the handshake makes every step wait."""

from __future__ import annotations

import re
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Iterable

import yaml

from sockproof import exitstatus, house
from sockproof.baselinefile import entries_of
from sockproof.proof import lies, settings

LIARS = house.ROOT / "fixtures" / "liars"
BREAKS = LIARS / "breaks.yaml"
NOTICED = LIARS / "noticed.yaml"
UNREACHED = LIARS / "unreached.yaml"
COMING = LIARS / "coming.yaml"
BASELINES = house.ROOT / "fixtures" / "baseline"
CATALOGUE = house.ROOT / "fixtures" / "catalogue"
WORKERS = "6"
SLOW_US = 2_000_000
NOTICED_HEAD = """\
# Who noticed that a requirement was broken when this was written (./sockproof liars --matrix --run): under
# that lie, or on a host set so, that variant failed at that step each time, and never without it.
"""
ERRNO = re.compile(r"/(E[A-Z0-9]{3,})[^/]*$")
DEVIATES = re.compile(r"(\S+) deviates, as its baseline says")
OF_TIME = re.compile(r"\b(took|within|timeout):")


@dataclass(frozen=True)
class Notice:
    """A variant that failed under a lie; `step` is what the case says where it did."""

    lie: str
    by: str
    step: str
    field: str


@dataclass
class World:
    """What the matrix is about. `cited` has for each requirement of level must the cases that cite it,
    and `aims` the lies that are aimed at it; `reasons` says why nothing reaches the others."""

    cited: dict[str, set[str]]
    aims: dict[str, list[str]]
    records: dict[str, Notice]
    reasons: dict[str, str]
    lies: set[str]
    loose: list[str]  # what lies are aimed at, and no case cites as a must
    coming: set[str]  # what is about coming at all: a packet, a message, the end of a call
    deviating: dict[str, set[str]]  # the cases, variants and patterns that the baseline of each stack names


def table(file: Path) -> dict[str, Any]:
    """A YAML mapping; empty where there is no file."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return (yaml.load(file.read_text("utf-8"), loader) if file.exists() else None) or {}


def musts() -> set[str]:
    """Every requirement of level must."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {entry["id"] for file in sorted(CATALOGUE.glob("*.yaml"))
            for entry in yaml.load(file.read_text("utf-8"), loader) if entry["level"] == "must"}


def citations() -> dict[str, set[str]]:
    """The requirements of level must that cases cite, and which those are."""
    level = musts()
    cited: dict[str, set[str]] = defaultdict(set)
    for folder in lies.folders():
        for file in folder.rglob("*.yaml"):
            for one in table(file).get("cites") or []:
                if one in level:
                    cited[one].add(str(file.relative_to(house.CASES).with_suffix("")))
    return dict(cited)


def aimed() -> dict[str, list[str]]:
    """At what each lie and each setting is aimed: by its name."""
    return table(BREAKS) | {one.name: one.breaks for one in settings.every() if one.breaks}


def world() -> World:
    """All of it as it is now."""
    cited = citations()
    aims: dict[str, list[str]] = defaultdict(list)
    for lie, ids in aimed().items():
        for one in ids:
            aims[one].append(lie)
    records = {one: Notice(**value) for one, value in table(NOTICED).items()}
    known = set(lies.names()) | {one.name for one in settings.every()}
    deviating = {file.stem: {named.pattern for entry in entries_of(file) for named in entry.cases}
                 for file in sorted(BASELINES.glob("*.yaml"))}
    return World(cited, aims, records, table(UNREACHED), known, sorted(set(aims) - set(cited)),
                 set(table(COMING)), deviating)


def bare(text: str) -> str:
    """The words of YAML, whichever style it is in."""
    return re.sub(r"""\s+(#[^\n]*)?|[][{},"'-]""", "", text)


def says(case: str, step: str) -> bool:
    """Whether the case still says that, literally or with its parameters filled in."""
    text, wanted = lies.text(case), bare(step)
    items = (bare(item) for item in re.split(r"\n {0,2}- ", text) if "$" in item)
    return wanted in bare(text) or any(
        re.fullmatch(".*".join(map(re.escape, re.split(r"\$\w+", item))), wanted) for item in items)


def stale(one: str, notice: Notice, now: World) -> str:
    """Why a record says nothing any more; empty when it does."""
    case = lies.case_of(notice.by)
    wrong = ""
    if one not in now.cited:
        wrong = "no case cites it as a must"
    elif case not in now.cited[one]:
        wrong = f"{case} does not cite it"
    elif notice.lie not in now.lies:
        wrong = f"there is no lie {notice.lie}"
    elif notice.lie not in now.aims.get(one, []):
        wrong = f"{notice.lie} is not aimed at it"
    elif not says(case, notice.step):
        wrong = f"{case} has no step {notice.step!r} any more"
    elif waits(notice.field, notice.step) and one not in now.coming:
        wrong = f"it is not about coming at all, and {notice.step!r} speaks of no time"
    return wrong


def waits(field: str, step: str) -> bool:
    """Whether a step that says nothing of a time failed because it did not come to its end."""
    return field == "took" and OF_TIME.search(step) is None


def undeviating(one: str, now: World) -> str:
    """The stack that deviates, as the reason of a requirement has it, though its baseline names no case
    that cites it; empty when there is none such."""
    told = DEVIATES.match(now.reasons[one])
    stack = told.group(1) if told else ""
    named = {lies.case_of(name) for name in now.deviating.get(stack.lower(), set())}
    return "" if named & now.cited.get(one, set()) else stack


def complaints(now: World) -> list[str]:
    """What is wrong with the matrix as it is recorded."""
    found = [f"{BREAKS.name} aims {', '.join(now.aims[one])} at {one}, which no case cites as a must"
             for one in now.loose]
    found += [f"there is no lie {lie}, and {BREAKS.name} aims it"
              for lie in sorted({lie for some in now.aims.values() for lie in some} - now.lies)]
    for one, notice in sorted(now.records.items()):
        wrong = stale(one, notice, now)
        if wrong:
            found.append(f"{one}: {wrong} (./sockproof liars --matrix --run --only {one})")
    for one in sorted(now.cited):
        if one not in now.records and not now.reasons.get(one):
            found.append(f"{one} is broken by nothing that a case that cites it notices, and "
                         f"{UNREACHED.name} gives no reason")
    for one in sorted(now.reasons):
        if one not in now.cited:
            found.append(f"{UNREACHED.name} gives a reason for {one}, and no case cites it as a must")
        elif one in now.records:
            found.append(f"{one} is noticed by {now.records[one].by}, and {UNREACHED.name} says that "
                         "nothing is")
        elif undeviating(one, now):
            found.append(f"{UNREACHED.name} says of {one} that {undeviating(one, now)} deviates, and its "
                         "baseline names no case that cites it")
    needed = {one for one, notice in now.records.items() if waits(notice.field, notice.step)}
    found += [f"{COMING.name} names {one}, and no record needs that" for one in sorted(now.coming - needed)]
    return found


def concerns(one: str, result: dict[str, Any], coming: set[str]) -> bool:
    """Whether a variant failed at what concerns the requirement: at a step or an expectation of the
    case, and where the requirement is an errno, at the errno of a step that wants it. That a step which
    speaks of no time did not come to its end concerns what is about `coming` at all, and nothing else."""
    failure = result.get("failure") or {}
    source, wanted = str(failure.get("source") or ""), ERRNO.search(one)
    if result["verdict"] != "fail" or not source:
        return False
    if waits(failure.get("field", ""), source) and one not in coming:
        return False
    named = wanted is None or wanted.group(1) in source or "errno: $" in source
    return named and (wanted is None or failure.get("field") in ("errno", "value", "returns", "revents"))


def notice_of(lie: str, result: dict[str, Any]) -> Notice:
    """The record of a variant that failed."""
    failure = result["failure"]
    return Notice(lie, result["id"], " ".join(str(failure["source"]).split()),
                  str(failure.get("field") or ""))


def always(lie: str, variants: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The variants that fail under the lie at the same step each time, and a result of each."""
    seen: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for result in settings.run(lie, variants, "--workers", WORKERS, "--repeat", str(lies.REPEATS)):
        seen[result["id"]].append(result)
    return {name: some[0] for name, some in seen.items()
            if len(some) == lies.REPEATS and len({step_of(one) for one in some}) == 1
            and some[0]["verdict"] == "fail"}


def step_of(result: dict[str, Any]) -> tuple[str, int, str]:
    """Where a result failed."""
    failure = result.get("failure") or {}
    return result["verdict"], failure.get("step", -1), failure.get("field", "")


def suspects(lie: str, wanted: list[str], variants: list[str], now: World) -> list[str]:
    """The variants that fail once under the lie at what concerns what they cite: two for each."""
    results = [one for one in settings.run(lie, variants, "--workers", WORKERS) if one["verdict"] == "fail"]
    found: set[str] = set()
    for one in wanted:
        found.update([result["id"] for result in results if lies.case_of(result["id"]) in now.cited[one]
                      and concerns(one, result, now.coming)][:2])
    return sorted(found)


def rounds(lie: str, wanted: list[str], now: World, took: dict[str, int]) -> list[list[str]]:
    """The variants to try, in turn: those of the record, the quickest of each case (of those that
    name the call, where the lie is about one), the others, and then what takes long."""
    last = {now.records[one].by for one in wanted if one in now.records and now.records[one].lie == lie}
    cases = {case for one in wanted for case in now.cited[one]
             if lie.startswith((settings.PREFIX, "packet/")) or lies.concerns(lie, case)}
    near = [name for name in sorted(took, key=took.__getitem__)
            if lies.case_of(name) in cases and name not in last]
    first = {lies.case_of(name): name for name in near[::-1]}
    slow = {name for name in near if took[name] > SLOW_US}
    return [sorted(last & set(took)), sorted(set(first.values()) - slow),
            sorted(set(near) - set(first.values()) - slow), sorted(slow & set(first.values()))]


def find(lie: str, wanted: list[str], now: World, took: dict[str, int]) -> dict[str, Notice]:
    """Which of the wanted requirements are noticed under one lie, and by whom."""
    found: dict[str, Notice] = {}
    for number, some in enumerate(rounds(lie, wanted, now, took)):
        left = [one for one in wanted if one not in found]
        names = [name for name in some if any(lies.case_of(name) in now.cited[one] for one in left)]
        if names and number > 0:
            names = suspects(lie, left, names, now)
        failed = always(lie, names) if names else {}
        for one in left:
            found |= {one: notice_of(lie, failed[name]) for name in names[::-1] if name in failed
                      and lies.case_of(name) in now.cited[one] and concerns(one, failed[name], now.coming)}
    return found


def run(now: World, only: list[str], jobs: int, end: float) -> list[str]:
    """Tries the lies that are aimed at the chosen requirements, until each is noticed, and writes the
    record anew. What was not tried to its end for want of time keeps its record and is returned."""
    chosen = [one for one in sorted(now.cited) if now.aims.get(one)
              and (not only or any(one.startswith(word) for word in only))]
    cases = sorted({case for one in chosen for case in now.cited[one]})
    took = lies.patient(WORKERS, cases)
    records: dict[str, Notice] = {}
    late: set[str] = set()

    def one_lie(lie: str) -> None:
        wanted = [one for one in chosen if lie in now.aims[one] and one not in records]
        if time.monotonic() > end:
            late.update(wanted)
        elif wanted:
            found = find(lie, wanted, now, took)
            records.update((one, notice) for one, notice in found.items() if one not in records)
            print(f"{lie}: noticed by who cites {len(found)} of {len(wanted)}", flush=True)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one_lie, lies_in_order(now, chosen)))
    late -= set(records)
    kept = {one: notice for one, notice in now.records.items() if one not in chosen or one in late}
    now.records = kept | records
    write(now.records)
    return sorted(late)


def lies_in_order(now: World, chosen: list[str]) -> list[str]:
    """The lies that are aimed at the chosen requirements, those first that were noticed last time."""
    told = {now.records[one].lie for one in chosen if one in now.records}
    return sorted({lie for one in chosen for lie in now.aims[one]},
                  key=lambda lie: (lie not in told, lie))


def write(records: dict[str, Notice]) -> None:
    """Writes the record."""
    lines = yaml.safe_dump({one: asdict(records[one]) for one in sorted(records)}, width=200,
                           allow_unicode=True, sort_keys=False)
    NOTICED.write_text(NOTICED_HEAD + lines, "utf-8")


def show(now: World) -> None:
    """One line for each requirement that nothing reaches, and the score."""
    for one in sorted(set(now.cited) - set(now.records)):
        print(f"unreached  {one}: {now.reasons.get(one, 'no reason given')}")
    reached = len(set(now.cited) & set(now.records))
    told = {notice.lie for notice in now.records.values()}
    print(f"matrix: {len(now.cited)} requirements of level must are cited, {reached} of them seen to be "
          f"broken by {len(told)} lies and settings; {len(set(now.cited) & set(now.reasons))} have a "
          "reason why not")


def main(only: list[str], anew: bool, jobs: int, limit: float) -> int:
    """The matrix from the record, or anew; the exit status."""
    now = world()
    late = run(now, only, jobs, time.monotonic() + limit) if anew else []
    show(now)
    found = complaints(now)
    for line in found:
        print(f"error: {line}", file=sys.stderr)
    if late:
        print(f"error: {len(late)} requirements were not tried in {limit:g} s", file=sys.stderr)
        return exitstatus.NOTHING
    return exitstatus.FAIL if found else exitstatus.GOOD

# SPDX-License-Identifier: MIT
"""The fault plan turned on sockproof itself: each call of the engine's own fails at each of its first
occurrences, in the supervisor, in a worker, in an actor. No run hangs, none crashes, no verdict is
wrong, and what failed is said in words."""

from __future__ import annotations

import json
import os
import platform
import shutil
import struct
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import pytest
from conftest import ENGINE, ROOT
from extent import extent

CASES = ("tcp/connect/echo", "tcp/close/half-close", "tcp/recv/waitall-interrupted",
         "udp/delivery/reordered", "udp/sendmmsg/addressed")
PROGRAMS: tuple[str, ...] = extent(("program/http/network",), ())
# Of all that can be tried a part is the same in every run.
OCCURRENCES = extent(3, 1)
MOST = extent(None, 80)
# Such a run takes a second; a case that does not end costs its worker after CASE_S.
CASE_S, SLOW_S, HANG_S = 30, 25, 120
SITES, SITE, HEAD = 8192, struct.Struct("<QII20sI"), struct.Struct("<QQ")  # struct site of ourselves.c
KINDS = ("supervisor", "worker", "actor")

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64",
                                reason="which calls are the engine's own is told by x86-64's code")


@dataclass(frozen=True)
class Site:
    """A place of the engine that makes a call, and how often it did."""

    key: int
    name: str
    count: int
    failed: bool
    error: int

    @property
    def kind(self) -> str:
        return KINDS[min(self.key >> 32, len(KINDS) - 1)]


@dataclass
class Run:
    """What a run came to."""

    status: int
    said: str
    took_s: float
    sites: dict[int, Site]
    results: dict[str, tuple[str, str]] = field(default_factory=dict)


def sites_of(plan: Path) -> dict[int, Site]:
    found = {}
    for key, count, failed, name, error in SITE.iter_unpack(plan.read_bytes()[HEAD.size:]):
        if key:
            found[key] = Site(key, name.rstrip(b"\0").decode(), count, failed != 0, error)
    return found


def results_of(report: Path) -> dict[str, tuple[str, str]]:
    file = report / "results.jsonl"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    found = [json.loads(line) for line in lines]
    return {one["id"]: (one["verdict"], str(one["reason"])) for one in found}


@dataclass
class Attack:
    """The same short suite again and again, with another call that fails."""

    folder: Path
    library: Path
    cases: list[str]

    def run(self, key: int = 0, occurrence: int = 0) -> Run:
        folder = self.folder / f"{key:x}-{occurrence}"
        folder.mkdir()
        plan = folder / "plan"
        with plan.open("wb") as file:
            file.write(HEAD.pack(key, occurrence))
            file.truncate(HEAD.size + SITES * SITE.size)
        environment = os.environ | {"LD_PRELOAD": str(self.library), "SOCKPROOF_OURSELVES": str(plan)}
        begin = time.monotonic()
        with subprocess.Popen([ENGINE, "run", "--report", str(folder / "report"), "--workers", "2",
                               "--case-limit", str(CASE_S), *self.cases], cwd=ROOT, env=environment,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              start_new_session=True) as process:
            try:
                said = process.communicate(timeout=HANG_S)[1]
            except subprocess.TimeoutExpired:
                process.kill()
                pytest.fail(f"the engine hangs: {key:x}, {occurrence}")
        run = Run(process.returncode, said, time.monotonic() - begin, sites_of(plan),
                  results_of(folder / "report"))
        shutil.rmtree(folder)
        return run


def places(sites: dict[int, Site]) -> dict[int, str]:
    """Function and line of each site, by its address."""
    asked = "\n".join(hex((key & 0xffffffff) - 1) for key in sites)
    told = subprocess.run(["addr2line", "-f", "-e", ENGINE], input=asked, capture_output=True,
                          text=True, check=True).stdout.splitlines()
    return {key: f"{told[2 * i]} ({told[2 * i + 1].split('/harness/')[-1].split(' ')[0]})"
            for i, key in enumerate(sites)}


def wrongs(plain: Run, run: Run, site: Site, fault: tuple[int, int]) -> list[str]:
    """What is wrong with a run in which a call failed. One that is made again and again until something
    has come is made less often another time."""
    key, occurrence = fault
    broke = {one: end for one, end in run.results.items() if end[0] != plain.results[one][0]}
    said = run.said + " ".join(reason for _, reason in broke.values())
    wrong = [f"{one}: {end[0]}: {end[1]}" for one, end in broke.items()
             if end[0] not in ("broken", "skip")]
    if run.status not in (0, 2, 3):
        wrong.append(f"the engine ends with {run.status}")
    if run.status == 0 and set(run.results) != set(plain.results):
        wrong.append("variants are missing")
    if any(signal in said for signal in ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "Aborted")):
        wrong.append("a process crashes")
    if (broke or run.status != 0) and os.strerror(site.error) not in said:
        wrong.append("what was lacking is not named")
    if run.took_s > SLOW_S:
        wrong.append(f"it takes {run.took_s:.0f} s")
    if key in run.sites and run.sites[key].count >= occurrence and not run.sites[key].failed:
        wrong.append("the call did not come, or did not fail")
    return [f"{one}; said: {said[:400]!r}" for one in wrong]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    made = tmp_path / "ourselves.so"
    subprocess.run(["cc", "-std=gnu17", "-O2", "-shared", "-fPIC", "-o", str(made),
                    str(ROOT / "fixtures/ourselves/ourselves.c")], check=True)
    return made


def faults(plain: Run, where: dict[int, str]) -> list[tuple[int, int]]:
    """The calls that shall fail: not those that carry out what a case asks of its stack."""
    every = [(key, occurrence) for key, site in plain.sites.items()
             if not any(f"({room}/" in where[key] for room in ("stack", "liar"))
             for occurrence in range(1, min(OCCURRENCES, site.count) + 1)]
    every.sort(key=lambda one: crc32(f"{plain.sites[one[0]].name} {where[one[0]]} {one[1]}".encode()))
    return every[:MOST]


def test_each_call_of_its_own_may_fail(tmp_path: Path, library: Path) -> None:
    cases = [f"cases/{one}.yaml" for one in CASES + PROGRAMS]
    attack = Attack(tmp_path, library, cases)
    plain = attack.run()
    assert plain.status == 0, plain.said
    if any(verdict == "skip" for verdict, _ in plain.results.values()):
        pytest.skip("the cases need a wire between two hosts")
    where = places(plain.sites)
    assert {site.kind for site in plain.sites.values()} == set(KINDS)
    tried = faults(plain, where)
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        runs = list(pool.map(lambda one: attack.run(*one), tried))
    found = [f"{plain.sites[key].name} of {where[key]}, the {plain.sites[key].kind}, time {occurrence}: "
             f"{wrong}" for (key, occurrence), run in zip(tried, runs)
             for wrong in wrongs(plain, run, plain.sites[key], (key, occurrence))]
    assert not found, "\n".join(found)
    missed = sum(key in run.sites and run.sites[key].count < occurrence
                 for (key, occurrence), run in zip(tried, runs))
    assert missed <= len(runs) / 20, f"{missed} of {len(runs)} calls did not come, and could not fail"
    broke = sum(run.status != 0 for run in runs)
    assert broke > len(runs) / 10, "hardly any of the failures did anything"
    print(f"{len(runs)} calls failed, {broke} of them cost a case or the run, none more")

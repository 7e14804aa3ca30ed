# SPDX-License-Identifier: MIT
"""Exploration: every fault that fits at every socket call that a program reaches, one run each; what
each run showed, and which of them are findings."""

from __future__ import annotations

import hashlib
import random
import signal
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, Iterator

from sockproof.explore import faultrun
from sockproof.explore.faultrun import FaultRun

EVERY = 6  # the first so many occurrences of a call are all tried, then those that double
SLOWER = 10.0  # a run may take so many times as long as the one without faults …
LEAST_SECONDS = 3.0  # … and at least so long
BASELINE_SECONDS = 60.0
TIMELINE = 12
# What a program does out of sight, by the type of its event in the log.
PASSED_BY = {"stdio": "it puts stdio on a socket: what goes through the stream is not explored",
             "standard": "it has a socket for its standard input, output or error: what goes through stdio "
                         "there is not explored",
             "by-number": "it asks the kernel by io_submit: what is done so is not explored",
             "io_uring": "it uses io_uring: what it does there is not explored",
             "apart": "it loads a library apart (dlmopen, RTLD_DEEPBIND): its calls are not explored",
             "confined": "it confines itself (seccomp): what its filter forbids may be a call of ours"}
FINDINGS = ("crash", "hang", "wrong-data", "error-swallowed", "not-survived")
OUTPUT = ("wrong-data", "error-swallowed")  # what shows in the output alone
# Faults that pass: after them the call is made again, or goes on, and all is well.
PASSING = ("errno EINTR", "errno EAGAIN", "cap 1", "errno ECONNABORTED")
ENDS = "eof"
# The point of a call that has the name of another.
POINT_OF = {"accept4": "accept", "ppoll": "poll", "pselect": "select", "epoll_create1": "epoll_create"}


@dataclass(frozen=True)
class Probe:
    """One fault at one occurrence of one call."""

    call: str
    fault: str
    nth: int
    passing: bool
    actor: str = ""  # of a case; a program on its own is its only actor
    after: int = 0  # it comes at this byte of a stream, in place of the nth call

    @property
    def place(self) -> str:
        """Where it is: the call, and in a case whose."""
        return f"{self.actor} {self.call}" if self.actor else self.call

    @property
    def text(self) -> str:
        """As on the command line."""
        return f"{self.place} {self.fault} {'after' if self.after else 'nth'} {self.after or self.nth}"

    @property
    def when(self) -> str:
        """As YAML says it after when:."""
        return f"{{after: {self.after}}}" if self.after else f"{{nth: {self.nth}}}"

    @property
    def action(self) -> str:
        """As YAML says it after do:."""
        word, _, argument = self.fault.partition(" ")
        return f"{{{word}: {argument}}}" if argument else word


@dataclass
class Verdict:
    """What a plan showed: intact, clean-error, one of FINDINGS, not-fired or part-fired."""

    plan: list[str]
    kind: str
    why: str


@dataclass
class Baseline:
    """The program without faults."""

    argv: list[str]
    seed: int
    run: FaultRun
    steady: bool  # it said the same twice
    notes: list[str] = field(default_factory=list)  # what to know of it
    reached: list[dict[str, Any]] = field(default_factory=list)
    timeout: float = LEAST_SECONDS
    peers: list[str] = field(default_factory=list)  # that it connects to, the same each time

    @property
    def name(self) -> str:
        """What tells this exploration from another."""
        text = "\0".join([*self.argv, str(self.seed)]).encode()
        return hashlib.sha256(text).hexdigest()[:16]


def record(argv: list[str], seed: int, timeout: float | None) -> Baseline:
    """The recording runs. Raises faultrun.Unrun, also for a program that does not end by itself."""
    limit = timeout or BASELINE_SECONDS
    first = faultrun.run(argv, [], limit, seed, record=True)
    second = faultrun.run(argv, [], limit, seed, record=True)
    for one in (first, second):
        if one.timed_out or one.status is None:
            how = (f"did not end within {limit:g} s" if one.timed_out
                   else f"was killed by {signal_name(one.signal)}")
            raise faultrun.Unrun(f"{argv[0]} {how} without any fault: explore a run that ends by "
                                 "itself")
    steady = (first.stdout, first.status) == (second.stdout, second.status)
    slowest = max(first.seconds, second.seconds)
    return Baseline(argv, seed, first, steady, notes_of(first, second),
                    [one for one in first.events if one["type"] == "reached"],
                    timeout or max(LEAST_SECONDS, SLOWER * slowest), peers_of(first, second))


def calls_of(run: FaultRun) -> dict[tuple[str, str], list[str]]:
    """The calls of each thread of each process, in their order."""
    calls: dict[tuple[str, str], list[str]] = {}
    for one in run.events:
        if one["type"] == "reached":
            calls.setdefault((one["process"], one["thread"]), []).append(one["call"])
    return calls


def notes_of(first: FaultRun, second: FaultRun) -> list[str]:
    """What two runs without faults show that the runs with faults do not."""
    notes = []
    if first.stdout != second.stdout and sorted(first.stdout.splitlines()) == \
            sorted(second.stdout.splitlines()):
        notes.append("its output depends on the order of events: two runs without faults say the same lines "
                     "in another order")
    if calls_of(first) != calls_of(second):
        notes.append("its calls depend on the order of events: two runs without faults make others, or in "
                     "another order, so that the same fault may meet another call")
    if first.lost:
        notes.append(f"it makes more calls than a log holds: the last {first.lost} are not explored")
    if first.unkept:
        notes.append(f"it says {first.unkept} bytes more than the {faultrun.KEPT_BYTES} that are kept: what "
                     "is beyond is not compared")
    kinds = {one["type"] for one in first.events}
    notes += [text for kind, text in PASSED_BY.items() if kind in kinds]
    notes += [f"below it {one.replace(', ', ' is killed by ')} without any fault: that is no finding"
              for one in first.crashed]
    notes += [f"{name} outlives it and is ended with it: its socket calls are not explored"
              for name in first.left]
    return notes


def peers_of(first: FaultRun, second: FaultRun) -> list[str]:
    """Whom a program connects to each time. A peer that it starts itself has another port each time."""
    asked = [{one["peer"] for one in run.events if one.get("peer")} for run in (first, second)]
    return sorted(asked[0] & asked[1])


def worth_trying(nth: int, most: int) -> bool:
    """Not every occurrence of a call in a loop: the first ones, then powers of two, and the last."""
    return nth <= EVERY or nth == most or nth & (nth - 1) == 0


def probes(baseline: Baseline) -> tuple[list[Probe], int]:
    """What to try, first occurrences first, and how many occurrences were left out."""
    table = faultrun.points()
    counts: Counter[tuple[str, str, str]] = Counter()
    ends: dict[tuple[str, str, str], list[int]] = {}
    for one in baseline.reached:
        for bit, fault in enumerate(table[one["call"]]["candidates"]):
            place = ("", one["call"], fault)
            counts[place] += one["fits"] >> bit & 1
            if fault == ENDS and one["fits"] >> bit & 1:
                ends.setdefault(place, []).append(max(1, one.get("offset", 0)))
    for place, bytes_before in ends.items():
        ends[place] = sorted(set(bytes_before))
        counts[place] = len(ends[place])
    return chosen(counts, ends)


def chosen(counts: Counter[tuple[str, str, str]],
           ends: dict[tuple[str, str, str], list[int]]) -> tuple[list[Probe], int]:
    """What to try of so many occurrences of a fault at a call of an actor, and how many are left out.
    A connection ends at one of the bytes in `ends`: at a call it might find data that goes first."""
    table = faultrun.points()
    every = [Probe(call, fault, nth, fault in PASSING and
                   table[POINT_OF.get(call, call)]["group"] != "name", actor,
                   ends[actor, call, fault][nth - 1] if fault == ENDS else 0)
             for (actor, call, fault), most in counts.items() for nth in range(1, most + 1)]
    tried = [one for one in every
             if worth_trying(one.nth, counts[(one.actor, one.call, one.fault)])]
    return sorted(tried, key=lambda one: one.nth), len(every) - len(tried)


def several(single: list[Probe], number: int, seed: int) -> list[list[Probe]]:
    """So many plans of two to four faults, drawn by the seed."""
    draw = random.Random(seed)
    most = min(4, len(single))
    return [draw.sample(single, draw.randint(2, most)) for _ in range(number if most > 1 else 0)]


def time_is_over(events: list[dict[str, Any]]) -> bool:
    """Whether some fault's EAGAIN said that a call had waited as long as its socket lets it."""
    return any(one.get("means") == "time-out" for one in events)


def judge(baseline: Baseline, plan: list[Probe], run: FaultRun) -> Verdict:
    """What a run showed, and what its faults mean to others."""
    verdict = judge_alone(baseline, plan, run)
    if verdict.kind != "not-fired":
        verdict.why += meaning(plan, run.events)
    return verdict


def meaning(plan: list[Probe], events: list[dict[str, Any]]) -> str:
    """What a reader must know of the plan's faults."""
    said = ""
    if time_is_over(events):
        said += "; EAGAIN says here that the socket's time (SO_RCVTIMEO, SO_SNDTIMEO) is over"
    if any(one.fault == "errno ECONNABORTED" for one in plan):
        said += "; the client whose connection is aborted is reset"
    return said


def judge_alone(baseline: Baseline, plan: list[Probe], run: FaultRun) -> Verdict:
    """What a run showed."""
    passing = all(one.passing for one in plan) and not time_is_over(run.events)
    texts = [one.text for one in plan]
    good = baseline.run
    same = run.stdout == good.stdout or not baseline.steady
    if run.fired == 0:
        return Verdict(texts, "not-fired", "the program did not come there")
    below = Counter(run.crashed) - Counter(good.crashed)
    if below:
        return Verdict(texts, "crash", "below the program " + "; ".join(
            f"{name} was killed by {killer}" for name, killer in (one.rsplit(", ", 1) for one in below)))
    if run.timed_out:
        return Verdict(texts, "hang", f"no end within {baseline.timeout:.1f} s; without the fault "
                                      f"{good.seconds:.2f} s")
    if run.status is None:
        return Verdict(texts, "crash", f"killed by {signal_name(run.signal)}")
    if run.unfired:  # those behind a fault that ends the program can not fire
        return Verdict(texts, "part-fired", f"of {len(plan)} faults {len(run.unfired)} did not fire: "
                                            f"{', '.join(run.unfired)}")
    if run.status == good.status and same:
        return Verdict(texts, "intact", "the same output and status as without")
    if run.status == good.status:
        kind = "wrong-data" if passing else "error-swallowed"
        return Verdict(texts, kind, f"status {run.status} with other output: "
                                    f"{difference(run.stdout, good.stdout)}")
    if passing:
        return Verdict(texts, "not-survived", f"status {run.status} after a fault that passes: "
                                              f"{shown(run.stderr)}")
    return Verdict(texts, "clean-error", f"status {run.status}: {shown(run.stderr)}")


def signal_name(number: int) -> str:
    """SIGSEGV, or for one without a name its number."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def difference(text: bytes, wanted: bytes) -> str:
    """Where two outputs part, and what stands there in each."""
    at = next((i for i, (a, b) in enumerate(zip(text, wanted)) if a != b),
              min(len(text), len(wanted)))
    pieces = [repr(one[at:at + 24].decode("utf-8", "replace")) if one[at:] else "its end"
              for one in (text, wanted)]
    return f"{pieces[0]} in place of {pieces[1]} at byte {at} of {len(wanted)}"


def shown(text: bytes) -> str:
    """The last line of what a program said, short."""
    lines = text.decode("utf-8", "replace").strip().splitlines()
    line = lines[-1] if lines else ""
    return repr(line if len(line) <= 60 else line[:28] + " … " + line[-28:])


def try_once(baseline: Baseline, plan: list[Probe], slower: int = 1) -> Verdict:
    """One run of a plan, with so many times the time that a run has."""
    run = faultrun.run(baseline.argv, [one.text for one in plan], slower * baseline.timeout,
                       baseline.seed)
    return judge(baseline, plan, run)


def confirmed(baseline: Baseline, plan: list[Probe], verdict: Verdict) -> Verdict:
    """A finding that a second run, with more time, shows as well; else an unsteady one."""
    again = try_once(baseline, plan, 2)
    if again.kind == verdict.kind and verdict.kind in OUTPUT:
        plain = faultrun.run(baseline.argv, [], 2 * baseline.timeout, baseline.seed)
        baseline.steady = baseline.steady and plain.stdout == baseline.run.stdout
    if again.kind == verdict.kind and (baseline.steady or verdict.kind not in OUTPUT):
        return verdict
    if again.kind == verdict.kind:
        return Verdict(verdict.plan, "intact", "the output changes from run to run")
    return Verdict(verdict.plan, "unsteady", f"once {verdict.kind} ({verdict.why}), then {again.kind}")


def shrunk(baseline: Baseline, plan: list[Probe], kind: str) -> list[Probe]:
    """The shortest plan that still shows a finding of that kind: faults are left out one by one,
    then each is tried at its first occurrence."""
    best = list(plan)
    for one in list(best):
        less = [other for other in best if other is not one]
        if less and try_once(baseline, less).kind == kind:
            best = less
    for i, one in enumerate(best):
        first = replace(one, nth=1, after=min(1, one.after))
        earlier = [*best[:i], first, *best[i + 1:]]
        if one.nth > 1 and try_once(baseline, earlier).kind == kind:
            best = earlier
    return best


def timeline(baseline: Baseline, plan: list[Probe]) -> list[str]:
    """The last calls of a run up to a little behind the fault, one a line."""
    run = faultrun.run(baseline.argv, [one.text for one in plan], baseline.timeout, baseline.seed,
                       record=True)
    rows = [one for one in run.events if one["type"] in ("reached", "fired", "process")]
    at = next((i for i, one in enumerate(rows) if one["type"] == "fired"), len(rows))
    return [event_line(one) for one in rows[max(0, at - TIMELINE // 2):at + TIMELINE // 2]]


def event_line(event: dict[str, Any]) -> str:
    """One event of a log, for people; * stands before a fault."""
    mark = "*" if event["type"] == "fired" else " "
    what = f"{event['call']} fd {event['fd']}" if "call" in event else "process begins"
    size = f", {event['size']} bytes" if event.get("size") else ""
    return (f"{event['t_us'] / 1000:10.3f} ms  {event['process']}:{event['thread']:<4} {mark} "
            f"{what}{size}")


def distinct(verdicts: list[tuple[list[Probe], Verdict]]) -> Iterator[tuple[list[Probe], Verdict]]:
    """Findings of single faults, one for each call, fault and kind: the earliest occurrence."""
    seen: set[tuple[str, str, str]] = set()
    for plan, verdict in sorted(verdicts, key=lambda one: one[0][0].nth):
        name = (plan[0].place, plan[0].fault, verdict.kind)
        if verdict.kind in FINDINGS and len(plan) == 1 and name not in seen:
            seen.add(name)
            yield plan, verdict

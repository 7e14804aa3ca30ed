# SPDX-License-Identifier: MIT
"""A case as a subject of exploration: each call of its programs and of its scripted actors is a place for
a fault, and the case's own expectations say what must come of it."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from sockproof import house
from sockproof.commandline import meant
from sockproof.driver.listing import Listing
from sockproof.explore import casetext, exploration, faultrun, findingcase
from sockproof.explore.caserun import CaseRun, run
from sockproof.explore.exploration import TIMELINE, Probe, Verdict
from sockproof.explore.subject import Tried
from sockproof.trouble import Misuse

CASE_SECONDS = 120  # until a case that does not end is killed; its steps have shorter deadlines
SHOWN = ("step", "call", "fault", "check", "signal")
FELT = ("errno ECONNABORTED",)  # they pass for who meets them, and are the end for the other side
OWN_RESULT = ("returns", "errno", "value", "data")  # what a call that fails does not give
WIDTH = 96
AGAIN_MOST = 3  # runs that prove nothing are made again
RUNS = re.compile(r"\brun\s*:")  # a step that runs a program


def find(word: str) -> tuple[Path, str]:
    """The file of "ID", "FILE" or either with "[VARIANT]", and the variant. Raises Misuse."""
    name, _, variant = word.removesuffix("]").partition("[")
    for file in (Path(name), house.CASES / f"{name}.yaml"):
        if file.is_file():
            return file.resolve(), variant
    raise Misuse(f"there is no case {name!r}{meant(name, house.case_names())}; a program stands behind "
                 f"--: ./sockproof explore -- {word}")


def choose(word: str) -> tuple[Path, dict[str, Any], int]:
    """The file, the variant that is explored, and how many others the case has. Raises
    faultrun.Unrun, EngineUnfit or Misuse."""
    file, wanted = find(word)
    listing = Listing()
    found = listing.of(file)
    able = [one for one in found if (one["variant"] == wanted if wanted else not one["skip"])]
    if listing.complaints or not found:
        raise faultrun.Unrun(listing.complaints_about(file) or f"{word} has no variants")
    if wanted and not able:
        raise Misuse(f"{word} has no such variant; it has {', '.join(one['variant'] for one in found)}")
    if not able:
        raise faultrun.Unrun(f"{word} cannot run here: {found[0]['skip']}")
    return file, able[0], len(found) - 1


class CaseSubject:
    """One variant of a case."""

    def __init__(self, word: str, seed: int, timeout: float | None, allowed: tuple[str, ...] = ()) -> None:
        """The recording run; what is allowed as options of a run. Raises faultrun.Unrun."""
        file, self.variant, others = choose(word)
        # The engine is given copies, which are none of the suite's own.
        own = ("--allow-programs",) if house.owns(file) else ()
        self.allowed = (*own, *allowed)
        self.text, self.seed = file.read_text("utf-8"), seed
        self.limit = max(1, round(timeout)) if timeout else CASE_SECONDS
        recorded = self.run(self.text, record=True)
        if recorded.result["verdict"] != "pass":
            raise faultrun.Unrun(f"{self.variant['id']} does not pass without any fault: "
                                 f"{recorded.result['verdict']}: {recorded.result['reason']}")
        self.told = [self.variant["id"]]
        self.crashed = crashes(recorded)
        text = "\0".join([self.variant["id"], self.text, str(seed)])
        self.name = hashlib.sha256(text.encode()).hexdigest()[:16]
        self.scripted: set[tuple[str, str]] = set()
        self.programs = False
        counts = self.counted(recorded)
        ends = {place: [1] for place in counts if place[2] == exploration.ENDS}
        counts.update({place: 1 - counts[place] for place in ends})
        single, self.left_out = exploration.chosen(counts, ends)
        self.single = [replace(one, passing=False) if one.fault in FELT else one for one in single]
        self.notes: list[str] = []
        self.unseen = [f"{one['path']} {one['why']}" for one in recorded.events
                       if one.get("code") == "calls-not-seen"]
        places = len({(one.actor, one.call) for one in self.single})
        more = f", {others} other variants are not" if others else ""
        self.reached = (f"{self.variant['id']} is explored{more}; faults fit at {places} kinds of call "
                        f"in {recorded.result['duration_us'] / 1e6:.2f} s")

    def run(self, text: str, record: bool = False) -> CaseRun:
        """Runs the variant of a text."""
        return run(text, self.variant["case"], self.variant["id"], self.seed, self.limit, record,
                   self.allowed)

    def counted(self, recorded: CaseRun) -> Counter[tuple[str, str, str]]:
        """How often each fault fits at each call of each actor. A plan begins anew in each program, so
        of several programs of one actor the one that calls most often counts."""
        table, counts = faultrun.points(), Counter[tuple[str, str, str]]()
        for one in recorded.events:
            if one["type"] != "reached":
                continue
            actor, call = one["actor"], one["call"]
            if "fits" in one:
                self.programs = True
                for fault, count in one["fits"].items():
                    counts[actor, call, fault] = max(counts[actor, call, fault], count)
            else:
                self.scripted.add((actor, call))
                point = table.get(exploration.POINT_OF.get(call, call), {"candidates": []})
                for fault in point["candidates"]:
                    if fault != "eof":  # a scripted actor has no such fault
                        counts[actor, call, fault] += one["count"]
        return counts

    def with_fault(self, text: str, plan: list[Probe]) -> str:
        """A case with the plan's fault added. Raises faultrun.Unrun."""
        try:
            return casetext.with_fault(text, findingcase.fault_body(plan[0], plan[0].actor,
                                                                    self.programs))
        except ValueError as error:
            raise faultrun.Unrun(f"a fault cannot be added to {self.variant['case']}: {error}") from None

    def attempt(self, plan: list[Probe]) -> Verdict:
        """One run under a plan, or another one where the machine did not let it prove anything."""
        text = self.with_fault(self.text, plan)
        run_of_it = self.run(text)
        for _ in range(AGAIN_MOST):
            if (run_of_it.result["failure"] or {}).get("code") == "disturbed":
                run_of_it = self.run(text)
        scripted = (plan[0].actor, plan[0].call) in self.scripted
        kind, why = judged(run_of_it, plan[0], scripted, self.crashed)
        why += exploration.meaning(plan, run_of_it.events) if kind in exploration.FINDINGS else ""
        return Verdict([one.text for one in plan], kind, why)

    def confirmed(self, plan: list[Probe], verdict: Verdict) -> Verdict:
        """Asked again."""
        again = self.attempt(plan)
        if again.kind == verdict.kind:
            return verdict
        return Verdict(verdict.plan, "unsteady", f"once {verdict.kind} ({verdict.why}), then {again.kind}")

    def shrunk(self, plan: list[Probe], kind: str) -> list[Probe]:
        """One fault is the shortest plan."""
        return plan

    def sifted(self, tried: Tried) -> Tried:
        """A case says itself what may change."""
        return tried

    def timeline(self, plan: list[Probe]) -> list[str]:
        """The events around the fault."""
        events = [one for one in self.run(self.with_fault(self.text, plan)).events
                  if one["type"] in SHOWN]
        at = next((i for i, one in enumerate(events) if one["type"] == "fault"), len(events))
        return [event_line(one) for one in events[max(0, at - TIMELINE // 2):at + TIMELINE // 2]]

    def reproduction(self, plan: list[Probe], case: Path) -> str:
        """The case that was saved."""
        runs = ["--allow-programs"] if RUNS.search(self.text) else []
        others = [one for one in self.allowed if one != "--allow-programs"]
        return " ".join(["./sockproof run", shlex.quote(house.shown(case)), f"--seed {self.seed}",
                         *runs, *others])

    def case_text(self, plan: list[Probe], verdict: Verdict) -> str | None:
        """The case with the fault added."""
        told = [f"{verdict.kind}: {verdict.why}",
                f"found by ./sockproof explore '{self.variant['id']}' --seed {self.seed}"]
        alone = casetext.of_variant(self.text, self.variant["variant"], self.variant["family"])
        lines = [f"# {line}" for text in told for line in text.splitlines()]
        return "\n".join(lines) + "\n" + self.with_fault(alone, plan)

    def plan_text(self, plan: list[Probe], verdict: Verdict) -> str | None:
        """A plan of `exec` has one program; a case has more."""
        return None


def event_line(event: dict[str, Any]) -> str:
    """One event of a run, for people; * stands before a fault."""
    mark = "*" if event["type"] == "fault" else " "
    text = event["text"] if len(event["text"]) <= WIDTH else event["text"][:WIDTH - 2] + " …"
    return f"{event['t_us'] / 1000:10.3f} ms  {event['actor']:<8} {mark} {text}"


# --- what a run showed -------------------------------------------------------------------------

def crashes(of: CaseRun) -> Counter[str]:
    """What a run tells of crashes of its programs, and of what they started."""
    return Counter(one["text"] for one in of.events if one.get("code") == "program-crashed")


def judged(of: CaseRun, probe: Probe, scripted: bool, usual: Counter[str] | None = None) -> tuple[str, str]:
    """The kind of a run, and why; usual: what crashes without the fault as well, for the case names it."""
    verdict, reason = of.result["verdict"], of.result["reason"]
    if verdict in ("pass", "known"):
        return ("clean-error", "a program said so") if of.excused else ("intact", "the case passes")
    if new := crashes(of) - (usual or Counter()):
        return "crash", reason if verdict == "fail" else f"{next(iter(new))}: {reason}"
    if verdict == "fail":
        return failed(of, probe, scripted), reason
    return unjudged(of.result, probe), reason


def failed(of: CaseRun, probe: Probe, scripted: bool) -> str:
    """The kind of a failure. That a scripted call tells its error to the step that made it is what
    errors are for."""
    failure = of.result["failure"]
    field = str(failure["field"])
    status = field == "exit" or (field == "returns" and of.verb(failure["step"]) == "run")
    if failure["code"] == "program-crashed":
        return "crash"
    if failure["code"] == "deadline":
        return "hang"
    if scripted and failure["actor"] == probe.actor and field in OWN_RESULT:
        return "clean-error"
    if probe.passing and not exploration.time_is_over(of.events):
        return "not-survived" if status else "wrong-data"
    return "clean-error" if probe.passing and status else "error-swallowed"


def unjudged(result: dict[str, Any], probe: Probe) -> str:
    """The kind of a run that the engine could not judge."""
    code = (result["failure"] or {}).get("code")
    if code == "fault-never-fired":
        return "not-fired"
    if code in ("worker-hung", "program-not-ready"):
        return "hang"
    if code == "program-ended-early":
        return "not-survived" if probe.passing else "clean-error"
    return "unjudged"

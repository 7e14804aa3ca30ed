# SPDX-License-Identifier: MIT
"""A program as a subject of exploration: it runs by itself, and its output and status are what counts."""

from __future__ import annotations

import shlex
from pathlib import Path

from sockproof.explore import exploration, findingcase
from sockproof.explore.exploration import Baseline, Probe, Verdict
from sockproof.explore.subject import Tried


class ProgramSubject:
    """A program with its arguments."""

    def __init__(self, argv: list[str], seed: int, timeout: float | None) -> None:
        """The recording runs. Raises faultrun.Unrun."""
        self.baseline: Baseline = exploration.record(argv, seed, timeout)
        self.name, self.told = self.baseline.name, argv
        self.single, self.left_out = exploration.probes(self.baseline)
        self.unseen = [f"{one['path']} {one['why']}" for one in self.baseline.run.events
                       if one["type"] == "unseen"]
        self.notes = self.baseline.notes
        self.reached = (f"{len(self.baseline.reached)} calls on sockets were reached in "
                        f"{self.baseline.run.seconds:.2f} s")

    def attempt(self, plan: list[Probe]) -> Verdict:
        """One run under a plan."""
        return exploration.try_once(self.baseline, plan)

    def confirmed(self, plan: list[Probe], verdict: Verdict) -> Verdict:
        """Asked again with more time."""
        return exploration.confirmed(self.baseline, plan, verdict)

    def shrunk(self, plan: list[Probe], kind: str) -> list[Probe]:
        """Without the faults that are not needed, at the earliest occurrence."""
        return exploration.shrunk(self.baseline, plan, kind)

    def sifted(self, tried: Tried) -> Tried:
        """Output that changes by itself is no finding."""
        if self.baseline.steady:
            return tried
        print("its output changes from run to run: only statuses, crashes and hangs are judged")
        return [(plan, verdict) for plan, verdict in tried if verdict.kind not in exploration.OUTPUT]

    def timeline(self, plan: list[Probe]) -> list[str]:
        """The calls around the fault."""
        return exploration.timeline(self.baseline, plan)

    def command(self, plan: list[Probe]) -> str:
        """The run under a plan, by hand."""
        faults = " ".join(f"--fault '{one.text}'" for one in plan)
        return (f"./sockproof exec --timeout {2 * self.baseline.timeout:.0f} {faults} -- "
                f"{shlex.join(self.baseline.argv)}")

    def reproduction(self, plan: list[Probe], case: Path) -> str:
        """By hand, without the case."""
        return self.command(plan)

    def case_text(self, plan: list[Probe], verdict: Verdict) -> str | None:
        """None when a step has no room for the arguments."""
        if not findingcase.fits_a_step(self.baseline.argv):
            return None
        return findingcase.case_of(self.baseline, plan, verdict, self.command(plan))

    def plan_text(self, plan: list[Probe], verdict: Verdict) -> str | None:
        """The faults alone, with how they were seen."""
        told = f"{verdict.kind}: {verdict.why}\n{self.command(plan)}"
        lines = [*(f"# {line}" for line in told.splitlines()), "faults:"]
        for number, one in enumerate(plan, 1):
            lines.append(f"  fault{number}: {{call: {one.call}, do: {one.action}, "
                         f"when: {one.when}}}")
        return "\n".join(lines) + "\n"

# SPDX-License-Identifier: MIT
"""What can be explored: a program of its own, or the actors of a case. Exploration asks both alike."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from sockproof.explore.exploration import Probe, Verdict

Tried = list[tuple[list[Probe], Verdict]]


class Subject(Protocol):
    """One subject, recorded without faults."""

    name: str  # tells this exploration from another
    told: list[str]  # what the user asked for
    reached: str  # what the recording showed, in a line
    single: list[Probe]  # what to try
    left_out: int  # occurrences in loops that are not tried
    unseen: list[str]  # what it executes out of reach, and why
    notes: list[str]  # what to know of it besides

    def attempt(self, plan: list[Probe]) -> Verdict:
        """One run under a plan. Raises faultrun.Unrun. Any thread."""

    def confirmed(self, plan: list[Probe], verdict: Verdict) -> Verdict:
        """A finding that a second run shows as well; else an unsteady one."""

    def shrunk(self, plan: list[Probe], kind: str) -> list[Probe]:
        """The shortest plan that still shows a finding of that kind."""

    def sifted(self, tried: Tried) -> Tried:
        """What is left when all runs are over and known to be steady or not."""

    def timeline(self, plan: list[Probe]) -> list[str]:
        """What happens around the fault, one line each."""

    def reproduction(self, plan: list[Probe], case: Path) -> str:
        """The command that shows a finding again."""

    def case_text(self, plan: list[Probe], verdict: Verdict) -> str | None:
        """A finding as a case file; None when a case cannot say it."""

    def plan_text(self, plan: list[Probe], verdict: Verdict) -> str | None:
        """A finding as a plan that `exec --plan` takes; None for what no plan can say."""

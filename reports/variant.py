# SPDX-License-Identifier: MIT
"""A variant on one stack: what its repeats come to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sockproof.reports import excused, failure
from sockproof.reports.records import JUDGED, Result, instability, lesser, spokesman, stack_of

# The words of a cell, the worst first; "unstable" is a variant whose repeats disagree although
# none of them failed or broke.
WORDS = ("fail", "unstable", "broken", "not-run", "skip", "known", "pass")
BAD = ("fail", "unstable", "broken")


@dataclass(frozen=True)
class Variant:
    """A variant on one stack, its repeats taken together."""

    result: Result
    word: str
    unstable: str
    repeats: int
    seconds: float

    @property
    def id(self) -> str:
        """The id without its stack."""
        return str(self.result["id"])

    @property
    def stack(self) -> str:
        """The stack it ran on."""
        return stack_of(self.result)

    @property
    def name(self) -> str:
        """What tells it from the other variants of its case."""
        return str(self.result.get("variant") or self.id.partition("[")[2].rstrip("]") or "-")

    @property
    def lesser(self) -> bool:
        """Whether it fails SHOULD and MAY alone."""
        return self.word == "fail" and not self.unstable and lesser(self.result)

    @property
    def line(self) -> str:
        """What is to be said of it, in one line; empty for a pass."""
        if self.word == "pass":
            return ""
        said = failure.one_line(self.result)
        if not self.unstable:
            return said
        return self.unstable if self.word == "unstable" else f"{self.unstable}; {said}"

    @property
    def failure(self) -> dict[str, Any]:
        """What the record says of its failure; empty for none."""
        return self.result.get("failure") or {}

    @property
    def code(self) -> str:
        """The stable code of why it is what it is; empty for a pass, and in a record without."""
        why = self.failure or self.result.get("skip") or {}
        return str(why.get("code") or "")

    @property
    def stale(self) -> bool:
        """Whether it passed although the baseline says that it fails."""
        return self.code == failure.STALE

    @property
    def evaluated(self) -> bool:
        """Whether all that its case says was held against something: it was judged, and nothing was
        left out behind a failure."""
        return self.word in (*JUDGED, "unstable") and not self.failure.get("not_run")

    @property
    def excused(self) -> list[str]:
        """What its baseline excused of it, a sentence each."""
        return excused.came(self.result)

    @property
    def excuses(self) -> list[str]:
        """Where it failed otherwise than its baseline says: what that excuses."""
        return excused.wanted(self.result)

    @property
    def anchor(self) -> str:
        """Its place on the page of its case."""
        return "v-" + re.sub(r"[^A-Za-z0-9.-]", "_", f"{self.stack}-{self.name}")


def variant_of(group: list[Result]) -> Variant:
    """The variant that repeats of one id on one stack come to."""
    result = spokesman(group)
    unstable = instability(group)
    word = str(result["verdict"])
    if unstable and word not in BAD:
        word = "unstable"
    return Variant(result, word, unstable, len(group),
                   sum(entry.get("duration_us") or 0 for entry in group) / 1e6)

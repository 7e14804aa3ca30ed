"""What the results of one variant come to: one, or one for each repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sockproof.reports.failure import one_line
from sockproof.reports.records import Result, instability, lesser, spokesman


@dataclass(frozen=True)
class Judgement:
    """The final verdict of a variant. `verdict` is a result's, or "unstable" when repeats that
    neither failed nor broke disagreed; `result` is the one that speaks for the others."""

    verdict: str
    reason: str
    result: Result
    seconds: float

    @property
    def lesser(self) -> bool:
        """Whether it is a failure of SHOULD and MAY alone, and a steady one."""
        return self.verdict == "fail" and not self.reason.startswith("unstable") \
            and lesser(self.result)


def judge(results: list[Result]) -> Judgement:
    """The judgement over all repeats of a variant; `results` has at least one."""
    result = spokesman(results)
    verdict, reason = str(result["verdict"]), one_line(result)
    unstable = instability(results)
    if unstable:
        reason = f"{unstable}; {reason}" if verdict in ("fail", "broken") else unstable
        verdict = verdict if verdict in ("fail", "broken") else "unstable"
    return Judgement(verdict, reason, result,
                     sum(entry.get("duration_us") or 0 for entry in results) / 1e6)


def stand_in(listed: dict[str, Any], verdict: str, reason: str, given: dict[str, Any]) -> Result:
    """A result line for a variant that the engine did not judge, from what `list` said of it.
    `given` holds the session's stack and seed."""
    return {"schema": 1, "id": listed["id"], "case": listed["case"],
            "variant": listed.get("variant") or "", "repeat": 0, "file": listed["file"],
            "line": listed.get("line") or 1, "title": listed.get("title") or "",
            "stack": given["stack"], "place": listed.get("place") or "any",
            "transport": listed.get("transport") or "", "family": listed.get("family") or "",
            "subject": listed.get("subject") or "stack", "verdict": verdict, "reason": reason,
            "cites": listed.get("cites") or [], "seed": given["seed"], "duration_us": 0,
            "faults": [], "delivery": None, "ordering": None, "errors": [], "failure": None,
            "events": {"offset": 0, "length": 0, "count": 0, "truncated": 0},
            "reproduce": f"./sockproof run '{listed['id']}' --seed {given['seed']}",
            "capture": None}

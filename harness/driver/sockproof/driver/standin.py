# SPDX-License-Identifier: MIT
"""What takes the place of a result that the engine did not write."""

from __future__ import annotations

from typing import Any

from sockproof.driver.listing import Listed
from sockproof.reports.records import Result


def stand_in(listed: Listed, verdict: str, reason: str, given: dict[str, Any],
             code: str = "") -> Result:
    """A result line for a variant that the engine did not judge, from what `list` said of it.
    `given` holds the session's stack and seed; `code` says to programs what `reason` says to people,
    of one that is broken."""
    file, line = listed["file"], listed.get("line") or 1
    failure = {"code": code, "file": file, "line": line, "column": 0, "step": 0, "source": "",
               "actor": "harness", "requirements": []} if code else None
    return {"schema": 1, "id": listed["id"], "case": listed["case"],
            "variant": listed.get("variant") or "", "repeat": 0, "file": file, "line": line,
            "title": listed.get("title") or "", "stack": given["stack"],
            "place": listed.get("place") or "any",
            "transport": listed.get("transport") or "", "family": listed.get("family") or "",
            "subject": listed.get("subject") or "stack", "verdict": verdict, "reason": reason,
            "cites": listed.get("cites") or [], "seed": given["seed"], "duration_us": 0,
            "faults": [], "delivery": None, "ordering": None, "errors": [], "failure": failure,
            "events": {"offset": 0, "length": 0, "count": 0, "truncated": 0},
            "reproduce": f"./sockproof run '{listed['id']}' --seed {given['seed']}",
            "capture": None}

# SPDX-License-Identifier: MIT
"""TAP 14 from a run's records: https://testanything.org/tap-version-14-specification.html"""

from __future__ import annotations

import json

from sockproof.reports import failure
from sockproof.reports.model import Report
from sockproof.reports.variant import BAD, Variant

# TAP's word for a test that is expected to fail.
EXPECTED = "TO" "DO"


def tap_text(report: Report) -> str:
    """The whole stream, one test point a variant. Names are unique, whatever the stacks are."""
    names = list(report.records.variants)
    lines = ["TAP version 14", f"1..{len(names)}" if names else "1..0 # SKIP nothing ran"]
    for number, (name, variant) in enumerate(zip(names, report.variants), 1):
        lines += point(number, name, variant, report.counts_not(variant))
    if report.incomplete:
        lines.append(f"Bail out! {failure.flat('; '.join(report.incomplete))}")
    return "\n".join(lines) + "\n"


def point(number: int, name: str, variant: Variant, excused: bool) -> list[str]:
    """One test point, with why it is not ok below it; `excused` is a failure that did not count."""
    result = "not ok" if variant.word in (*BAD, "known") else "ok"
    reason = failure.flat(variant.line)
    directive = {"known": f" # {EXPECTED} {reason}", "skip": f" # SKIP {reason}",
                 "not-run": f" # SKIP not run: {reason}"}.get(variant.word, "")
    directive = f" # {EXPECTED} SHOULD or MAY: {reason}" if excused else directive
    lines = [f"{result} {number} - {escaped(name)}{directive}"]
    if variant.word == "known" and variant.excused:
        lines += block({"excused": [failure.flat(text) for text in variant.excused]})
    if variant.word in BAD:
        said = variant.result.get("failure") or {}
        facts = {"verdict": variant.word, "message": reason,
                 "severity": "fail" if variant.word == "fail" else "error",
                 "file": said.get("file") or variant.result.get("file"),
                 "line": said.get("line") or variant.result.get("line"),
                 "step": said.get("step"), "expected": said.get("expected"),
                 "observed": said.get("observed"), "excuses": variant.excuses,
                 "reproduce": variant.result.get("reproduce")}
        lines += block(facts)
    return lines


def block(facts: dict[str, object]) -> list[str]:
    """Facts below a test point, those that there are."""
    return ["  ---", *(f"  {key}: {json.dumps(value)}" for key, value in facts.items()
                       if value not in (None, "", [])), "  ..."]


def escaped(name: str) -> str:
    """A description in which "#" begins no directive."""
    return failure.flat(name).replace("\\", "\\\\").replace("#", "\\#")

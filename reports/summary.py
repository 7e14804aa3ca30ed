# SPDX-License-Identifier: MIT
"""The plain-text summary of a run."""

from __future__ import annotations

from collections import Counter

from sockproof.reports import failure
from sockproof.reports.evidence import lost
from sockproof.reports.records import (VERDICTS, Records, incomplete, instability, spokesman,
                                       stacks_of)
from sockproof.reports.template import fill

LISTED = ("fail", "broken")


def counts_line(counts: Counter[str]) -> str:
    """"40 pass, 2 fail, 1 skip": every verdict that occurred, in the fixed order."""
    return ", ".join(f"{counts[v]} {v}" for v in VERDICTS if counts[v]) or "nothing ran"


def skip_reasons(records: Records) -> list[tuple[int, str]]:
    """How many variants were skipped for each reason, the commonest first."""
    return reasons(records, "skip")


def reasons(records: Records, verdict: str) -> list[tuple[int, str]]:
    """How many variants of a verdict gave each reason, the commonest first."""
    counter = Counter(failure.flat(str(result.get("reason") or "no reason given"))
                      for result in map(spokesman, records.variants.values())
                      if result["verdict"] == verdict)
    return [(count, reason) for reason, count in counter.most_common()]


def unstable_variants(records: Records) -> list[tuple[str, str]]:
    """Each variant whose repeats were judged differently, and how."""
    return [(name, text) for name, group in records.variants.items()
            if (text := instability(group))]


def summary_text(records: Records, folder: str = "") -> str:
    """What happened, what failed and why, what was skipped and why; the same facts as the
    terminal's. No colour, no trailing blanks."""
    grouped = records.variants
    chosen = {name: spokesman(group) for name, group in grouped.items()}
    failures = [failure.failure_text(result, records.events(result), folder)
                for result in chosen.values() if result["verdict"] in LISTED]
    return fill("summary.txt", variants=len(grouped), results=len(records.results),
                stacks=stacks_of(records.results, records.run) or [records.run.get("stack") or "linux"],
                counts=counts_line(Counter(result["verdict"] for result in chosen.values())),
                run=records.run, failures=failures,
                listed=[(r["verdict"], name, failure.one_line(r)) for name, r in chosen.items()
                        if r["verdict"] in (*LISTED, "known")],
                unstable=unstable_variants(records), skips=skip_reasons(records),
                not_run=reasons(records, "not-run"), incomplete=incomplete(records) + lost(records))

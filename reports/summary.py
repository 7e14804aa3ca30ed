# SPDX-License-Identifier: MIT
"""The plain-text summary of a run."""

from __future__ import annotations

from collections import Counter
from typing import Iterable

from sockproof.reports import failure
from sockproof.reports.evidence import lost
from sockproof.reports.records import VERDICTS, Records, incomplete, mishaps, plugs, stacks_of, tried_again
from sockproof.reports.template import fill
from sockproof.reports.variant import Variant, variant_of

LISTED = ("fail", "broken")


def counts_line(counts: Counter[str]) -> str:
    """"40 pass, 2 fail, 1 skip": every verdict that occurred, in the fixed order."""
    return ", ".join(f"{counts[v]} {v}" for v in VERDICTS if counts[v]) or "nothing ran"


def reasons(variants: Iterable[Variant], word: str) -> list[tuple[int, str]]:
    """How many of the variants that got the word gave each reason, the commonest first."""
    counter = Counter(failure.flat(variant.line) or "no reason given" for variant in variants
                      if variant.word == word)
    return [(count, reason) for reason, count in counter.most_common()]


def summary_text(records: Records, folder: str = "") -> str:
    """What happened, what failed and why, what was skipped and why; the same facts as the
    terminal's. No colour, no trailing blanks."""
    variants = {name: variant_of(group) for name, group in records.variants.items()}
    chosen = {name: variant.result for name, variant in variants.items()}
    failures = [failure.failure_text(result, records.events(result), folder)
                for result in chosen.values() if result["verdict"] in LISTED]
    return fill("summary.txt", variants=len(variants), results=len(records.results),
                stacks=stacks_of(records.results, records.run) or [records.run.get("stack") or "linux"],
                counts=counts_line(Counter(result["verdict"] for result in chosen.values())),
                run=records.run, plugs=plugs(records.run), failures=failures,
                listed=[(r["verdict"], name, failure.one_line(r)) for name, r in chosen.items()
                        if r["verdict"] in (*LISTED, "known")],
                unstable=[(name, variant.unstable) for name, variant in variants.items()
                          if variant.unstable],
                again=[(name, text) for name, group in records.variants.items()
                       for text in tried_again(group)],
                skips=reasons(variants.values(), "skip"),
                not_run=reasons(variants.values(), "not-run"),
                incomplete=incomplete(records) + lost(records), mishaps=mishaps(records))

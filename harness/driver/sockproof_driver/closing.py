"""The closing part of a session: what did not pass, once more; why variants were skipped."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import Iterator

from sockproof_driver import exitstatus, house
from sockproof_driver.bench import LOG_TAIL_LINES, Bench
from reports import stacks
from reports.failure import flat

MEANINGS = {exitstatus.GOOD: "good", exitstatus.FAIL: "a failure",
            exitstatus.BROKEN: "broken: something could not be judged",
            exitstatus.USAGE: "usage or lint", exitstatus.INTERRUPTED: "interrupted",
            exitstatus.NOTHING: "nothing ran, or more skips than allowed"}
TABLE_ROWS = 60
LISTED = ("fail", "unstable", "broken", "known")


def sections(bench: Bench) -> Iterator[tuple[str, list[str]]]:
    """Title and lines of each section that has any."""
    yield from by_stack(bench)
    listed = [line for verdict in LISTED for line in of_verdict(bench, verdict)]
    for title, lines in (("not passed", listed), ("skipped", reasons(bench, "skip")),
                         ("not run", reasons(bench, "not-run")),
                         ("the engine said", said(bench)), ("trouble", bench.complaints)):
        if lines:
            yield title, lines


def by_stack(bench: Bench) -> Iterator[tuple[str, list[str]]]:
    """What each stack came to, and the cases on which they differ, when there are several."""
    results = [judgement.result for judgement in bench.judgements.values()]
    names = stacks.several(results)
    if not names:
        return
    lines = stacks.totals(results, names)
    rows = stacks.differences(results, names)
    lines += ["", *rows[:TABLE_ROWS]] if rows else ["", "no case on which they differ"]
    if len(rows) > TABLE_ROWS:
        lines.append(f"and {len(rows) - TABLE_ROWS} more")
    yield "by stack", [*lines, "", f"every case: {house.shown(bench.folder / 'stacks.txt')}"]


def of_verdict(bench: Bench, verdict: str) -> list[str]:
    """Each variant of the verdict with its reason below it."""
    lines: list[str] = []
    for name, judgement in bench.judgements.items():
        if judgement.verdict == verdict:
            lines.append(f"{verdict:<9}{name}")
            lines += textwrap.wrap(flat(judgement.reason), 80, initial_indent=" " * 9,
                                   subsequent_indent=" " * 9, break_on_hyphens=False)
    return lines


def reasons(bench: Bench, verdict: str) -> list[str]:
    """How many variants of the verdict gave each reason, the commonest first."""
    counter = Counter(flat(judgement.reason) or "no reason given"
                      for judgement in bench.judgements.values() if judgement.verdict == verdict)
    lines: list[str] = []
    for reason, count in counter.most_common():
        lines += textwrap.wrap(reason, 80, initial_indent=f"{count:5d}  ",
                               subsequent_indent=" " * 7, break_on_hyphens=False)
    return lines


def said(bench: Bench) -> list[str]:
    """The end of the engine's standard error."""
    lines = bench.said.splitlines()
    tail = [flat(line) for line in lines[-LOG_TAIL_LINES:]]
    if len(lines) > LOG_TAIL_LINES:
        tail.insert(0, f"(the last {LOG_TAIL_LINES} of {len(lines)} lines; all: "
                       f"{house.shown(bench.folder / 'engine.log')})")
    return ([f"the engine {bench.died}"] if bench.died else []) + tail


def report_line(bench: Bench) -> str:
    """Where the report is, and what the exit status will be."""
    status = bench.exit_status()
    return (f"report: {house.shown(bench.folder / 'summary.txt')}; exit status {status} "
            f"({MEANINGS[status]})")

# SPDX-License-Identifier: MIT
"""The closing part of a session: what did not pass, once more; why variants were skipped."""

from __future__ import annotations

import textwrap
from collections import Counter
from pathlib import Path
from typing import Iterator

from sockproof import exitstatus, house
from sockproof.driver.run import LOG_TAIL_LINES, Run
from sockproof.reports import stacks
from sockproof.reports.compare import text as difference_text
from sockproof.reports.failure import flat
from sockproof.reports.model import empty_shard
from sockproof.reports.records import VERDICTS, instability, plugs, read_run, stack_of, tried_again
from sockproof.reports.site import FOLDER
from sockproof.reports.summary import reasons

MEANINGS = {exitstatus.GOOD: "good", exitstatus.FAIL: "a failure",
            exitstatus.BROKEN: "broken: something could not be judged",
            exitstatus.USAGE: "usage or lint", exitstatus.INTERRUPTED: "interrupted",
            exitstatus.NOTHING: "nothing ran, or more skips than allowed"}
MOST_CHANGES = 20
TABLE_ROWS, WIDTH = 60, 80
LISTED = ("fail", "unstable", "broken")
# So many are shown in full once more; a run that fails everywhere is read in its report.
MOST_IN_FULL = 10
# Known deviations are no news: what failed is not to be pushed out of sight by them.
MOST_KNOWN = 20


def sections(run: Run) -> Iterator[tuple[str, list[str]]]:
    """Title and lines of each section that has any."""
    yield from by_stack(run)
    for title, lines in (("not passed", not_passed(run)),
                         ("known deviations", known(run)),
                         ("against the baseline", baseline(run)), ("flaky", flaky(run)),
                         ("tried again", again(run)),
                         (compared_title(run), compared(run)),
                         ("skipped", why(run, "skip")),
                         ("not run", why(run, "not-run")),
                         ("plugged in", plugs(read_run(run.folder)) if run.ran else []),
                         ("the engine said", said(run)), ("trouble", run.mishaps + run.complaints)):
        if lines:
            yield title, lines


def by_stack(run: Run) -> Iterator[tuple[str, list[str]]]:
    """What each stack came to, and the cases on which they differ, when there are several."""
    results = [judgement.result for judgement in run.judgements.values()]
    names = stacks.several(results)
    if not names:
        return
    lines = stacks.totals(results, names)
    rows = stacks.differences(results, names, WIDTH)
    lines += ["", *rows[:TABLE_ROWS]] if rows else ["", "no case on which they differ"]
    if len(rows) > TABLE_ROWS:
        lines.append(f"and {len(rows) - TABLE_ROWS} more")
    yield "by stack", [*lines, "", f"every case: {house.shown(run.folder / 'stacks.txt')}"]


def names_of(run: Run, verdict: str) -> list[str]:
    """The variants with that final verdict."""
    return [name for name, judgement in run.judgements.items() if judgement.word == verdict]


def not_passed(run: Run) -> list[str]:
    """What failed or broke, what regressed first: the first ones in full, as they were shown when
    they were found, the others by id and reason."""
    regressed = run.difference.keys("regressed") if run.ran and run.difference else set()
    names = [name for verdict in LISTED for name in names_of(run, verdict)]
    names.sort(key=lambda name: not is_of(run, name, regressed))
    lines: list[str] = []
    for name in names[:MOST_IN_FULL]:
        lines += [*run.explanation(run.judgements[name]).splitlines(), ""]
    rest = names[MOST_IN_FULL:]
    if rest:
        lines += [f"{len(rest):,} more, by id and reason; each in full in", f"  "
                  f"{house.shown(run.folder / 'summary.txt')}", "", *short(run, rest)]
    return lines


def known(run: Run) -> list[str]:
    """What fails as the baseline says, the first ones."""
    names = names_of(run, "known")
    lines = short(run, names[:MOST_KNOWN])
    if len(names) > MOST_KNOWN:
        lines += [f"{len(names) - MOST_KNOWN:,} more; all, with their reasons, in",
                  f"  {house.shown(run.folder / 'summary.txt')}"]
    return lines


def is_of(run: Run, name: str, keys: set[tuple[str, str]]) -> bool:
    """Whether a variant is among those of a difference."""
    result = run.judgements[name].result
    return (stack_of(result), result["id"]) in keys


def short(run: Run, names: list[str]) -> list[str]:
    """Each variant with its reason below it."""
    lines: list[str] = []
    for name in names:
        judgement = run.judgements[name]
        lines.append(f"{judgement.word:<9}{name}")
        lines += textwrap.wrap(flat(judgement.line), 80, initial_indent=" " * 9,
                               subsequent_indent=" " * 9, break_on_hyphens=False)
    return lines


def baseline(run: Run) -> list[str]:
    """How the run stands to its stack's baseline, when there is anything to say."""
    known_ones = len(names_of(run, "known"))
    stale = sum(judgement.stale for judgement in run.judgements.values())
    unnamed = sum(judgement.word == "fail" for judgement in run.judgements.values()) - stale
    lines = [f"{known_ones} known, {unnamed} that it does not name, {stale} stale"]
    if lesser := run.counts()["lesser"]:
        lines.append(f"{lesser} of SHOULD and MAY alone: without --strict they do not count")
    return lines if known_ones or stale or unnamed else []


def flaky(run: Run) -> list[str]:
    """The variants that were judged differently from one repeat to the next."""
    return [f"{name}: {text}" for name in run.judgements
            if (text := instability(run.arrivals.of(name)))]


def again(run: Run) -> list[str]:
    """The variants whose first try was disturbed, and not said."""
    return [f"{name}: {text}" for name in run.judgements
            for text in tried_again(run.arrivals.of(name))]


def compared_title(run: Run) -> str:
    """What the run is compared with."""
    return f"since {house.shown(Path(run.options['compare']))}" if run.options["compare"] else ""


def compared(run: Run) -> list[str]:
    """What became different since the run that was named."""
    found = run.difference if run.ran else None
    lines = difference_text(found, MOST_CHANGES) if found is not None else []
    return [piece for line in lines for piece in (textwrap.wrap(
        line, 80, subsequent_indent=" " * 21, break_on_hyphens=False) or [""])]


def why(run: Run, word: str) -> list[str]:
    """How many variants of the verdict gave each reason, the commonest first."""
    lines: list[str] = []
    for count, reason in reasons(run.judgements.values(), word):
        lines += textwrap.wrap(reason, 80, initial_indent=f"{count:5d}  ",
                               subsequent_indent=" " * 7, break_on_hyphens=False)
    return lines


def said(run: Run) -> list[str]:
    """The end of the engine's standard error."""
    lines = run.said.splitlines()
    tail = [flat(line) for line in lines[-LOG_TAIL_LINES:]]
    if len(lines) > LOG_TAIL_LINES:
        tail.insert(0, f"(the last {LOG_TAIL_LINES} of {len(lines)} lines; all: "
                       f"{house.shown(run.folder / 'engine.log')})")
    return ([f"the engine {run.died}"] if run.died else []) + tail


def totals_line(run: Run) -> str:
    """How many variants have each verdict."""
    if run.shard is not None and run.empty_part:
        return empty_shard(run.shard.facts)
    counts = Counter(judgement.word for judgement in run.judgements.values())
    words = [f"{counts[word]:,} {word}" for word in (*VERDICTS, "unstable") if counts[word]]
    return "totals: " + (", ".join(words) or "nothing ran")


def report_line(run: Run) -> str:
    """Where the report is, and what the exit status will be."""
    status = run.exit_status()
    return (f"report: {house.shown(run.folder / FOLDER / 'index.html')}; exit status {status} "
            f"({MEANINGS[status]})")

"""The closing part of a session: what did not pass, once more; why variants were skipped."""

from __future__ import annotations

import textwrap
from collections import Counter
from pathlib import Path
from typing import Iterator

from sockproof_driver import exitstatus, house
from sockproof_driver.bench import LOG_TAIL_LINES, Bench
from reports import stacks
from reports.compare import text as difference_text
from reports.failure import flat
from reports.model import empty_shard
from reports.records import VERDICTS, instability, stack_of
from reports.site import FOLDER

MEANINGS = {exitstatus.GOOD: "good", exitstatus.FAIL: "a failure",
            exitstatus.BROKEN: "broken: something could not be judged",
            exitstatus.USAGE: "usage or lint", exitstatus.INTERRUPTED: "interrupted",
            exitstatus.NOTHING: "nothing ran, or more skips than allowed"}
STALE = "stale baseline"
MOST_CHANGES = 20
TABLE_ROWS, WIDTH = 60, 80
LISTED = ("fail", "unstable", "broken")
# So many are shown in full once more; a run that fails everywhere is read in its report.
MOST_IN_FULL = 10
# Known deviations are no news: what failed is not to be pushed out of sight by them.
MOST_KNOWN = 20


def sections(bench: Bench) -> Iterator[tuple[str, list[str]]]:
    """Title and lines of each section that has any."""
    yield from by_stack(bench)
    for title, lines in (("not passed", not_passed(bench)),
                         ("known deviations", known(bench)),
                         ("against the baseline", baseline(bench)), ("flaky", flaky(bench)),
                         (compared_title(bench), compared(bench)),
                         ("skipped", reasons(bench, "skip")),
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
    rows = stacks.differences(results, names, WIDTH)
    lines += ["", *rows[:TABLE_ROWS]] if rows else ["", "no case on which they differ"]
    if len(rows) > TABLE_ROWS:
        lines.append(f"and {len(rows) - TABLE_ROWS} more")
    yield "by stack", [*lines, "", f"every case: {house.shown(bench.folder / 'stacks.txt')}"]


def names_of(bench: Bench, verdict: str) -> list[str]:
    """The variants with that final verdict."""
    return [name for name, judgement in bench.judgements.items() if judgement.verdict == verdict]


def not_passed(bench: Bench) -> list[str]:
    """What failed or broke, what regressed first: the first ones in full, as they were shown when
    they were found, the others by id and reason."""
    regressed = bench.difference.keys("regressed") if bench.ran and bench.difference else set()
    names = [name for verdict in LISTED for name in names_of(bench, verdict)]
    names.sort(key=lambda name: not is_of(bench, name, regressed))
    lines: list[str] = []
    for name in names[:MOST_IN_FULL]:
        lines += [*bench.explanation(bench.judgements[name]).splitlines(), ""]
    rest = names[MOST_IN_FULL:]
    if rest:
        lines += [f"{len(rest):,} more, by id and reason; each in full in", f"  "
                  f"{house.shown(bench.folder / 'summary.txt')}", "", *short(bench, rest)]
    return lines


def known(bench: Bench) -> list[str]:
    """What fails as the baseline says, the first ones."""
    names = names_of(bench, "known")
    lines = short(bench, names[:MOST_KNOWN])
    if len(names) > MOST_KNOWN:
        lines += [f"{len(names) - MOST_KNOWN:,} more; all, with their reasons, in",
                  f"  {house.shown(bench.folder / 'summary.txt')}"]
    return lines


def is_of(bench: Bench, name: str, keys: set[tuple[str, str]]) -> bool:
    """Whether a variant is among those of a difference."""
    result = bench.judgements[name].result
    return (stack_of(result), result["id"]) in keys


def short(bench: Bench, names: list[str]) -> list[str]:
    """Each variant with its reason below it."""
    lines: list[str] = []
    for name in names:
        judgement = bench.judgements[name]
        lines.append(f"{judgement.verdict:<9}{name}")
        lines += textwrap.wrap(flat(judgement.reason), 80, initial_indent=" " * 9,
                               subsequent_indent=" " * 9, break_on_hyphens=False)
    return lines


def baseline(bench: Bench) -> list[str]:
    """How the run stands to its stack's baseline, when there is anything to say."""
    known_ones = len(names_of(bench, "known"))
    stale = sum(judgement.reason.startswith(STALE) for judgement in bench.judgements.values())
    unnamed = sum(judgement.verdict == "fail" for judgement in bench.judgements.values()) - stale
    lines = [f"{known_ones} known, {unnamed} that it does not name, {stale} stale"]
    if lesser := bench.counts()["lesser"]:
        lines.append(f"{lesser} of SHOULD and MAY alone: without --strict they do not count")
    return lines if known_ones or stale or unnamed else []


def flaky(bench: Bench) -> list[str]:
    """The variants that were judged differently from one repeat to the next."""
    return [f"{name}: {text}" for name in bench.judgements
            if (text := instability(bench.arrivals.of(name)))]


def compared_title(bench: Bench) -> str:
    """What the run is compared with."""
    return f"since {house.shown(Path(bench.options['compare']))}" if bench.options["compare"] else ""


def compared(bench: Bench) -> list[str]:
    """What became different since the run that was named."""
    found = bench.difference if bench.ran else None
    lines = difference_text(found, MOST_CHANGES) if found is not None else []
    return [piece for line in lines for piece in (textwrap.wrap(
        line, 80, subsequent_indent=" " * 21, break_on_hyphens=False) or [""])]


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


def totals_line(bench: Bench) -> str:
    """How many variants have each verdict."""
    if bench.shard is not None and bench.empty_part:
        return empty_shard(bench.shard.facts)
    counts = Counter(judgement.verdict for judgement in bench.judgements.values())
    words = [f"{counts[word]:,} {word}" for word in (*VERDICTS, "unstable") if counts[word]]
    return "totals: " + (", ".join(words) or "nothing ran")


def report_line(bench: Bench) -> str:
    """Where the report is, and what the exit status will be."""
    status = bench.exit_status()
    return (f"report: {house.shown(bench.folder / FOLDER / 'index.html')}; exit status {status} "
            f"({MEANINGS[status]})")

# SPDX-License-Identifier: MIT
"""`./sockproof report`: shows, compares and joins the runs that lie in folders."""

from __future__ import annotations

import argparse
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from sockproof import enginecall, exitstatus, house
from sockproof.commandline import Parser
from sockproof.driver.reportdir import give_up
from sockproof.reports import compare
from sockproof.reports import records as record_files
from sockproof.reports.coverage import Coverage
from sockproof.reports.failure import flat
from sockproof.reports.github import announced
from sockproof.reports.merge import Unmergeable, merge
from sockproof.reports.model import Report
from sockproof.reports.render import render, render_pages, write_whole
from sockproof.reports.site import FOLDER
from sockproof.reports.tap import tap_text
from sockproof.trouble import Misuse, Trouble, say

MOST_CHANGES = 200  # of each kind; the page has all of them
EPILOG = """\
RUN is a folder that a run wrote (--report); it needs results.jsonl, and shows more with the
events.jsonl and run.json beside it. Without RUN it is reports/latest.

examples:
  ./sockproof report render                       the pages of the last run, made again
  ./sockproof report render old --full tcp/data/* with the ladders of passes as well
  ./sockproof report render archive -o pages      elsewhere, where RUN is not to be written
  ./sockproof report diff yesterday reports/latest
  ./sockproof report diff yesterday reports/latest --no-html
  ./sockproof report diff merged --stacks linux,lwip
  ./sockproof report merge shard-1 shard-2 -o whole
  ./sockproof report judge reports/latest         no socket is opened, the events say all
  ./sockproof report github >> annotations        in a step of GitHub Actions

diff A B adds the difference to the pages of B, and B remembers A from then on (compared.json);
with --no-html both stay as they are.

exit status: 0 good, 1 diff found a regression (what a baseline names is none), judge found
             another verdict, or a case cites what there is not, 2 something could not be written,
             records are missing or damaged, or the parts make no run, 3 usage, 130 interrupted"""


def load(folder: Path) -> Report:
    """The report of a run's folder. Raises Trouble."""
    try:
        return Report(record_files.read(folder))
    except OSError as error:
        raise Trouble(record_files.no_run(folder, error)) from None


def do_render(words: argparse.Namespace) -> int:
    """`report render`."""
    report = load(words.run)
    give_up(words.run)
    output = words.output or words.run
    if words.output and (output / "results.jsonl").exists() and not output.samefile(words.run):
        raise Misuse(f"-o: {output} holds another run")
    output.mkdir(parents=True, exist_ok=True)
    complaints = render(words.run, str(words.run), tuple(words.full), output=output)
    for complaint in complaints:
        say(complaint)
    for reason in report.incomplete + report.lost:
        say(f"incomplete: {reason}")
    if not complaints:
        print(flat(report.sentence))
        print(f"report: {output / FOLDER / 'index.html'}")
    errors = Coverage(report).errors if report.has_catalogue else []
    for case, text in errors:
        say(f"{case.id} {text}")
    if complaints or report.records.torn or report.records.lost:
        return exitstatus.BROKEN
    return exitstatus.FAIL if errors else exitstatus.GOOD


def do_diff(words: argparse.Namespace) -> int:
    """`report diff`."""
    before = None
    if words.stacks:
        if len(words.runs) != 1:
            raise Misuse("diff --stacks takes one run")
        after = load(words.runs[0])
        found = of_stacks(after, words.stacks)
    elif len(words.runs) != 2:
        raise Misuse("diff takes two runs, the earlier first, or --stacks and one")
    else:
        before, after = map(load, words.runs)
        found = compare.difference(before, after, (str(words.runs[0]), str(words.runs[1])))
    for line in compare.text(found, MOST_CHANGES, MOST_CHANGES):
        print("\n".join(textwrap.wrap(line, 80, subsequent_indent=" " * 21,
                                      break_on_hyphens=False)) if len(line) > 80 else line)
    sys.stdout.flush()
    if not words.no_html and not shown_in(words.runs[-1], after, found, before):
        return exitstatus.BROKEN
    return exitstatus.FAIL if found.of("regressed") else exitstatus.GOOD


def shown_in(folder: Path, report: Report, found: compare.Difference, before: Report | None) -> bool:
    """Writes the difference into the pages of the later run, which remembers the earlier one from
    now on, so that these can be made again. False, with a message, when that is not to be."""
    complaints = render_pages(report, folder, difference=found)
    if before is not None and not complaints:
        try:
            write_whole(folder / compare.MEMORY, compare.memory_of(before, found.before))
        except OSError as error:
            complaints.append(f"{folder / compare.MEMORY} was not written: {error.strerror or error}")
    for complaint in complaints:
        say(f"{complaint}; --no-html writes nothing")
    if not complaints:
        print(f"\nreport: {folder / FOLDER / 'difference.html'}")
    return not complaints


def of_stacks(report: Report, names: str) -> compare.Difference:
    """The difference of two stacks of a run. Raises Misuse when it has not both."""
    stacks = [name.strip() for name in names.split(",")]
    if len(stacks) != 2 or not set(stacks) <= set(report.stacks):
        raise Misuse(f"--stacks wants two of {', '.join(report.stacks)}, as A,B")
    return compare.between_stacks(report, stacks[0], stacks[1])


def do_merge(words: argparse.Namespace) -> int:
    """`report merge`."""
    try:
        merge(words.runs, words.output, words.partial)
    except Unmergeable as error:
        say(str(error))
        if error.partial:
            say("add --partial to merge what there is; the report will say that it is incomplete")
        return exitstatus.BROKEN
    return do_render(argparse.Namespace(run=words.output, full=[], output=None))


def do_tap(words: argparse.Namespace) -> int:
    """`report tap`."""
    print(tap_text(load(words.run)), end="")
    return exitstatus.GOOD


def do_github(words: argparse.Namespace) -> int:
    """`report github`."""
    report = load(words.run)
    for line in announced(report, compare.remembered(report, str(words.run))):
        print(line)
    return exitstatus.GOOD


def do_judge(words: argparse.Namespace) -> int:
    """`report judge`."""
    done = enginecall.call("judge", str(words.run.resolve()))
    print(done.stdout, end="")
    if done.stderr:
        print(done.stderr, end="", file=sys.stderr)
    return done.returncode


def takes_render(parser: Parser) -> None:
    """The words of `report render`."""
    takes_run(parser)
    parser.add_argument("--full", action="append", default=[], metavar="PATTERN",
                        help="draw the ladders of these ids, passes as well; may be repeated")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR",
                        help="write them there and leave RUN as it is; the links lead to its records")


def takes_diff(parser: Parser) -> None:
    """The words of `report diff`."""
    parser.description = ("What became different, as text and as a page of the later run's report, "
                          "whose index then names the earlier run.")
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN")
    parser.add_argument("--stacks", metavar="A,B", help="compare two stacks of one run instead")
    parser.add_argument("--no-html", action="store_true",
                        help="write no page and leave the runs as they are")


def takes_merge(parser: Parser) -> None:
    """The words of `report merge`."""
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="DIR",
                        help="a new folder for the whole")
    parser.add_argument("--partial", action="store_true",
                        help="merge although something is missing; the report says so")


def takes_run(parser: Parser) -> None:
    """The words of a verb that has a run and nothing else."""
    parser.add_argument("run", nargs="?", type=Path, default=house.REPORT, metavar="RUN")


@dataclass(frozen=True)
class Verb:
    """What one does with reports: what it is for, the words that it takes, and what it does with
    them, which returns the exit status or raises Trouble."""

    help: str
    takes: Callable[[Parser], None]
    does: Callable[[argparse.Namespace], int]


VERBS = {
    "render": Verb("pages, summary, JUnit and TAP of a run, made again", takes_render, do_render),
    "diff": Verb("what is different from one run to the other", takes_diff, do_diff),
    "merge": Verb("one run of several shards, or of several stacks", takes_merge, do_merge),
    "judge": Verb("judge a run again by its events, and say where the verdict is another",
                  takes_run, do_judge),
    "tap": Verb("TAP 14 on standard output", takes_run, do_tap),
    "github": Verb("annotations on standard output, and the step summary in $GITHUB_STEP_SUMMARY",
                   takes_run, do_github),
}


def main(arguments: list[str]) -> int:
    """The exit status. Raises Trouble."""
    parser = Parser(prog="./sockproof report", epilog=EPILOG,
                    description="Shows, compares and joins runs from their records.",
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, verb in VERBS.items():
        verb.takes(verbs.add_parser(name, help=verb.help))
    words = parser.words(arguments)
    return VERBS[words.verb].does(words)

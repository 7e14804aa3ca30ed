# SPDX-License-Identifier: MIT
"""`./sockproof baseline`: keeps fixtures/baseline/STACK.yaml in step with what was found.

`update` reads a run. A failure that the baseline does not name is added, to the deviation that
names its case or as a new one; what fails otherwise than the baseline says is put right; what is
stale is taken out. Reasons and comments stay as they are, and it never writes a reason: a deviation
without one is an error of the engine, with its line, until somebody has filled it in."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from sockproof import exitstatus, house
from sockproof.baselinefile import (FORMAT, Entry, Failure, Named, Unusable, begins, entries_of, lines_of,
                                    pattern_fits)
from sockproof.baselinefound import Account, alike, found_of, shown
from sockproof.commandline import Parser
from sockproof.enginecall import answer
from sockproof.reports import records
from sockproof.reports.failure import flat
from sockproof.reports.model import Report
from sockproof.reports.render import write_whole
from sockproof.trouble import say

HEADER = """\
# Known deviations of {stack} from what the cases say, each with the failures that it excuses, its
# reason and the releases (prefixes) that it holds for. What does not fail so on a release that it
# names is stale: an error.
"""


class Update:
    """The update of one file by what was found of one stack."""

    def __init__(self, path: Path, accounts: list[Account], version: str, foreign: bool) -> None:
        """`foreign`: the file is of another stack as well (Linux's, for a guest), and what it says
        is not put right for this one."""
        self.path, self.accounts, self.version, self.foreign = path, accounts, version, foreign
        self.entries = entries_of(path)
        self.told: list[str] = []
        self.mended = self.stale = self.added = 0

    def owned(self) -> None:
        """Puts every deviation of the file right."""
        for entry in list(self.entries):
            if not entry.holds_for(self.version):
                continue
            for named in list(entry.cases):
                own = [one for one in self.accounts if pattern_fits(named.pattern, one.id, one.case)]
                if any(one.judged for one in own):
                    self.put_right(entry, named, [one for one in own if one.judged])
                elif own and all(one.variant.word == "skip" for one in own) and not self.foreign:
                    self.told.append(f"{named.pattern} is skipped, and the entry excuses nothing: "
                                     f"{own[0].line}")

    def put_right(self, entry: Entry, named: Named, own: list[Account]) -> None:
        """One case or pattern of an entry, by its variants that were judged."""
        wanted = [one.wanted(named, self.path) for one in own]
        if all(failures == named.failures for failures in wanted):
            return
        if self.foreign and named.failures:
            self.told.append(f"{named.pattern} fails otherwise on {self.version}; narrow the versions "
                             f"of the entry by hand: {own[0].line}")
            return
        entry.changed = True
        for failures in wanted:
            for one in failures:
                if one.new and named.failures:
                    self.told.append(f"{named.pattern}: {shown(one)}; see whether the reason still "
                                     f"holds: {entry.reason}")
        self.put(entry, named, own, wanted)

    def put(self, entry: Entry, named: Named, own: list[Account],
            wanted: list[list[Failure]]) -> None:
        """Writes what is wanted in the place of what the pattern says."""
        if not any(wanted):
            self.stale += 1
            self.take_out(entry, named)
            return
        self.mended += 1
        if alike(wanted):
            named.failures = wanted[0]
            return
        at = entry.cases.index(named)
        entry.cases[at:at + 1] = [Named(one.id, failures, named.above if number == 0 else [])
                                  for number, (one, failures) in enumerate(zip(own, wanted)) if failures]

    def take_out(self, entry: Entry, named: Named) -> None:
        """A case that passes: the entry keeps it for its other versions alone."""
        entry.cases.remove(named)
        others = [one for one in entry.versions if one != "*" and not begins(self.version, one)]
        if others:
            self.entries.insert(self.entries.index(entry) + 1,
                                Entry([named], others, entry.reason, changed=True))

    def others(self) -> None:
        """Adds what fails and no deviation names: one entry for a case that fails alike in all its
        variants, else one for each."""
        cases: dict[str, list[Account]] = {}
        for one in self.accounts:
            cases.setdefault(one.case, []).append(one)
        for case, every in cases.items():
            own = [one for one in every if one.judged]
            failing = [one for one in own if one.new and not self.names(one)]
            wanted = [one.new for one in failing]
            whole = len(failing) == len(own) and alike(wanted)
            for one in failing[:1] if whole else failing:
                self.entries.append(Entry([Named(case if whole else one.id, one.new)],
                                          [release(self.version)], "", changed=True,
                                          above=[f"  # found: {flat(one.line)}"]))
                self.added += 1

    def names(self, account: Account) -> bool:
        """Whether a deviation of the file names the variant on this version."""
        return any(entry.holds_for(self.version) and
                   any(pattern_fits(named.pattern, account.id, account.case) for named in entry.cases)
                   for entry in self.entries)

    @property
    def text(self) -> str:
        """The file as it is to be."""
        head = self.path.read_text("utf-8") if self.path.exists() else HEADER.format(
            stack=self.path.stem)
        return lines_of(head, self.entries)

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        old = self.path.exists() and FORMAT not in self.path.read_text("utf-8").splitlines()
        return bool(self.mended or self.added or self.stale or old)


def release(version: str) -> str:
    """The prefix that a new entry holds for: major and minor of the stack's version."""
    parts = version.split(".")
    return ".".join(parts[:2]) if len(parts) > 1 and parts[0].isdigit() else version or "*"


def update(words: argparse.Namespace) -> int:
    """`baseline update`."""
    try:
        report = Report(records.read(words.run))
    except OSError as error:
        raise Unusable(records.no_run(words.run, error)) from None
    for reason in report.incomplete:
        say(f"incomplete: {reason}")
    if not report.honest:
        raise Unusable(f"{words.run} is of a stack that lies: {', '.join(report.stacks)}")
    for stack in report.stacks:
        update_stack(words, stack, report)
    return exitstatus.GOOD


def update_stack(words: argparse.Namespace, stack: str, report: Report) -> None:
    """Brings the baseline of one stack up to date, and says what is to be done by hand. A guest's
    deviations are those of Linux and of its kind."""
    kind = stack.partition(":")[0]
    version = report.version(stack)
    accounts = found_of(report, stack)
    linux = Update(words.folder / "linux.yaml", accounts, version, True)
    if kind != stack:
        linux.owned()
        accounts = [one for one in accounts if not linux.names(one)]
    own = Update(words.folder / f"{kind}.yaml", accounts, version, False)
    own.owned()
    own.others()
    for one in ([linux] if kind != stack else []) + [own]:
        write(one, words.dry_run)


def write(done: Update, dry_run: bool) -> None:
    """Writes one file, or prints it, and says what is to be done by hand."""
    if dry_run:
        print(done.text, end="")
        return
    if done.changed:
        write_whole(done.path, done.text)
    print(f"{house.shown(done.path)}: {done.added} added, {done.mended} put right, {done.stale} stale "
          "taken out or narrowed")
    for line in dict.fromkeys(done.told):
        print(f"{house.shown(done.path)}: {line}")
    for entry in entries_of(done.path):
        where = f"{house.shown(done.path)}:{entry.begin + 1}"
        if not entry.reason:
            print(f"{where}: give the reason")
        for named in entry.cases:
            if not named.failures:
                print(f"{where}: {named.pattern} was not judged; a run that judges it says what fails")


def check(words: argparse.Namespace) -> int:
    """`baseline check`."""
    listed = [json.loads(line) for line in answer("list", "--json", str(house.CASES)).splitlines()]
    wrong: list[str] = []
    count = 0
    for path in sorted(words.folder.glob("*.yaml")):
        for entry in entries_of(path):
            count += 1
            wrong += [f"{house.shown(path)}:{entry.begin + 1}: {text}"
                      for text in wrong_about(entry, listed)]
    for line in wrong:
        print(line)
    print(f"{count} entries, {len(wrong)} wrong")
    return exitstatus.FAIL if wrong else exitstatus.GOOD


def wrong_about(entry: Entry, listed: list[dict[str, object]]) -> list[str]:
    """What is wrong about an entry, by the variants that there are."""
    wrong = [] if entry.reason else [f"{entry.cases[0].pattern} has no reason"]
    for named in entry.cases:
        steps = [int(str(one["steps"])) for one in listed
                 if pattern_fits(named.pattern, str(one["id"]), str(one["case"]))]
        if not steps:
            wrong.append(f"stale: there is no case or variant {named.pattern!r}")
        elif not named.failures:
            wrong.append(f"{named.pattern} does not say which failures are excused")
        wrong += [f"{named.pattern} has no step {one.step}" for one in named.failures
                  if steps and one.step > max(steps)]
    return wrong


def main(arguments: list[str]) -> int:
    """The exit status. Raises Trouble."""
    parser = Parser(add_help=False)
    parser.add_argument("verb", choices=("update", "check"), metavar="VERB")
    parser.add_argument("run", nargs="?", type=Path, default=house.REPORT, metavar="RUN")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--folder", type=Path, default=house.ROOT / "fixtures" / "baseline")
    words = parser.words(arguments)
    return {"update": update, "check": check}[words.verb](words)

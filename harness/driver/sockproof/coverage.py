# SPDX-License-Identifier: MIT
"""`./sockproof coverage`: which requirements of the catalogue the cases ask for, and which they do not.

Without a run it reads what the cases cite; with one, what was judged to its end. Exit status 0, 2 when
there is nothing to read, 3 for words that cannot be."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from sockproof import exitstatus, house
from sockproof.asked import (COVERED, KNOWN, MISSING, Asked, Row, level_name, levels_of, of_cases, of_runs,
                             rows)
from sockproof.commandline import Parser, meant
from sockproof.reports import records
from sockproof.reports.model import LEVELS, Report
from sockproof.trouble import Misuse, Trouble

OBSERVED = ("socket", "wire", "internal")
HEAD = (f"{'':27}{'practicable':<38}of it seen on the wire",
        f"{'catalogue':<14}{'level':<10}" + 2 * f"{'all':>7}{'covered':>9}{'known':>7}{'missing':>9}{'%':>6}")
LEGEND = """\
covered  {how}
known    the same, and a baseline names what the stack does otherwise
missing  no case asks for it; --missing lists them, ./sockproof explain ID tells how to provoke one
%        covered and known
What the catalogue calls not practical, with its reason, is not counted."""
CITED = "a case cites it; with RUN: and was judged to its end there"
JUDGED = "a case that cites it was judged to its end"


def share(counts: Counter[str]) -> str:
    """How much of it is asked for, in whole percent, rounded down; a dash where there is nothing."""
    total = counts.total()
    return f"{(counts[COVERED] + counts[KNOWN]) * 100 // total}%" if total else "-"


def cells(counts: Counter[str]) -> str:
    """The numbers of one half of a row."""
    return (f"{counts.total():>7}{counts[COVERED]:>9}{counts[KNOWN]:>7}{counts[MISSING]:>9}"
            f"{share(counts):>6}")


def line_of(row: Row) -> str:
    """A row as it is shown."""
    name, level = row.specification or "all", level_name(row.level) or "all"
    return f"{name:<14}{level:<10}{cells(row.every)}{cells(row.wire)}"


def table(found: list[Asked]) -> str:
    """The table, with an empty line before what is of all catalogues."""
    lines: list[str] = [one.rstrip() for one in HEAD]
    for row in rows(found):
        if not row.specification and lines[-1] and not lines[-1].startswith("all "):
            lines.append("")
        lines.append(line_of(row))
    return "\n".join(lines)


def missing(found: list[Asked]) -> str:
    """What no case asks for, a line each."""
    own = sorted((one for one in found if one.state == MISSING), key=lambda one: one.place)
    width = max((len(one.requirement.id) for one in own), default=0)
    return "\n".join(f"{one.requirement.id:<{width}}  {level_name(one.requirement.level):<9} "
                     f"{one.requirement.observable:<8}  {one.requirement.summary}" for one in own)


def chosen(found: list[Asked], words: argparse.Namespace) -> list[Asked]:
    """What of it the options ask for. Raises Misuse when they name what there is not."""
    for prefix in words.only:
        if not any(one.requirement.id.startswith(prefix) for one in found):
            known = {one.requirement.specification for one in found}
            raise Misuse(f"--only: no requirement begins with {prefix!r}{meant(prefix, sorted(known))}")
    unknown = set(words.level) - set(levels_of(found)) - set(LEVELS)
    if unknown:
        raise Misuse(f"--level wants one of {', '.join(LEVELS)}, not {sorted(unknown)[0]!r}")
    return [one for one in found
            if (not words.only or one.requirement.id.startswith(tuple(words.only)))
            and (not words.level or one.requirement.level in words.level)
            and (not words.by or one.requirement.observable in words.by)]


def load(folder: Path) -> Report:
    """The report of a run. Raises Trouble when it cannot be read or does not hold the catalogue."""
    try:
        report = Report(records.read(folder))
    except OSError as error:
        raise Trouble(records.no_run(folder, error)) from None
    if not report.has_catalogue:
        raise Trouble(f"{folder}: its run.json does not hold the catalogue")
    return report


def words_of(arguments: list[str]) -> argparse.Namespace:
    """What the arguments say. Raises Misuse."""
    parser = Parser(prog="./sockproof coverage")
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN")
    parser.add_argument("--only", action="append", default=[], metavar="PREFIX")
    parser.add_argument("--level", action="append", default=[], type=str.lower, metavar="LEVEL")
    parser.add_argument("--by", action="append", default=[], choices=OBSERVED, metavar="BY")
    parser.add_argument("--stack", metavar="NAME")
    parser.add_argument("--missing", action="store_true")
    words = parser.words(arguments)
    if words.stack and words.runs:
        raise Misuse("--stack says whose baseline counts where there is no RUN; a run knows its own")
    if words.stack and not (house.ROOT / "fixtures" / "baseline" / f"{words.stack}.yaml").exists():
        names = sorted(file.stem for file in (house.ROOT / "fixtures" / "baseline").glob("*.yaml"))
        raise Misuse(f"--stack: there is no baseline of {words.stack!r}{meant(words.stack, names)}")
    return words


def main(arguments: list[str]) -> int:
    """The exit status. Raises Trouble."""
    words = words_of(arguments)
    reports = [load(run) for run in words.runs]
    found = chosen(of_runs(reports) if reports else of_cases(words.stack or "linux"), words)
    if words.missing:
        text = missing(found)
        print(text or "nothing is missing")
        return exitstatus.GOOD
    print(table(found))
    print()
    print(LEGEND.format(how=JUDGED if reports else CITED))
    return exitstatus.GOOD

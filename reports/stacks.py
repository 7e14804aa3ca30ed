# SPDX-License-Identifier: MIT
"""The table of a run with several stacks: case by stack."""

from __future__ import annotations

from collections import Counter, defaultdict

from sockproof.reports.failure import flat
from sockproof.reports.records import (JUDGED, VERDICTS, WORST_FIRST, Records, Result, by_variant,
                                       spokesman, stack_of, stacks_of)

Table = dict[str, dict[str, Counter[str]]]


def several(results: list[Result]) -> list[str]:
    """The stacks of the results in the order of their first appearance; empty unless some variant
    ran on more than one."""
    seen: dict[str, set[str]] = defaultdict(set)
    for result in results:
        seen[result["id"]].add(stack_of(result))
    if all(len(stacks) < 2 for stacks in seen.values()):
        return []
    return stacks_of(results)


def table(results: list[Result]) -> Table:
    """How many variants of each case have each verdict, by stack."""
    cases: Table = defaultdict(lambda: defaultdict(Counter))
    for result in map(spokesman, by_variant(results).values()):
        cases[str(result.get("case") or result["id"])][stack_of(result)][result["verdict"]] += 1
    return cases


def cell(counts: Counter[str]) -> str:
    """"pass" when all variants of the case are alike, "1 of 2 fail" when some are worse than
    others; "-" when there are none."""
    if not counts:
        return "-"
    worst = next(verdict for verdict in WORST_FIRST if counts[verdict])
    total = counts.total()
    return worst if counts[worst] == total else f"{counts[worst]} of {total} {worst}"


def differ(row: dict[str, Counter[str]], stacks: list[str]) -> bool:
    """Whether the stacks that judged the case did not all come to the same."""
    cells = {cell(Counter({verdict: row[stack][verdict] for verdict in (*JUDGED, "broken")
                           if row[stack][verdict]})) for stack in stacks}
    return len(cells - {"-"}) > 1


def aligned(rows: list[list[str]], room: int = 0) -> list[str]:
    """Rows as lines of columns, the first to the left; in a room that is too narrow (0: none is)
    the columns behind the first stand below it."""
    rows = [[flat(word) for word in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    below = bool(room) and sum(widths) + 2 * len(widths) - 2 > room
    lines: list[str] = []
    for row in rows:
        cells = [word.ljust(width) for word, width in zip(row, widths)]
        lines += [row[0]] if below else []
        lines.append("  ".join(["  ", *cells[1:]] if below else cells).rstrip())
    return lines


def totals(results: list[Result], stacks: list[str]) -> list[str]:
    """A line for each stack: how many variants have each verdict."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for result in map(spokesman, by_variant(results).values()):
        counts[stack_of(result)][result["verdict"]] += 1
    shown = [verdict for verdict in VERDICTS if any(counts[s][verdict] for s in stacks)]
    rows = [["stack", *shown]]
    rows += [[stack, *(str(counts[stack][verdict]) for verdict in shown)] for stack in stacks]
    return aligned(rows)


def differences(results: list[Result], stacks: list[str], room: int = 0) -> list[str]:
    """The table's rows on which the stacks differ, in so many columns (0: any number); empty when
    there are none."""
    found = {case: row for case, row in table(results).items() if differ(row, stacks)}
    rows = [["case", *stacks]]
    rows += [[case, *(cell(row[stack]) for stack in stacks)] for case, row in found.items()]
    return aligned(rows, room) if found else []


def stacks_text(records: Records) -> str:
    """The whole table, with the totals above it."""
    stacks = stacks_of(records.results, records.run)
    rows = [["case", *stacks]]
    rows += [[case, *(cell(row[stack]) for stack in stacks)]
             for case, row in sorted(table(records.results).items())]
    return "\n".join([*totals(records.results, stacks), "", *aligned(rows)]) + "\n"

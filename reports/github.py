# SPDX-License-Identifier: MIT
"""What GitHub Actions shows of a run: annotations on lines of case files, and a step summary."""

from __future__ import annotations

import os

from sockproof.complaint import Complaint
from sockproof.reports import failure
from sockproof.reports.compare import KINDS, Difference
from sockproof.reports.model import Report, findings
from sockproof.reports.summary import reasons
from sockproof.reports.variant import BAD, Variant

# GitHub shows no more of one step.
MOST_ANNOTATIONS, MOST_ROWS = 10, 50


def commands(report: Report, difference: Difference | None = None) -> list[str]:
    """Workflow commands, at most ten: that the run is not whole, then what regressed, what failed
    and what broke."""
    regressed = difference.keys("regressed") if difference else set()
    chosen = sorted((variant for variant in report.variants if variant.word in BAD),
                    key=lambda v: ((v.stack, v.id) not in regressed, BAD.index(v.word)))
    lines = [f"::error title=sockproof::incomplete: {in_text('; '.join(report.incomplete))}"] \
        if report.incomplete else []
    lines += [annotation(variant, (variant.stack, variant.id) in regressed,
                         "warning" if report.counts_not(variant) else "error")
              for variant in chosen]
    return few(lines, "more variants did not hold; see the report")


def few(commands: list[str], others: str) -> list[str]:
    """At most as many as GitHub shows; what is left out is counted in the last, as so many
    `others`."""
    left = len(commands) - MOST_ANNOTATIONS + 1
    if left < 2:
        return commands
    return [*commands[:MOST_ANNOTATIONS - 1], f"::error title=sockproof::{left:,} {others}"]


def annotation(variant: Variant, regressed: bool, weight: str) -> str:
    """One variant's."""
    said = variant.result.get("failure") or {}
    title = f"{'regressed' if regressed else variant.word}: {variant.id} on {variant.stack}"
    values = {"file": said.get("file") or variant.result.get("file"),
              "line": said.get("line") or variant.result.get("line"),
              "col": said.get("column"), "title": title}
    words = ",".join(f"{key}={in_value(str(value))}" for key, value in values.items() if value)
    return f"::{weight} {words}::{in_text(variant.line)}"


def refusals(complaints: list[Complaint]) -> list[str]:
    """Workflow commands, at most ten, for case files that were refused: one for each complaint, with
    what the complaint says beside the quoted source."""
    lines = []
    for one in complaints:
        if not one.code:
            lines.append(f"::error title=sockproof::{in_text(one.text)}")
            continue
        lines.append(f"::error file={in_value(one.file)},line={one.line},col={one.column},"
                     f"title=lint%3A {in_value(one.code)}::{in_text('; '.join([one.said, *one.notes]))}")
    return few(lines, "more complaints; see the log")


def in_text(text: str) -> str:
    """A message as a workflow command carries it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def in_value(text: str) -> str:
    """A property's value as a workflow command carries it."""
    return in_text(text).replace(":", "%3A").replace(",", "%2C")


def announced(report: Report, difference: Difference | None) -> list[str]:
    """The annotations; the step summary is appended to the file that GitHub names. Raises
    OSError."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with open(summary, "a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(step_summary(report, difference))
    return commands(report, difference)


def step_summary(report: Report, difference: Difference | None = None) -> str:
    """Markdown: the verdict, totals, differences, what did not hold, why variants were skipped."""
    lines = [f"## {cell(report.sentence)}", ""]
    lines += [f"> **Incomplete:** {cell(text)}" for text in report.incomplete]
    lines += [f"> **Trouble:** {cell(text)}" for text in report.mishaps]
    counts = report.counts()
    words = [word for word in ("pass", "known", *BAD, "skip", "not-run") if counts[word]]
    if words:
        lines += ["", "| " + " | ".join(words) + " |", "|" + " ---: |" * len(words),
                  "| " + " | ".join(f"{counts[word]:,}" for word in words) + " |"]
    if difference is not None:
        lines += ["", f"### Against {cell(difference.before)}", "", difference.sentence, ""]
        for kind in KINDS[:3]:
            lines += [f"- {difference.title(kind)}: {named(report, change.variant)} "
                      f"{cell(change.variant.line)}"
                      for change in difference.of(kind)[:MOST_ROWS]]
    lines += failures(report)
    lines += known(report)
    skips = reasons(report.variants, "skip")
    if skips:
        lines += ["", "### Skipped", "", "| variants | reason |", "| ---: | --- |"]
        lines += [f"| {count:,} | {cell(reason)} |" for count, reason in skips[:MOST_ROWS]]
    return "\n".join(lines) + "\n"


def failures(report: Report) -> list[str]:
    """The table of what did not hold."""
    found = report.of_words(*BAD)
    if not found:
        return []
    lines = ["", "### What did not hold", "", "| | variant | why | see it again |",
             "| --- | --- | --- | --- |"]
    for variant in found[:MOST_ROWS]:
        word = f"{variant.word}, does not count" if report.counts_not(variant) \
            else f"**{variant.word}**"
        lines.append(f"| {word} | {named(report, variant)} | {cell(variant.line)} | "
                     f"{code(str(variant.result.get('reproduce') or ''))} |")
    if len(found) > MOST_ROWS:
        lines.append(f"| | | and {len(found) - MOST_ROWS:,} more | |")
    return lines


def known(report: Report) -> list[str]:
    """The table of what failed as the baseline says, with what it excused."""
    found = findings(report, report.of_words("known"))
    if not found:
        return []
    lines = ["", "### Known deviations", "", "| case | variants | why, and what was excused |",
             "| --- | ---: | --- |"]
    for one in found[:MOST_ROWS]:
        on = f" on {cell(one.first.stack)}" if len(report.stacks) > 1 else ""
        lines.append(f"| {code(one.case.id)}{on} | {len(one.variants):,} | {cell(one.first.line)} |")
    if len(found) > MOST_ROWS:
        lines.append(f"| | | and {len(found) - MOST_ROWS:,} more |")
    return lines


def named(report: Report, variant: Variant) -> str:
    """A variant's id, with its stack where there are several."""
    return code(variant.id) + (f" on {cell(variant.stack)}" if len(report.stacks) > 1 else "")


def cell(text: str) -> str:
    """Text that is no Markdown, in one line of a table."""
    return "".join(f"&#{ord(c)};" if c in "\\`*_{}[]<>#|!~&@" else c for c in failure.flat(text))


def code(text: str) -> str:
    """Text as code in a table's cell."""
    text = failure.flat(text).replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`" if text else ""

# SPDX-License-Identifier: MIT
"""JUnit XML from a run's records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sockproof.reports import failure
from sockproof.reports.records import Records, Result, incomplete, stack_of, stacks_of
from sockproof.reports.template import fill
from sockproof.reports.variant import Variant, variant_of

# Every character that XML 1.0 does not allow, whatever the escaping.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Testcase:
    """One <testcase>; `element` is error, failure, skipped or empty."""

    classname: str
    name: str
    file: str
    line: int
    seconds: str
    element: str
    message: str
    text: str


def xml_text(text: str) -> str:
    """`text` with what XML cannot carry written as \\xNN. Escaping is the template's work."""
    return FORBIDDEN.sub(lambda match: f"\\x{ord(match.group()):02x}", text)


def element_of(variant: Variant, strict: bool) -> tuple[str, str]:
    """The element and the message that a verdict becomes."""
    line = variant.line
    if variant.lesser and not strict:
        return "skipped", f"SHOULD or MAY not met: {line}"
    return {"pass": ("", ""), "fail": ("failure", line), "unstable": ("failure", line),
            "broken": ("error", line), "known": ("skipped", f"known: {line}"),
            "skip": ("skipped", line), "not-run": ("skipped", f"not run: {line}")}[variant.word]


def testcase(records: Records, name: str, repeats: list[Result], folder: str) -> Testcase:
    """The <testcase> of a variant, its repeats taken together."""
    variant = variant_of(repeats)
    result = variant.result
    element, message = element_of(variant, records.run.get("strict") is True)
    text = ""
    if element in ("failure", "error"):
        text = failure.failure_text(result, records.events(result), folder)
    elif variant.word == "known":
        text = "\n".join(failure.of_baseline(result))
    said = variant.failure
    where = said.get("line") or result.get("line") or 0
    return Testcase(classname=xml_text(str(result.get("case") or "").replace("/", ".")),
                    name=xml_text(name),
                    file=xml_text(str(said.get("file") or result.get("file") or "")),
                    line=int(where), seconds=f"{variant.seconds:.6f}", element=element,
                    message=xml_text(message), text=xml_text(text))


def junit_xml(records: Records, folder: str = "") -> str:
    """The whole document, a <testsuite> for each stack, and one with an error for each reason why
    the run is not whole. Well-formed whatever bytes the records carry."""
    stacks = stacks_of(records.results, records.run) or [str(records.run.get("stack") or "linux")]
    suites = [suite(stack, [testcase(records, name, group, folder)
                            for name, group in records.variants.items()
                            if stack_of(group[0]) == stack]) for stack in stacks]
    reasons = incomplete(records)
    if reasons:
        suites.append(suite("run", [not_whole(number, reason)
                                    for number, reason in enumerate(reasons, 1)]))
    return fill("junit.xml", suites=suites)


def not_whole(number: int, reason: str) -> Testcase:
    """The <testcase> of the n-th reason why a run is not whole. Its name stays from run to run,
    whatever the reason."""
    return Testcase(classname="sockproof.run", name="is complete" + f" ({number})" * (number > 1),
                    file="", line=0, seconds="0.000000", element="error",
                    message=xml_text(failure.flat(reason)), text=xml_text(f"incomplete: {reason}"))


def suite(stack: str, cases: list[Testcase]) -> dict[str, Any]:
    """What the template shows of one stack."""
    totals = {name: sum(case.element == name for case in cases)
              for name in ("failure", "error", "skipped")}
    return {"stack": xml_text(stack), "cases": cases, "totals": totals,
            "seconds": f"{sum(float(case.seconds) for case in cases):.6f}"}

# SPDX-License-Identifier: MIT
"""What a stack's baseline excuses of a result: what of it came, or came otherwise."""

from __future__ import annotations

from sockproof.reports.records import Result, listed


def came(result: Result) -> list[str]:
    """The failures that were excused, a sentence each: what was observed, and where the baseline says
    so."""
    return [f"{place(one)}{one.get('field')}: expected {one.get('expected')}, observed "
            f"{one.get('observed')}{onward(one)} ({where(one)})" for one in listed(result.get("excused"))]


def wanted(result: Result) -> list[str]:
    """Of a result that fails otherwise: what the baseline excuses, a sentence each."""
    return [f"{one.get('failure')} ({where(one)}: {one.get('reason')})"
            for one in listed(result.get("excuses"))]


def place(one: Result) -> str:
    """Where in the case it came."""
    return f"step {one['step']}: " if one.get("step") else ""


def onward(one: Result) -> str:
    """Whether the case went on behind it."""
    return ", and the steps behind it ran" if one.get("went_on") else ""


def where(one: Result) -> str:
    """The line of the baseline."""
    return f"{one.get('file')}:{one.get('line')}"

# SPDX-License-Identifier: MIT
"""The ways in which an item ends other than by passing."""

from __future__ import annotations

from sockproof.reports.variant import Variant


class CaseFailed(Exception):
    """The stack, or the program, did not do what the case says."""

    def __init__(self, judgement: Variant) -> None:
        super().__init__(judgement.line)
        self.judgement = judgement


class CaseBroken(CaseFailed):
    """The case or the harness could not judge."""


class LintError(Exception):
    """A case file has errors; the text is the engine's."""

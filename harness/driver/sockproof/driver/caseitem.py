# SPDX-License-Identifier: MIT
"""Case files as pytest collects them, variants as pytest runs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import pytest

from sockproof import house
from sockproof.driver.exceptions import CaseBroken, CaseFailed, LintError
from sockproof.driver.listing import Listed
from sockproof.driver.run import Run
from sockproof.enginecall import EngineUnfit

RUN = pytest.StashKey[Run]()
MARKED = ("transport", "family", "subject", "place")


def marks(variant: Listed) -> list[str]:
    """The names that -m knows a variant by: its properties and its top folder."""
    names = [str(variant.get(key) or "") for key in MARKED]
    names.append(str(variant["case"]).partition("/")[0])
    return [name for name in dict.fromkeys(names) if name and not name.startswith("_")]


class CaseFile(pytest.File):
    """One case file; its items are the variants."""

    def collect(self) -> Iterator[CaseItem]:
        run = self.config.stash[RUN]
        try:
            variants = run.listing.of(self.path)
        except EngineUnfit as error:
            raise pytest.UsageError(str(error)) from None
        if not variants:
            run.lint_failed = True
            raise LintError(run.listing.complaints_about(self.path)
                            or f"{house.shown(self.path)}: no variants")
        for variant in variants:
            for name in run.names_of(variant):
                yield CaseItem.from_parent(self, name=name, variant=variant)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException],
                     style: Any = None) -> Any:
        if isinstance(excinfo.value, LintError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


class CaseItem(pytest.Item):
    """One variant, on one stack when there are several. Its verdict decides in which phase it
    ends, and how."""

    def __init__(self, *, variant: Listed, **rest: Any) -> None:
        super().__init__(**rest)
        self.variant = variant
        stack = self.name[len(variant["id"]) + 1:]
        for name in [*marks(variant), *([stack.replace(":", "-")] if stack else [])]:
            if name not in self.run.marks:
                self.config.addinivalue_line("markers", f"{name}: variants of {name}")
                self.run.marks.add(name)
            self.add_marker(getattr(pytest.mark, name))

    @property
    def run(self) -> Run:
        """The session's run."""
        return self.config.stash[RUN]

    def setup(self) -> None:
        """Waits for the verdict. Whatever is no judgement of the subject ends here: broken is
        an error of the set-up, never a failure."""
        tick = self.config.stash.get(TICK, lambda: None)
        judgement = self.run.result_of(self.name, tick)
        if judgement.word == "broken":
            raise CaseBroken(judgement)
        if judgement.word in ("skip", "not-run"):
            pytest.skip(judgement.line)

    def runtest(self) -> None:
        judgement = self.run.judgements[self.name]
        if judgement.word == "known" or self.run.excused(judgement):
            pytest.xfail(judgement.line)
        if judgement.word != "pass":
            raise CaseFailed(judgement)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException],
                     style: Any = None) -> Any:
        if isinstance(excinfo.value, CaseFailed):
            return self.run.explanation(excinfo.value.judgement)
        if isinstance(excinfo.value, pytest.xfail.Exception):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, int(self.variant.get("line") or 1) - 1, self.name


TICK = pytest.StashKey[Any]()

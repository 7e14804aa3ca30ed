# SPDX-License-Identifier: MIT
"""Results as they stream in, for one thread that reads and one that waits."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any, Callable

from sockproof.reports import records
from sockproof.reports.records import Result

# How often a waiter looks up to refresh what it shows; results themselves wake it at once.
REFRESH_SECONDS = 0.2


class Arrivals:
    """The results by variant. All methods may be called from any thread."""

    def __init__(self, repeats: int, several: bool = False,
                 enough: Callable[[list[Result]], bool] | None = None) -> None:
        """`several`: results of one variant come from several stacks, and are told apart. `enough`:
        is given the results of each variant that is whole, once and in the order in which they came,
        by the thread that adds them, and says whether the run may end there."""
        self._repeats = repeats
        self._several = several
        self._enough = enough
        self._changed = threading.Condition()
        self._results: dict[str, list[Result]] = {}
        self._seen: set[tuple[str, Any]] = set()
        self._ended = False

    def add(self, result: Result) -> bool:
        """Takes in one result, unless it is here already, and wakes who waits for it. True when
        nothing more is wanted."""
        with self._changed:
            name = records.on_stack(result) if self._several else result["id"]
            found = self._results.setdefault(name, [])
            if (name, result.get("repeat")) in self._seen:
                return False
            self._seen.add((name, result.get("repeat")))
            found.append(result)
            whole = list(found) if len(found) == self._repeats else []
            self._changed.notify_all()
        return bool(whole) and self._enough is not None and self._enough(whole)

    def end(self) -> None:
        """No more results will come."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait(self, name: str, tick: Callable[[], None]) -> list[Result]:
        """The results of `name` when all repeats are there, or those that are there at the end.
        Calls `tick` now and then, unlocked."""
        while True:
            with self._changed:
                found = self._results.get(name, [])
                if len(found) >= self._repeats or self._ended:
                    return list(found)
                self._changed.wait(REFRESH_SECONDS)
            tick()

    def of(self, name: str) -> list[Result]:
        """What has arrived for `name`."""
        with self._changed:
            return list(self._results.get(name, []))

    def all(self) -> list[Result]:
        """Everything that has arrived."""
        with self._changed:
            return [result for group in self._results.values() for result in group]

    def counts(self) -> Counter[str]:
        """How many results of each verdict have arrived."""
        with self._changed:
            return Counter(str(result["verdict"]) for group in self._results.values()
                           for result in group)

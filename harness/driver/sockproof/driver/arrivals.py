# SPDX-License-Identifier: MIT
"""Results as they stream in, for one thread that reads and one that waits."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Callable

from sockproof.reports import records
from sockproof.reports.records import Result

# How often a waiter looks up to refresh what it shows; results themselves wake it at once.
REFRESH_SECONDS = 0.2


class Arrivals:
    """The results by variant. All methods may be called from any thread."""

    def __init__(self, repeats: int, several: bool = False) -> None:
        """`several`: results of one variant come from several stacks, and are told apart."""
        self._repeats = repeats
        self._several = several
        self._changed = threading.Condition()
        self._results: dict[str, list[Result]] = {}
        self._ended = False

    def add(self, result: Result) -> None:
        """Takes in one result and wakes who waits for it."""
        with self._changed:
            name = records.on_stack(result) if self._several else result["id"]
            self._results.setdefault(name, []).append(result)
            self._changed.notify_all()

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

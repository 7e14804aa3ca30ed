# SPDX-License-Identifier: MIT
"""A run dealt out over machines: which variants are this one's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable

from sockproof.reports.records import digest


@dataclass(frozen=True)
class Shard:
    """The `number`-th of `count` parts of a selection of `total` variants. `selection` names
    what was dealt out, so that parts of different selections are not taken for one run."""

    number: int
    count: int
    total: int
    selection: str

    @property
    def facts(self) -> dict[str, Any]:
        """The same for run.json."""
        return {"number": self.number, "count": self.count, "total": self.total,
                "selection": self.selection}


def deal(ids: Iterable[str], number: int, count: int) -> tuple[Shard, set[str]]:
    """The shard and the ids that it holds. Dealt in the order of their digests, as cards are,
    so that shards differ by at most one and families, sizes and slow folders are mixed."""
    everything = sorted(set(ids))
    order = sorted(everything, key=lambda name: (digest(name), name))
    return (Shard(number, count, len(everything), digest("\n".join(everything))),
            set(order[number - 1::count]))

# SPDX-License-Identifier: MIT
"""The progress bar: what it says, in one line."""

from __future__ import annotations

from collections import Counter

from sockproof.reports.records import VERDICTS

BAR_CELLS = 16


def clock(seconds: float) -> str:
    """"4.2s", or "3:07" from a minute on."""
    if seconds < 60:
        return f"{seconds:.1f}s"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def bar_line(counts: Counter[str], total: int, elapsed: float, width: int) -> str:
    """One line of less than `width` columns; what does not fit is left off from the right."""
    done = min(counts.total(), total)
    cells = BAR_CELLS * done // total if total else 0
    parts = ["[" + "#" * cells + "." * (BAR_CELLS - cells) + "]", f"{done}/{total}"]
    parts += [f"{counts[v]} {v}" for v in VERDICTS if counts[v]]
    parts.append(clock(elapsed))
    if 0 < done < total:
        parts.append(f"{clock(elapsed * (total - done) / done)} to go")
    line = ""
    for part in parts:
        longer = f"{line} {part}".lstrip()
        if len(longer) >= width:
            break
        line = longer
    return line

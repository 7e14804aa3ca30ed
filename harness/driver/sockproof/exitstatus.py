# SPDX-License-Identifier: MIT
"""The exit status of a session, the same through every door."""

from __future__ import annotations

from collections import Counter

GOOD, FAIL, BROKEN, USAGE, NOTHING, INTERRUPTED = 0, 1, 2, 3, 4, 130
# Nobody reads any more what is said: as of a program that SIGPIPE ends.
UNREAD = 141
ENGINE_STATUSES = frozenset({GOOD, FAIL, BROKEN, USAGE, NOTHING, INTERRUPTED})


def of_verdicts(counts: Counter[str], max_skips: int | None) -> int:
    """The status that the final verdicts alone give: `counts` holds variants per verdict, with
    "unstable" among them for repeats that disagreed without one that failed or broke, and
    "lesser" for failures that do not count."""
    if counts["fail"] or counts["unstable"]:
        return FAIL
    if counts["broken"]:
        return BROKEN
    if not counts["pass"] + counts["known"] + counts["lesser"]:
        return NOTHING
    if max_skips is not None and counts["skip"] > max_skips:
        return NOTHING
    return GOOD


def of_session(verdicts: int, engine: int | None, stopped_early: bool) -> int:
    """The verdicts' status, joined with the engine's own. `engine` is None when it never ran;
    what it says after we stopped it counts for nothing."""
    if engine is None or stopped_early or engine == GOOD:
        return verdicts
    if engine not in ENGINE_STATUSES:
        return FAIL if verdicts == FAIL else BROKEN
    if engine == INTERRUPTED:
        return INTERRUPTED
    return verdicts if verdicts != GOOD else engine

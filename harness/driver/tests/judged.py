# SPDX-License-Identifier: MIT
"""Results of which some must have been judged: where all were skipped, a test has seen nothing."""

from __future__ import annotations

from typing import Any

import pytest


def judged(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are no skip. Skips the test, with their reason, when there is none."""
    assert results, "nothing ran"
    found = [one for one in results if one["verdict"] != "skip"]
    if not found:
        pytest.skip(str(results[0]["reason"]))
    return found

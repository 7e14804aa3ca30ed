# SPDX-License-Identifier: MIT
"""How much is attacked: a part, or all of it (./sockproof test --only attack --whole)."""

from __future__ import annotations

import os
from typing import TypeVar

WHOLE = os.environ.get("SOCKPROOF_ATTACK") == "whole"
T = TypeVar("T")


def extent(whole: T, part: T) -> T:
    """What is tried of a kind."""
    return whole if WHOLE else part

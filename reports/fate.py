# SPDX-License-Identifier: MIT
"""The fates of packets, as the wire tells of them."""

from __future__ import annotations

# Of a packet that goes no further than the wire.
LOST = ("dropped", "cut", "unreachable", "reset")
HELD, DOUBLED = "held", "duplicated"
# Of a packet that a fault kept while others went by; it is told of when it goes on.
LATE = ("delayed", "reordered")
DAMAGED = ("corrupted", "truncated")

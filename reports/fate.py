# SPDX-License-Identifier: MIT
"""The fates of packets, as the wire tells of them."""

from __future__ import annotations

# Of a packet that goes no further than the wire.
LOST = ("dropped", "cut", "unreachable", "reset")
HELD, DOUBLED = "held", "duplicated"
# Of one for a host that is absent: the wire took it for itself.
ABSORBED = "absorbed"
DAMAGED = ("corrupted", "truncated")

# SPDX-License-Identifier: MIT
"""What goes wrong with guests, in a sentence."""

from sockproof.trouble import Misuse, Trouble


class GuestTrouble(Trouble):
    """A guest cannot be fetched, found or started; the text says what to do next."""


class GuestUsage(GuestTrouble, Misuse):
    """A name that is none."""

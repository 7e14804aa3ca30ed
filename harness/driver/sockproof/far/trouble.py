# SPDX-License-Identifier: MIT
"""What goes wrong with far machines, in a sentence."""

from sockproof.trouble import Misuse, Trouble


class FarTrouble(Trouble):
    """A far machine cannot be reached, or will not do; the text says what to do next."""


class FarUsage(FarTrouble, Misuse):
    """What names no machine."""

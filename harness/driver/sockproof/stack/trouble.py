# SPDX-License-Identifier: MIT
"""What goes wrong with stacks that are built on demand, in a sentence."""

from sockproof.trouble import Misuse, Trouble


class StackTrouble(Trouble):
    """A stack cannot be built, found or removed; the text says what to do next."""


class StackUsage(StackTrouble, Misuse):
    """A name that is none."""

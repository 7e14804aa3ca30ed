# SPDX-License-Identifier: MIT
"""What must hold of sockproof itself: the stages of its test, the liars, the figures, stability."""

# SPDX-License-Identifier: MIT
"""Exploration: every fault at every socket call that a program, or an actor of a case, reaches."""

# SPDX-License-Identifier: MIT
"""Stacks that are no part of the build and that this tree can build on demand."""

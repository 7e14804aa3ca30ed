# SPDX-License-Identifier: MIT
"""sockproof's Python side: the driver of a run, the renderers, and what else the front door calls."""

# SPDX-License-Identifier: MIT
"""The renderers: everything a run shows is made here from the records that the engine wrote."""

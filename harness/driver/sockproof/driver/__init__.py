# SPDX-License-Identifier: MIT
"""The pytest plugin that drives sockproof-engine: one item a variant, one engine a session."""

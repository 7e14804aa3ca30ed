# SPDX-License-Identifier: MIT
"""Guest kernels: fetched from Debian's packages, kept in a cache, started for a run."""

# SPDX-License-Identifier: MIT
"""Far machines: reached by ssh, their kernels judged by the engine that is taken there for a run."""

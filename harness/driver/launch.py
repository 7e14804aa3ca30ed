# SPDX-License-Identifier: MIT
"""The way to `harness/driver run` under the name that it had."""

import runpy
import sys
from pathlib import Path

sys.argv[1:1] = ["run"]
runpy.run_path(str(Path(__file__).resolve().parent), run_name="__main__")

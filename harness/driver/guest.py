"""The engine's way to guest kernels: `harness/driver guest`, under the name by which it calls it."""

import runpy
import sys
from pathlib import Path

sys.argv[1:1] = ["guest"]
runpy.run_path(str(Path(__file__).resolve().parent), run_name="__main__")

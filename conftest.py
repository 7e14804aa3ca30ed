"""Loads the driver, so that plain `/usr/bin/python3 -m pytest cases` works like the front door.

It stands at the root because pytest takes pytest_plugins from there alone; the front door has
loaded the driver already."""

import sys
from pathlib import Path

DRIVER = str(Path(__file__).resolve().parent / "harness" / "driver")
if DRIVER not in sys.path:
    sys.path.insert(0, DRIVER)

if "sockproof_driver.plugin" not in sys.modules:
    pytest_plugins = ["sockproof_driver.plugin"]

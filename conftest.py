# SPDX-License-Identifier: MIT
"""Loads the driver, so that plain `/usr/bin/python3 -m pytest cases` works like the front door.

It stands at the root because pytest takes pytest_plugins from there alone, and not once a session
has begun: the front door has loaded the driver already. pyproject.toml says where it is."""

import sys

if "sockproof.driver.plugin" not in sys.modules:
    pytest_plugins = ["sockproof.driver.plugin"]

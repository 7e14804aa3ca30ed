# SPDX-License-Identifier: MIT
"""The way in: `/usr/bin/python3 -I -X utf8 harness/driver COMMAND [ARGUMENTS...]`. Given a folder,
Python puts it where modules are looked for, so that the package is found from anywhere."""

import sys

from sockproof.command import main

sys.exit(main(sys.argv[1:]))

# SPDX-License-Identifier: MIT
"""The way in: `/usr/bin/python3 -I -X utf8 harness/driver COMMAND [ARGUMENTS...]`. Given a folder,
Python puts it where modules are looked for, so that the package is found from anywhere."""

import sys

from sockproof import interrupt

if sys.argv[1:3] != ["run", "--check"]:  # which the front door waits for, and speaks for
    interrupt.until_ready()

from sockproof.command import main  # noqa: E402

status = main(sys.argv[1:])
interrupt.done()
sys.exit(status)

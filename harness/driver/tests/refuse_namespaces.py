# SPDX-License-Identifier: MIT
"""Runs a command where namespaces are refused, as in ordinary containers:
    /usr/bin/python3 refuse_namespaces.py COMMAND [ARGUMENTS...]
unshare, setns and clone with a namespace flag fail with EPERM; clone3 with ENOSYS, because a
filter cannot look at its flags and C libraries then fall back to clone."""

from __future__ import annotations

import errno
import os
import sys

import seccomp

NAMESPACE_FLAGS = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000,
                   0x40000000, 0x00000080)  # NEWNS, CGROUP, UTS, IPC, USER, PID, NET, TIME


def refuse() -> None:
    """Takes namespaces away from this process and all that it will start."""
    rules = seccomp.SyscallFilter(defaction=seccomp.ALLOW)
    refused = seccomp.ERRNO(errno.EPERM)
    rules.add_rule(refused, "setns")
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    for flag in NAMESPACE_FLAGS:
        rules.add_rule(refused, "unshare", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
        if flag != 0x00000080:  # in clone's flags this bit belongs to the exit signal
            rules.add_rule(refused, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    rules.load()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: refuse_namespaces.py COMMAND [ARGUMENTS...]")
    refuse()
    os.execvp(sys.argv[1], sys.argv[1:])

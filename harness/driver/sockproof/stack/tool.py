# SPDX-License-Identifier: MIT
"""The programs that stacks are built with."""

from __future__ import annotations

import subprocess

from sockproof.stack.trouble import StackTrouble


def run(words: list[str], **more: object) -> str:
    """What a command says. Raises StackTrouble with the last of it when it fails."""
    try:
        done = subprocess.run(words, check=False, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, **more)  # type: ignore[call-overload]
    except FileNotFoundError:
        raise StackTrouble(f"there is no {words[0]} here; install what README.md names for it") from None
    if done.returncode != 0:
        tail = "\n".join(done.stdout.splitlines()[-20:])
        raise StackTrouble(f"{words[0]} {words[1]} ended with status {done.returncode}:\n{tail}")
    return str(done.stdout)


def package_version(package: str) -> str:
    """The version of a package of Debian. Raises StackTrouble when it is not installed."""
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], check=False, text=True,
                          capture_output=True)
    if done.returncode != 0 or not done.stdout:
        raise StackTrouble(f"the package {package} is not installed; ./sockproof stack add installs it")
    return done.stdout

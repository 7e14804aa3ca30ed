# SPDX-License-Identifier: MIT
"""Whether this machine can run a guest on its own processor (KVM) or has to emulate one. That a
device is there proves nothing: under another hypervisor a guest may hang at its first instruction. So
a kernel is tried, for a bounded time, once for each boot of the machine."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from sockproof.guest import store

DEVICE = Path("/dev/kvm")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
ANSWER = ".acceleration.json"
PROBE_SECONDS = 8.0


def tries(qemu: str, kernel: Path) -> bool:
    """True when a kernel without a disk comes as far as its panic, which ends qemu, in time."""
    command = [qemu, "-M", "pc", "-accel", "kvm", "-cpu", "host", "-m", "256", "-nodefaults",
               "-no-user-config", "-nographic", "-no-reboot", "-serial", "stdio", "-kernel", str(kernel),
               "-append", "console=ttyS0 panic=-1 reboot=t"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              timeout=PROBE_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and b"Kernel panic" in done.stdout


def boot_id() -> str:
    """Which boot of which machine this is; empty when the kernel does not say."""
    try:
        return BOOT_ID.read_text("ascii").strip()
    except OSError:
        return ""


def remembered() -> bool | None:
    """What an earlier probe of this boot found; None when there was none."""
    try:
        answer = json.loads((store.root() / ANSWER).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return bool(answer.get("kvm")) if answer.get("boot") == boot_id() != "" else None


def remember(works: bool) -> None:
    """Keeps the answer; where it cannot be kept, the next run asks again."""
    text = json.dumps({"boot": boot_id(), "kvm": works})
    new = store.root() / f"{ANSWER}.{os.getpid()}"
    try:
        new.write_text(text, "utf-8")
        new.replace(store.root() / ANSWER)
    except OSError:
        new.unlink(missing_ok=True)


def works(qemu: str, kernel: Path) -> bool:
    """Whether guests run with KVM here."""
    if not os.access(DEVICE, os.R_OK | os.W_OK):
        return False
    found = remembered()
    if found is None:
        found = tries(qemu, kernel)
        remember(found)
    return found

# SPDX-License-Identifier: MIT
"""Relays for machines of another byte order and word size, built as docs/YOUR-STACK.md tells and run under
emulators of those machines."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sockproof.guest.store import cache

ROOT = Path(__file__).resolve().parents[3]
ENGINE = os.environ["SOCKPROOF_ENGINE"]
# Debian's name of the machine, the compiler for it, its package, the emulator: big-endian with words of 64
# bits, and little-endian with words of 32.
MACHINES = {
    "s390x": ("s390x-linux-gnu-gcc", "gcc-s390x-linux-gnu", "qemu-s390x-static"),
    "armhf": ("arm-linux-gnueabihf-gcc", "gcc-arm-linux-gnueabihf", "qemu-arm-static"),
}
# Data, names and addresses both ways, options of all kinds, control data, events, signals, faults at calls,
# calls that stay open, many sockets and long patterns.
CASES = ["tcp/connect/echo.yaml", "tcp/close/half-close.yaml", "tcp/close/linger-interrupted.yaml",
         "tcp/signal", "tcp/server", "tcp/poll", "tcp/fault/call-errno.yaml", "tcp/fault/call-cap.yaml",
         "tcp/fault/call-eintr-everywhere.yaml", "udp/delivery", "udp/control", "udp/error", "udp/recvmmsg",
         "socket/fcntl", "socket/dual", "icmp/echo"]
# What the emulators have of their own (docs/YOUR-STACK.md): no SO_SELECT_ERR_QUEUE, a timeout of recvmmsg
# that goes on, and, for words of 32 bits, no address of who offended.
OF_EMULATORS = {"udp/error/queue-poll", "udp/recvmmsg/timeout-after-datagram", "udp/error/queue"}


def libfiu(machine: str) -> Path:
    """The libfiu.a of that machine, of Debian's package, as apt has it: signed, downloaded without root, and
    kept; nothing is installed."""
    folder = cache() / "machines" / machine
    library = folder / "usr/lib/libfiu.a"
    if not library.is_file():
        for part in ("lists/partial", "cache/archives/partial"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        apt = ["apt-get", "-qq", f"-oDir::State::lists={folder}/lists", f"-oDir::Cache={folder}/cache",
               f"-oAPT::Architecture={machine}", f"-oAPT::Architectures::={machine}",
               "-oAcquire::Languages=none", "-oAPT::Sandbox::User=root"]
        # Of an origin that has nothing for that machine apt only complains.
        subprocess.run([*apt, "update"], check=False, timeout=300, capture_output=True)
        done = subprocess.run([*apt, "download", "libfiu-dev"], check=False, timeout=300, text=True,
                              capture_output=True, cwd=folder)
        if done.returncode:
            pytest.skip(f"apt has no libfiu-dev for {machine}: {done.stderr.strip()}")
        (package,) = folder.glob("libfiu-dev_*.deb")
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True, timeout=60)
    return library


def relay(machine: str, folder: Path) -> str:
    """The command that starts a relay of that machine."""
    compiler, package, emulator = MACHINES[machine]
    for program, needed in ((compiler, package), (emulator, "qemu-user-static")):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program} here; apt-get install {needed}")
    for words in (["cmake", "-S", str(ROOT), "-B", str(folder), "-G", "Ninja", "-DSOCKPROOF_RELAY_ALONE=ON",
                   "-DSOCKPROOF_WERROR=ON", f"-DCMAKE_C_COMPILER={compiler}",
                   f"-DSOCKPROOF_LIBFIU={libfiu(machine)}"], ["cmake", "--build", str(folder)]):
        done = subprocess.run(words, text=True, capture_output=True, timeout=600, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return f"{shutil.which(emulator)} {folder}/sockproof-relay"


@pytest.mark.parametrize("machine", MACHINES)
def test_a_relay_of_another_machine_gives_the_verdicts_of_the_kernel(machine: str, tmp_path: Path) -> None:
    """Under an emulator, which hands the calls on to the kernel that is here."""
    command = relay(machine, tmp_path / "build")
    report = tmp_path / "report"
    done = subprocess.run([ENGINE, "run", "--root", str(ROOT), "--report", str(report), "--place", "wire",
                           "--baseline", "linux", "--stack", f"far=exec:{command}", "--stack", "linux",
                           *(f"cases/{name}" for name in CASES)],
                          text=True, capture_output=True, timeout=600, check=False)
    results = [json.loads(line) for line in (report / "results.jsonl").read_text("utf-8").splitlines()]
    assert len(results) > 200, done.stderr
    told: dict[str, dict[str, tuple[str, str]]] = {"far": {}, "linux": {}}
    for one in results:
        if one["case"] not in OF_EMULATORS and one["verdict"] != "skip":
            told[one["stack"]][one["id"].partition("@")[0]] = (one["verdict"], one["reason"])
    assert len(told["linux"]) > 100
    assert told["far"] == told["linux"]


def test_a_relay_for_another_machine_needs_its_libfiu(tmp_path: Path) -> None:
    done = subprocess.run(["cmake", "-S", ROOT, "-B", tmp_path, "-DSOCKPROOF_RELAY_ALONE=ON"], text=True,
                          capture_output=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "-DSOCKPROOF_LIBFIU=FILE" in done.stderr

# SPDX-License-Identifier: MIT
"""Becomes a guest: puts its files together in memory and lets its kernel take this process over."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import BinaryIO

from sockproof.guest import acceleration, store
from sockproof.guest.initramfs import Initramfs
from sockproof.guest.store import Guest
from sockproof.guest.trouble import GuestTrouble
from sockproof.house import ROOT

# Where the repository is in a guest, and what of it the engine reads.
HOUSE = "/sockproof"
READ = ("fixtures/catalogue", "fixtures/host-profile", "fixtures/baseline")
MEMORY_MB = 2048
STREAM_FD = 3
# Emulated processors are slow, and the deadlines of cases are upper bounds.
SLOWER = {"uml": 4.0, "kvm": 4.0, "qemu": 16.0}
STREAM = {"uml": "/dev/ttyS0", "qemu": "/dev/vport0p1"}


def libraries(program: Path) -> list[Path]:
    """The shared libraries that a program needs, the loader among them."""
    try:
        said = subprocess.run(["ldd", str(program)], text=True, capture_output=True, check=True,
                              timeout=60).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise GuestTrouble(f"ldd {program}: {error}") from None
    return [Path(path) for path in re.findall(r"(/\S+) \(0x", said)]


def slower(words: list[str], factor: float) -> list[str]:
    """The engine's options with the deadlines of a slower machine. A case that does not end at all
    is given up before the engine outside gives up the guest, which is at twice its own limit."""
    def changed(name: str, value: float) -> float:
        return value * factor if name == "--slow-factor" else max(1, int(value * 1.5 / factor))
    return [f"{changed(name, float(word)):g}" if name in ("--slow-factor", "--case-limit") else word
            for name, word in zip(["", *words], words)]


def plan(guest: Guest, words: list[str], machine: str) -> str:
    """What the first process of the guest has to do, on which kind of machine."""
    lines = [f"insmod /modules/{name}" for name in guest.modules]
    lines += [f"cd {HOUSE}", f"{HOUSE}/engine", "run", "--stack", "linux", "--select", "/select", "--report",
              "/mnt/report", "--stream", STREAM[guest.kind], *slower(words, SLOWER[machine])]
    return "\n".join(lines) + "\n"


def inside(path: str) -> str:
    """Where in a guest the file is that its engine calls `path`."""
    return os.path.normpath(f"{HOUSE}/{path}") if not path.startswith("/") else path


def named_files(words: list[str]) -> list[str]:
    """The files that the engine's options name: a baseline of one's own, which has a "/"."""
    return [word for name, word in zip(words, words[1:]) if name == "--baseline" and "/" in word]


def write_files(out: BinaryIO, guest: Guest, engine: Path, selection: str, words: list[str],
                planned: str) -> None:
    """The guest's files; words are the engine's options."""
    archive = Initramfs(out)
    archive.copy(engine.parent / "sockproof-guest-init", "/init")
    archive.file("/plan", planned.encode())
    archive.file("/select", selection.encode())
    for name in guest.modules:
        archive.copy(guest.folder / name, f"/modules/{name}")
    archive.copy(engine, f"{HOUSE}/engine")
    for library in libraries(engine):
        archive.copy(library, str(library))
    for folder in READ:
        for file in sorted(file for file in (ROOT / folder).rglob("*") if file.is_file()):
            archive.copy(file, f"{HOUSE}/{file.relative_to(ROOT)}")
    for line in selection.splitlines():
        if line.startswith("@"):
            archive.copy(ROOT / line[1:], inside(line[1:]))
    for name in named_files(words):
        archive.copy(Path(name), inside(name))
    archive.close()


def uml_command(guest: Guest, files: str) -> list[str]:
    """user-mode-linux: its first serial line is the stream. It insists on a folder for its process
    id; with a name of its own, one that was killed leaves no more than that one behind."""
    return [str(guest.folder / guest.kernel), f"mem={MEMORY_MB}M", f"initrd={files}",
            "con0=null,fd:1", "con=null", f"ssl0=null,fd:{STREAM_FD}", "ssl=null",
            f"uml_dir={store.root()}/.running", "umid=guest", "quiet", "loglevel=4", "panic=-1"]


def find_qemu() -> str:
    """Where qemu is. Raises GuestTrouble."""
    qemu = shutil.which("qemu-system-x86_64")
    if qemu is None:
        raise GuestTrouble("there is no qemu-system-x86_64; apt-get install "
                           "--no-install-recommends qemu-system-x86, as root")
    return qemu


def qemu_command(guest: Guest, files: str, qemu: str, machine: str) -> list[str]:
    """qemu: on the machine's own processor where that works, else its emulation, which works
    everywhere."""
    processor = (["-accel", "kvm", "-cpu", "host"] if machine == "kvm"
                 else ["-accel", "tcg", "-cpu", "max"])
    return [qemu, "-M", "pc", *processor, "-m", str(MEMORY_MB), "-smp", "1", "-nodefaults",
            "-no-user-config", "-nographic", "-no-reboot", "-serial", "stdio",
            "-chardev", f"file,id=stream,path=/dev/fd/{STREAM_FD}",
            "-device", "virtio-serial-pci", "-device", "virtserialport,chardev=stream",
            "-kernel", str(guest.folder / guest.kernel), "-initrd", files, "-append",
            "console=ttyS0 quiet loglevel=4 panic=-1 reboot=t"]


def machine_of(guest: Guest, qemu: str) -> str:
    """uml, kvm or qemu: what the guest runs on here."""
    if guest.kind == "uml":
        return "uml"
    return "kvm" if acceleration.works(qemu, guest.folder / guest.kernel) else "qemu"


def boot(name: str, engine: Path, selection: str, words: list[str]) -> None:
    """Replaces this process by the guest; returns never. Raises GuestTrouble."""
    guest = store.find(name)
    qemu = find_qemu() if guest.kind == "qemu" else ""
    machine = machine_of(guest, qemu)
    memory = os.memfd_create("initramfs", 0)
    with os.fdopen(memory, "wb", closefd=False) as out:
        write_files(out, guest, engine, selection, words, plan(guest, words, machine))
    files = f"/proc/self/fd/{memory}"
    environment = dict(os.environ)
    if machine == "uml":
        command = uml_command(guest, files)
        # By its descriptor: the loader takes a space in a name for the end of it (ld.so(8)).
        shim = os.open(engine.parent / "sockproof-guest-xstate.so", os.O_RDONLY)
        os.set_inheritable(shim, True)
        environment["LD_PRELOAD"] = f"/proc/self/fd/{shim}"
    else:
        command = qemu_command(guest, files, qemu, machine)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    try:
        os.execve(command[0], command, environment)
    except OSError as error:
        raise GuestTrouble(f"{command[0]}: {error.strerror}") from None

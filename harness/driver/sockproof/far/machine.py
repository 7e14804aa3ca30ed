# SPDX-License-Identifier: MIT
"""What stands behind ssh: in --stack NAME=ssh:HOST, and what ssh is called with for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from sockproof.far.trouble import FarUsage

OPTIONS = ("port", "identity", "config", "folder")
# Nobody is asked for a password, nothing of the user's is handed on, and what is silent is given up.
ALWAYS = ("BatchMode=yes", "ConnectTimeout=10", "ConnectionAttempts=1", "ServerAliveInterval=5",
          "ServerAliveCountMax=4", "ClearAllForwardings=yes", "ForwardAgent=no", "ForwardX11=no",
          "PermitLocalCommand=no", "RemoteCommand=none", "RequestTTY=no", "ControlPersist=no",
          "LogLevel=INFO")


@dataclass(frozen=True)
class Machine:
    """HOST or USER@HOST, as ssh takes it, and what was given behind commas."""

    host: str
    port: str = ""
    identity: str = ""
    config: str = ""
    folder: str = ""

    def ssh(self, *options: str) -> list[str]:
        """The words of ssh up to what is to be done there."""
        words = ["ssh", "-T"]
        words += ["-F", self.config] if self.config else []
        words += ["-p", self.port] if self.port else []
        words += ["-i", self.identity] if self.identity else []
        for one in (*ALWAYS, *options):
            words += ["-o", one]
        return [*words, "--", self.host]

    def __str__(self) -> str:
        given = [f"{name}={value}" for name in OPTIONS if (value := str(getattr(self, name)))]
        return ",".join([self.host, *given])


def read(text: str) -> Machine:
    """The machine that HOST[,port=N][,identity=FILE][,config=FILE][,folder=DIR] names. Raises FarUsage."""
    host, *given = text.split(",")
    if not re.fullmatch(r"[0-9A-Za-z_.:@%\[\]+][0-9A-Za-z_.:@%\[\]+-]*", host):
        raise FarUsage(f"{host!r} is no machine: one is HOST or USER@HOST, as ssh takes it")
    values: dict[str, str] = {}
    for one in given:
        name, _, value = one.partition("=")
        if name not in OPTIONS or not value:
            raise FarUsage(f"{one!r} says nothing of a machine: behind its name stands port=N, identity=FILE,"
                           " config=FILE or folder=DIR; all else belongs into the configuration of ssh")
        values[name] = value
    if not re.fullmatch(r"[0-9]{0,5}", values.get("port", "")):
        raise FarUsage(f"port={values['port']} is no port")
    if not re.fullmatch(r"(/[0-9A-Za-z_./+-]*)?", values.get("folder", "")):
        raise FarUsage(f"folder={values['folder']} is no folder there: one begins with / and has neither "
                       "blanks nor quotes")
    return Machine(host, **values)


def absolute(text: str) -> str:
    """The same with the files of this machine from the current folder. Raises FarUsage."""
    machine = read(text)
    files = {name: str(Path(value).expanduser().absolute())
             for name in ("identity", "config") if (value := getattr(machine, name))}
    return str(replace(machine, **files))

# SPDX-License-Identifier: MIT
"""The options of a run: one table for pytest and for the front door."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable


@dataclass(frozen=True)
class Option:
    """One option. `parse` turns its text into a value or raises ValueError; None: a flag. One that
    may be given several times has a list of values."""

    name: str
    parse: Callable[[str], Any] | None
    wants: str
    help: str
    several: bool = False

    @property
    def flag(self) -> str:
        """Its name for pytest, which has a --capture and a --strict of its own."""
        return {"capture": "--capture-packets", "strict": "--strict-levels"}.get(
            self.name, f"--{self.name}")


def whole(least: int) -> Callable[[str], int]:
    """A parser of whole numbers from `least` up."""
    def parse(text: str) -> int:
        number = int(text)
        if number < least:
            raise ValueError(text)
        return number
    return parse


def place(text: str) -> str:
    """A place, or auto."""
    if text not in ("auto", "wire", "loopback"):
        raise ValueError(text)
    return text


def factor(text: str) -> float:
    """A factor of 1 or more."""
    number = float(text)
    if not 1 <= number < 1e6:
        raise ValueError(text)
    return number


def word(text: str) -> str:
    """Some text."""
    if not text:
        raise ValueError(text)
    return text


def folder(text: str) -> str:
    """A folder's path, made absolute from the current folder."""
    return str(Path(word(text)).absolute())


def baseline(text: str) -> str:
    """A file's path, made absolute, or the name of a stack."""
    return str(Path(text).absolute()) if "/" in text or Path(text).is_file() else word(text)


def run(text: str) -> str:
    """The folder of an earlier run, made absolute."""
    found = Path(word(text)).absolute()
    if not (found / "results.jsonl").is_file():
        raise ValueError(text)
    return str(found)


def part(text: str) -> tuple[int, int]:
    """"2/5" as (2, 5)."""
    number, _, count = text.partition("/")
    found = int(number), int(count)
    if not 1 <= found[0] <= found[1]:
        raise ValueError(text)
    return found


OPTIONS = (
    Option("seed", whole(0), "a whole number", "the seed of every random decision (default 1)"),
    Option("stack", word, "a stack", "a stack under test, all of them, or one of your own as "
           "NAME=so:FILE[,ARGUMENT], NAME=preload:FILE[,prefix=PREFIX], NAME=exec:COMMAND or "
           "NAME=ssh:HOST; may be given several times (default linux)", several=True),
    Option("place", place, "auto, wire or loopback", "where the cases run (default auto: tried)"),
    Option("workers", whole(1), "a number from 1", "variants that run at once"),
    Option("repeat", whole(1), "a number from 1", "run each variant so often; it must agree"),
    Option("max-skips", whole(0), "a whole number", "exit with 4 when more are skipped"),
    Option("slow-factor", factor, "a number from 1", "lengthens every deadline on slow machines"),
    Option("report", folder, "a folder", "where the run writes (default reports/latest)"),
    Option("compare", run, "the folder of an earlier run (with results.jsonl)",
           "say what became different since the run in that folder"),
    Option("shard", part, "K/N, the K-th of N parts", "run the K-th of N equal parts"),
    Option("strict", None, "", "count failures of SHOULD and MAY as well"),
    Option("baseline", baseline, "the file of a baseline, or the name of a stack",
           "the known deviations that hold (default those of the stack)"),
    Option("no-baseline", None, "", "let known deviations fail, as if no baseline named them"),
    Option("allow-programs", None, "", "run the programs of cases that are none of the suite's own"),
    Option("allow-commands", None, "", "run the shell commands of packetdrill's scripts"),
    Option("allow-network", None, "", "cases on loopback reach the network of the machine"),
    Option("capture", None, "", "keep the packets of every variant, not of failures alone"),
)


def named(name: str) -> Option | None:
    """The option of that name without its dashes; n is workers."""
    wanted = "workers" if name == "n" else name
    return next((option for option in OPTIONS if option.name == wanted), None)

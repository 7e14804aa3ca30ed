# SPDX-License-Identifier: MIT
"""The variants of case files, as `sockproof-engine list` finds them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sockproof import house
from sockproof.commandline import nearest
from sockproof.complaint import Complaint, complaints_of
from sockproof.enginecall import EngineUnfit, call

# A variant, as `list` tells of it.
Listed = dict[str, Any]
SHOWN_VARIANTS = 8


@dataclass
class Listing:
    """What the engine said about some paths: variants by file, and its lint errors."""

    variants: dict[Path, list[Listed]] = field(default_factory=dict)
    asked: list[Path] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)

    def of(self, file: Path) -> list[Listed]:
        """The variants of `file`; asks the engine only for what was not asked before."""
        if not any(file == path or path in file.parents for path in self.asked):
            self.ask([file])
        return self.variants.get(file, [])

    def ask(self, paths: list[Path]) -> None:
        """One call of the engine for all `paths`. Raises EngineUnfit."""
        paths = [path for path in paths if path not in self.asked]
        if not paths:
            return
        done = call("list", "--json", *map(house.in_house, paths))
        self.asked += paths
        if done.returncode == 3:
            self.complaints += complaints_of(done.stderr)
        elif done.returncode != 0:
            raise EngineUnfit(f"the engine could not list the cases (exit status "
                              f"{done.returncode})\n{done.stderr.strip()}")
        for line in done.stdout.splitlines():
            self.add(line)

    def add(self, line: str) -> None:
        """Takes in one line of the engine's answer."""
        try:
            variant = json.loads(line)
            file = (house.ROOT / variant["file"]).resolve()
            self.variants.setdefault(file, []).append(variant)
        except (ValueError, KeyError, TypeError):
            raise EngineUnfit(f"not a variant: {line[:200]}") from None

    def lacks(self, file: Path, name: str, stacks: list[str]) -> str:
        """What is wrong with a variant of `file` that was named on the command line, by its id and,
        in a run on several `stacks`, perhaps its stack; empty when there is such a variant, or when
        the file is refused anyway."""
        ids = [variant["id"] for variant in self.of(file)]
        wanted, _, stack = name.rpartition("@") if "]@" in name else (name, "", "")
        if stack and len(stacks) > 1 and stack not in stacks:
            return f"this run is not on '{stack}' but on {', '.join(stacks)}: '{name}'"
        if stack and len(stacks) < 2:
            return f"a run on one stack has no variant '{name}'; say '{wanted}' --stack {stack}"
        if not ids or wanted in ids:
            return ""
        case, _, variant = wanted.rstrip("]").partition("[")
        known = [one.rstrip("]").partition("[")[2] for one in ids]
        near = nearest(variant, known)
        more = f", and {len(known) - SHOWN_VARIANTS} more" if len(known) > SHOWN_VARIANTS else ""
        return (f"the case {case} has no variant '{variant}'"
                f"{f' (did you mean {near}?)' if near else ''}; "
                f"it has {', '.join(known[:SHOWN_VARIANTS])}{more}")

    def complaints_about(self, file: Path) -> str:
        """The complaints about `file`; all of them if there is none."""
        name = house.in_house(file)
        about = [one.text for one in self.complaints if one.file == name]
        return "\n".join(about or [one.text for one in self.complaints])

# SPDX-License-Identifier: MIT
"""Hosts that are set otherwise: fixtures/liars/settings.yaml, and runs of the suite on them. To the matrix
such a setting is a lie with a name of its own, setting/NAME=VALUE."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterable

import yaml

from sockproof import house
from sockproof.proof import lies

SETTINGS = house.ROOT / "fixtures" / "liars" / "settings.yaml"
PROFILE = house.ROOT / "fixtures" / "host-profile" / "linux.yaml"
PREFIX = "setting/"


@dataclass(frozen=True)
class Setting:
    """A setting of another value, the case that has to notice, and what it breaks."""

    setting: str
    value: int
    case: str
    breaks: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.setting}={self.value}"


def every() -> list[Setting]:
    """All of them, in the order of the file."""
    return [Setting(**one) for one in yaml.safe_load(SETTINGS.read_text("utf-8"))]


def root_with(folder: Path, setting: str, value: str) -> Path:
    """A root whose hosts have one setting of another value, and all else of this one's."""
    (folder / "fixtures" / "host-profile").mkdir(parents=True)
    for name in ("catalogue", "baseline"):
        (folder / "fixtures" / name).symlink_to(house.ROOT / "fixtures" / name)
    (folder / "cases").symlink_to(house.CASES)
    profile, there = re.subn(rf"^  {re.escape(setting)}:.*$", f"  {setting}: {value}",
                             PROFILE.read_text("utf-8"), count=1, flags=re.MULTILINE)
    if there == 0:
        profile = profile.replace("sysctls:\n", f"sysctls:\n  {setting}: {value}\n", 1)
    (folder / "fixtures" / "host-profile" / PROFILE.name).write_text(profile, "utf-8")
    return folder


def run(lie: str, variants: Iterable[str], *arguments: str) -> list[dict[str, Any]]:
    """The results of the variants under a lie, or on hosts that are set otherwise."""
    if not lie.startswith(PREFIX):
        return lies.run(variants, "--lie", lie, *arguments)
    setting, _, value = lie.removeprefix(PREFIX).partition("=")
    with tempfile.TemporaryDirectory(prefix="sockproof-setting-") as folder:
        root = root_with(Path(folder) / "root", setting, value)
        return lies.run(variants, "--root", str(root), *arguments)

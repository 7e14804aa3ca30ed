# SPDX-License-Identifier: MIT
"""Roots that have other baselines, and all else of this one's."""

from __future__ import annotations

from pathlib import Path

from conftest import ROOT


def root_without_baselines(folder: Path) -> Path:
    """A root with an empty folder for them."""
    root = folder / "root"
    (root / "fixtures" / "baseline").mkdir(parents=True)
    for name in ("catalogue", "host-profile"):
        (root / "fixtures" / name).symlink_to(ROOT / "fixtures" / name)
    return root


def root_with_baseline(folder: Path, deviations: str) -> Path:
    """A root whose baseline of linux has these entries."""
    root = root_without_baselines(folder)
    (root / "fixtures" / "baseline" / "linux.yaml").write_text("format: 2\ndeviations:\n" + deviations,
                                                               "utf-8")
    return root

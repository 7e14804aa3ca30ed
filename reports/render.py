# SPDX-License-Identifier: MIT
"""Writes everything that a report folder shows: summary, JUnit, TAP and the pages."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Callable

from sockproof.reports import records as record_files
from sockproof.reports.compare import Difference, remembered
from sockproof.reports.junit import junit_xml
from sockproof.reports.model import Report
from sockproof.reports.site import FOLDER, Site
from sockproof.reports.stacks import several, stacks_text
from sockproof.reports.summary import summary_text
from sockproof.reports.tap import tap_text


def write_whole(path: Path, text: str) -> None:
    """Writes `path` entirely or leaves it as it was; raises OSError when it could not."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def render(folder: Path, shown: str = "", whole: tuple[str, ...] = (),
           difference: Difference | None = None, output: Path | None = None) -> list[str]:
    """Writes every rendering into `folder`, or into `output` if that is given, what matters most
    first; returns one sentence for each that could not be written. The records are only read.
    `shown` is the folder as the user would type it, `whole` are patterns of ids whose ladders are
    drawn although they passed; `difference` takes the place of the one with the run that the
    folder remembers."""
    try:
        records = record_files.read(folder)
    except OSError as error:
        return [f"no results to render: {error}"]
    report, target = Report(records), output or folder
    difference = difference or remembered(report, shown or str(folder))
    complaints: list[str] = []
    files: dict[str, Callable[[], str]] = {
        "summary.txt": lambda: summary_text(records, shown or str(folder)),
        "junit.xml": lambda: junit_xml(records, shown or str(folder)),
        "results.tap": lambda: tap_text(report)}
    if several(records.results):
        files["stacks.txt"] = lambda: stacks_text(records)
    for name, make in files.items():
        try:
            write_whole(target / name, make())
        except OSError as error:
            complaints.append(f"{target / name} was not written: {error.strerror or error}")
    return complaints + render_pages(report, target, whole, difference)


def render_pages(report: Report, target: Path, whole: tuple[str, ...] = (),
                 difference: Difference | None = None) -> list[str]:
    """Writes the pages alone, below `target`; as render()."""
    try:
        Site(report, target, whole, difference).write()
    except OSError as error:
        return [f"{target / FOLDER} is not complete: {error.strerror or error}"]
    return []

# SPDX-License-Identifier: MIT
"""A disk with hardly any room, and a limit to the size of files: every verdict is there, what could not
be written is said once."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from conftest import ENGINE, ROOT
from extent import extent
from mounts import small_disks

FAILS = str(ROOT / "fixtures/selfproof/cases/must-fail.yaml")
RUN = [str(ROOT / "sockproof"), "run", "--no-install", "-p", "no:cacheprovider", "tcp/data", "tcp/recv",
       "tcp/close", "tcp/connect", "udp/delivery", FAILS]
TOLD = re.compile(r"could not be written: (No space left on device|File too large)")
# The report lies on a disk of its own, and is carried off before that is gone.
SMALL_DISK = """
mkdir "$1/small" "$1/report"
mount -t tmpfs -o size=$2 none "$1/small"
"${@:3}" --report "$1/small/report" >"$1/output" 2>&1
echo $? >"$1/status"
cp -r "$1/small/report/." "$1/report/"
"""
SMALL_FILES = """
ulimit -f "$2"
"${@:3}" --report "$1/report" >"$1/output" 2>&1
echo $? >"$1/status"
"""


def run(folder: Path, script: str, size: str, *before: str) -> tuple[str, int]:
    """What a run said that had a script around it, and how many variants it took."""
    subprocess.run([*before, "bash", "-c", script, "bash", str(folder), size, *RUN, "--capture"],
                   env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SOCKPROOF_ENGINE": ENGINE,
                        "HOME": str(folder)}, timeout=300, check=True)
    output = (folder / "output").read_text("utf-8")
    collected = re.search(r"collected (\d+) items", output)
    assert collected, output
    assert (folder / "status").read_text().strip() == "1", output
    assert "Traceback" not in output and "the engine died" not in output, output
    assert " 1 fail," in output and "broken" not in output, output
    return output, int(collected.group(1))


def tears(report: Path) -> list[str]:
    """What of the records and captures is there in part."""
    torn = [file.name for file in (report / "capture").glob("*") if file.stat().st_size < 100]
    for name in ("results.jsonl", "events.jsonl"):
        block = (report / name).read_bytes()
        torn += [name] if block and not block.endswith(b"\n") else []
    return torn


@pytest.mark.parametrize("size", extent(("1m", "2m", "4m", "8m"), ("1m", "4m")))
def test_a_small_disk_holds_every_verdict(tmp_path: Path, size: str) -> None:
    output, count = run(tmp_path, SMALL_DISK, size, *small_disks())
    results = [json.loads(line) for line in
               (tmp_path / "report" / "results.jsonl").read_text("utf-8").splitlines()]
    assert len(results) == count > 100
    assert {one["verdict"] for one in results} <= {"pass", "known", "fail", "skip"}
    assert json.loads((tmp_path / "report" / "run.json").read_text("utf-8"))["selected"] == count
    said = (tmp_path / "report" / "engine.log")
    assert len(TOLD.findall(said.read_text("utf-8"))) == 1 if said.exists() else size == "8m", output
    assert tears(tmp_path / "report") == []


@pytest.mark.parametrize("kib", extent(("64", "400"), ("64",)))
def test_a_limit_to_files_ends_nobody(tmp_path: Path, kib: str) -> None:
    output, _ = run(tmp_path, SMALL_FILES, kib)
    assert len(TOLD.findall(output)) == 1, output
    assert tears(tmp_path / "report") == []

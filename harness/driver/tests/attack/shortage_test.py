# SPDX-License-Identifier: MIT
"""Too few processes, descriptors or too little memory to lock: no stack is blamed, and what was
lacking is said."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE
from judged import judged

from sockproof.proof import outside

NOBODY = 65534
# What is lacking then, as it is said of each case that broke; of one limit nothing does.
PROCESSES = r"could (not )?be (made|started|built)\b.*: Resource temporarily unavailable"
DESCRIPTORS = "Too many open files"
LACKING = {"--nproc=40": PROCESSES, "--nproc=25": PROCESSES, "--nproc=10": PROCESSES, "--nproc=3": PROCESSES,
           "--nofile=64": "", "--nofile=24": DESCRIPTORS,
           "--memlock=0": r"a process may lock too little memory \(ulimit -l \d+, or more\)"}
CASES = ("cases/tcp/recv", "cases/tcp/connect", "cases/tcp/zerocopy", "cases/udp/receive")


@pytest.fixture(name="house", scope="module")
def make_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house that an ordinary user can come to, with the engine that is tested."""
    place = tmp_path_factory.mktemp("outside")
    for folder in (place, *place.parents[:2]):
        folder.chmod(0o755)
    outside.make(place / "house", Path(ENGINE).parent)
    return place / "house"


def results(house: Path, folder: Path, limit: str, *cases: str) -> list[dict[str, Any]]:
    """What an ordinary user with that limit gets, whom root's limits do not bind otherwise."""
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    user = (["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
            if os.geteuid() == 0 else [])
    engine = str(house / Path(ENGINE).parent.name / "sockproof-engine")
    run = [engine, "run", "--report", str(folder / "report"), *cases]
    done = subprocess.run([*user, "prlimit", limit, *run], cwd=house,
                          capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode in (0, 2), done.stderr
    lines = (folder / "report" / "results.jsonl").read_text("utf-8").splitlines()
    assert "Sanitizer" not in done.stderr, done.stderr
    return [json.loads(line) for line in lines]


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder that every user may go through."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    return tmp_path / "attack"


@pytest.mark.parametrize("limit", LACKING)
def test_a_shortage_is_nobodys_failure(house: Path, open_folder: Path, limit: str) -> None:
    found = judged(results(house, open_folder, limit, *CASES))
    assert len(found) > 100
    broken = [one for one in found if one["verdict"] == "broken"]
    others = [one for one in found if one["verdict"] not in ("pass", "known", "broken")]
    assert not others, others[0]
    for one in broken:
        assert LACKING[limit] and re.search(LACKING[limit], one["reason"]), one["reason"]
    if limit in ("--nproc=10", "--nproc=3", "--nofile=24", "--memlock=0"):
        assert broken, Counter(one["verdict"] for one in found)

# SPDX-License-Identifier: MIT
"""Too few processes, descriptors or too little memory to lock: no stack is blamed, and what was
lacking is said."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from conftest import ENGINE, ROOT

NOBODY = 65534
CASES = ("cases/tcp/recv", "cases/tcp/connect", "cases/tcp/zerocopy", "cases/udp/receive")


def results(folder: Path, limit: str, *cases: str) -> list[dict[str, object]]:
    """What an ordinary user with that limit gets, whom root's limits do not bind otherwise."""
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    user = (["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
            if os.geteuid() == 0 else [])
    run = [ENGINE, "run", "--report", str(folder / "report"), *cases]
    done = subprocess.run([*user, "prlimit", limit, *run], cwd=ROOT,
                          capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode in (0, 1, 2, 4), done.stderr
    lines = (folder / "report" / "results.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder that every user may go through."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    return tmp_path / "attack"


@pytest.mark.parametrize("limit", ["--nproc=40", "--nproc=25", "--nproc=10", "--nproc=3", "--nofile=64",
                                   "--nofile=24", "--memlock=0"])
def test_a_shortage_is_nobodys_failure(open_folder: Path, limit: str) -> None:
    found = results(open_folder, limit, *CASES)
    fails = [one for one in found if one["verdict"] == "fail"]
    assert not fails, fails[0]
    assert len(found) > 100
    if limit in ("--nproc=10", "--nproc=3"):
        verdicts = Counter(one["verdict"] for one in found)
        assert verdicts["broken"] > 0, verdicts
        said = " ".join(str(one["reason"]) for one in found if one["verdict"] == "broken")
        assert "could be made" in said or "could not be started" in said, said[:500]

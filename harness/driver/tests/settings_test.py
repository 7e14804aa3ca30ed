# SPDX-License-Identifier: MIT
"""A host that is set otherwise is a stack that behaves otherwise: the case that cites that behaviour
fails there. What the calls and packets of a lie cannot change, the clocks, the choice of a window, what
a host takes in, is changed so."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ENGINE, ROOT
from judged import judged
from sockproof.proof import matrix, settings


def results(folder: Path, root: Path, case: str) -> list[dict[str, Any]]:
    """What a case comes to with the hosts of that root."""
    subprocess.run([ENGINE, "run", "--root", str(root), "--report", str(folder), f"cases/{case}.yaml"],
                   cwd=ROOT, text=True, capture_output=True, timeout=120, check=False)
    lines = (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return judged([json.loads(line) for line in lines])


def noticed(setting: settings.Setting) -> dict[str, str]:
    """The step where the record has it noticed, by the variant; of a requirement of level must alone."""
    record = yaml.safe_load(matrix.NOTICED.read_text("utf-8"))
    return {one["by"]: one["step"] for one in record.values() if one["lie"] == setting.name}


@pytest.mark.parametrize("one", settings.every(), ids=lambda one: f"{one.setting}-{one.case}")
def test_the_case_that_cites_it_fails_there_and_nowhere_else(tmp_path: Path, one: settings.Setting) -> None:
    honest = results(tmp_path / "honest", ROOT, one.case)
    assert {result["verdict"] for result in honest} <= {"pass", "known"}, honest
    root = settings.root_with(tmp_path / "root", one.setting, str(one.value))
    found = results(tmp_path / "report", root, one.case)
    assert "broken" not in {result["verdict"] for result in found}, found
    failed = {result["id"]: result["failure"] for result in found if result["verdict"] == "fail"}
    assert failed, found
    for failure in failed.values():
        assert failure["step"] > 0 and failure["source"], failure
    for variant, step in noticed(one).items():
        if variant in failed:
            assert " ".join(failed[variant]["source"].split()) == step

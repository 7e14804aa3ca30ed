# SPDX-License-Identifier: MIT
"""A host that is set otherwise is a stack that behaves otherwise: the case that cites that behaviour
fails there. What the calls and packets of a lie cannot change, the clocks, the choice of a window, what
a host takes in, is changed so."""
import json
import subprocess
from pathlib import Path

import pytest
from sockproof.proof import settings

from conftest import ENGINE, ROOT


@pytest.mark.parametrize("one", settings.every(), ids=lambda one: f"{one.setting}-{one.case}")
def test_the_case_that_cites_it_fails(tmp_path: Path, one: settings.Setting) -> None:
    root = settings.root_with(tmp_path / "root", one.setting, str(one.value))
    subprocess.run([ENGINE, "run", "--root", str(root), "--report", str(tmp_path / "report"),
                    f"cases/{one.case}.yaml"], cwd=ROOT, text=True, capture_output=True, timeout=120,
                   check=False)
    lines = (tmp_path / "report" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    verdicts = {json.loads(line)["verdict"] for line in lines}
    if verdicts == {"skip"}:
        pytest.skip("no namespaces here")
    assert "fail" in verdicts, verdicts
    assert "broken" not in verdicts

# SPDX-License-Identifier: MIT
"""A disk that fills up in the middle of a run, and Ctrl-C: what was found is shown, marked incomplete."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from conftest import ENGINE, ROOT, House, call_report
from mounts import small_disks
from sample import interrupted

# The report lies on a disk of its own, and is carried off before that is gone.
SMALL_DISK = """
set -u
mkdir "$1/small" "$1/kept"
mount -t tmpfs -o size=2500k none "$1/small"
"${@:2}" --report "$1/small/report" >"$1/output" 2>&1
echo $? >"$1/status"
df "$1/small" >"$1/df"
cp -r "$1/small/report/." "$1/kept/"
"""


def test_a_full_disk_leaves_what_was_found(tmp_path: Path) -> None:
    run = [str(ROOT / "sockproof"), "run", "--no-install", "-p", "no:cacheprovider",
           "tcp/data", "tcp/recv", str(ROOT / "fixtures/selfproof/cases/must-fail.yaml")]
    subprocess.run([*small_disks(), "bash", "-c", SMALL_DISK, "bash", str(tmp_path), *run],
                   env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SOCKPROOF_ENGINE": ENGINE,
                        "HOME": str(tmp_path)}, timeout=300, check=True)
    output, kept = (tmp_path / "output").read_text("utf-8"), tmp_path / "kept"
    assert "could not be written: No space left on device" in output, output
    assert (tmp_path / "status").read_text().strip() in ("1", "2")
    results = [json.loads(line) for line in (kept / "results.jsonl").read_text("utf-8").splitlines()]
    collected = re.search(r"collected (\d+) items", output)
    assert collected and len(results) == int(collected.group(1)) > 40
    assert {result["verdict"] for result in results} >= {"pass", "fail"}
    assert json.loads((kept / "run.json").read_text("utf-8"))["complete"] is False
    index = (kept / "html" / "index.html").read_text("utf-8")
    assert "This report is incomplete." in index and "must-fail[inet]" in index
    assert "incomplete" in (kept / "summary.txt").read_text("utf-8")
    for page in (kept / "html").rglob("*.html"):
        assert page.read_text("utf-8").rstrip().endswith("</html>"), page


def test_an_interrupted_run_is_marked(tmp_path: Path) -> None:
    interrupted(tmp_path / "report")
    assert call_report(["render", str(tmp_path / "report")]) == 0
    for name in ("html/index.html", "html/matrix.html", "summary.txt", "results.tap"):
        text = (tmp_path / "report" / name).read_text("utf-8")
        assert "incomplete" in text or "Bail out!" in text, name
    assert "not-run" in (tmp_path / "report" / "html" / "index.html").read_text("utf-8")


def test_records_alone_are_enough(house: House) -> None:
    house.case("tcp/a", verdicts=["fail"])
    house.run()
    alone = house.root / "alone"
    alone.mkdir()
    for name in ("results.jsonl", "events.jsonl"):
        shutil.copy(house.report / name, alone)
    assert call_report(["render", str(alone)]) == 0
    page = (alone / "html" / "case" / "tcp" / "a.html").read_text("utf-8")
    assert "returns: expected 4, observed 0: NOT MET" in page and "svg" in page
    assert "run.json is missing" in page.lower() and "not among the records" in page


def test_pages_of_somebody_else_are_left_alone(house: House) -> None:
    house.case("tcp/a")
    own = house.report / "html" / "index.html"
    own.parent.mkdir(parents=True)
    own.write_text("mine", "utf-8")
    done = house.run()
    assert own.read_text("utf-8") == "mine" and "it holds something else" in done.stdout
    assert done.returncode == 2 and len(list(own.parent.iterdir())) == 1

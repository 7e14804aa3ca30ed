# SPDX-License-Identifier: MIT
"""The bench: its table from rows made up here, and a quick round of the real thing."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from conftest import BUILT, ENGINE
from sockproof import command, house
from sockproof.proof import bench, figures
from sockproof.proof.figures import Row, Sample, Scale, Unmeasured

ABOUT = {"cpu": "a processor", "processors": 2, "kernel": "6.1", "load": 0.5}


def row(*values: float, target: float = 0.0, more_is_better: bool = True) -> Row:
    """A row with these runs."""
    return Row("a thing", "things/s", "./make it", target, more_is_better,
               [Sample(value) for value in values])


def test_the_figure_is_the_median() -> None:
    assert row(3, 900, 5).figure == 5
    assert row().figure is None


def test_a_promise_has_a_side() -> None:
    assert row(5, target=4).met is True
    assert row(4, target=4).met is False
    assert row(5, target=4, more_is_better=False).met is False
    assert row(3, target=4, more_is_better=False).met is True
    assert row(5).met is None
    assert row(target=4).met is None


def test_the_table_names_the_command_and_the_spread() -> None:
    text = bench.table([row(1, 2.5, 300, target=2)], ABOUT)
    assert text.splitlines()[0] == "a processor, 2 processors, Linux 6.1, load 0.5 at the start"
    assert "2.50 things/s  1.00 to 300 in 3" in text
    assert "over 2.00: met" in text
    assert "\n    ./make it" in text


def test_what_was_not_measured_says_why() -> None:
    empty = row(target=4)
    empty.trouble = "there was no engine"
    assert "not measured: there was no engine" in bench.table([empty], ABOUT)
    assert bench.document([empty], ABOUT)["rows"][0]["figure"] is None


def test_a_run_that_goes_wrong_leaves_no_figure() -> None:
    def third_goes_wrong() -> Sample:
        if len(one.samples) == 2:
            raise Unmeasured("it broke")
        return Sample(1)
    one = row()
    figures.repeat(one, third_goes_wrong, 3, float("inf"))
    assert (one.samples, one.trouble) == ([], "it broke")


def test_no_further_run_is_begun_once_the_time_is_over() -> None:
    one = row()
    figures.repeat(one, lambda: Sample(1), 3, 0)
    assert len(one.samples) == 1


@pytest.mark.parametrize("verdict, wanted, reason", [
    ("fail", 1, "tcp/a[inet]: fail: so it is"), ("not-run", 1, "tcp/a[inet]: not-run: so it is"),
    ("skip", 1, "0 variants ran: so it is"), ("pass", 2, "1 variants ran")])
def test_only_what_holds_is_timed(tmp_path: Path, verdict: str, wanted: int, reason: str) -> None:
    (tmp_path / "results.jsonl").write_text(json.dumps(
        {"schema": 1, "id": "tcp/a[inet]", "case": "tcp/a", "variant": "inet", "repeat": 0,
         "verdict": verdict, "reason": "so it is", "duration_us": 1}) + "\n", "utf-8")
    with pytest.raises(Unmeasured) as caught:
        figures.judged(tmp_path, wanted, "")
    assert str(caught.value) == reason


def test_without_an_engine_every_row_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCKPROOF_ENGINE", "/nowhere/engine")
    monkeypatch.setattr(figures, "suite", figures.echoes)
    rows = figures.measured(Scale(runs=1), lambda name: None)
    assert all("/nowhere/engine" in one.trouble for one in rows)


def test_bad_arguments_are_three() -> None:
    assert command.main(["bench", "--fast"]) == 3


@pytest.mark.skipif(not BUILT, reason="the engine is not built")
def test_a_quick_round_with_the_real_engine() -> None:
    done = subprocess.run(house.command("bench", "--quick", "--json"), capture_output=True, text=True,
                          timeout=300, check=False,
                          env=os.environ | {"SOCKPROOF_ENGINE": ENGINE})
    value = json.loads(done.stdout)
    troubles = [one["trouble"] for one in value["rows"] if one["trouble"]]
    assert len(value["rows"]) == 10
    assert value["machine"]["processors"] >= 1
    assert all(any(word in trouble for word in ("namespace", "unshare", "guest add"))
               for trouble in troubles)
    assert done.returncode in ((4,) if troubles else (0, 1)), done.stderr

# SPDX-License-Identifier: MIT
"""What the schemas of fixtures/ refuse: a record without what programs are to look at."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import jsonschema
import pytest

from conftest import ROOT
from sockproof import house
from sockproof.reports.fit import misfit
from synthetic import entry

FAILURE = {"code": "mismatch", "file": "a.yaml", "line": 5, "column": 5, "step": 1,
           "source": "server: {recv: 1}", "actor": "server", "field": "data", "expected": '"x"',
           "observed": '"y"', "requirements": [], "not_run": []}
BROKEN = {key: value for key, value in FAILURE.items() if key not in ("field", "expected", "observed")}
WITHOUT = [{key: value for key, value in FAILURE.items() if key != left}
           for left in ("field", "expected", "observed")]


def fits(name: str, value: Any) -> bool:
    schema = json.loads((ROOT / "fixtures" / f"{name}.schema.json").read_text("utf-8"))
    return bool(jsonschema.Draft202012Validator(schema).is_valid(value))


def result(verdict: str, **more: Any) -> dict[str, Any]:
    return entry(0, 0, 0, "linux", 0, 0)[0] | {"verdict": verdict, "reason": "so it is",
                                               "failure": None} | more


@pytest.mark.parametrize("verdict", ["fail", "known"])
def test_what_fails_says_where_and_what(verdict: str) -> None:
    assert fits("result", result(verdict, failure=FAILURE))
    assert not fits("result", result(verdict))
    for failure in WITHOUT:
        assert not fits("result", result(verdict, failure=failure))


def test_what_is_broken_compares_nothing() -> None:
    assert fits("result", result("broken", failure=BROKEN))


def test_what_is_broken_has_a_code() -> None:
    assert not fits("result", result("broken"))
    assert not fits("result", result("broken", failure={key: value for key, value in BROKEN.items()
                                                        if key != "code"}))


@pytest.mark.parametrize("skip", [{}, None, {"code": 3}, "no-wire"])
def test_what_is_skipped_has_a_code(skip: Any) -> None:
    assert fits("result", result("skip", skip={"code": "no-wire"}))
    assert not fits("result", result("skip"))
    assert not fits("result", result("skip", skip=skip))


@pytest.mark.parametrize("verdict", ["pass", "not-run"])
def test_what_is_not_skipped_has_no_reason_to_be(verdict: str) -> None:
    assert fits("result", result(verdict))
    assert not fits("result", result(verdict, skip={"code": "no-wire"}))


def event(**more: Any) -> dict[str, Any]:
    return {"schema": 1, "case": "a[x]", "n": 0, "t_us": 1, "actor": "client", "step": 1,
            "text": "so it is"} | more


STEP = {"type": "step", "line": 5, "verb": "send", "source": 'client: {send: "x"}'}
CHECK = {"type": "check", "field": "data", "expected": "1", "observed": "2", "met": False}


@pytest.mark.parametrize("whole, left", [
    (STEP, "line"), (STEP, "verb"), (STEP, "source"), (CHECK, "met"),
    ({"type": "packet", "number": 1, "from": "client", "fate": "passed"}, "number"),
    ({"type": "end", "faults": [], "delivery": {}, "ordering": {}, "signals": []}, "ordering")])
def test_an_event_has_what_programs_look_at(whole: dict[str, Any], left: str) -> None:
    assert fits("event", event(**whole))
    assert not fits("event", event(**{key: value for key, value in whole.items() if key != left}))


@pytest.mark.parametrize("packet", [3, {"ip": 3}, {"tcp": []}, {"tcp": {"seq": "x"}}, {"payload": 3},
                                    {"payload": {"length": "x"}}])
def test_a_packet_is_one_that_can_be_drawn(packet: Any) -> None:
    """What is not so never comes to a reader."""
    whole = event(type="packet", number=1, fate="passed") | {"from": "client"}
    good = {"ip": {"dst": "server"}, "tcp": {"sport": 1, "dport": 2, "seq": 0}, "payload": {"length": 0}}
    assert fits("event", whole | {"packet": good}) and not misfit(whole | {"packet": good}, "event")
    assert not fits("event", whole | {"packet": packet})
    assert misfit(whole | {"packet": packet}, "event").startswith("packet")


def test_the_sides_of_a_step_are_two() -> None:
    assert fits("event", event(**STEP, sides=["client", "server"]))
    assert not fits("event", event(**STEP, sides=["wire"]))


def test_a_run_says_what_it_was_told_to_lie_about() -> None:
    assert fits("run", {"schema": 1, "complete": True, "lie": "recv/errno"})
    assert not fits("run", {"schema": 1, "complete": True, "lie": True})


@pytest.mark.skipif(not house.engine().exists(), reason="the engine is not built")
@pytest.mark.parametrize("code", ["engine-died", "no-result", "worker-hung", "no-wire"])
def test_a_code_is_explained(code: str) -> None:
    done = subprocess.run([str(house.engine()), "explain", code], cwd=ROOT, text=True,
                          capture_output=True, check=False)
    assert done.returncode == 0 and done.stdout.startswith(f"{code}: ")

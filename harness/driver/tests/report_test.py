# SPDX-License-Identifier: MIT
"""The renderers: from records that are whole, torn, odd; nothing but the records is needed."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, House, call_report
from sockproof.reports import records
from sockproof.reports.failure import failure_text, flat, one_line
from sockproof.reports.junit import junit_xml
from sockproof.reports.render import render, write_whole
from sockproof.reports.summary import summary_text

GOLDEN = """\
fail  tcp/close/half-close[inet6]
  The title of tcp/close/half-close
  stack linux, place wire, seed 7, 0.8 ms
  step 3: returns: expected 4, observed 0

cases/tcp/close/half-close.yaml:7:5  mismatch
  7 | client: {recv: 64, data: "tail"}
    | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  expected  client returns 4
  observed  client returns 0

required by
  posix/recv/orderly-shutdown-zero (recv, RETURN VALUE), MUST
      When the peer has shut down, recv returns 0.

events  (time in ms; > where it failed, * injected)
          client                           wire                           server
    0.012 -- shutdown: SHUT_WR
    0.031 shutdown(sock, SHUT_WR) = 0
    0.055 FIN seq 1 ----------------------------------------------------------->
*   0.230               third: dropped 100 bytes
    1.042 recv(sock, 64) = 0
>   1.050 returns: expected 4, observed 0: NOT MET

reproduce  ./sockproof run 'tcp/close/half-close[inet6]' --seed 7 --place wire
evidence   REPORT/events.jsonl, 6 events, LENGTH bytes at 0
capture    REPORT/capture/1.pcapng"""


@pytest.fixture
def failed(house: House) -> House:
    """A house after a run of one variant that failed."""
    house.case("tcp/close/half-close", verdicts=["fail"], variants=["inet6"])
    assert house.run("--seed", "7").returncode == 1
    return house


def test_failure_text_is_complete(failed: House) -> None:
    found = records.read(failed.report)
    text = failure_text(found.results[0], found.events(found.results[0]), "REPORT")
    length = found.results[0]["events"]["length"]
    assert text == GOLDEN.replace("LENGTH", str(length))


def test_the_same_text_everywhere(failed: House) -> None:
    wanted = GOLDEN.splitlines()[:22]
    junit = ElementTree.parse(failed.report / "junit.xml").find(".//failure")
    assert junit is not None and (junit.text or "").splitlines()[:22] == wanted
    summary = (failed.report / "summary.txt").read_text("utf-8").splitlines()
    assert [line for line in wanted if line not in summary] == []
    terminal = failed.run("--seed", "7").stdout.splitlines()
    assert [line for line in wanted if line not in terminal] == []
    at = next(i for i, line in enumerate(terminal) if "not passed" in line)
    again = [line for line in GOLDEN.splitlines() if not line.startswith(("evidence", "capture"))]
    for lines in (terminal[:at], terminal[at:]):
        begin = lines.index(again[0])
        assert [line for line in lines[begin:] if line and line in again] == list(filter(None, again))


def test_the_list_at_the_end_is_bounded(house: House) -> None:
    for number in range(7):
        house.case(f"tcp/{number}", verdicts=["fail" if number < 5 else "broken"])
    output = house.run().stdout
    end = output[output.index("not passed"):]
    assert end.count("\nreproduce  ") == end.count("\nevents  (time") == 10
    assert "4 more, by id and reason; each in full in\n  " in end
    short = end[end.index("4 more"):]
    assert f"{house.report.name}/summary.txt\n\nbroken   " in short
    assert short.count("\nbroken   tcp/") == 4 and "tcp/6[inet6]\n         " in short
    summary = (house.report / "summary.txt").read_text("utf-8")
    assert summary.count("\nreproduce  ") == 14


def test_known_deviations_do_not_hide_the_rest(house: House) -> None:
    house.case("tcp/a", verdicts=["known"], variants=[f"v{n}" for n in range(25)])
    output = house.run().stdout
    end = output[output.index("- known deviations -"):]
    assert end.count("\nknown    tcp/a[v") == 20 and "\n5 more; all, with their reasons, in\n" in end
    assert (house.report / "summary.txt").read_text("utf-8").count("\n  known   tcp/a[v") == 25


def test_what_regressed_is_shown_first(house: House) -> None:
    house.case("tcp/a", verdicts=["fail"], variants=["inet"])
    later = house.case("tcp/b", variants=["inet"])
    house.run()
    later.write_text(later.read_text("utf-8").replace('"fake": {', '"fake": {"verdicts": ["broken"], '),
                     "utf-8")
    output = house.run("--compare", str(house.report)).stdout
    end = output[output.index("not passed"):]
    assert end.index("broken  tcp/b[inet]") < end.index("fail  tcp/a[inet]"), end


def test_lines_fit_a_terminal(house: House) -> None:
    for verdict in ("pass", "fail", "broken", "known", "skip"):
        house.case(f"tcp/{verdict}", verdicts=[verdict], reason="because " * 30)
    output = house.run("-k", "not known and not skip").stdout
    long = [line for line in output.splitlines() if len(line) > 80]
    assert [line for line in long if not line.startswith(("reproduce", "evidence", "capture", "report",
                                                          "rootdir", "sockproof: stack"))] == []
    assert "\x1b" not in output
    house.run()
    summary = (house.report / "summary.txt").read_text("utf-8").splitlines()
    assert [line for line in summary if len(line) > 80
            and not line.startswith(("reproduce", "evidence", "capture"))] == []
    assert len([line for line in summary if line.lstrip().startswith("because because")]) > 5


def test_every_line_matches_its_schema(house: House) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    for verdict in ("pass", "fail", "broken", "known", "skip"):
        house.case(f"tcp/{verdict}", verdicts=[verdict])
    house.case("udp/z", then="crash")
    house.run()
    for name in ("result", "event"):
        schema = json.loads((ROOT / "fixtures" / f"{name}.schema.json").read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        lines = (house.report / f"{name}s.jsonl").read_text("utf-8").splitlines()
        assert lines
        for line in lines:
            assert [error.message for error in validator.iter_errors(json.loads(line))] == []


def result(name: str, verdict: str, **more: Any) -> dict[str, Any]:
    """The least of a result line."""
    return {"id": name, "case": name.partition("[")[0], "verdict": verdict, "repeat": 0,
            "reason": "", "duration_us": 1500} | more


def folder_of(path: Path, *lines: Any, tail: str = "") -> Path:
    """A report folder with these results and a torn tail."""
    text = "".join(json.dumps(line) + "\n" for line in lines) + tail
    (path / "results.jsonl").write_text(text, "utf-8")
    return path


def test_junit_survives_every_character(tmp_path: Path) -> None:
    nasty = "\x00\x07\x1b[31m<&>\"']]>\ud800\ufffe é \U0001f600"
    folder = folder_of(tmp_path, result("a[x]", "fail", reason=nasty, title=nasty, failure={
        "file": nasty, "line": 3, "source": nasty, "expected": nasty, "observed": nasty}),
        result("b[<&\">]", "skip", reason=nasty))
    assert render(folder) == []
    suite = ElementTree.parse(folder / "junit.xml").getroot()[0]
    assert [case.get("name") for case in suite] == ["a[x]", "b[<&\">]"]
    assert "\\x00\\x07" in str(suite[0][0].get("message"))


def test_junit_elements(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, *(result(f"t/{verdict}[v]", verdict, reason="why", file="cases/t.yaml",
                                          line=4) for verdict in records.VERDICTS))
    suite = ElementTree.fromstring(junit_xml(records.read(folder)))[0]
    found = {case.get("name"): (case[0].tag, case[0].get("message")) if len(case) else None
             for case in suite}
    assert found == {"t/pass[v]": None, "t/fail[v]": ("failure", "why"),
                     "t/known[v]": ("skipped", "known: why"), "t/broken[v]": ("error", "why"),
                     "t/skip[v]": ("skipped", "why"), "t/not-run[v]": ("skipped", "not run: why")}
    assert suite.attrib | {"name": ""} == {
        "name": "", "tests": "6", "failures": "1", "errors": "1", "skipped": "3", "time": "0.009000"}
    assert (suite[0].get("classname"), suite[0].get("file"), suite[0].get("line"),
            suite[0].get("time")) == ("t.pass", "cases/t.yaml", "4", "0.001500")


def test_torn_lines_are_counted_and_left_out(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, result("a[x]", "pass"), {"no": "result"}, tail='{"id": "b[x')
    found = records.read(folder)
    assert (len(found.results), found.torn) == (1, 2)
    assert "2 lines of results.jsonl could not be read" in summary_text(found)
    (folder / "run.json").write_text('{"sta', "utf-8")
    assert records.read(folder).run == {}
    (folder / "events.jsonl").write_bytes(b'{"t_us": 1, "text": "one"}\n{"t_us"')
    span = {"events": {"offset": 0, "length": 4000}}
    assert [event["text"] for event in found.events(span)] == ["one"]


def test_selected_and_absent_is_not_run(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, result("a[x]", "pass"))
    (folder / "run.json").write_text(json.dumps({"variants": ["a[x]", "b[y]"]}), "utf-8")
    assert [(r["id"], r["verdict"]) for r in records.read(folder).results] == [
        ("a[x]", "pass"), ("b[y]", "not-run")]
    assert "1 pass, 1 not-run" in summary_text(records.read(folder))


def test_repeats_are_one_testcase(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, result("a[x]", "pass"), result("a[x]", "skip", repeat=1),
                       result("b[x]", "fail"), result("b[x]", "pass", repeat=1))
    suite = ElementTree.fromstring(junit_xml(records.read(folder)))[0]
    assert [case[0].get("message") for case in suite] == ["unstable: 1 pass, 1 skip",
                                                          "unstable: 1 pass, 1 fail; fail"]
    assert "  a[x]: unstable: 1 pass, 1 skip" in summary_text(records.read(folder))


def test_long_histories_keep_both_ends() -> None:
    events = [{"t_us": n, "actor": "client", "type": "note", "text": f"event {n}"} for n in range(500)]
    text = failure_text(result("a[x]", "fail"), events)
    assert "event 19\n" in text and "420 events left out" in text and "event 440\n" in text
    assert "event 20\n" not in text and "event 499" in text


def test_one_line_from_what_there_is() -> None:
    assert one_line(result("a", "fail", reason="x\ny")) == "x\\ny"
    assert one_line(result("a", "fail", failure={"actor": "client", "field": "errno",
                                                 "expected": "EPIPE", "observed": "0"})) \
        == "client errno: expected EPIPE, observed 0"
    assert one_line(result("a", "broken")) == "broken"
    assert flat("a\x00é") == "a\\x00é"


def test_a_write_that_fails_keeps_what_there_was(tmp_path: Path,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of(tmp_path, result("a[x]", "pass"))
    assert render(folder) == []
    before = {file: file.read_bytes() for file in folder.iterdir() if file.is_file()}

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(os, "fsync", full)
    complaints = render(folder)
    assert [text.partition("was not written: ")[2] for text in complaints] == [
        "No space left on device"] * 3
    assert {file: file.read_bytes() for file in folder.iterdir() if file.is_file()} == before


def test_render_as_a_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call_report([]) == 3
    assert call_report(["render", str(tmp_path)]) == 2
    assert "holds no run: No such file or directory (results.jsonl)" in capsys.readouterr().err
    (tmp_path / ".reserve").touch()
    assert call_report(["render", str(tmp_path)]) == 2
    assert "holds no run yet: it has just begun, or was ended before its first record" in \
        capsys.readouterr().err
    (tmp_path / ".reserve").unlink()
    assert call_report(["render", str(folder_of(tmp_path, result("a[x]", "pass")))]) == 0
    assert {"junit.xml", "summary.txt", "results.tap", "html"} <= {
        file.name for file in tmp_path.iterdir()}


def test_write_whole_replaces(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")
    write_whole(target, "new")
    assert target.read_text() == "new" and list(tmp_path.iterdir()) == [target]

# SPDX-License-Identifier: MIT
"""Records of which something is missing: it is noticed, named, and never taken for a pass."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
import sample
from conftest import House, call_report
from handmade import report_of, result, run_of
from sockproof.reports import records
from sockproof.reports.github import commands
from sockproof.reports.junit import junit_xml
from sockproof.reports.merge import Unmergeable, merge

IDS = ("a[x]", "b[x]", "c[x]")


def whole_run(folder: Path, **more: Any) -> Path:
    """A run that has everything that it says it has."""
    return run_of(folder, *(result(name, "pass") for name in IDS), selected=3, variants=IDS, **more)


def cut(folder: Path, lines: int, tail: str = "") -> Path:
    """The run with so many lines left, and a torn one behind them."""
    path = folder / "results.jsonl"
    kept = path.read_text("utf-8").splitlines(keepends=True)[:lines]
    path.write_text("".join(kept) + tail, "utf-8")
    return folder


def test_machines_are_told_of_every_reason(tmp_path: Path) -> None:
    run = cut(whole_run(tmp_path / "run"), 1, '{"id": "\\u0007')
    report = report_of(run)
    errors = ElementTree.fromstring(junit_xml(report.records))[1]
    assert [(case.get("name"), case[0].tag, case[0].get("message")) for case in errors] == [
        ("is complete", "error", report.incomplete[0]),
        ("is complete (2)", "error", report.incomplete[1])]
    assert (errors.get("tests"), errors.get("errors")) == ("2", "2")
    assert commands(report) == [f"::error title=sockproof::incomplete: {'; '.join(report.incomplete)}"]
    whole = report_of(whole_run(tmp_path / "whole"))
    assert len(ElementTree.fromstring(junit_xml(whole.records))) == 1 and commands(whole) == []


@pytest.mark.parametrize(("lines", "tail", "said"), [
    (0, "", "3 of 3 results are missing: a[x], b[x], c[x]"),
    (2, "", "1 of 3 results is missing: c[x]"),
    (1, '{"id": "b', "2 of 3 results are missing: b[x], c[x]")])
def test_missing_lines_are_named(tmp_path: Path, lines: int, tail: str, said: str,
                                 capsys: pytest.CaptureFixture[str]) -> None:
    run = cut(whole_run(tmp_path / "run"), lines, tail)
    report = report_of(run)
    assert report.incomplete[-1] == said and len(report.incomplete) == 1 + bool(tail)
    assert report.counts()["not-run"] == 3 - lines and "All" not in report.sentence
    assert call_report(["render", str(run)]) == 2
    assert f"incomplete: {said}" in capsys.readouterr().err
    assert f"incomplete: {said}" in (run / "summary.txt").read_text("utf-8")


@pytest.mark.parametrize(("wrong", "said"), [
    ({"events": "x"}, 'events is "x", not an object'),
    ({"events": {"offset": "far"}}, 'events.offset is "far", not a whole number'),
    ({"duration_us": "many"}, 'duration_us is "many", not a whole number'),
    ({"failure": {"requirements": "zz"}}, 'failure.requirements is "zz", not a list'),
    ({"failure": {"requirements": ["zz"]}}, 'failure.requirements[0] is "zz", not an object'),
    ({"line": [3]}, "line is [3], not a whole number"), ({"stack": 7}, "stack is 7, not a text")])
def test_a_member_of_the_wrong_kind_is_named(tmp_path: Path, wrong: dict[str, Any], said: str,
                                             capsys: pytest.CaptureFixture[str]) -> None:
    run = run_of(tmp_path / "run", result("a[x]", "pass"), result("b[x]", "fail") | wrong,
                 result("c[x]", "pass"))
    assert call_report(["render", str(run)]) == 2
    told = capsys.readouterr().err
    assert f"incomplete: 1 line of results.jsonl could not be read: line 2: {said}\n" in told
    assert [line["id"] for line in records.read(run).results] == ["a[x]", "c[x]"]
    assert call_report(["tap", str(run)]) == 0 and call_report(["github", str(run)]) == 0


def test_what_has_no_name_is_counted(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", *(result(name, "pass") for name in IDS), selected=5)
    report = report_of(run)
    assert report.incomplete == ["2 of 5 results are missing"]
    assert report.sentence == "All 3 variants pass on linux; 2 results are missing."


def test_a_missing_repeat_is_no_pass(tmp_path: Path) -> None:
    lines = [result(name, "pass", repeat=repeat) for repeat in range(3) for name in IDS[:2]]
    run = run_of(tmp_path / "run", *lines[:4], selected=6, variants=IDS[:2], repeat=3)
    report = report_of(run)
    assert report.incomplete == ["2 of 6 results are missing: a[x] (1 of 3 repeats), b[x] (1 of 3 repeats)"]
    assert report.counts() == {"not-run": 2}


def test_several_stacks_have_a_result_each(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", result("a[x]", "pass"), selected=2,
                 variants=["a[x]@linux", "a[x]@uml:6.1"])
    report = report_of(run)
    assert report.incomplete == ["1 of 2 results is missing: a[x]@uml:6.1"]
    assert [(variant.stack, variant.word) for variant in report.variants] == [
        ("linux", "pass"), ("uml:6.1", "not-run")]


def test_merge_refuses_what_has_lost_lines(tmp_path: Path,
                                           capsys: pytest.CaptureFixture[str]) -> None:
    run = cut(whole_run(tmp_path / "run"), 1, '{"id": "b')
    other = run_of(tmp_path / "other", result("d[x]", "pass"))
    output = tmp_path / "both"
    assert call_report(["merge", str(run), str(other), "-o", str(output)]) == 2
    said = capsys.readouterr().err
    assert f"{run}: 1 line of results.jsonl could not be read: line 2: cut short" in said
    assert f"{run}: 2 of 3 results are missing: b[x], c[x]" in said and "--partial" in said
    assert not output.exists()
    assert call_report(["merge", str(run), str(other), "-o", str(output), "--partial"]) == 0
    whole = report_of(output)
    assert len(whole.incomplete) == 2 and whole.incomplete[1].endswith("missing: b[x], c[x]")
    assert whole.counts() == {"pass": 2, "not-run": 2}
    # What the merged run loses in its turn is told as well.
    assert report_of(cut(output, 3)).incomplete[0].startswith("1 of 4 results is missing: ")


def test_merge_keeps_that_a_part_was_interrupted(tmp_path: Path) -> None:
    run = whole_run(tmp_path / "run", complete=False)
    other = run_of(tmp_path / "other", result("d[x]", "pass"), complete=False,
                   trouble=["the disk was full"])
    merge([run, other], tmp_path / "both")
    assert report_of(tmp_path / "both").incomplete == [
        f"{run}: the run ended before everything was judged and written",
        f"{other}: the disk was full"]


def test_merge_names_folders_that_are_wrong(tmp_path: Path) -> None:
    run = whole_run(tmp_path / "run")
    (tmp_path / "link").symlink_to(run)
    with pytest.raises(Unmergeable, match="run is given twice"):
        merge([run, run], tmp_path / "both")
    with pytest.raises(Unmergeable, match="link is given twice, as .*run"):
        merge([run, tmp_path / "link"], tmp_path / "both")
    with pytest.raises(Unmergeable, match="nowhere holds no run: No such file"):
        merge([run, tmp_path / "nowhere"], tmp_path / "both", partial=True)


def shard(number: int, count: int, *ids: str) -> dict[str, Any]:
    """What run.json says of a shard of a selection of these variants."""
    return {"number": number, "count": count, "total": len(ids),
            "selection": records.digest("\n".join(sorted(ids)))}


def test_shards_are_of_the_stacks_that_were_asked_for(tmp_path: Path) -> None:
    linux = {"stack": "linux", "version": "6.1"}
    both = [linux, {"stack": "usrsctp", "version": "0.9"}]
    first = run_of(tmp_path / "1", result("a[x]", "pass"), stacks=[linux], stacks_asked=[],
                   shard=shard(1, 2, "a[x]", "b[x]"))
    second = run_of(tmp_path / "2", result("b[x]", "pass", stack="usrsctp"), stacks=both,
                    stacks_asked=[], shard=shard(2, 2, "a[x]", "b[x]"))
    assert merge([first, second], tmp_path / "whole") == []
    assert report_of(tmp_path / "whole").sentence == "All 2 variants pass on 2 stacks."
    newer = run_of(tmp_path / "3", result("b[x]", "pass"), stacks=[linux | {"version": "6.12"}],
                   stacks_asked=[], shard=shard(2, 2, "a[x]", "b[x]"))
    with pytest.raises(Unmergeable, match="no shards of one run: their linux is 6.12 and 6.1"):
        merge([first, newer], tmp_path / "mixed")
    elsewhere = run_of(tmp_path / "4", result("b[x]", "pass", stack="lwip"), stacks_asked=["lwip"],
                       shard=shard(2, 2, "a[x]", "b[x]"))
    with pytest.raises(Unmergeable, match="shard 2 of 2 is missing\nshard 1 of 2 on lwip is missing"):
        merge([first, elsewhere], tmp_path / "mixed")


def test_shards_hold_what_was_dealt_out(tmp_path: Path) -> None:
    parts = [run_of(tmp_path / str(number), result(name, "pass"), stacks_asked=[],
                    shard=shard(number, 2, *IDS)) for number, name in ((1, "a[x]"), (2, "b[x]"))]
    with pytest.raises(Unmergeable, match="of 3 variants that were dealt out the shards hold 2"):
        merge(parts, tmp_path / "whole")


def test_a_part_cut_at_a_line_end_is_no_whole_run(house: House, tmp_path: Path) -> None:
    house.case("tcp/a", variants=["v1", "v2", "v3", "v4"])
    parts = [tmp_path / "1", tmp_path / "2"]
    for number, part in enumerate(parts, 1):
        house.call(*house.command("--shard", f"{number}/2", "--report", str(part)))
    shutil.copytree(parts[0], tmp_path / "cut")
    cut(tmp_path / "cut", 1)
    with pytest.raises(Unmergeable, match=r"cut: 1 of 2 results is missing: tcp/a\[v"):
        merge([tmp_path / "cut", parts[1]], tmp_path / "whole")
    assert merge(parts, tmp_path / "whole") == []


def test_a_shard_to_which_nothing_falls_is_a_part_like_any_other(house: House,
                                                                 tmp_path: Path) -> None:
    house.case("tcp/a")
    parts = [tmp_path / str(number) for number in (1, 2, 3)]
    done = [house.call(*house.command("--shard", f"{number}/3", "--report", str(part)))
            for number, part in enumerate(parts, 1)]
    assert [one.returncode for one in done] == [0, 0, 0], done[2].stdout
    empty = "Shard 3 of 3 is empty: all 2 variants fell to the others."
    assert f"\n{empty}\n" in done[2].stdout and "exit status 0 (good)" in done[2].stdout
    assert report_of(parts[2]).sentence == empty and not report_of(parts[2]).incomplete
    assert (parts[2] / "junit.xml").is_file()
    assert merge(parts, tmp_path / "whole") == []
    assert report_of(tmp_path / "whole").sentence == "All 2 variants pass on linux."
    with pytest.raises(Unmergeable, match="shard 3 of 3 is missing"):
        merge(parts[:2], tmp_path / "less")
    # Where the whole selection is empty, nothing ran, and that is not green.
    assert house.run("--shard", "1/3", "-k", "nosuchcase").returncode == 4


def test_an_engine_that_dies_between_repeats_leaves_all_of_them(house: House) -> None:
    house.case("tcp/a", variants=["inet"], then="crash")
    assert house.run("--repeat", "3").returncode == 2
    assert [line["repeat"] for line in house.results()] == [0, 1, 2]
    assert not any("missing" in text for text in report_of(house.report).incomplete)


def test_the_engine_names_what_it_will_run(tmp_path: Path) -> None:
    sample.engine(tmp_path / "run", "cases/udp/delivery", "--repeat", "2")
    run = json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))
    found = records.read(tmp_path / "run")
    assert run["selected"] == len(found.results) == 2 * len(run["variants"]) and not found.lost
    assert run["stacks_asked"] == []

# SPDX-License-Identifier: MIT
"""What became different: between runs, between stacks, in the terminal, on a page; shards and merging."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from conftest import House, call_report
from handmade import report_of, result, run_of
from sockproof.driver.shard import deal
from sockproof.reports import compare
from sockproof.reports.merge import Unmergeable, merge
from sockproof.reports.programs import programs


@pytest.mark.parametrize(("before", "after", "kind"), [
    (("pass", ""), ("fail", "x"), "regressed"), (("known", "x"), ("broken", "y"), "regressed"),
    (("skip", "x"), ("fail", "y"), "regressed"), (("pass", ""), ("skip", "x"), "unjudged"),
    (("fail", "x"), ("not-run", "y"), "unjudged"), (("fail", "x"), ("pass", ""), "fixed"),
    (("broken", "x"), ("pass", ""), "fixed"), (("known", "x"), ("pass", ""), "fixed"),
    (("broken", "x"), ("known", "y"), "excused"), (("fail", "x"), ("known", "x"), "excused"),
    (("pass", ""), ("known", "x"), "deviating"), (("known", "x"), ("fail", "x"), "regressed"),
    (("known", "x"), ("skip", "y"), "unjudged"), (("broken", "x"), ("skip", "y"), "unjudged"),
    (("skip", "x"), ("pass", ""), "judged"), (("not-run", "x"), ("known", "y"), "judged"),
    (("fail", "x"), ("fail", "y"), "changed"), (("fail", "x"), ("broken", "y"), "changed"),
    (("broken", "x"), ("fail", "x"), "changed"), (("known", "x"), ("known", "y"), "changed"),
    (("skip", "x"), ("skip", "y"), "changed"), (("skip", "x"), ("not-run", "y"), "changed"),
    (("fail", "x"), ("fail", "x"), ""), (("known", "x"), ("known", "x"), ""),
    (("fail", "in 3.1 ms"), ("fail", "in 45 ms"), ""), (("pass", ""), ("pass", ""), "")])
def test_what_became_of_a_variant(tmp_path: Path, before: tuple[str, str], after: tuple[str, str],
                                  kind: str) -> None:
    sides = [report_of(run_of(tmp_path / name, result("a[x]", verdict, reason=reason)))
             for name, (verdict, reason) in (("1", before), ("2", after))]
    found = compare.difference(sides[0], sides[1], ("1", "2"))
    assert [change.kind for change in found.changes] == ([kind] if kind else [])
    assert found.same == (0 if kind else 1)


@pytest.mark.parametrize(("changed", "kind"), [
    ({"reason": "in other words"}, ""), ({"observed": "an end after 99 ms"}, ""),
    ({"code": "deadline"}, "changed"), ({"step": 2}, "changed"), ({"observed": "5"}, "changed")])
def test_codes_tell_failures_apart_and_sentences_do_not(tmp_path: Path, changed: dict[str, Any],
                                                        kind: str) -> None:
    said = {"code": "mismatch", "step": 1, "actor": "client", "field": "took",
            "expected": "an end after 100 ms", "observed": "an end after 98 ms"}
    reason = changed.pop("reason", "why")
    runs = [run_of(tmp_path / "1", result("a[x]", "fail", failure=said)),
            run_of(tmp_path / "2", result("a[x]", "fail", reason=reason, failure=said | changed))]
    sides = list(map(report_of, runs))
    found = compare.difference(sides[0], sides[1], ("1", "2"))
    assert [change.kind for change in found.changes] == ([kind] if kind else [])
    (runs[1] / compare.MEMORY).write_text(compare.memory_of(sides[0], "1"), "utf-8")
    again = compare.remembered(sides[1], "2")
    assert again is not None and again.changes and again.changes[0].kind == kind if kind \
        else again is not None and not again.changes


def test_every_kind_has_its_words() -> None:
    assert list(compare.MEANINGS) == list(compare.KINDS) == list(compare.BETWEEN)
    for kind, meaning in compare.MEANINGS.items():
        known = kind in ("deviating", "excused", "judged", "changed", "fixed", "regressed")
        assert ("deviate" in meaning or "is known" in meaning) == known, "no known deviation holds"


def test_the_difference_of_two_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = run_of(tmp_path / "first", result("a[x]", "pass"), result("b[x]", "fail"),
                   result("gone[x]", "pass"))
    second = run_of(tmp_path / "second", result("a[x]", "fail", reason="it broke"),
                    result("b[x]", "pass"), result("new[x]", "pass"))
    assert call_report(["diff", str(first), str(second)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1 regressed, 1 fixed, 1 new, 1 gone; 0 as before."
    assert "  pass    > fail     a[x]" in lines and f"{'':21}it broke" in lines
    page = (second / "html" / "difference.html").read_text("utf-8")
    assert "1 regressed" in page and "it broke" in page
    index = (second / "html" / "index.html").read_text("utf-8")
    assert 'class="v regressed"' in index and 'href="difference.html"' in index
    # The page is made again with the others, without the first run.
    assert call_report(["render", str(second)]) == 0
    assert "it broke" in (second / "html" / "difference.html").read_text("utf-8")
    assert call_report(["diff", str(second), str(second), "--no-html"]) == 0
    assert call_report(["diff", str(second)]) == 3 and call_report(["diff", str(tmp_path), str(second)]) == 2


def test_a_difference_is_listed_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = run_of(tmp_path / "first", *(result(f"gone/{i}[x]", "pass") for i in range(13)))
    second = run_of(tmp_path / "second", *(result(f"new/{i}[x]", "pass") for i in range(13)))
    assert call_report(["diff", str(first), str(second), "--no-html"]) == 0
    out = capsys.readouterr().out
    assert out.count(" new/") == out.count(" gone/") == 13 and "more" not in out
    found = compare.difference(report_of(first), report_of(second), ("1", "2"))
    assert compare.text(found, 20).count("  ... and 8 more") == 2, "behind a run the list is short"


def test_the_difference_of_two_stacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = run_of(tmp_path / "whole", result("a[x]", "pass"), result("a[x]", "fail", stack="lwip"),
                   result("b[x]", "pass"), result("b[x]", "pass", stack="lwip"))
    assert call_report(["diff", str(whole), "--stacks", "linux,lwip"]) == 1
    assert capsys.readouterr().out.startswith("1 fail on lwip alone; 1 alike.\n")
    page = (whole / "html" / "difference.html").read_text("utf-8")
    assert '<a href="case/a.html#v-lwip-x">a[x]</a>' in page and ">regressed" not in page
    assert call_report(["diff", str(whole), "--stacks", "linux,plan9"]) == 3
    assert "two of linux, lwip" in capsys.readouterr().err


def test_a_run_compared_with_the_one_that_it_replaces(house: House) -> None:
    file = house.case("tcp/a", verdicts=["pass"], variants=["inet"])
    house.case("tcp/b", verdicts=["fail"], variants=["inet"])
    assert house.run().returncode == 1
    file.write_text(file.read_text("utf-8").replace("pass", "fail"), "utf-8")
    done = house.run("--compare", str(house.report))
    assert "1 regressed; 1 as before." in done.stdout
    assert "  pass    > fail     tcp/a[inet]" in done.stdout
    index = (house.report / "html" / "index.html").read_text("utf-8")
    assert index.index("tcp/a[inet]") < index.index("tcp/b[inet]")
    done = house.run("--compare", "/nowhere")
    assert done.returncode == 3 and "--compare wants the folder of an earlier run" in done.stderr


def test_shards_are_even_disjoint_and_the_same_everywhere() -> None:
    ids = [f"tcp/case-{i}[{family}]" for i in range(51) for family in ("inet", "inet6")]
    for count in (1, 2, 5, 7):
        dealt = [deal(ids, number, count) for number in range(1, count + 1)]
        again = [deal(reversed(ids), number, count) for number in range(1, count + 1)]
        assert dealt == again
        assert sorted(name for _, part in dealt for name in part) == sorted(ids)
        sizes = [len(part) for _, part in dealt]
        assert max(sizes) - min(sizes) <= 1
        if count < 7:
            assert all({name[-6:] for name in part} == {"[inet]", "inet6]"} for _, part in dealt)
    assert deal(ids, 1, 2)[0].selection != deal(ids[1:], 1, 2)[0].selection


def test_shards_make_one_run_again(house: House, tmp_path: Path) -> None:
    for name in "abcde":
        house.case(f"tcp/{name}", verdicts=["fail" if name == "c" else "pass"])
    parts = []
    for number in (1, 2, 3):
        part = tmp_path / f"part {number}"
        house.call(*house.command("--shard", f"{number}/3", "--report", str(part)))
        parts.append(part)
    sizes = [len((part / "results.jsonl").read_text("utf-8").splitlines()) for part in parts]
    assert sorted(sizes) == [3, 3, 4]
    assert merge(parts, tmp_path / "whole") == []
    whole = report_of(tmp_path / "whole")
    assert len(whole.variants) == 10 and not whole.incomplete
    for variant in whole.of_words("fail"):
        assert [event["case"] for event in whole.records.events(variant.result)] == [variant.id] * 6
    with pytest.raises(Unmergeable, match="shard 3 of 3 is missing"):
        merge(parts[:2], tmp_path / "less")
    assert merge(parts[:2], tmp_path / "less", partial=True) == ["shard 3 of 3 is missing"]
    assert report_of(tmp_path / "less").incomplete == ["shard 3 of 3 is missing"]
    with pytest.raises(Unmergeable, match="shard 2 of 3 is there twice"):
        merge([*parts, shutil.copytree(parts[1], tmp_path / "copy")], tmp_path / "more")
    with pytest.raises(Unmergeable, match="is not empty"):
        merge(parts, tmp_path / "whole")
    other = tmp_path / "other"
    house.call(*house.command("tcp/a", "tcp/b", "--shard", "3/3", "--report", str(other)))
    with pytest.raises(Unmergeable, match="no shards of one run: their selection"):
        merge([*parts[:2], other], tmp_path / "mixed")


def test_runs_on_several_stacks_make_one_report(tmp_path: Path) -> None:
    linux = run_of(tmp_path / "1", result("a[x]", "pass"), result("b[x]", "fail"))
    other = run_of(tmp_path / "2", result("a[x]", "fail", stack="lwip"), stack="lwip",
                   stack_version="2.1.3")
    assert merge([linux, other], tmp_path / "both") == []
    both = report_of(tmp_path / "both")
    assert both.stack_names == ["linux", "lwip 2.1.3"]
    assert both.sentence == "2 of 3 variants fail: 1 on linux, 1 on lwip."
    assert both.cases["a"].words("linux") == [("pass", 1)]
    assert both.cases["a"].words("lwip") == [("fail", 1)] and both.cases["b"].words("lwip") == []
    with pytest.raises(Unmergeable, match="share 2 results"):
        merge([linux, run_of(tmp_path / "3", result("a[x]", "pass"), result("b[x]", "pass"))],
              tmp_path / "twice")


def test_a_shard_that_is_none_is_told(house: House) -> None:
    house.case("tcp/a")
    for word in ("0/2", "3/2", "1", "a/b"):
        done = house.run("--shard", word)
        assert done.returncode == 3 and "--shard wants K/N" in done.stderr, done.stderr


def test_programs_are_shown_by_call_and_fault(tmp_path: Path) -> None:
    about = {"subject": "program", "file": "cases/program/curl/reset.yaml"}
    cut = {"name": "cut", "fired": 1, "at": "recv", "does": "errno EINTR", "programs": ["curl"]}
    piece = cut | {"name": "piece", "at": "send", "does": "cap 7"}
    lost = cut | {"name": "lost", "at": "wire", "does": "drop", "programs": ["curl", "nginx"]}
    run = run_of(tmp_path / "run", result("program/curl/reset[inet]", "fail", faults=[cut], **about),
                 result("program/curl/reset[inet6]", "pass", faults=[cut], **about),
                 result("program/curl/piece[inet]", "pass", faults=[piece], subject="program"),
                 result("program/curl/lost[inet]", "pass", faults=[lost], subject="program"),
                 result("program/old/plain[inet]", "pass", subject="program", file=about["file"]),
                 result("program/nc/plain[inet]", "pass", subject="program"), result("tcp/a[inet]", "pass"),
                 sources={"cases/program/curl/reset.yaml": "title: x\nprograms: [curl, wget]\n"})
    found = programs(report_of(run))
    assert {(program, call): {fault: [(met.case.id, [word for word, _, _ in met.words])
                                      for met in found.met(program, call, fault)]
                              for fault in found.cells[program, call]}
            for program, call, _ in found.rows} == {
        ("curl", ""): {"no fault": [("program/old/plain", ["pass"])]},
        ("curl", "recv"): {"EINTR": [("program/curl/reset", ["fail", "pass"])]},
        ("curl", "send"): {"cap": [("program/curl/piece", ["pass"])]},
        ("curl", "wire"): {"drop": [("program/curl/lost", ["pass"])]},
        ("nc", ""): {"no fault": [("program/nc/plain", ["pass"])]},
        ("nginx", "wire"): {"drop": [("program/curl/lost", ["pass"])]},
        ("wget", ""): {"no fault": [("program/old/plain", ["pass"])]}}
    assert found.faults == ["no fault", "EINTR", "cap", "drop"]
    assert call_report(["render", str(run)]) == 0
    page = (run / "html" / "matrix.html").read_text("utf-8")
    assert "Programs under faults" in page and 'class="v fail" href="case/program/curl/reset.html' in page


@pytest.mark.parametrize(("name", "complaint"), [("html", "html is not complete: Not a directory"),
                                                 ("compared.json", "json was not written: Is a dir")])
def test_what_cannot_be_written_is_printed_all_the_same(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, complaint: str) -> None:
    """What is in the way is so for root as well, who may write into a folder that is not to be written."""
    first = run_of(tmp_path / "first", result("a[x]", "pass"))
    second = run_of(tmp_path / "second", result("a[x]", "fail"))
    if name == "html":
        (second / name).write_text("", "utf-8")
    else:
        (second / name).mkdir()
    assert call_report(["diff", str(first), str(second)]) == 2
    said = capsys.readouterr()
    assert said.out.startswith("1 regressed; 0 as before.\n") and "report:" not in said.out
    assert complaint in said.err and "--no-html" in said.err
    assert call_report(["diff", str(first), str(second), "--no-html"]) == 1


def test_a_run_is_changed_by_a_difference_only_where_a_page_is_wanted(tmp_path: Path) -> None:
    first, second = (run_of(tmp_path / name, result("a[x]", "pass"), result("a[x]", "known", stack="lwip"))
                     for name in ("first", "second"))
    before = sorted(second.iterdir())
    assert call_report(["diff", str(first), str(second), "--no-html"]) == 0
    assert sorted(second.iterdir()) == before
    assert call_report(["diff", str(second), "--stacks", "linux,lwip"]) == 0
    assert not (second / compare.MEMORY).exists()
    index = (second / "html" / "index.html").read_text("utf-8")
    assert "Against" not in index and 'href="difference.html">Difference' in index
    assert "1 known on lwip alone" in (second / "html" / "difference.html").read_text("utf-8")
    assert call_report(["render", str(second)]) == 0
    assert not (second / "html" / "difference.html").exists(), "no page is left that nothing leads to"
    assert call_report(["diff", str(first), str(second)]) == 0
    assert f"Against {first}" in (second / "html" / "index.html").read_text("utf-8")


def test_a_report_is_rendered_elsewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = run_of(tmp_path / "an archive" / "run", result("a[x]", "fail", capture="capture/a[x].pcapng"))
    (run / "capture").mkdir()
    for name in ("events.jsonl", "capture/a[x].pcapng"):
        (run / name).write_text("", "utf-8")
    before = sorted(run.rglob("*"))
    output = tmp_path / "deep" / "pages"
    assert call_report(["render", str(run), "-o", str(output)]) == 0 and sorted(run.rglob("*")) == before
    assert f"report: {output}/html/index.html" in capsys.readouterr().out
    assert {"summary.txt", "junit.xml", "results.tap", "html"} == {one.name for one in output.iterdir()}
    for page, wanted in (("index.html", 3), ("case/a.html", 2)):
        file = output / "html" / page
        links = [file.parent / unquote(link) for link in re.findall('href="([^"#]+)', file.read_text("utf-8"))
                 if "an%20archive" in link]
        assert len(links) >= wanted and all(link.resolve().is_file() for link in links)
    other = run_of(tmp_path / "other", result("a[x]", "pass"))
    assert call_report(["render", str(run), "-o", str(other)]) == 3 and not (other / "html").exists()

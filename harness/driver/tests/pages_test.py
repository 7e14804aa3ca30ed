# SPDX-License-Identifier: MIT
"""What the pages are made of: ladders, plots, sources, coverage, findings; from records made up."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT, call_report
from handmade import call, check, data, packet, report_of, result, run_of, step
from sockproof.reports import plot, source
from sockproof.reports.coverage import Coverage
from sockproof.reports.failure import timeline
from sockproof.reports.github import step_summary
from sockproof.reports.ladder import ladder
from sockproof.reports.ladder_drawing import drawing
from sockproof.reports.model import slug, verdict_sentence


STORY = [
    step(10, "client", 'client: {send: "a"}', 1),
    call(20, "client", 'client: {send: "a"} = 1', 1, call="send"),
    packet(30, "client", "tcp PSH,ACK seq 1 1 bytes", "cut", fault="line"),
    step(40, "wire", "wire: {heal: both}", 2),
    call(900_050, "server", 'server: {recv: 9} = 1 "a"', 3, call="recv"),
    packet(900_060, "server", "tcp ACK seq 1 ack 2 0 bytes"),
    check(900_070, "server", 'data: expected "b", observed "a": NOT MET', 3, False),
    check(900_080, "client2", "quiet: nothing arrived: met", 4, True)]


def test_a_ladder_says_what_happened() -> None:
    found = ladder(STORY, {"failure": {"step": 3, "actor": "server"}}, 20, 20)
    assert found.lanes == ["client2", "client", "wire", "server"]
    assert [rung.text for rung in found.rungs[1:3]] == [
        "send = 1", "tcp PSH,ACK seq 1 1 bytes: cut by fault 'line'"]
    assert [rung.failing for rung in found.rungs].index(True) == 6
    assert [(w.first, w.last, w.label) for w in found.windows] == [(2, 3, "cut")]
    assert [rung.pause_us for rung in found.rungs if rung.pause_us] == [900_010]
    assert [rung.injected for rung in found.rungs].count(True) == 1
    assert not found.rungs[6].met and found.rungs[7].met


def test_the_same_ladder_in_text_and_in_a_drawing() -> None:
    lines = timeline(STORY, {"failure": {"step": 3, "actor": "server"}})
    text = "\n".join(lines)
    assert all(len(line) <= 80 for line in lines)
    assert re.search(r"^\*   0\.030 tcp PSH,ACK seq 1 1 bytes: cut by fault 'line' -+X$", text, re.MULTILINE)
    assert ": 900.0 ms in which nothing happened" in text
    assert '> 900.070' in text and "<--" in text and "client2: quiet" in text
    found = ladder(STORY, {"failure": {"step": 3, "actor": "server"}}, 20, 20)
    svg = str(drawing(found, "v", "A ladder"))
    assert svg.count('class="lane"') == 4 and svg.count('class="pause"') == 1
    assert svg.count('class="window"') == 1 and svg.count('class="cross"') == 1
    assert 'id="v-e30" href="#v-r30"' in svg and "is-failing" in svg


@pytest.mark.parametrize("line", ["x" * 200_000, "A" * 200_000 + "a", "a-" * 100_000, '\\"' * 100_000,
                                  '"' + '\\"' * 100_000, "_A" * 100_000, "# " * 100_000])
def test_a_long_line_of_a_case_takes_its_time(line: str) -> None:
    began = time.process_time()
    assert len(source.marked_up(line)) >= len(line)
    assert time.process_time() - began < 10, line[:8]


def test_of_a_long_history_the_failure_is_shown() -> None:
    events = [call(n, "client", f"call {n}", n) for n in range(1000)]
    found = ladder(events, {"failure": {"step": 500, "actor": "client"},
                            "events": {"truncated": 7}}, 10, 40)
    numbers = [rung.n for rung in found.rungs]
    assert numbers[:10] == list(range(10)) and 500 in numbers and len(numbers) == 50
    assert found.left_out + found.left_after + 50 == 1000 and found.gap == 10
    svg = str(drawing(found, "v", "x"))
    assert f"{found.left_out} events left out" in svg and "7 events were not recorded" in svg
    assert ladder(events[:50], {}, 10, 40).left_out == 0


def test_a_stream_is_followed() -> None:
    events = [call(5, "client", "send = 30", returns=30, call="send"), data(10, 1, 10),
              data(20, 11, 10, "dropped"), data(30, 21, 10), data(90, 11, 10),
              call(95, "server", "recv = 30", returns=30, call="recv"),
              packet(96, "client", "udp", packet={"payload": {"length": 5}})]
    stream, = plot.streams(events)
    assert [(one.t_us, one.first, one.end, one.fate, one.again) for one in stream.segments] == [
        (10, 0, 10, "passed", False), (20, 10, 20, "dropped", False), (30, 20, 30, "passed", False),
        (90, 10, 20, "passed", True)]
    assert (stream.sent, stream.received) == ([(5, 30)], [(95, 30)]) and stream.worth_looking
    assert plot.stream_words(stream) == ("client: 30 bytes sent, 30 received by the other side, 4 "
                                         "segments, 1 lost, 1 carrying bytes once more")
    svg = str(plot.stream_plot(stream))
    assert svg.count('class="lost"') == 1 and svg.count('class="again"') == 1
    assert not plot.streams(events[:1])[0:] and not plot.streams([])


@pytest.mark.parametrize(("numbers", "wanted"), [
    ([0, 1, 2], [0, 0, 0]), ([1, 0], [0, 1]), ([1, 2, 3, 0, 4], [0, 0, 0, 3, 0]),
    ([2, 0, 1], [0, 1, 2]), ([0, 0, 1], [0, 0, 0]), ([], [])])
def test_the_extent_of_reordering(numbers: list[int], wanted: list[int]) -> None:
    assert plot.extents(numbers) == wanted


def test_orders_are_drawn_when_there_are_enough() -> None:
    events = [call(1, "server", "recv_each", messages=[1, 0, 2, 3, 4, 5]),
              call(2, "server", "recv_each", messages=[0, 1, 2]),
              call(3, "server", "recv_each", messages=[-1] * 8)]
    (actor, numbers), = plot.orders(events)
    assert actor == "server" and plot.order_words(numbers) == (
        "6 messages arrived, 1 of them late, by at most 1 places")
    assert str(plot.order_plot(numbers)).count('class="extent"') == 1
    assert len(plot.orders([call(1, "server", "recv_each", messages=[0, 2, 1])])) == 1


def test_source_is_marked_up_and_escaped() -> None:
    found = source.lines('steps:   # what <it> does\n  - client: {send: "a # b", errno: EAGAIN}\n', {2})
    assert [line.failing for line in found] == [False, True]
    assert '<span class="y-comment"># what &lt;it&gt; does</span>' in found[0].markup
    assert '<span class="y-string">&#34;a # b&#34;</span>' in found[1].markup
    assert '<span class="y-key">client</span>' in found[1].markup
    assert '<span class="y-constant">EAGAIN</span>' in found[1].markup


CATALOGUE = [{"id": "rfc1/MUST-1", "level": "must", "section": "3.10", "summary": "One.",
              "observable": "socket"},
             {"id": "rfc1/MAY-2", "level": "may", "section": "3.9", "summary": "Two.",
              "observable": "wire", "excepted": "needs exhaustion"},
             {"id": "rfc1/MUST-3", "level": "must", "section": "3.9", "summary": "Three.",
              "observable": "wire"},
             {"id": "posix/x", "level": "should", "section": "", "summary": "Four.",
              "observable": "socket"}]


def test_coverage_tells_covered_from_cited(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", result("a[x]", "pass", cites=["rfc1/MUST-1"]),
                 result("b[x]", "skip", cites=["rfc1/MUST-3", "posix/gone"]),
                 result("c[x]", "pass", cites=[]), catalogue=CATALOGUE)
    found = Coverage(report_of(run))
    assert {name: entry.state for name, entry in found.entries.items()} == {
        "rfc1/MUST-1": "covered", "rfc1/MAY-2": "excepted", "rfc1/MUST-3": "cited",
        "posix/x": "uncovered"}
    assert [(case.id, text) for case, text in found.errors] == [
        ("b", "cites posix/gone, which the catalogue does not hold"), ("c", "cites nothing")]
    assert found.figures("level") == [("must", Counter(covered=1, cited=1)),
                                      ("should", Counter(uncovered=1)), ("may", Counter(excepted=1))]
    assert [section.name for section in found.sections["rfc1"]] == ["3.9", "3.10"]
    assert call_report(["render", str(run)]) == 1
    page = (run / "html" / "coverage.html").read_text("utf-8")
    assert "2 citation errors" in page and "needs exhaustion" in page


def test_repeats_that_disagree_are_shown(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", result("a[x]", "pass"), result("a[x]", "skip", repeat=1),
                 result("b[x]", "fail"), result("b[x]", "pass", repeat=1))
    found = report_of(run)
    assert [variant.word for variant in found.variants] == ["unstable", "fail"]
    assert call_report(["render", str(run)]) == 0
    page = (run / "html" / "index.html").read_text("utf-8")
    assert "Judged differently from one repeat to the next" in page
    assert "unstable: 1 pass, 1 skip" in page and "unstable: 1 pass, 1 fail; why" in page


@pytest.mark.parametrize(("counts", "wanted"), [
    ({"pass": 3}, "All 3 variants pass on linux."), ({"pass": 1}, "The one variant passes on linux."),
    ({"pass": 2, "skip": 1}, "2 of 3 variants pass on linux; 1 skipped."),
    ({"pass": 2, "known": 1}, "Nothing fails on linux that its baseline does not name: 2 of 3 "
     "variants pass, 1 deviate as known."),
    ({"pass": 2, "fail": 1, "broken": 2}, "1 of 5 variants fails on linux; 2 could not be judged."),
    ({"skip": 3}, "Nothing was judged: this run proves nothing."),
    ({"broken": 3}, "Nothing was judged: this run proves nothing."),
    ({}, "Nothing was judged: this run proves nothing.")])
def test_the_verdict_in_one_sentence(counts: dict[str, int], wanted: str) -> None:
    assert verdict_sentence(Counter(counts), {"linux": Counter(counts)}) == wanted


@pytest.mark.parametrize(("musts", "shoulds", "wanted"), [
    (0, 1, "1 of 2 variants fails on linux, in SHOULD and MAY alone: it does not count without --strict."),
    (0, 2, "2 of 3 variants fail on linux, in SHOULD and MAY alone: they do not count without --strict."),
    (1, 1, "2 of 3 variants fail on linux, 1 of them in SHOULD and MAY alone, which does not count "
     "without --strict.")])
def test_the_sentence_says_what_does_not_count(tmp_path: Path, musts: int, shoulds: int,
                                               wanted: str) -> None:
    levels = ["MUST"] * musts + ["SHOULD"] * shoulds
    lines = [result(f"{number}[x]", "fail", failure={"requirements": [{"id": "a/b", "level": level}]})
             for number, level in enumerate(levels)]
    run = run_of(tmp_path / "run", *lines, result("passes[x]", "pass"))
    found = report_of(run)
    assert found.sentence == wanted
    summary = step_summary(found)
    assert summary.count("| fail, does not count |") == shoulds and summary.count("**fail**") == musts
    strict = report_of(run_of(tmp_path / "strict", *lines, strict=True))
    assert "count" not in strict.sentence + step_summary(strict)


def test_a_stale_entry_has_its_place_and_no_ladder(tmp_path: Path) -> None:
    events = json.dumps(call(1, "client", "send", 1)) + "\n"
    run = run_of(tmp_path / "run", result(
        "a[x]", "fail", reason="stale baseline: it passes", cites=[],
        events={"offset": 0, "length": len(events), "count": 1, "truncated": 0},
        failure={"code": "stale-baseline", "file": "fixtures/baseline/linux.yaml", "line": 7}))
    (run / "events.jsonl").write_text(events, "utf-8")
    assert call_report(["render", str(run)]) == 0
    page = (run / "html" / "case" / "a.html").read_text("utf-8")
    assert "stale baseline: it passes" in page and "What happened" not in page
    assert "<code>fixtures/baseline/linux.yaml</code>, line 7;" in page


def test_ids_of_any_kind_have_pages(tmp_path: Path) -> None:
    names = ["../../etc/passwd", "a b/ü", "x" * 400, "./.hidden", "a//b", "CON", "a=b", "a\n<b>"]
    assert len({slug(name) for name in names}) == len(names)
    run = run_of(tmp_path / "deep" / "run", *(result(f"{name}[v]", "fail") for name in names))
    assert call_report(["render", str(run)]) == 0
    top = run / "html"
    for case in report_of(run).cases.values():
        page = (top / case.page).resolve()
        assert page.is_file() and top in page.parents
    assert sorted(tmp_path.iterdir()) == [tmp_path / "deep"]


def test_nothing_of_a_record_becomes_markup(tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script>\"'&"
    events = json.dumps(call(1, nasty, nasty, 1) | {"fault": nasty}) + "\n"
    run = run_of(tmp_path / "run", result(
        f"{nasty}[{nasty}]", "fail", title=nasty, reason=nasty, stack=nasty, cites=[nasty], file=nasty,
        variant=nasty, capture=nasty, reproduce=nasty, faults=[{"name": nasty, "fired": 1}],
        errors=[{"actor": nasty, "call": nasty, "errno": nasty, "expected": False, "origin": nasty}],
        delivery={"unit": nasty, "sent": 3}, ordering={nasty: 1},
        events={"offset": 0, "length": len(events), "count": 1, "truncated": 0},
        failure={"file": nasty, "line": 1, "step": 1, "source": nasty, "actor": nasty, "field": nasty,
                 "expected": nasty, "observed": nasty, "requirements": [],
                 "not_run": [{"line": 2, "step": 2, "source": nasty}]}),
        sources={nasty: nasty}, host_profile={nasty: nasty}, command=nasty)
    (run / "events.jsonl").write_text(events, "utf-8")
    assert call_report(["render", str(run)]) == 0
    pages = list((run / "html").rglob("*.html"))
    assert len(pages) == 4
    for page in pages:
        assert "<script>alert" not in page.read_text("utf-8")


def test_no_control_character_reaches_a_page_or_the_summary(tmp_path: Path,
                                                            capsys: pytest.CaptureFixture[str]) -> None:
    nasty = "a\x1b[31m\u202eb\x07"
    plain = "a\\x1b[31m\\u202eb\\x07"
    events = json.dumps(call(1, nasty, nasty, 1)) + "\n"
    run = run_of(tmp_path / "run", result(
        f"{nasty}[x]", "fail", title=nasty, reason=nasty, stack=nasty, file=nasty, variant=nasty,
        reproduce=nasty, capture=nasty, cites=[nasty],
        events={"offset": 0, "length": len(events), "count": 1, "truncated": 0},
        failure={"file": nasty, "line": 1, "source": nasty, "actor": nasty, "field": nasty, "expected": nasty,
                 "observed": nasty, "requirements": []}), result(f"{nasty}[x]", "pass", stack="lwip"),
        sources={nasty: f"{nasty}\r\nb: 1"}, host_profile={nasty: nasty}, command=nasty)
    (run / "events.jsonl").write_text(events, "utf-8")
    assert call_report(["render", str(run)]) == 0
    assert call_report(["diff", str(run), str(run), "--no-html"]) == 0
    files = [*(run / "html").rglob("*.html"), run / "summary.txt", run / "stacks.txt"]
    for text in (*(file.read_text("utf-8") for file in files), *capsys.readouterr()):
        assert not set(text) & {"\x1b", "\x07", "\u202e", "\r"}
    pages = {file.name: file.read_text("utf-8") for file in files}
    assert f"<h1>{plain}</h1>" in "".join(pages.values()) and plain in pages["index.html"]
    assert f"fail  {plain}[x]" in pages["summary.txt"] and f"stack {plain}" in pages["summary.txt"]


def luminance(colour: str) -> float:
    """The relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722))))


def test_every_word_can_be_read_on_every_ground() -> None:
    css = (ROOT / "reports" / "static" / "report.css").read_text("utf-8")
    schemes = [dict(re.findall(r"--([\w-]+): (#\w{6})", block))
               for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)]
    assert len(schemes) == 2
    for colours in schemes:
        for ground in ("paper", "ground", "mark", "fail-ground"):
            for ink in ("ink", "muted", "link"):
                dark, light = sorted((luminance(colours[ink]), luminance(colours[ground])))
                assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {ground}"


def test_what_regressed_stands_first_among_the_broken_too(tmp_path: Path) -> None:
    names = ("a[x]", "b[x]", "c[x]")
    before = run_of(tmp_path / "1", *(result(name, "pass" if name == "c[x]" else "broken") for name in names))
    after = run_of(tmp_path / "2", *(result(name, "broken") for name in names))
    assert call_report(["diff", str(before), str(after)]) == 1
    index = (after / "html" / "index.html").read_text("utf-8")
    assert re.findall(r'class="name"[^>]*>(\w)\[x\]', index) == ["c", "a", "b"]

# SPDX-License-Identifier: MIT
"""A run whose events are missing or cut says so, everywhere, and links to nothing that is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import call_report
from handmade import call, report_of, result, run_of
from sockproof.reports.site import LADDERS

EVENTS = 5


def with_events(folder: Path, count: int) -> Path:
    """A run of so many variants that failed, each with its events."""
    lines: list[dict[str, Any]] = []
    block = ""
    for number in range(count):
        events = "".join(json.dumps(call(t_us, "client", f"send = {t_us}")) + "\n" for t_us in range(EVENTS))
        span = {"offset": len(block), "length": len(events), "count": EVENTS, "truncated": 0}
        lines.append(result(f"a[{number}]", "fail", events=span, capture="capture/a.pcapng"))
        block += events
    run = run_of(folder, *lines)
    (run / "events.jsonl").write_text(block, "utf-8")
    return run


def said(run: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[str, str, str, str]:
    """What the command, the summary, the index and the case's page say."""
    assert call_report(["render", str(run), *more]) == 0
    summary, index, case = ((run / name).read_text("utf-8") for name in (
        "summary.txt", "html/index.html", "html/case/a.html"))
    return capsys.readouterr().err, summary, index, case


def test_events_that_are_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = with_events(tmp_path, 2)
    (run / "events.jsonl").unlink()
    told, summary, index, page = said(run, capsys)
    sentence = "the events of 2 of 2 results are not all there, since events.jsonl is missing"
    for text in (told, " ".join(summary.split()), index[1:], page[1:]):
        assert sentence[1:] in text
    assert report_of(run).incomplete == [], "its verdicts are all there"
    assert summary.count("its 5 events are missing from events.jsonl") == 2
    assert "no events were recorded" not in summary and "\nevidence" not in summary
    assert page.count("its 5 events are missing from events.jsonl") == 2
    for text in (index, page):
        assert 'events.jsonl"' not in text and "events.jsonl is missing" in text
        assert "pcapng" not in text, "nor are its packets there"
        assert "since this page has" not in text


def test_events_that_are_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = with_events(tmp_path, 3)
    whole = (run / "events.jsonl").read_bytes()
    lines = whole.splitlines(keepends=True)
    (run / "events.jsonl").write_bytes(b"".join(lines[:EVENTS + 2]) + lines[0][:9])
    told, summary, index, page = said(run, capsys)
    assert "of 2 of 3 results are not all there, since events.jsonl is cut short" in told
    assert "This report is incomplete" in index and "This report is incomplete" in page
    assert "... 3 events are missing from events.jsonl" in summary
    assert "events.jsonl, 2 of 5 events" in summary and "events.jsonl, 5 events" in summary
    assert "its 5 events are missing from events.jsonl" in summary
    assert page.count('<svg class="ladder"') == 2 and "Its ladder cannot be drawn" in page
    assert "3 events are missing from events.jsonl" in page
    (run / "events.jsonl").write_bytes(whole)
    told, summary, index, page = said(run, capsys)
    assert "missing" not in told + summary + page and "incomplete" not in index


def test_what_is_asked_for_is_drawn_however_much_there_is(tmp_path: Path,
                                                          capsys: pytest.CaptureFixture[str]) -> None:
    run = with_events(tmp_path, LADDERS + 4)
    page = said(run, capsys)[3]
    assert page.count('<svg class="ladder"') == LADDERS
    assert page.count(f"since this page has {LADDERS} others") == 4 and "--full 'a'" in page
    assert said(run, capsys, "--full", "a")[3].count('<svg class="ladder"') == LADDERS + 4
    page = said(run, capsys, "--full", f"a[[]{LADDERS + 3}]")[3]
    assert page.count('<svg class="ladder"') == LADDERS + 1 and f'id="v-linux-{LADDERS + 3}-e0"' in page

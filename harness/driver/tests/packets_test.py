# SPDX-License-Identifier: MIT
"""What the ladder and the plots say of packets that are held, late, doubled or sent once more: made up,
and held against the IP identifiers of real ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sample
from handmade import data, packet, step
from sockproof.reports import plot, records
from sockproof.reports.failure import timeline
from sockproof.reports.ladder import ladder
from sockproof.reports.ladder_drawing import drawing
from sockproof.reports.packets import Kept, taken

HOLD, RELEASE = "wire: {hold: client}", "wire: {release: client}"


def late(t_us: int, seq: int, fate: str, fault: str) -> dict[str, Any]:
    """A segment that goes on late, as its event tells."""
    plain = data(t_us, seq, 10)
    return plain | {"fate": fate, "fault": fault,
                    "text": plain["text"].replace("passed", f"{fate} by fault '{fault}'")}


def gone(event: dict[str, Any], taken_us: int) -> dict[str, Any]:
    """What the wire had held since then."""
    return event | {"taken_us": taken_us, "held": True}


def words_of(*events: dict[str, Any]) -> str:
    stream, = plot.streams(list(events))
    return plot.stream_words(stream).partition("other side, ")[2]


def test_held_and_let_go_is_one_segment() -> None:
    held = [data(10, 1, 10, "held"), data(20, 11, 10, "held"), data(30, 21, 10, "held")]
    let_go = [gone(data(40, 1, 10), 10), gone(data(41, 11, 10), 20)]
    assert words_of(*held, *let_go) == ("3 segments, 0 lost, 0 carrying bytes once more, 3 held on the "
                                        "wire")
    stream, = plot.streams(held + let_go)
    assert [one.held_us for one in stream.segments] == [None, None, None, 10, 20]
    svg = str(plot.stream_plot(stream))
    assert svg.count('class="segment held"') == 3 and 'class="lost"' not in svg
    assert svg.count('class="held"') == 2 and "again" not in svg
    cut = gone(data(40, 1, 10, "cut"), 10)
    assert words_of(*held[:1], cut) == "1 segments, 1 lost, 0 carrying bytes once more, 1 held on the wire"


def test_once_more_is_what_the_sender_sent_before() -> None:
    assert words_of(data(10, 1, 10), data(20, 21, 10), data(30, 11, 10)) \
        == "3 segments, 0 lost, 0 carrying bytes once more", "a late one repeats nothing"
    assert words_of(data(10, 1, 10), data(20, 21, 10), data(30, 6, 10)) \
        == "3 segments, 0 lost, 1 carrying bytes once more", "a part of it is enough"
    assert words_of(data(10, 1, 10), late(11, 1, "duplicated", "two")) \
        == "1 segments, 0 lost, 0 carrying bytes once more, 1 doubled on the wire"
    assert words_of(data(10, 1, 10, "dropped"), data(20, 1, 10, "dropped"), data(30, 1, 10)) \
        == "3 segments, 2 lost, 2 carrying bytes once more"


def test_when_the_wire_took_a_packet_its_event_says() -> None:
    """Of three alike the first was held, and nothing but its event tells which of the others it is."""
    events = [data(10, 1, 10, "held"), data(20, 1, 10), gone(data(30, 1, 10), 10),
              late(40, 11, "delayed", "late") | {"taken_us": 15}]
    assert taken(events) == {30: Kept(10, True), 40: Kept(15, False)}
    stream, = plot.streams(events)
    assert [(one.t_us, one.held_us, one.again) for one in stream.segments] == [
        (10, None, False), (20, None, True), (30, 10, False), (40, None, False)]


def test_a_held_packet_looks_held_and_then_released() -> None:
    events = [step(5, "wire", HOLD, 1), data(10, 1, 10, "held"), step(20, "wire", RELEASE, 2),
              gone(data(30, 1, 10), 10), data(40, 11, 10, "dropped")]
    held, let_go = (ladder(events, {}, 9, 9).rungs[place] for place in (1, 3))
    assert (held.lost, held.held, held.stopped, held.born) == (False, True, True, False)
    assert (let_go.text, let_go.born) == ("tcp seq 1: released, held at 0.010 ms", True)
    lines = timeline(events, {})
    assert lines[3].rstrip().endswith("-o") and "held at 0.010 ms --" in lines[5]
    assert lines[6].endswith("-X")
    svg = str(drawing(ladder(events, {}, 9, 9), "v", "A ladder"))
    assert svg.count('class="held"') == 2 and svg.count('class="cross"') == 1


@pytest.mark.parametrize(("steps", "wanted"), [
    (["hold: client", "release: client"], [(0, 1)]),
    (["hold: client", 'release: {payload: "x"}, count: 1', "release: client"], [(0, 2)]),
    (["hold: both", "release: client, count: 1", "release: server"], [(0, 2)]),
    (["hold: both", "release: client"], [(0, 2)]), (["hold: server", "release: client"], [(0, 2)]),
    (["cut: both", "heal: client", "heal: server"], [(0, 2)]), (["cut: both", "heal: both"], [(0, 1)]),
    (["hold: client", "release: both", "hold: server", "release: server"], [(0, 1), (2, 3)]),
    (["sees: {packet: data}, from: client"], [])])
def test_a_window_ends_when_the_last_side_is_let_go(steps: list[str], wanted: list[Any]) -> None:
    events = [step(t_us, "wire", f"wire: {{{text}}}", t_us) for t_us, text in enumerate(steps)]
    events.append(packet(9, "client", "udp 3 bytes"))
    found = ladder(events, {}, 20, 20).windows
    assert [(window.first, window.last) for window in found] == wanted


def test_a_window_reaches_into_what_is_shown() -> None:
    events = [step(0, "client", "client: {close: sock}", 1), step(1, "wire", HOLD, 2),
              *(packet(t_us, "server", "udp") for t_us in range(2, 50)), step(50, "wire", RELEASE, 3),
              packet(51, "server", "udp")]
    found = ladder(events, {}, 1, 9)
    assert [(window.first, window.last) for window in found.windows] == [(1, 8)]


def test_the_captions_agree_with_the_packets(tmp_path: Path) -> None:
    cases = ("fault/wire-by-chance", "fault/wire-reorder", "fault/wire-delay", "fault/wire-drop",
             "zerocopy/range")
    sample.engine(tmp_path / "run", *(f"cases/tcp/{case}.yaml" for case in cases))
    found = records.read(tmp_path / "run")
    results = [result for result in found.results if "inet6" not in result["variant"]]
    assert len(results) > 7
    for result in results:  # IPv6 has no identifier to hold them against
        events = found.events(result)
        for stream in plot.streams(events):
            segments = [event for event in events if event["type"] == "packet"
                        and event["from"] == stream.sender and event["packet"].get("tcp")
                        and event["packet"]["payload"]["length"]]
            sent = {event["packet"]["ip"].get("id"): event for event in segments}
            bytes_sent = sum(event["packet"]["payload"]["length"] for event in sent.values())
            own = [one for one in stream.segments if one.sent]
            assert len(own) == len(sent), result["id"]
            assert sum(one.end - one.first for one in own if one.again) \
                == bytes_sent - max(one.end for one in own), result["id"]
            assert sum(one.fate in ("dropped", "cut") for one in own) \
                == [event["fate"] for event in segments].count("dropped"), result["id"]

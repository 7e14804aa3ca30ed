# SPDX-License-Identifier: MIT
"""Plots where looking beats reading: a stream's bytes over time, the order of messages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from markupsafe import Markup

from sockproof.reports.fate import DAMAGED, DOUBLED, HELD, LOST
from sockproof.reports.packets import Kept, taken
from sockproof.reports.records import Event
from sockproof.reports.shapes import joined, line, tag, text

WIDTH, HEIGHT = 880, 260
LEFT, RIGHT, TOP, BOTTOM = 76, 16, 30, 44
# Below this there is nothing to look at.
LEAST_PACKETS, LEAST_MESSAGES, MOST_POINTS = 6, 6, 4000
SENDING = ("send", "sendto", "sendmsg", "write", "writev", "send_all", "fill", "sendfile")
RECEIVING = ("recv", "recvfrom", "recvmsg", "read", "readv", "recv_all")


@dataclass(frozen=True)
class Segment:
    """One sighting of a segment of a stream: the bytes from `first` to before `end`. `again` is
    whether its sender had sent any of them before; `held_us` is when the wire took hold of one that
    goes on now, None of any other."""

    t_us: int
    first: int
    end: int
    fate: str = ""
    again: bool = False
    held_us: int | None = None

    @property
    def sent(self) -> bool:
        """Whether the sender sent it: the wire neither doubled it nor had kept it before."""
        return self.fate != DOUBLED and self.held_us is None


@dataclass
class Stream:
    """One direction of a TCP connection: (time in us, bytes) for either side's calls, and its
    segments in the order of their times."""

    sender: str
    sent: list[tuple[int, int]] = field(default_factory=list)
    received: list[tuple[int, int]] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    @property
    def worth_looking(self) -> bool:
        """Whether there is anything to see: many segments, or one that had no plain way."""
        return len(self.segments) >= LEAST_PACKETS or any(
            one.again or one.fate in (*LOST, HELD) for one in self.segments)


def streams(events: list[Event]) -> list[Stream]:
    """Both directions of the first connection that carried data: the bytes that calls moved
    and the segments that carried them. [] when there was none."""
    found = {"client": Stream("client"), "server": Stream("server")}
    ordered = sorted(events, key=lambda event: event.get("t_us") or 0)
    origins = taken(ordered)
    ports: set[int] = set()
    # When its sender sent each: a late one before those that went by.
    sendings: list[tuple[int, str, Segment]] = []
    for event in ordered:
        add_call(found, event)
        packet = event.get("packet") or {}
        tcp, length = packet.get("tcp"), (packet.get("payload") or {}).get("length") or 0
        sender = event.get("from")
        if not tcp or not length or sender not in found:
            continue
        pair = {tcp.get("sport"), tcp.get("dport")}
        ports = ports or pair
        if pair == ports:
            kept = origins.get(int(event.get("n") or 0))
            one = segment_of(event, int(tcp.get("seq") or 1) - 1, length, kept)
            sendings.append((kept.t_us if kept else one.t_us, str(sender), one))
    for sender, stream in found.items():
        stream.segments = with_repeats([(t_us, one) for t_us, by, one in sendings if by == sender])
    return [stream for stream in found.values() if stream.segments]


def segment_of(event: Event, first: int, length: int, kept: Kept | None) -> Segment:
    """The segment of a packet's event; `kept` is when the wire took it, None if it went by."""
    return Segment(int(event["t_us"]), first, first + length, str(event.get("fate") or ""),
                   held_us=kept.t_us if kept and kept.held else None)


def with_repeats(sendings: list[tuple[int, Segment]]) -> list[Segment]:
    """The segments in the order of their times, those marked that carry bytes which their sender
    had sent before. They are given with the times at which they were sent."""
    covered: list[tuple[int, int]] = []
    result: list[Segment] = []
    for _, one in sorted(sendings, key=lambda sending: sending[0]):
        again = one.sent and any(begin < one.end and one.first < end for begin, end in covered)
        result.append(replace(one, again=again))
        covered = merged(covered, one.first, one.end) if one.sent else covered
    return sorted(result, key=lambda one: one.t_us)


def merged(covered: list[tuple[int, int]], begin: int, end: int) -> list[tuple[int, int]]:
    """Ranges that neither meet nor overlap, with one more among them."""
    apart = [one for one in covered if one[1] < begin or end < one[0]]
    touching = [one for one in covered if begin <= one[1] and one[0] <= end]
    return [*apart, (min([begin, *(one[0] for one in touching)]),
                     max([end, *(one[1] for one in touching)]))]


def add_call(found: dict[str, Stream], event: Event) -> None:
    """Adds what a call moved to the stream that it belongs to."""
    count, actor, call = event.get("returns"), event.get("actor"), event.get("call")
    if event.get("phase") not in ("returned", "done") or not isinstance(count, int) or count <= 0:
        return
    if actor in found and call in SENDING:
        grow(found[actor].sent, int(event["t_us"]), count)
    if call in RECEIVING and actor in found:
        other = "server" if actor == "client" else "client"
        grow(found[other].received, int(event["t_us"]), count)


def grow(points: list[tuple[int, int]], t_us: int, count: int) -> None:
    """Adds a point `count` above the last."""
    points.append((t_us, (points[-1][1] if points else 0) + count))


class Axes:
    """The frame of a plot: values to places."""

    def __init__(self, x_most: float, y_most: float) -> None:
        self.x_most, self.y_most = max(x_most, 1), max(y_most, 1)

    def x(self, value: float) -> float:
        """The place of `value` from the left."""
        return LEFT + (WIDTH - LEFT - RIGHT) * value / self.x_most

    def y(self, value: float) -> float:
        """The place of `value` from the top."""
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.y_most

    def frame(self, x_name: str, y_name: str, x_text: str, y_text: str) -> list[Markup]:
        """The two axes, what they show and how far they reach."""
        floor, wall = HEIGHT - BOTTOM, WIDTH - RIGHT
        return [line(LEFT, floor, wall, floor, class_="axis"),
                line(LEFT, TOP, LEFT, floor, class_="axis"),
                text(LEFT, floor + 18, "0"), text(wall, floor + 18, x_text, text_anchor="end"),
                text((LEFT + wall) / 2, floor + 34, x_name, text_anchor="middle"),
                text(LEFT - 8, TOP + 4, y_text, text_anchor="end"),
                text(LEFT - 8, floor, "0", text_anchor="end"), text(8, TOP - 14, y_name)]


def stairs(points: list[tuple[int, int]], axes: Axes, end: int) -> str:
    """A path that rises at each point and runs level between them, to the time `end`."""
    steps = [f"M{axes.x(0):.1f} {axes.y(0):.1f}"]
    for t_us, value in points:
        steps.append(f"H{axes.x(t_us):.1f}V{axes.y(value):.1f}")
    return "".join([*steps, f"H{axes.x(end):.1f}"])


def stream_plot(stream: Stream) -> Markup:
    """Bytes over time: sent by the one side's calls, received by the other's, and the segments
    between them, those marked that were lost, held or sent once more."""
    moved = stream.sent + stream.received
    end = max([one.t_us for one in stream.segments] + [t_us for t_us, _ in moved])
    most = max([one.end for one in stream.segments] + [count for _, count in moved])
    axes = Axes(end, most)
    other = "server" if stream.sender == "client" else "client"
    parts = axes.frame("time", f"bytes, {stream.sender} to {other}", f"{end / 1000:,.1f} ms",
                       f"{most:,}")
    parts.append(tag("path", tag("title", f"sent by {stream.sender}"), class_="sent",
                     d=stairs(stream.sent, axes, end)))
    parts.append(tag("path", tag("title", f"received by {other}"), class_="received",
                     d=stairs(stream.received, axes, end)))
    parts += [upright(axes, one) for one in stream.segments[:MOST_POINTS]]
    return tag("svg", joined(parts), class_="plot", role="img", viewBox=f"0 0 {WIDTH} {HEIGHT}",
               aria_label=stream_words(stream))


def upright(axes: Axes, one: Segment) -> Markup:
    """One segment: an upright over the bytes that it carries; a cross for a lost one, a ring
    for one that repeats bytes. Of one that was held the upright is dotted, and a dotted line
    leads from there to where it goes on."""
    x, top, bottom = axes.x(one.t_us), axes.y(one.end), axes.y(one.first)
    middle = (top + bottom) / 2
    kind = "lost" if one.fate in LOST else HELD if one.fate == HELD else ""
    parts = [line(x, top, x, bottom, class_=f"segment {kind}".strip())]
    if one.held_us is not None:
        parts.append(line(axes.x(one.held_us), middle, x, middle, class_=HELD))
    if kind == "lost":
        parts.append(tag("path", d=f"M{x - 4:.1f} {middle - 4:.1f}l8 8m0 -8l-8 8", class_="lost"))
    if one.again:
        parts.append(tag("circle", cx=x, cy=middle, r=4, class_="again"))
    return joined(parts)


def stream_words(stream: Stream) -> str:
    """The same in words; what never happened is said of losses and repetitions alone."""
    segments = stream.segments
    sent = stream.sent[-1][1] if stream.sent else 0
    received = stream.received[-1][1] if stream.received else 0
    lost, again = sum(one.fate in LOST for one in segments), sum(one.again for one in segments)
    others = {"held": (HELD,), "doubled": (DOUBLED,), "damaged": DAMAGED}
    counts = {word: sum(one.fate in fates for one in segments) for word, fates in others.items()}
    return (f"{stream.sender}: {sent:,} bytes sent, {received:,} received by the other side, "
            f"{sum(one.sent for one in segments):,} segments, {lost:,} lost, {again:,} "
            "carrying bytes once more"
            + "".join(f", {count:,} {word} on the wire" for word, count in counts.items() if count))


def orders(events: list[Event]) -> list[tuple[str, list[int]]]:
    """Each call that received numbered messages, many or some of them late, and their numbers in
    order of arrival."""
    return [(str(event.get("actor")), event["messages"]) for event in events
            if isinstance(event.get("messages"), list)
            and all(isinstance(one, int) and one >= 0 for one in event["messages"])
            and (len(event["messages"]) >= LEAST_MESSAGES or any(extents(event["messages"])))]


def extents(numbers: list[int]) -> list[int]:
    """The reordering extent of each message (RFC 4737, 4.2.1): how far back the first message
    lies that was sent later and came earlier; 0 for one that is in order."""
    result, record = [], -1
    for place, value in enumerate(numbers):
        early = next((i for i in range(place) if numbers[i] > value), place) if value < record \
            else place
        result.append(place - early)
        record = max(record, value)
    return result


def order_plot(numbers: list[int]) -> Markup:
    """Number of each message over its place of arrival; a late one hangs on a line as long as
    its extent."""
    numbers = numbers[:MOST_POINTS]
    axes = Axes(len(numbers), max(numbers) + 1)
    parts = axes.frame("place of arrival", "number of the message", f"{len(numbers):,}",
                       f"{max(numbers):,}")
    for place, (value, extent) in enumerate(zip(numbers, extents(numbers))):
        x, y = axes.x(place), axes.y(value)
        if extent:
            parts.append(line(axes.x(place - extent), y, x, y, class_="extent"))
        parts.append(tag("circle", tag("title", f"message {value}, extent {extent}"), cx=x, cy=y,
                         r=3, class_="again" if extent else "first"))
    return tag("svg", joined(parts), class_="plot", role="img", viewBox=f"0 0 {WIDTH} {HEIGHT}",
               aria_label=order_words(numbers))


def order_words(numbers: list[int]) -> str:
    """The same in words."""
    late = [extent for extent in extents(numbers) if extent]
    return (f"{len(numbers):,} messages arrived, {len(late):,} of them late"
            + (f", by at most {max(late):,} places" if late else ""))

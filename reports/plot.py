"""Plots where looking beats reading: a stream's bytes over time, the order of messages."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup

from reports.ladder import STOPPED
from reports.records import Event
from reports.shapes import joined, line, tag, text

WIDTH, HEIGHT = 880, 260
LEFT, RIGHT, TOP, BOTTOM = 76, 16, 30, 44
# Below this there is nothing to look at.
LEAST_PACKETS, LEAST_MESSAGES, MOST_POINTS = 6, 6, 4000
SENDING = ("send", "sendto", "sendmsg", "write", "writev", "send_all", "fill", "sendfile")
RECEIVING = ("recv", "recvfrom", "recvmsg", "read", "readv", "recv_all")


@dataclass
class Stream:
    """One direction of a TCP connection: (time in us, bytes) for either side's calls, and for
    its segments (time, first offset, offset behind the last, what became of it)."""

    sender: str
    sent: list[tuple[int, int]] = field(default_factory=list)
    received: list[tuple[int, int]] = field(default_factory=list)
    segments: list[tuple[int, int, int, str]] = field(default_factory=list)

    @property
    def worth_looking(self) -> bool:
        """Whether there is anything to see: many segments, or one that was lost or repeated."""
        kinds = {kind for *_, kind in self.segments}
        return len(self.segments) >= LEAST_PACKETS or bool(kinds & {"lost", "again"})


def streams(events: list[Event]) -> list[Stream]:
    """Both directions of the first connection that carried data: the bytes that calls moved
    and the segments that carried them. [] when there was none."""
    found = {"client": Stream("client"), "server": Stream("server")}
    ports: set[int] = set()
    furthest = {"client": 0, "server": 0}
    for event in sorted(events, key=lambda event: event.get("t_us") or 0):
        add_call(found, event)
        packet = event.get("packet") or {}
        tcp, length = packet.get("tcp"), (packet.get("payload") or {}).get("length") or 0
        sender = event.get("from")
        if not tcp or not length or sender not in found:
            continue
        pair = {tcp.get("sport"), tcp.get("dport")}
        ports = ports or pair
        if pair == ports:
            first = int(tcp.get("seq") or 1) - 1
            kind = "lost" if event.get("fate") in STOPPED else \
                "again" if first < furthest[sender] else "first"
            found[sender].segments.append((int(event["t_us"]), first, first + length, kind))
            furthest[sender] = max(furthest[sender], first + length)
    return [stream for stream in found.values() if stream.segments]


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
    between them, those lost and those sent once more marked."""
    end = max([t for t, *_ in stream.segments] + [t for t, _ in stream.sent + stream.received])
    most = max([b for _, _, b, _ in stream.segments] + [b for _, b in stream.sent + stream.received])
    axes = Axes(end, most)
    other = "server" if stream.sender == "client" else "client"
    parts = axes.frame("time", f"bytes, {stream.sender} to {other}", f"{end / 1000:,.1f} ms",
                       f"{most:,}")
    parts.append(tag("path", tag("title", f"sent by {stream.sender}"), class_="sent",
                     d=stairs(stream.sent, axes, end)))
    parts.append(tag("path", tag("title", f"received by {other}"), class_="received",
                     d=stairs(stream.received, axes, end)))
    parts += [segment(axes, *one) for one in stream.segments[:MOST_POINTS]]
    return tag("svg", joined(parts), class_="plot", role="img", viewBox=f"0 0 {WIDTH} {HEIGHT}",
               aria_label=stream_words(stream))


def segment(axes: Axes, t_us: int, first: int, end: int, kind: str) -> Markup:
    """One segment: an upright over the bytes that it carries; a cross for a lost one, a ring
    for one that repeats bytes."""
    x, top, bottom = axes.x(t_us), axes.y(end), axes.y(first)
    parts = [line(x, top, x, bottom, class_=f"segment {kind}")]
    middle = (top + bottom) / 2
    if kind == "lost":
        parts.append(tag("path", d=f"M{x - 4:.1f} {middle - 4:.1f}l8 8m0 -8l-8 8", class_="lost"))
    elif kind == "again":
        parts.append(tag("circle", cx=x, cy=middle, r=4, class_="again"))
    return joined(parts)


def stream_words(stream: Stream) -> str:
    """The same in words."""
    kinds = [kind for *_, kind in stream.segments]
    sent = stream.sent[-1][1] if stream.sent else 0
    received = stream.received[-1][1] if stream.received else 0
    return (f"{stream.sender}: {sent:,} bytes sent, {received:,} received by the other side, "
            f"{len(kinds):,} segments, {kinds.count('lost'):,} lost, {kinds.count('again'):,} "
            "carrying bytes once more")


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

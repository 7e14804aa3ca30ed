# SPDX-License-Identifier: MIT
"""The figures of `./sockproof bench`: each is measured a few times through the shipped engine or the
driver, with default options and every event written, after a warm-up that does not count. A run in
which a single variant does not pass measures nothing."""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

from sockproof import house
from sockproof.reports import records

ECHO = "cases/tcp/connect/echo.yaml"
CROWD = "cases/tcp/server/nine-thousand-clients.yaml"
GUEST, GUEST_CASE = "uml:6.1", "tcp/close/half-close[inet]"
BULK = "fixtures/bench/bulk-loopback.yaml"
MESSAGES = "fixtures/bench/sctp-messages.yaml"
FIU_PRELOAD = Path("/usr/lib/fiu/fiu_posix_preload.so")
RUN_SECONDS = 60.0
GOOD = ("pass", "known")


class Unmeasured(Exception):
    """Why there is no figure, in one sentence."""


@dataclass(frozen=True)
class Sample:
    """What one run gave: the figure, and what else is worth saying of it."""

    value: float
    more: dict[str, float] = field(default_factory=dict)


@dataclass
class Row:
    """One figure. `target` is 0 where nothing was promised; `more_is_better` says which side of it
    is good. `command` is what made it, `trouble` why there is none."""

    name: str
    unit: str
    command: str
    target: float = 0.0
    more_is_better: bool = True
    samples: list[Sample] = field(default_factory=list)
    note: str = ""
    trouble: str = ""

    @property
    def figure(self) -> float | None:
        """The median of the runs."""
        return statistics.median(one.value for one in self.samples) if self.samples else None

    @property
    def met(self) -> bool | None:
        """Whether the promise is kept; None where there is none, or no figure."""
        if self.figure is None or not self.target:
            return None
        return self.figure > self.target if self.more_is_better else self.figure < self.target

    def middle(self, name: str) -> float:
        """The median of what else the runs gave under that name."""
        return statistics.median(one.more[name] for one in self.samples)


@dataclass(frozen=True)
class Scale:
    """How much is measured. `seconds` is the time after which no further run is begun."""

    runs: int = 3
    echoes: int = 1500
    rounds: int = 10000
    suite: tuple[str, ...] = ()
    crowd: str = CROWD
    stream_seconds: int = 2
    batches: int = 4000
    seconds: float = 110.0


QUICK = Scale(1, 50, 200, ("tcp/connect",), "cases/tcp/server/thousand-clients.yaml", 1, 100, 30.0)


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for the records of one run."""
    return tempfile.TemporaryDirectory(prefix="sockproof-bench-")


def call(command: list[str]) -> tuple[subprocess.CompletedProcess[str], float]:
    """Runs a command from the root; what it printed and how many seconds it took. Raises
    Unmeasured."""
    began = time.monotonic()
    try:
        done = subprocess.run(command, cwd=house.ROOT, text=True, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=RUN_SECONDS)
    except OSError as error:
        raise Unmeasured(f"{command[0]}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise Unmeasured(f"no end within {RUN_SECONDS:.0f} s") from None
    return done, time.monotonic() - began


def judged(folder: Path, wanted: int | None, said: str) -> list[dict[str, Any]]:
    """The results in a report folder. Raises Unmeasured unless there are `wanted` (None: any
    number) and nothing failed, broke or was left out."""
    try:
        results = records.read(folder).results
    except OSError:
        raise Unmeasured(f"no results: {' '.join(said.split())[-200:]}") from None
    bad = [one for one in results if one["verdict"] not in (*GOOD, "skip")]
    if bad:
        raise Unmeasured(f"{bad[0]['id']}: {bad[0]['verdict']}: {bad[0]['reason']}"[:300])
    ran = [one for one in results if one["verdict"] in GOOD]
    if not ran or (wanted is not None and len(ran) != wanted):
        reason = next((one["reason"] for one in results if one["verdict"] == "skip"), "")
        raise Unmeasured(f"{len(ran)} variants ran{': ' + reason if reason else ''}")
    return ran


def engine_run(folder: str, path: str, *options: str,
               wanted: int) -> tuple[list[dict[str, Any]], float]:
    """One run of the engine on a case file, its records into `folder`; its results and its seconds.
    Raises Unmeasured."""
    done, seconds = call([str(house.engine()), "run", path, *options, "--report", folder])
    return judged(Path(folder), wanted, done.stderr), seconds


def transfer_us(folder: str) -> float:
    """How long the recv_all calls of a run took together."""
    with open(Path(folder) / "events.jsonl", encoding="utf-8") as events:
        return float(sum(json.loads(line).get("duration_us", 0) for line in events
                         if '"call":"recv_all"' in line))


def span_us(folder: str, first: str, last: str) -> float:
    """From the beginning of a run's first call of that name to the end of the last one of the other."""
    began: list[float] = []
    ended: list[float] = []
    with open(Path(folder) / "events.jsonl", encoding="utf-8") as events:
        for line in events:
            event = json.loads(line) if '"duration_us"' in line else {}
            if event.get("call") == first:
                began.append(event["t_us"] - event["duration_us"])
            if event.get("call") == last:
                ended.append(event["t_us"])
    return max(ended) - min(began)


def messages(*options: str) -> Sample:
    """SCTP messages a second over one association, through the wire, each compared; on the stack of
    the options."""
    with scratch() as folder:
        (result,), _ = engine_run(folder, MESSAGES, *options, wanted=1)
        us = span_us(folder, "send_each", "recv_each")
    return Sample(result["delivery"]["received"] * 1e6 / us)


def echoes(scale: Scale) -> Sample:
    """Cases a second: two families, each so many times, with start and end of the engine."""
    with scratch() as folder:
        before = os.times()
        results, seconds = engine_run(folder, ECHO, "--place", "wire", "--repeat",
                                      str(scale.echoes), wanted=2 * scale.echoes)
        after = os.times()
    spent = (after.children_user + after.children_system
             - before.children_user - before.children_system)
    return Sample(len(results) / seconds, {"processor_ms": spent * 1000 / len(results)})


def suite(scale: Scale) -> Sample:
    """Seconds for a thousand variants at the rate of the whole suite through pytest."""
    with scratch() as name:
        done, seconds = call(house.command("run", "-q", "-p", "no:cacheprovider", "-m", "not program",
                                           "--report", name, *scale.suite))
        results = judged(Path(name), None, done.stdout + done.stderr)
    return Sample(seconds * 1000 / len(results), {"variants": len(results), "seconds": seconds})


def crowd(scale: Scale) -> Sample:
    """Seconds of the slower family of the crowd of clients, both at once."""
    with scratch() as folder:
        results, seconds = engine_run(folder, scale.crowd, wanted=2)
    slowest = max(one["duration_us"] for one in results) / 1e6
    return Sample(slowest, {"whole": seconds})


def guest_boot() -> Sample:
    """Seconds from the start of the engine to the first result out of a guest kernel."""
    file = f"cases/{GUEST_CASE.partition('[')[0]}.yaml"
    with scratch() as folder, tempfile.NamedTemporaryFile("w", encoding="utf-8") as selection:
        selection.write(f"@{file}\n{GUEST_CASE}\n")
        selection.flush()
        done, seconds = call([str(house.engine()), "run", "--stack", GUEST, "--select",
                              selection.name, "--report", folder])
        (result,) = judged(Path(folder), 1, done.stderr)
    return Sample(seconds, {"guest": result["duration_us"] / 1000})


def round_trips(scale: Scale, path: str) -> Sample:
    """Medians over raw IP, UDP and TCP in microseconds; the value is raw's share of TCP's."""
    done, _ = call([str(house.engine()), "bench-rtt", "--json", "--repeat", str(scale.rounds)])
    lines = [value for line in done.stdout.splitlines() for value in [json.loads(line)]
             if value["path"] == path]
    if not lines or "why" in lines[0]:
        raise Unmeasured(lines[0]["why"] if lines else done.stderr.strip()[-200:] or "no answer")
    medians = {name: lines[0][name]["median_ns"] / 1000 for name in ("raw", "udp", "tcp")}
    return Sample(medians["raw"] / medians["tcp"], medians)


def gigabits(size: float, us: float) -> float:
    """A rate in Gbit/s."""
    return size * 8 / us / 1000


def iperf3(seconds: int) -> float:
    """What iperf3 carries over loopback on one connection, in Gbit/s. Raises Unmeasured."""
    program = shutil.which("iperf3")
    if program is None:
        raise Unmeasured("iperf3 is not installed: apt-get install iperf3")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with subprocess.Popen([program, "-s", "-1", "-B", "127.0.0.1", "-p", port, "--forceflush"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            while "listening" not in (line := server.stdout.readline()) and line:
                continue
            done, _ = call([program, "-c", "127.0.0.1", "-p", port, "-t", str(seconds), "-J"])
            received = json.loads(done.stdout)["end"]["sum_received"]["bits_per_second"]
        except (KeyError, ValueError):
            raise Unmeasured("iperf3 gave no figure") from None
        finally:
            server.kill()
    return float(received) / 1e9


def bulk(scale: Scale) -> Sample:
    """Gbit/s of half a gibibyte, verified; iperf3's beside it when it is there."""
    with scratch() as folder:
        (result,), _ = engine_run(folder, BULK, wanted=1)
        size = result["delivery"]["received"]
        more = {"transfer": gigabits(size, transfer_us(folder))}
    if shutil.which("iperf3"):
        more["iperf3"] = iperf3(scale.stream_seconds)
    return Sample(gigabits(size, result["duration_us"]), more)


def call_ns(batches: int, *before: str, preload: str = "") -> tuple[float, float]:
    """Nanoseconds a call through the names that a library may stand before, and straight into the C
    library, of a program that sends and receives. Raises Unmeasured."""
    program = house.engine().parent / "bench-calls"
    if not program.exists() or (preload and not Path(preload).exists()):
        raise Unmeasured(f"{program.name} and the interposer are built beside {house.engine()}, and "
                         "are not there")
    done, _ = call(["env", f"LD_PRELOAD={preload}", *before, str(program), str(batches)])
    try:
        through, straight = map(float, done.stdout.split())
    except ValueError:
        raise Unmeasured(f"no figure: {done.stderr.strip()[-200:]}") from None
    return through, straight


def interposer(scale: Scale) -> Sample:
    """What the interposer with nothing armed adds to a call; beside it what the others add."""
    through, bare = call_ns(scale.batches,
                            preload=str(house.engine().parent / "sockproof-preload.so"))
    more = {"bare": bare}
    if FIU_PRELOAD.exists():
        other, straight = call_ns(scale.batches, preload=str(FIU_PRELOAD))
        more["libfiu"] = other - straight
    if shutil.which("strace"):
        traced, _ = call_ns(20, "strace", "-f", "--seccomp-bpf", "-o", os.devnull, "-e",
                            "trace=recvfrom,sendto", "-e", "inject=recvfrom:error=EINTR:when=65535")
        more["strace"] = traced - bare
    return Sample(max(through - bare, 0.0), more)


def repeat(row: Row, measure: Callable[[], Sample], runs: int, end: float) -> None:
    """Measures a row so often, at least once, and no more once the time is over."""
    for number in range(runs):
        if number and time.monotonic() > end:
            break
        try:
            row.samples.append(measure())
        except Unmeasured as error:
            row.samples.clear()
            row.trouble = str(error)
            break


def measured(scale: Scale, tell: Callable[[str], None]) -> list[Row]:
    """All rows, in order; `tell` is given the name of each before it is measured."""
    engine = "build/sockproof-engine run"
    rows: list[tuple[Row, Callable[[], Sample]]] = [
        (Row("connect, a byte each way, close (wire)", "cases/s",
             f"{engine} {ECHO} --place wire --repeat {scale.echoes}", 2000.0),
         lambda: echoes(scale)),
        (Row("whole suite through pytest, for 1000 variants", "s",
             " ".join(["./sockproof run -m 'not program'", *scale.suite]), 15.0, False),
         lambda: suite(scale)),
        (Row("clients of one server, all at once", "s", f"{engine} {scale.crowd}", 5.0, False),
         lambda: crowd(scale)),
        *((Row(f"round trip, raw to TCP ({path})", "ratio",
               f"build/sockproof-engine bench-rtt --repeat {scale.rounds}"),
           lambda path=path: round_trips(scale, path)) for path in ("wire", "loopback")),
        (Row("interposer, nothing armed, above the bare call", "ns",
             f"LD_PRELOAD=build/sockproof-preload.so build/bench-calls {scale.batches}", 5.0, False),
         lambda: interposer(scale)),
        (Row("bulk stream, every byte verified (loopback)", "Gbit/s", f"{engine} {BULK}"),
         lambda: bulk(scale)),
        (Row("SCTP messages on usrsctp, every byte verified (wire)", "messages/s",
             f"{engine} {MESSAGES}"), messages),
        (Row("SCTP messages of a guest kernel, every byte verified (wire)", "messages/s",
             f"{engine} {MESSAGES} --stack {GUEST}"), lambda: messages("--stack", GUEST)),
        (Row("a guest kernel's boot, to the first result", "s",
             f"./sockproof run '{GUEST_CASE}' --stack {GUEST}", more_is_better=False), guest_boot)]
    end = time.monotonic() + scale.seconds
    tell("warm-up")
    try:
        echoes(Scale(echoes=50))
    except Unmeasured:
        pass  # the row will say why
    for row, measure in rows:
        tell(row.name)
        repeat(row, measure, scale.runs, end)
        finish(row)
    return [row for row, _ in rows]


def finish(row: Row) -> None:
    """Says what stands behind a figure, and sets the target that comes from the same run."""
    more = row.samples[0].more if row.samples else {}
    if "variants" in more:
        row.note = f"{more['variants']:.0f} variants in {row.middle('seconds'):.1f} s"
    elif "guest" in more:
        row.note = f"{GUEST}; the case itself {row.middle('guest'):.1f} ms"
    elif "whole" in more:
        row.note = "the slower of two families, which run at once"
    elif "processor_ms" in more:
        row.note = f"{row.middle('processor_ms'):.2f} ms of processor time for a case"
    elif "raw" in more:
        row.note = ("medians: " + ", ".join(f"{name} {row.middle(key):.2f} us" for name, key in
                                            (("raw IP", "raw"), ("UDP", "udp"), ("TCP", "tcp"))))
    elif "bare" in more:
        others = [f"{name} adds {row.middle(key):.0f} ns" for name, key in
                  (("libfiu's preload, nothing enabled,", "libfiu"), ("strace's injection", "strace"))
                  if key in more]
        row.note = "; ".join([f"the bare call takes {row.middle('bare'):.0f} ns", *others])
    elif "transfer" in more:
        row.note = (f"the whole case, from making the data to comparing it; the transfer alone "
                    f"{row.middle('transfer'):.1f} Gbit/s")
        if "iperf3" in more:
            row.target = row.middle("iperf3")
        else:
            row.note += "; no iperf3 to compare with: apt-get install iperf3"

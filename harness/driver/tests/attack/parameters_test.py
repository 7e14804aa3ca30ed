# SPDX-License-Identifier: MIT
"""Sizes, counts and flags that nobody would write together: what is too much is refused before it is
taken, and what is carried out ends with a verdict that speaks of the stack, not of a process that died."""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path

import pytest
from conftest import ENGINE, ROOT
from extent import extent

COMBINATIONS = extent(1500, 150)
LIMIT_S = extent(1200, 240)

SIZES = [0, 1, 2, 7, 8, 511, 4096, 65507, 65535, 65536, 1 << 20, 1 << 31, (1 << 32) + 1, (1 << 48) + 1,
         1 << 60, 1 << 61, (1 << 63) - 1]
# What a call is given in most cases: so that more is carried out than refused.
USUAL = SIZES[:11]
COUNTS = [0, 1, 2, 3, 16, 17, 1023, 1024, 1025, 65535, 65536]
FLAGS = ["MSG_TRUNC", "MSG_PEEK", "MSG_OOB", "MSG_WAITALL", "MSG_ERRQUEUE", "MSG_NOSIGNAL", "MSG_MORE",
         "MSG_CTRUNC", "MSG_EOR", "MSG_CMSG_CLOEXEC"]

# Verb, and its parameters: S a size, C a count, F flags.
RECEIVES = ["recv: {len: S, flags: F}", "recvfrom: {len: S, flags: F}",
            "recv_each: {count: C, len: S, flags: F}", "recvmmsg: {count: C, len: S, flags: F}",
            "recvmsg: {iov: [S, S, S], control: S, flags: F}",
            "recv_all: {len: S, flags: F}"]
SENDS = ["send: {data: {zeros: S}, flags: F}", "send_each: {count: C, size: S, flags: F}",
         "sendmsg: {iov: [{pattern: S}, {zeros: S}], flags: F}", "fill: S",
         "sendmmsg: {messages: [{pattern: S}, {pattern: S}], flags: F}",
         "send_all: {data: {pattern: S}, flags: F}"]


def filled(form: str, chance: random.Random) -> str:
    """The verb with values by chance; it never waits."""
    flags = ["MSG_DONTWAIT", *chance.sample(FLAGS, chance.randrange(3))]
    text = ""
    for letter in form.replace("F}", "~}"):
        sizes = SIZES if chance.random() < 0.1 else USUAL
        text += (str(chance.choice(sizes)) if letter == "S" else str(chance.choice(COUNTS)) if letter == "C"
                 else f"[{', '.join(flags)}]" if letter == "~" else letter)
    return text


def case(chance: random.Random) -> str:
    """A case of a few sends and receives, whatever comes of them."""
    transport = chance.choice(["tcp", "udp"])
    lines = ["title: Whatever comes of it", "cites: [posix/recv/return-length]", f"transport: {transport}",
             "family: inet", "place: loopback", "steps:", "  - client: {setsockopt: {SO_SNDTIMEO: 100ms}}"]
    for actor, forms in (("client", SENDS), ("server", RECEIVES), ("client", SENDS), ("server", RECEIVES)):
        verb = filled(chance.choice(forms), chance)
        lines.append(f"  - {actor}: {{{verb}, returns: {{any_of: [{{at_least: -1}}]}}}}")
    return "\n".join(lines) + "\n"


def engine(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The engine, which has to end."""
    return subprocess.run([ENGINE, *arguments], cwd=ROOT, text=True, capture_output=True, timeout=LIMIT_S,
                          check=False)


def refused(folder: Path) -> dict[str, set[str]]:
    """By file the codes of what lint says."""
    codes: dict[str, set[str]] = {}
    for line in engine("lint", "--json", str(folder)).stderr.splitlines():
        if line.startswith("{"):
            complaint = json.loads(line)
            codes.setdefault(complaint["file"], set()).add(complaint["complaint"])
    return codes


def test_whatever_the_numbers_are_a_case_is_refused_or_judged(tmp_path: Path) -> None:
    chance = random.Random(int(os.environ.get("SOCKPROOF_SEED", "11")))
    folder = tmp_path / "cases"
    folder.mkdir()
    for number in range(COMBINATIONS):
        (folder / f"{number}.yaml").write_text(case(chance), "utf-8")
    complained = refused(folder)
    for file, codes in complained.items():
        assert codes <= {"too-large", "bad-value"}, (file, codes, Path(file).read_text("utf-8"))
        Path(file).unlink()
    left = len(list(folder.iterdir()))
    assert left > COMBINATIONS // 3 and len(complained) > 0
    report = tmp_path / "report"
    run = engine("run", "--no-baseline", "--case-limit", "30", "--report", str(report), str(folder))
    assert run.returncode == 0, run.stderr
    results = [json.loads(line) for line in (report / "results.jsonl").read_text("utf-8").splitlines()]
    assert len(results) == left
    for result in results:
        name = result["id"].partition("[")[0].rpartition("/")[2]
        assert result["verdict"] == "pass", (result, (folder / f"{name}.yaml").read_text("utf-8"))


# Each product or sum is little when it wraps at 64 bits.
WRAPPED = ["server: {recvmmsg: {count: 65536, len: 281474976710657}}",
           "server: {recvmmsg: {count: 16, len: 1152921504606846976}}",
           "server: {recv_each: {count: 65536, len: 281474976710657}}",
           "server: {recv_each: {count: 4, len: 4611686018427387904}}",
           "server: {recvmsg: {iov: [9223372036854775807, 9223372036854775807, 2]}}",
           "client: {send_each: {count: 65536, size: 281474976710657}}",
           "client: {sendmsg: {iov: [{zeros: 9223372036854775807}, "
           "{zeros: 9223372036854775807}, {zeros: 2}]}}",
           "client: {sendmmsg: [{pattern: 9223372036854775807}, {pattern: 9223372036854775807}, {zeros: 4}]}",
           "client: {fill: 18014398509481984}"]


@pytest.mark.parametrize("step", WRAPPED, ids=[step.partition("{")[2].partition(":")[0] + str(number)
                                               for number, step in enumerate(WRAPPED)])
def test_what_wraps_is_refused(tmp_path: Path, step: str) -> None:
    head = "title: Too much\ncites: [posix/recv/return-length]\ntransport: udp\nfamily: inet\nsteps:\n"
    file = tmp_path / "wrapped.yaml"
    file.write_text(f"{head}  - {step}\n", "utf-8")
    assert refused(tmp_path)[str(file)] == {"too-large"}


def test_what_a_stream_took_of_several_is_counted_in_bytes(tmp_path: Path) -> None:
    file = tmp_path / "each.yaml"
    file.write_text("title: Two sends, and one with more than there is room for\n"
                    "cites: [posix/recv/return-length]\ntransport: tcp\nplace: loopback\nsteps:\n"
                    "  - client: {send_each: {count: 2, size: 7}, returns: 2}\n"
                    "  - server: {recv: 64, returns: 14}\n"
                    "  - client: {send_each: {count: 64, size: 1MiB, flags: [MSG_DONTWAIT]},"
                    " returns: {below: 64}}\n"
                    "  - server: {recv: 1MiB, returns: {above: 0}}\n", "utf-8")
    run = engine("run", "--no-baseline", "--report", str(tmp_path / "report"), str(file))
    assert run.returncode == 0, run.stdout + run.stderr


def test_what_is_cut_off_is_counted_and_does_not_come_to_lie_behind_the_room(tmp_path: Path) -> None:
    file = tmp_path / "cut.yaml"
    file.write_text("title: Of long datagrams what there is room for\n"
                    "cites: [posix/recv/return-length]\ntransport: udp\nplace: loopback\nsteps:\n"
                    "  - client: {send_each: {count: 3, size: 60000}}\n"
                    "  - server: {recv_each: {count: 3, len: 2, flags: [MSG_TRUNC]}, returns: 3}\n"
                    "  - client: {send: \"x\"}\n  - server: {recv: 1, data: \"x\"}\n", "utf-8")
    run = engine("run", "--no-baseline", "--report", str(tmp_path / "report"), str(file))
    assert run.returncode == 0, run.stdout + run.stderr

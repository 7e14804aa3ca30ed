# SPDX-License-Identifier: MIT
"""packetdrill's scripts through the engine and the driver: lint, list, run and their exit statuses."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT
from sockproof import house

GOOD = """\
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 20000 <mss 1000>
+0 > S. 0:0(0) ack 1 <...>
"""


def engine(command: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """A command of the engine on those paths."""
    return subprocess.run([ENGINE, command, "--root", str(ROOT), *map(str, words)], text=True,
                          capture_output=True, timeout=60, check=False)


def script(folder: Path, name: str, text: str | bytes) -> Path:
    """A script of that text."""
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_a_script_has_a_variant_for_each_family_unless_it_says_which(tmp_path: Path) -> None:
    script(tmp_path, "all.pkt", GOOD)
    script(tmp_path, "one.pkt", "--ip_version=ipv6\n" + GOOD)
    listed = [json.loads(line) for line in engine("list", "--json", tmp_path).stdout.splitlines()]
    assert [(Path(one["file"]).name, one["variant"]) for one in listed] == [
        ("all.pkt", "ipv4"), ("all.pkt", "ipv6"), ("all.pkt", "ipv4-mapped-ipv6"), ("one.pkt", "ipv6")]
    assert {one["steps"] for one in listed} == {5}


@pytest.mark.parametrize("text, place, expected", [
    (GOOD + "+0 > . 1:1(0) ack\n", "6:18", "expected the number of 'ack': a number up to 4294967295"),
    (GOOD + "+0 listen(3 1) = 0\n", "6:13", "expected ',' or ')'"),
    (GOOD + "+0 %{ assert 1 == }%\n", "6:19", "expected a number, a name or '('"),
    ("--ip_version=5\n" + GOOD, "1:14", "ipv4, ipv6 or ipv4-mapped-ipv6"),
    ("", "1:1", "the script has no events"),
    (b"0 \x00\x01", "1:3", "a script is text")], ids=["packet", "call", "code", "option", "empty", "binary"])
def test_what_is_wrong_is_shown_where_it_stands(tmp_path: Path, text: str | bytes, place: str,
                                                expected: str) -> None:
    file = script(tmp_path, "wrong.pkt", text)
    reported: list[str | Path] = ["--report", tmp_path / "report"]
    for command in "lint", "list", "run":
        done = engine(command, *(reported if command == "run" else []), file)
        assert done.returncode == 3
        assert f"{file}:{place}: error[" in done.stderr and expected in done.stderr


def test_what_is_not_known_is_found_before_anything_runs(tmp_path: Path) -> None:
    script(tmp_path, "good.pkt", GOOD)
    for name in "one", "two":
        script(tmp_path, f"{name}.pkt", GOOD + "+0 lisen(3, 1) = 0\n+0 < sctp: INIT[flgs=0, tag=1]\n")
    done = engine("list", tmp_path)
    assert done.returncode == 0
    assert f"skip: {tmp_path}/one.pkt:6:4: system call lisen (did you mean listen?) (and 1 more)\n" \
        in done.stdout
    assert f"     2  {'SCTP packet':40} first at {tmp_path}/one.pkt:7:6" in done.stdout
    done = engine("run", "--report", tmp_path / "report", tmp_path / "one.pkt")
    assert done.returncode == 4
    lines = (tmp_path / "report" / "results.jsonl").read_text("utf-8").splitlines()
    results = [json.loads(line) for line in lines]
    assert {one["verdict"] for one in results} == {"skip"} and len(results) == 3


def test_a_folder_of_many_is_listed_in_a_second(tmp_path: Path) -> None:
    for number in range(100):
        script(tmp_path, f"{number}.pkt", GOOD * 20)
    begin = time.monotonic()
    done = engine("list", tmp_path)
    assert time.monotonic() - begin < 5  # on a machine that does other things, too
    assert "scripts: 100;" in done.stdout


def test_the_driver_takes_scripts_and_folders_of_them(tmp_path: Path) -> None:
    script(tmp_path, "lacks.pkt", GOOD + "+0 < sctp: INIT[flgs=0]\n")
    for word in str(tmp_path), str(tmp_path / "lacks.pkt"):
        done = subprocess.run(house.command("run", "--report", str(tmp_path / "report"), word), text=True,
                              capture_output=True, timeout=120, check=False, cwd=ROOT)
        assert done.returncode == 4
        assert "SCTP packet" in done.stdout and "3 skip" in done.stdout


def results(report: Path, *words: str | Path) -> list[dict[str, Any]]:
    """The results of a run of the engine."""
    engine("run", "--report", report, "--no-baseline", *words)
    return [json.loads(line) for line in (report / "results.jsonl").read_text("utf-8").splitlines()]


def wanted(file: Path) -> str:
    """In what a script of ours fails, as its first line says; empty where it passes."""
    return file.read_text("utf-8").splitlines()[0].partition("// fails: ")[2]


def test_scripts_of_our_own_pass_and_their_twins_fail_in_what_they_say(tmp_path: Path) -> None:
    waiting = sorted(house.SCRIPTS.rglob("*.pkt"))
    assert {one.name for one in waiting if not wanted(one)} <= {one.name for one in waiting if wanted(one)}
    for attempt in range(5):  # a machine that is busy may be too late: that is broken, and no finding
        broken = set()
        for one in results(tmp_path / str(attempt), "--allow-commands", *waiting):
            file = ROOT / one["file"]
            if (one["failure"] or {}).get("code") in ("too-late", "disturbed"):
                broken.add(file)
                continue
            fails = wanted(file)
            assert one["verdict"] == ("fail" if fails else "pass"), one
            assert one["failure"] is None if not fails else one["failure"]["field"] == fails, one
        waiting = sorted(broken)
        if not waiting:
            break
    assert not waiting


def test_a_mismatch_shows_script_and_packet_side_by_side(tmp_path: Path) -> None:
    file = script(tmp_path, "x.pkt", GOOD.replace("+0 > S. 0:0(0) ack 1", "+0 > S. 0:0(0) ack 2"))
    one = next(one for one in results(tmp_path / "report", file) if one["variant"] == "ipv4")
    assert one["verdict"] == "fail" and one["failure"]["field"] == "ack"
    assert one["failure"]["expected"] == "+0 > S. 0:0(0) ack 2 <...>"
    assert one["failure"]["observed"].startswith("> S. 0:0(0) ack 1 win ")


def test_commands_run_only_when_they_are_asked_for(tmp_path: Path) -> None:
    file = script(tmp_path, "x.pkt", "--ip_version=ipv4\n`echo before >> said`\n" + GOOD +
                  "+0 `echo \"it's $(pwd)\" >> said`\n")
    assert [one["skip"] for one in results(tmp_path / "one", file)] == [{"code": "commands-not-allowed"}]
    assert not (tmp_path / "said").exists()
    listed = engine("list", file).stdout
    assert "1 run, 0 are skipped" in listed and "they want --allow-commands" in listed


def test_a_run_of_scripts_can_be_judged_again(tmp_path: Path) -> None:
    results(tmp_path / "report", house.SCRIPTS / "passes" / "server-data.pkt",
            house.SCRIPTS / "fails" / "ack.pkt")
    done = subprocess.run(house.command("report", "judge", str(tmp_path / "report")), text=True,
                          capture_output=True, timeout=60, check=False, cwd=ROOT)
    assert "6 variants as before, 0 otherwise" in done.stdout + done.stderr

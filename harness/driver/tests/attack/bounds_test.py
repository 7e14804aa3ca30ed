# SPDX-License-Identifier: MIT
"""What a case may take of the machine: what a program says, the packets that are kept, and who is ended
first when memory runs out. Where there is too little to begin with, a run says so and ends."""

from __future__ import annotations

import json
import resource
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT
from judged import judged

LIMIT_S = 120
MIB = 1 << 20
PROGRAM = ("title: A program\ncites: [posix/recv/return-length]\ntransport: tcp\nsubject: program\n"
           "setup: none\nplace: loopback\nfamily: inet\nsteps:\n")


def run(folder: Path, text: str, *more: str, **how: Any) -> tuple[int, list[dict[str, Any]], str]:
    """The status of a run of one case, its results, and what was said."""
    file = folder / "bound.yaml"
    file.write_text(text, "utf-8")
    done = subprocess.run([ENGINE, "run", "--allow-programs", "--report", str(folder / "report"), *more,
                           str(file)], cwd=ROOT, text=True, capture_output=True, timeout=LIMIT_S,
                          check=False, **how)
    results = folder / "report" / "results.jsonl"
    lines = results.read_text("utf-8").splitlines() if results.exists() else []
    return done.returncode, [json.loads(line) for line in lines], done.stdout + done.stderr


@pytest.mark.parametrize("step", [
    "client: {run: [yes]}", "client: {run: [sh, -c, 'yes >&2']}",
    "client: {run: {argv: [sh, -c, 'yes & yes & wait'], ready: {prints: never}}}"])
def test_a_program_that_says_too_much_is_ended_and_that_is_said(tmp_path: Path, step: str) -> None:
    status, results, said = run(tmp_path, f"{PROGRAM}  - {step}\n")
    assert status == 2, said
    assert results[0]["verdict"] == "broken" and results[0]["failure"]["code"] == "too-large", results
    assert "67108864 bytes" in results[0]["reason"]


def test_what_a_program_may_say_is_no_failure(tmp_path: Path) -> None:
    status, _, said = run(tmp_path, f"{PROGRAM}  - client: {{run: [head, -c, 60M, /dev/zero]}}\n")
    assert status == 0, said


@pytest.mark.parametrize("redirection, about", [("", "stdout"), (" >&2", "stderr")])
def test_an_expectation_of_more_than_is_kept_is_broken(tmp_path: Path, redirection: str, about: str) -> None:
    """What is kept would do: what comes behind it might not."""
    argv = f"[sh, -c, '(printf word; head -c 1M /dev/zero){redirection}']"
    step = f"client: {{run: {argv}, {about}: {{contains: word}}}}"
    status, results, said = run(tmp_path, f"{PROGRAM}  - {step}\n")
    assert status == 2 and results[0]["failure"]["code"] == "too-large", said
    assert f"1048576 bytes are kept and 4 are not: '{about}' of step 1" in results[0]["reason"]
    step = f'client: {{run: {argv}, {"stderr" if about == "stdout" else "stdout"}: ""}}'
    status, results, said = run(tmp_path, f"{PROGRAM}  - {step}\n")
    assert status == 0, said


def test_a_program_is_ended_before_the_engine_when_memory_runs_out(tmp_path: Path) -> None:
    step = 'client: {run: [cat, /proc/self/oom_score_adj], stdout: "900\\n"}'
    status, _, said = run(tmp_path, f"{PROGRAM}  - {step}\n")
    assert status == 0, said


def test_the_packets_that_are_kept_are_bounded(tmp_path: Path) -> None:
    status, results, said = run(tmp_path, "title: Many bytes\ncites: [posix/recv/return-length]\n"
                                "transport: tcp\nfamily: inet\nsteps:\n"
                                "  - client: {send_all: {pattern: 100MiB}, start: all}\n"
                                "  - server: {recv_all: 100MiB}\n  - client: {done: all}\n"
                                "  - server: {recv: {len: 1, flags: [MSG_DONTWAIT]}, returns: 7}\n")
    judged(results)
    assert status == 1 and results[0]["failure"]["code"] == "mismatch", said
    size = (tmp_path / "report" / results[0]["capture"]).stat().st_size
    assert 32 * MIB < size < 80 * MIB
    assert "the capture ends here" in (tmp_path / "report" / "events.jsonl").read_text("utf-8")


@pytest.mark.parametrize("mib", [96, 192, 256, 1024])
def test_too_little_memory_ends_a_run_with_a_sentence(tmp_path: Path, mib: int) -> None:
    limit = mib * MIB
    text = (ROOT / "cases/tcp/connect/echo.yaml").read_text("utf-8")
    status, results, said = run(tmp_path, text, "--workers", "2",
                                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
    assert status in (2, 3) and said, (status, said)
    assert all(one["verdict"] == "broken" for one in results), results

# SPDX-License-Identifier: MIT
"""Workers that die, hang or cannot be made, and a run that is interrupted: what each costs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

from conftest import ENGINE, ROOT
from processes import children
from selfproof import Run, command


def last_line_of(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return lines[-1] if lines else ""


def started(tmp_path: Path, *names: str, options: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    return subprocess.Popen(command(tmp_path / "report", *names, options=options), text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def worker_of(process: subprocess.Popen[str]) -> int:
    """The worker, once the first result is out: it is then busy with the case that waits."""
    assert process.stdout is not None
    first = json.loads(process.stdout.readline())
    assert first["verdict"] == "pass"
    return children(process.pid)[0]


def rest_of(process: subprocess.Popen[str]) -> tuple[list[dict[str, Any]], int]:
    out, err = process.communicate(timeout=60)
    assert process.returncode is not None, err
    return [json.loads(line) for line in out.splitlines()], process.returncode


def test_what_waits_for_its_end_takes_no_port_from_a_later_case(tmp_path: Path) -> None:
    """A minute of TIME-WAIT is longer than a worker needs for all its ports."""
    ids = tmp_path / "ids"
    ids.write_text("tcp/matrix/time-wait-silent[ack-exact-inet]\n", "utf-8")
    done = subprocess.run([ENGINE, "run", "--root", str(ROOT), "--report", str(tmp_path / "report"),
                           "--workers", "1", "--repeat", "3300", "--select", str(ids),
                           str(ROOT / "cases" / "tcp" / "matrix" / "time-wait-silent.yaml")],
                          text=True, capture_output=True, timeout=300, check=False)
    verdicts = [json.loads(line)["verdict"] for line in done.stdout.splitlines()]
    assert (done.returncode, len(verdicts), set(verdicts)) == (0, 3300, {"pass"}), done.stderr


def test_a_crashed_worker_costs_its_case_and_not_the_run(tmp_path: Path) -> None:
    process = started(tmp_path, "passes", "waits-long", "must-fail", options=("--workers", "1"))
    # The first process of a namespace takes no other signal of somebody else (pid_namespaces(7)).
    os.kill(worker_of(process), signal.SIGKILL)
    results, status = rest_of(process)
    assert [r["verdict"] for r in results] == ["broken", "fail"]
    assert results[0]["reason"].startswith("the worker was ended by SIGKILL during ")
    assert results[0]["failure"]["code"] == "worker-died"
    assert status == 1


def test_a_worker_that_hangs_is_ended(tmp_path: Path) -> None:
    process = started(tmp_path, "passes", "waits-long", "passes",
                      options=("--workers", "1", "--case-limit", "2"))
    os.kill(worker_of(process), signal.SIGSTOP)
    results, status = rest_of(process)
    # A busy machine has it tried again, behind the others.
    hung, = (result for result in results if result["case"] == "waits-long")
    assert hung["verdict"] == "broken"
    assert hung["reason"].startswith("the worker did not answer within 2 s and was ended during ")
    failure = hung["failure"]
    assert (failure["code"], failure["actor"]) == ("worker-hung", "harness")
    assert hung["reason"].endswith(
        f"during step {failure['step']}: {failure['source']}" if failure["step"] else "during set-up")
    assert status == 2


def test_an_interrupt_keeps_what_was_found(tmp_path: Path) -> None:
    process = started(tmp_path, "passes", "waits-long", "must-fail", options=("--workers", "1"))
    worker_of(process)
    process.send_signal(signal.SIGINT)
    results, status = rest_of(process)
    assert [r["verdict"] for r in results] == ["not-run", "not-run"]
    assert status == 130
    kept = (tmp_path / "report" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["verdict"] for line in kept] == ["pass", "not-run", "not-run"]
    assert json.loads((tmp_path / "report" / "run.json").read_text(encoding="utf-8"))["complete"] is False


def crowded(tmp_path: Path, namespaces: int, workers: int) -> Run:
    """A run of which the workers together want more network namespaces than there may be."""
    limit = f"echo {namespaces} > /proc/sys/user/max_net_namespaces && exec \"$@\""
    done = subprocess.run(["unshare", "--user", "--map-root-user", "sh", "-c", limit, "sh", ENGINE, "run",
                           "--root", str(ROOT), "--report", str(tmp_path / "report"), "--place", "wire",
                           "--workers", str(workers), str(ROOT / "cases" / "tcp" / "connect")],
                          text=True, capture_output=True, timeout=120, check=False)
    return Run(done.returncode, done.stdout, done.stderr, tmp_path / "report")


def test_the_others_do_what_a_worker_without_hosts_cannot(tmp_path: Path) -> None:
    found = crowded(tmp_path, 16, 6)
    assert found.status == 0, found.err
    assert {r["verdict"] for r in found.results} <= {"pass", "known", "skip"} and len(found.results) > 40
    assert "could not be built: unshare(CLONE_NEWNET)" in found.err
    assert "another worker is tried" in found.err and "no worker is left" not in found.err


def test_what_no_worker_can_do_is_broken(tmp_path: Path) -> None:
    found = crowded(tmp_path, 4, 8)
    assert found.status == 2 and len(found.results) > 40
    broken = [r["reason"] for r in found.results if r["verdict"] == "broken"]
    assert {r["failure"]["code"] for r in found.results if r["verdict"] == "broken"} == {"no-hosts"}
    assert len(broken) == sum(r["verdict"] != "skip" for r in found.results)
    assert set(broken) == {"the worker's hosts could not be built: unshare(CLONE_NEWNET): No space left on "
                           "device"}
    assert "no worker is left" in found.err

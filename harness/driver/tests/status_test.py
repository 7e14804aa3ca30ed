# SPDX-License-Identifier: MIT
"""Exit statuses and outcomes, through the front door and through plain pytest."""

from __future__ import annotations

import json
import signal
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from conftest import House
from processes import heard


@pytest.mark.parametrize("verdict, status", [("pass", 0), ("known", 0), ("fail", 1), ("broken", 2),
                                             ("skip", 4)])
def test_one_verdict_one_status(house: House, verdict: str, status: int) -> None:
    house.case("tcp/a", verdicts=[verdict])
    done = house.run()
    assert done.returncode == status, done.stdout + done.stderr
    assert f"exit status {status}" in done.stdout


def test_fail_outranks_broken(house: House) -> None:
    house.case("tcp/a", verdicts=["broken"])
    house.case("tcp/b", verdicts=["fail"])
    done = house.run()
    assert done.returncode == 1
    assert "2 failed, 2 errors" in done.stdout


def test_nothing_selected_is_four(house: House) -> None:
    house.case("tcp/a")
    assert house.run("-k", "nosuchcase").returncode == 4


def test_no_cases_at_all_is_four(house: House) -> None:
    assert house.run().returncode == 4


def test_too_many_skips_is_four(house: House) -> None:
    house.case("tcp/a")
    house.case("tcp/b", verdicts=["skip"], reason="no namespaces here")
    assert house.run("--max-skips", "2").returncode == 0
    done = house.run("--max-skips", "1")
    assert done.returncode == 4
    assert "    2  no namespaces here" in done.stdout


def test_lint_error_is_three_and_shown(house: House) -> None:
    house.case("tcp/good")
    house.case("tcp/bad", lint="no such key")
    done = house.run()
    assert done.returncode == 3
    assert "cases/tcp/bad.yaml:2:3: error[unknown-key]: no such key" in done.stdout
    assert "    |   ^^^^" in done.stdout
    assert not (house.report / "results.jsonl").exists()


@pytest.mark.parametrize("wrong", ["lint", "selection"])
def test_an_older_report_is_not_taken_for_this_runs(house: House, wrong: str) -> None:
    house.case("tcp/a")
    assert house.run().returncode == 0
    kept = {name: (house.report / name).read_bytes() for name in ("results.jsonl", "events.jsonl",
                                                                  "run.json")}
    if wrong == "lint":
        house.case("tcp/bad", lint="no such key")
    arguments = ["-k", "nosuch"] if wrong == "selection" else []
    for _ in range(2):
        done = house.run(*arguments)
        assert done.returncode == (3 if wrong == "lint" else 4)
        assert [entry.name for entry in house.report.iterdir() if not entry.name.startswith(".")] == []
        aside = house.report / ".earlier"
        assert {name: (aside / name).read_bytes() for name in kept} == kept
        assert ("nothing ran: -k 'nosuch' leaves none of 2 variants" in done.stdout) == (
            wrong == "selection")
    (house.root / "cases" / "tcp" / "bad.yaml").unlink(missing_ok=True)
    assert house.run().returncode == 0 and not aside.exists()


def test_an_older_report_stays_where_nothing_was_to_run(house: House) -> None:
    house.case("tcp/a")
    house.run()
    for arguments in (["--sede", "3"], ["tcp/a[inet7]"], ["--collect-only"]):
        house.run(*arguments)
        assert (house.report / "junit.xml").is_file()


def test_what_was_set_aside_is_named(house: House) -> None:
    house.case("tcp/a")
    house.run()
    began = json.loads((house.report / "run.json").read_text("utf-8"))["began"]
    said = " ".join(house.run("-k", "nosuch").stdout.split())
    assert f"this run has no report; the records of the one before, of {began}, are in" in said


@pytest.mark.parametrize("arguments, message", [
    (["--sede", "3"], "no option --sede; did you mean --seed?"),
    (["--seed", "x"], "--seed wants a whole number, not 'x'"),
    (["--place", "moon"], "--place wants auto, wire or loopback, not 'moon'"),
    (["--workers", "0"], "--workers wants a number from 1"),
    (["--seed"], "--seed needs a value"),
    (["tcp/aa"], "no file, folder or case 'tcp/aa'; did you mean tcp/a?"),
    (["tcp/a[inet7]"], "the case tcp/a has no variant 'inet7' (did you mean inet?); it has inet, inet6"),
    (["tcp/a[inet]@lwip"], "a run on one stack has no variant 'tcp/a[inet]@lwip'; say 'tcp/a[inet]' "
                           "--stack lwip"),
    (["--stack", "fake", "--stack", "stacks", "tcp/a[inet]@uml"],
     "this run is not on 'uml' but on fake, stacks: 'tcp/a[inet]@uml'"),
    (["--stack", "fakee"], "there is no stack 'fakee' (did you mean fake?); there are fake, stacks, guest"),
    (["--stack", "zzz"], "there is no stack 'zzz'; there are fake, stacks, guest kernels (")])
def test_usage_is_three_with_a_hint(house: House, arguments: list[str], message: str) -> None:
    house.case("tcp/a")
    done = house.run(*arguments)
    assert done.returncode == 3
    assert message in done.stderr


def test_unknown_command_is_three(house: House) -> None:
    done = house.call(str(house.root / "sockproof"), "runn")
    assert done.returncode == 3
    assert "did you mean run?" in done.stderr


@pytest.mark.parametrize("selection, count", [
    (["tcp/a"], 2), (["tcp/a[inet6]"], 1), (["tcp"], 4), (["-k", "inet6"], 3), (["-m", "udp"], 2),
    (["-m", "inet and tcp"], 2), (["tcp/a", "udp/c[inet]"], 3)])
def test_selections(house: House, selection: list[str], count: int) -> None:
    for name in ("tcp/a", "tcp/b", "udp/c"):
        house.case(name)
    done = house.run(*selection)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(house.results()) == count


def test_plain_pytest_and_paths(house: House) -> None:
    house.case("tcp/a")
    house.case("tcp/b", verdicts=["fail"])
    tries: list[tuple[list[str], Path]] = [
        (["cases"], house.root), ([], house.root), ([], house.root / "cases"),
        ([str(house.root / "cases" / "tcp")], Path("/"))]
    for arguments, cwd in tries:
        done = house.call("/usr/bin/python3", "-m", "pytest", "-p", "no:cacheprovider",
                          *arguments, cwd=cwd)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "2 failed, 2 passed" in done.stdout
    done = house.call("/usr/bin/python3", "-m", "pytest", "-k", "nosuch", cwd=house.root)
    assert done.returncode == 4


def test_beside_pytest_xdist(house: House) -> None:
    """It takes -n for itself, and is told that cases are not its to deal out."""
    house.case("tcp/a")
    pytest_call = ("/usr/bin/python3", "-m", "pytest", "-p", "xdist", "-p", "no:cacheprovider", "cases")
    done = house.call(*pytest_call, "--workers", "2", cwd=house.root)
    assert done.returncode == 0 and "2 passed" in done.stdout, done.stdout + done.stderr
    done = house.call(*pytest_call, "-n", "2", cwd=house.root)
    assert done.returncode == 4 and "leave pytest-xdist's -n out, or say --workers" in done.stderr


def test_front_door_through_a_symlink(house: House, tmp_path: Path) -> None:
    house.case("tcp/a")
    (tmp_path / "door").symlink_to(house.root / "sockproof")
    done = house.call(str(tmp_path / "door"), "run", "--report", str(house.report), "tcp/a")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_case_outside_the_house(house: House, tmp_path: Path) -> None:
    outside = house.case("tcp/a").rename(tmp_path / "lone.yaml")
    assert house.run(str(outside)).returncode == 0
    assert len(house.results()) == 2


def test_pytests_own_junit(house: House, tmp_path: Path) -> None:
    for verdict in ("pass", "fail", "broken", "known", "skip"):
        house.case(f"tcp/{verdict}", verdicts=[verdict], variants=["inet"])
    done = house.run("--junitxml", str(tmp_path / "own.xml"))
    assert done.returncode == 1
    suite = ElementTree.parse(tmp_path / "own.xml").getroot()[0]
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5", "failures": "1", "errors": "1", "skipped": "2"}


def test_repeats_that_disagree_are_unstable(house: House) -> None:
    house.case("tcp/steady", variants=["inet"])
    house.case("tcp/shaky", verdicts=["pass", "fail", "pass"], variants=["inet"])
    house.case("tcp/odd", verdicts=["pass", "skip"], variants=["inet"])
    done = house.run("--repeat", "5")
    assert done.returncode == 1
    assert "unstable: 3 pass, 2 skip" in done.stdout
    assert "unstable: 3 pass, 2 fail" in done.stdout
    assert "1 passed" in done.stdout and "2 failed" in done.stdout
    assert len(house.results()) == 15


def test_two_runs_do_not_share_a_report(house: House) -> None:
    import fcntl
    house.case("tcp/a")
    house.report.mkdir()
    (house.report / ".reserve").write_text("of the other", "ascii")
    with open(house.report / ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = house.run()
    assert done.returncode == 3
    assert "another run is writing" in done.stderr + done.stdout
    assert (house.report / ".reserve").read_text("ascii") == "of the other"


def test_a_run_whose_reserve_was_taken_away_is_reported(house: House) -> None:
    house.case("tcp/a")
    house.case("tcp/b", then="hang")
    with subprocess.Popen(house.command("-v"), env=house.environment, cwd="/", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        heard(process.stdout.fileno(), b"tcp/b[inet]")  # whose turn comes when both of a are judged
        (house.report / ".reserve").unlink()
        process.send_signal(signal.SIGINT)
        said = process.stdout.read().decode()
    assert process.returncode == 130 and "Traceback" not in said, said
    assert sorted(house.verdicts().values()) == ["not-run"] * 2 + ["pass"] * 2
    assert (house.report / "html" / "index.html").is_file()


def test_the_engine_has_the_last_word_on_what_it_alone_knows(house: House) -> None:
    house.case("tcp/a", then="silent")
    done = house.run()
    assert done.returncode == 2
    assert "the engine ended without a result for it" in done.stdout

# SPDX-License-Identifier: MIT
"""The machinery of `./sockproof test` and `./sockproof stability`."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT, House

from sockproof.proof import prove, stability, stages, style
from sockproof.trouble import Misuse


def stage(title: str, *commands: list[str], **more: object) -> stages.Stage:
    return stages.Stage(title, list(commands), **more)  # type: ignore[arg-type]


def test_a_stage_that_fails_is_named(tmp_path: Path) -> None:
    assert prove.run_stage(stage("good", ["true"]), tmp_path).trouble == ""
    assert prove.run_stage(stage("bad", ["false"], ["true"]), tmp_path).trouble \
        == "false ended with status 1"
    assert "No such file" in prove.run_stage(stage("none", ["/nonexistent"]), tmp_path).trouble


def test_what_fails_in_a_stage_is_named_at_the_end(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
                                                   ) -> None:
    said = ("FAILED a_test.py::test_it - boom", "well", "/b.c:3:1: error: no such thing",
            "  7 - unit_test (Failed)", *(f"FAILED {n}" for n in range(9)))
    saying = [sys.executable, "-c", f"print({chr(10).join(said)!r}); raise SystemExit(1)"]
    outcome = prove.run_stage(stage("s", saying), tmp_path)
    assert outcome.named == (said[0], said[2], said[3].strip(), "FAILED 0", "FAILED 1")
    assert capfdbinary.readouterr().out.decode().splitlines() == list(said)
    table = prove.table([outcome])
    assert table.index("ended with status 1") < table.index("     FAILED a_test.py::test_it - boom")


def test_what_a_suite_has_not_settled_well_is_named_at_the_end(tmp_path: Path) -> None:
    lines = "".join(f'{{"id": "{verdict}[x]", "verdict": "{verdict}", "reason": "so"}}\n'
                    for verdict in ("pass", "fail", "known", "skip", "broken"))
    writing = [sys.executable, "-c", f"open('{tmp_path}/r/results.jsonl', 'w').write({lines!r});"
               "raise SystemExit(2)"]
    outcome = prove.run_stage(stage("s", writing, judged=3, report=tmp_path / "r"), tmp_path)
    assert outcome.named == ("fail fail[x]@linux: so", "broken broken[x]@linux: so")


def test_what_a_stage_leaves_running_does_not_hold_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                      ) -> None:
    monkeypatch.setattr(prove, "LAST_WORDS_SECONDS", 0.1)
    leaving = [sys.executable, "-c", "import os, signal\nif os.fork() == 0:\n    signal.alarm(20)\n"
               "    signal.pause()"]
    outcome = prove.run_stage(stage("leaves", leaving), tmp_path)
    assert outcome.trouble == "" and outcome.seconds < 10


def test_a_stage_whose_output_nobody_reads_does_not_wait_for_a_reader(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    endless = [sys.executable, "-c", "import signal; signal.signal(signal.SIGPIPE, signal.SIG_DFL)\n"
               "while True: print('x' * 80)"]
    with open(writer, "w", encoding="utf-8", closefd=True) as nobody:
        monkeypatch.setattr(sys, "stdout", nobody)
        outcome = prove.run_stage(stage("talks", endless, limit=60), tmp_path)
        monkeypatch.undo()
        with contextlib.suppress(BrokenPipeError):
            nobody.close()
    assert outcome.trouble.endswith(f"status {-signal.SIGPIPE}") and outcome.seconds < 30


def test_who_is_started_deaf_to_interrupts_has_stages_that_hear_them(
        monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """As a shell without job control starts what stands before an "&"."""
    hearing = "import os, signal; [os.kill(os.getpid(), one) for one in (signal.SIGINT, signal.SIGQUIT)]"
    hears = stage("hears", [sys.executable, "-c", hearing])
    monkeypatch.setattr(prove, "chosen", lambda scratch, words: [hears])
    before = {one: signal.signal(one, signal.SIG_IGN) for one in (signal.SIGINT, signal.SIGQUIT)}
    try:
        assert prove.main([]) == 1
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    assert f"ended with status {-signal.SIGINT}" in capfd.readouterr().out


def test_a_stage_that_does_not_end_is_ended(tmp_path: Path) -> None:
    endless = [sys.executable, "-c", "import signal; signal.pause()"]
    outcome = prove.run_stage(stage("endless", endless, limit=1), tmp_path)
    assert outcome.trouble == "not over after 1 s" and outcome.seconds < 20


@pytest.mark.parametrize("judged, said, trouble", [
    (3, "", ""), (4, "", "3 variants judged, 4 expected (judged.toml)"),
    (3, "==1==ERROR: AddressSanitizer: heap", "a sanitizer complained, see above")])
def test_judged_variants_are_counted(tmp_path: Path, judged: int, said: str, trouble: str) -> None:
    lines = "".join(f'{{"id": "{n}[x]", "verdict": "{verdict}"}}\n' for n, verdict in enumerate(
        ("pass", "fail", "known", "skip", "broken", "not-run")))
    writing = [sys.executable, "-c",
               f"open('{tmp_path}/r/results.jsonl', 'w').write({lines!r});"
               f"open('{tmp_path}/r/engine.log', 'w').write({said!r})"]
    outcome = prove.run_stage(stage("s", writing, judged=judged, report=tmp_path / "r"), tmp_path)
    assert (outcome.trouble, outcome.note) == (trouble, "3 judged")


def test_stages_are_chosen(tmp_path: Path) -> None:
    every = stages.all_stages(tmp_path)
    assert prove.chosen(tmp_path, []) == every
    whole = [one for one in prove.chosen(tmp_path, ["--whole"]) if one not in every]
    assert [(one.title, one.environment.get("SOCKPROOF_ATTACK")) for one in whole] == [
        ("attack", "whole"), ("attack, thread sanitizer", None),
        ("forks of lwIP are told apart by their bugs", None), ("liars", None),
        ("suite in sandboxes of gVisor", None)]
    assert whole[-3].environment["SOCKPROOF_FORKS"] == "whole"
    assert ["--half" in one.commands[0] for one in (every[-1], whole[-2])] == [True, False]
    quick = prove.chosen(tmp_path, ["--quick"])
    assert quick and {"suite", "self-proof"} <= {one.title for one in quick} and len(quick) < len(every) / 2
    only = prove.chosen(tmp_path, ["--only", "style"])
    assert only and [one.title for one in only] == ["style"]
    for part, before in (("self-proof", "build with gcc, no warnings"),
                         ("clang-tidy", "build with clang, no warnings"),
                         ("suite, address", "unit tests, address and undefined sanitizers")):
        found = prove.chosen(tmp_path, ["--only", part])
        assert found and [one.title for one in found][0] == before and part in found[1].title
        assert len(found) == 2
    records = prove.chosen(tmp_path, ["--only", "records"])
    assert records and [one.title for one in records][:2] == ["build with gcc, no warnings", "suite"]
    with pytest.raises(Misuse, match="no stage has such a title; there are:\n  build with gcc"):
        prove.chosen(tmp_path, ["--only", "nosuch"])
    with pytest.raises(Misuse, match="no option --qick; did you mean --quick"):
        prove.chosen(tmp_path, ["--qick"])


def test_the_table_fits() -> None:
    text = prove.table([prove.Outcome("t" * 48, 1.25, ""), prove.Outcome("u", 100, "why", "3 judged")])
    assert "FAILED" in text and "     why" in text and "2 stages, 1 failed, 101 s" in text


def test_stability_is_quiet_when_nothing_changes(house: House) -> None:
    house.case("tcp/a")
    done = house.call(str(house.root / "sockproof"), "stability", "--runs", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "stability: 2 runs of 2 variants (2 judged) under load, 0 changed" in done.stdout


def test_stability_names_what_changes(house: House) -> None:
    once = house.root / "once"
    fickle = house.root / "fickle"
    fickle.write_text("#!/bin/sh\n"
                      f'[ "$1" != run ] || [ -e "{once}" ] || '
                      f'sed -i s/pass/fail/ "{house.root}"/cases/tcp/a.yaml\n'
                      f'[ "$1" != run ] || : >"{once}"\n'
                      f'"{house.environment["SOCKPROOF_ENGINE"]}" "$@"\nstatus=$?\n'
                      f'[ "$1" != run ] || sed -i s/fail/pass/ "{house.root}"/cases/tcp/a.yaml\n'
                      "exit $status\n", "utf-8")
    fickle.chmod(0o755)
    house.case("tcp/a", verdicts=["pass"], variants=["inet"])
    done = house.call(str(house.root / "sockproof"), "stability", "--runs", "3",
                      env={"SOCKPROOF_ENGINE": str(fickle)})
    assert done.returncode == 1, done.stdout + done.stderr
    assert "changed: tcp/a[inet]: 2 pass, 1 fail" in done.stdout
    assert "tcp/a[inet]: pass, not fail" in done.stdout
    kept = Path(done.stdout.rsplit("reports: ", 1)[1].strip())
    assert (kept / "1" / "results.jsonl").exists() and (kept / "2").exists()
    shutil.rmtree(kept)


def test_changes_count_absence() -> None:
    assert stability.changes({"a": Counter({"pass": 3}), "b": Counter({"pass": 2})}, 3) == [
        "b: 2 pass, 1 absent"]
    assert stability.numbers(["--runs=7", "tcp", "--limit", "9"]) == (7, 9, ["tcp"])
    with pytest.raises(Misuse, match="--runs wants"):
        stability.numbers(["--runs", "0"])


def test_style_sees_breaches(tmp_path: Path) -> None:
    """In texts that commit each; nothing here sleeps."""
    c = tmp_path / "net_helper.c"
    c.write_text("int f(void)\n{\n" + "    usleep(1);\n" * 100 + "}\n", "utf-8")
    texts = {text for _, _, text in style.in_c(c)}
    assert texts == {"a file is named after a noun of the field", "nothing waits by sleeping",
                     "a function of 102 lines, at most 80"}
    python = tmp_path / "x.py"
    python.write_text("import time\ntime." + "sleep(1)\n# TO" + "DO: more\n", "utf-8")
    assert {text for _, _, text in style.in_python(python)} == {
        "nothing waits by sleeping", "nothing is put off in the code"}


def test_style_wants_each_file_to_name_its_licence(tmp_path: Path) -> None:
    named, script, late, none = (tmp_path / name for name in ("named.c", "script", "late.py", "none.h"))
    named.write_text(f"/* {style.LICENCE} */\nint one;\n", "utf-8")
    script.write_text(f"#!/bin/sh\n# {style.LICENCE}\n", "utf-8")
    late.write_text(f"import os\nimport re\n# {style.LICENCE}\n", "utf-8")
    none.write_text("int one;\n", "utf-8")
    assert [file for file, _, _ in style.unlicensed([named, script, late, none])] == [late, none]
    assert len(style.licensed()) > 400 and not list(style.unlicensed(style.licensed()))


def test_style_has_bounds_for_files_and_for_functions_taken_together(tmp_path: Path) -> None:
    long = tmp_path / "long.c"
    long.write_text("int x;\n" * 501, "utf-8")
    assert [text for _, _, text in style.in_c(long)] == ["501 lines, at most 500"]
    long.write_text("int x;\n" * 500, "utf-8")
    assert not list(style.in_c(long))
    assert not list(style.too_long([10] * 89 + [22] * 10 + [80]))
    assert list(style.too_long([10] * 50 + [11] * 51)) == [
        "half of the C functions have more than 10 lines: the median is 11"]
    assert list(style.too_long([10] * 89 + [23] * 11)) == [
        "more than one C function in ten has over 22 lines: nine in ten are within 23"]


def test_style_gives_a_name_one_meaning(tmp_path: Path) -> None:
    one, other = tmp_path / "one.c", tmp_path / "other.h"
    one.write_text("struct net {\n};\nenum net {\n};\nstatic struct net x = {0};\n", "utf-8")
    other.write_text("\nstruct net {\n};\n", "utf-8")
    assert list(style.two_meanings([one, other])) == [
        (other, 2, "struct net means something else in one.c:1")]


def test_style_wants_a_contract_above_every_prototype(tmp_path: Path) -> None:
    header = tmp_path / "net.h"
    header.write_text("/* Opens it. */\nint net_open(void);\nvoid net_close(int fd);\n\n"
                      "struct net;\nextern int nets;\n#define NET(a) a(1)\n\n"
                      "const struct net *net_find(const char *name,\n    int most);\n", "utf-8")
    assert [(line, text) for _, line, text in style.in_c(header)] == [
        (9, "a prototype has a contract above it")]


def test_namespaces_can_be_refused() -> None:
    pytest.importorskip("seccomp")
    script = ROOT / "harness" / "driver" / "tests" / "refuse_namespaces.py"
    for flag in ("--user", "--net", "--mount"):
        done = subprocess.run(["/usr/bin/python3", str(script), "unshare", flag, "true"],
                              capture_output=True, text=True, check=False)
        assert done.returncode != 0 and "Operation not permitted" in done.stderr
    done = subprocess.run(["/usr/bin/python3", str(script), "sh", "-c", "(exit 7)"], text=True,
                          check=False)
    assert done.returncode == 7


def test_what_the_thread_sanitizer_passes_over_is_a_function_of_ours() -> None:
    """One that was renamed would be reported again, or hide another of its name."""
    names = re.findall(r"^race:(\w+)$", stages.HERE.joinpath("tsan.supp").read_text("utf-8"), re.MULTILINE)
    sources = "".join(file.read_text("utf-8") for file in (ROOT / "harness").rglob("*.c"))
    assert names
    assert [name for name in names
            if not re.search(rf"^\w[^;\n]*\b{name}\([^;\n]*$", sources, re.MULTILINE)] == []

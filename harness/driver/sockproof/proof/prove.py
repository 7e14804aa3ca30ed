# SPDX-License-Identifier: MIT
"""`./sockproof test`: runs the stages, each with its own output, goes on after a failure, and ends
with a table. Exit status 0 if every stage held, else 1; 3 for usage; 130 after Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sockproof import exitstatus
from sockproof.commandline import Parser
from sockproof.house import ROOT
from sockproof.proof.stages import Stage, all_stages, c_files, with_what_they_use
from sockproof.reports import records
from sockproof.trouble import Misuse

WIDTH = 80
# How many of the things that are wrong the closing table names, a stage.
NAMED = 5
# How pytest, ctest, compilers and analysers begin a line that names one.
NAMES_TROUBLE = re.compile(rb"(FAILED|ERROR) |\s*\d+ - \S+ \(\w+|"
                           rb"[\w./-]+:\d+:\d+: (fatal )?error: ")
# How long what a command has left running may hold its output.
LAST_WORDS_SECONDS = 5


@dataclass(frozen=True)
class Outcome:
    """How a stage ended: `trouble` is empty when it held."""

    title: str
    seconds: float
    trouble: str
    note: str = ""
    named: tuple[str, ...] = ()


def environment(stage: Stage) -> dict[str, str]:
    """The stage's environment: ours without what steers Python, pytest or the engine."""
    dropped = ("PYTHONPATH", "PYTHONHOME", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "SOCKPROOF_ENGINE")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | stage.environment


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a command and what it started: SIGINT, and SIGKILL for what stays."""
    for number in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(20)
            return
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            process.wait()
            return


def pass_on(output: IO[bytes], named: list[str]) -> None:
    """Shows what a command prints, and keeps the lines by which tests and compilers name what is
    wrong. Where nobody reads any more it is cut off, as if it printed there itself."""
    with output, suppress(BrokenPipeError):
        for line in output:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
            if NAMES_TROUBLE.match(line) and len(named) < NAMED:
                named.append(line.decode("utf-8", "replace").strip())


def call(command: list[str], stage: Stage, seconds: float, named: list[str]) -> str:
    """Runs one command of a stage; what was wrong, or nothing. `named` gets what it calls wrong."""
    try:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(stage), process_group=0,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)
    except OSError as error:
        return f"{command[0]}: {error.strerror}"
    assert process.stdout is not None
    shown = threading.Thread(target=pass_on, args=(process.stdout, named), daemon=True)
    shown.start()
    try:
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        end_group(process)
        return f"not over after {stage.limit} s"
    except KeyboardInterrupt:
        end_group(process)
        raise
    finally:
        shown.join(LAST_WORDS_SECONDS)
    return f"{Path(command[0]).name} ended with status {status}" if status else ""


def unsettled(stage: Stage) -> list[str]:
    """What the stage's run has not settled well, a line each: the first of them."""
    if stage.report is None:
        return []
    try:
        results = records.read(stage.report).results
    except OSError:
        return []
    return [f"{result['verdict']} {records.on_stack(result)}: {result.get('reason', '')}"
            for result in results if result["verdict"] in ("fail", "broken", "not-run")][:NAMED]


def judged(stage: Stage) -> tuple[str, str]:
    """What is wrong with how many variants the stage's run judged, and the count."""
    if stage.report is None:
        return "", ""
    try:
        results = records.read(stage.report).results
    except OSError as error:
        return f"no results: {error.strerror}", ""
    log = stage.report / "engine.log"
    said = log.read_text("utf-8", "replace") if log.exists() else ""
    variants = {records.on_stack(result) for result in results
                if result["verdict"] in records.JUDGED}
    note = f"{len(variants)} judged"
    if len(variants) != stage.judged:
        return f"{len(variants)} variants judged, {stage.judged} expected (judged.toml)", note
    if "Sanitizer" in said or "runtime error:" in said:
        print(said)
        return "a sanitizer complained, see above", note
    return "", note


def run_stage(stage: Stage, scratch: Path) -> Outcome:
    """Runs a stage to its end, whatever it is."""
    began = time.monotonic()
    if stage.report is not None:
        stage.report.mkdir()
        if stage.owner is not None:
            os.chown(stage.report, stage.owner, stage.owner)
    listing = scratch / "files"
    listing.write_text("".join(f'"{file}"\n' for file in c_files(tests=False)), "utf-8")
    trouble = ""
    named: list[str] = []
    for command in stage.commands:
        left = stage.limit - (time.monotonic() - began)
        words = [str(listing) if word == "{files}" else word for word in command]
        trouble = trouble or call(words, stage, max(left, 1), named)
    count_trouble, note = judged(stage)
    return Outcome(stage.title, time.monotonic() - began, trouble or count_trouble, note,
                   tuple(unsettled(stage) or named))


def table(outcomes: list[Outcome]) -> str:
    """The closing table."""
    lines = ["-" * WIDTH]
    for number, outcome in enumerate(outcomes, 1):
        verdict = "ok" if not outcome.trouble else "FAILED"
        lines.append(f"{number:3d}  {outcome.title:<48}{outcome.seconds:8.1f} s  {verdict:<7}"
                     f"{outcome.note}".rstrip())
        if outcome.trouble:
            lines += [f"     {line}" for line in (outcome.trouble, *outcome.named)]
    failed = sum(bool(outcome.trouble) for outcome in outcomes)
    total = sum(outcome.seconds for outcome in outcomes)
    lines.append("-" * WIDTH)
    lines.append(f"{len(outcomes)} stages, {failed} failed, {total:.0f} s")
    return "\n".join(lines)


def chosen(scratch: Path, arguments: list[str]) -> list[Stage]:
    """The stages that the arguments ask for and those that these lean on. Raises Misuse."""
    parser = Parser(add_help=False)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--only", action="append", default=[], metavar="STAGE")
    words = parser.words(arguments)
    stages = all_stages(scratch, words.whole)
    picked = [stage for stage in stages if (stage.quick or not words.quick)
              and (not words.only or any(part in stage.title for part in words.only))]
    if not picked:
        titles = "".join(f"\n  {stage.title}" for stage in stages)
        raise Misuse(f"no stage has such a title; there are:{titles}")
    return with_what_they_use(picked, stages)


def hear_interrupts() -> None:
    """A shell without job control has what it starts behind an "&" ignore these, with all that this
    starts; the tests interrupt what they try, and a stage that does not end is interrupted."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


def main(arguments: list[str]) -> int:
    """Runs what is asked for; the exit status. Raises Misuse."""
    hear_interrupts()
    with tempfile.TemporaryDirectory(prefix="sockproof-test-") as folder:
        scratch = Path(folder)
        scratch.chmod(0o755)
        stages = chosen(scratch, arguments)
        outcomes: list[Outcome] = []
        try:
            for number, stage in enumerate(stages, 1):
                print(f"\n== {number}/{len(stages)}  {stage.title}", flush=True)
                outcomes.append(run_stage(stage, scratch))
                last = outcomes[-1]
                print(f"-- {last.trouble or 'ok'}, {last.seconds:.1f} s", flush=True)
        except KeyboardInterrupt:
            print(f"\n{table(outcomes)}\ninterrupted; the other stages did not run")
            return exitstatus.INTERRUPTED
    print(f"\n{table(outcomes)}")
    return exitstatus.FAIL if any(outcome.trouble for outcome in outcomes) else exitstatus.GOOD

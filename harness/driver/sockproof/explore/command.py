# SPDX-License-Identifier: MIT
"""`./sockproof explore -- PROGRAM ARGS…` and `./sockproof explore CASE`: every fault that fits at every
socket call that a program, or an actor of a case, reaches, one run each, and what becomes of it.

Exit status 0 when nothing was found, 1 for findings, 2 when it could not be explored, 3 for
usage, 4 when the budget ended first and nothing was found, 130 after Ctrl-C."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


from sockproof import exitstatus, house
from sockproof.commandline import Parser
from sockproof.driver.progress import clock
from sockproof.explore import children, exploration
from sockproof.explore.casesubject import CaseSubject
from sockproof.explore.exploration import FINDINGS, Probe, Verdict
from sockproof.explore.programsubject import ProgramSubject
from sockproof.explore.subject import Subject, Tried
from sockproof.trouble import Misuse

REPORTS_MOST = 100
KINDS = ("intact", "clean-error", *FINDINGS, "unsteady", "unjudged", "part-fired", "not-fired")
SIGNS = {"intact": ".", "clean-error": "e", "crash": "C", "hang": "H", "wrong-data": "W",
         "error-swallowed": "S", "not-survived": "N", "unsteady": "?", "unjudged": "u",
         "part-fired": "/", "not-fired": "-"}


@dataclass
class Session:
    """One exploration: what there is to try, and what was found so far."""

    options: argparse.Namespace
    subject: Subject
    plans: list[list[Probe]]
    verdicts: Tried = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    stop: threading.Event = field(default_factory=threading.Event)
    exhausted: bool = False

    @property
    def counts(self) -> Counter[str]:
        return Counter(verdict.kind for _, verdict in self.verdicts)


def seconds_or_runs(text: str) -> tuple[str, float]:
    """A budget: "200" runs, "90s" or "5m"."""
    units = {"s": 1.0, "m": 60.0}
    try:
        if text[-1:] in units:
            return "seconds", float(text[:-1]) * units[text[-1]]
        return "runs", float(int(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"a budget is 200 (runs), 90s or 5m, not {text!r}") from None


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line. Raises Misuse."""
    parser = Parser(add_help=False)
    parser.add_argument("--budget", type=seconds_or_runs, default=("seconds", float("inf")))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1))
    parser.add_argument("--timeout", type=float, default=None)
    parser.add_argument("--several", type=int, default=0, metavar="N")
    parser.add_argument("--report", type=Path, default=house.ROOT / "reports" / "explore")
    parser.add_argument("--fresh", action="store_true")
    for name in ("--allow-programs", "--allow-network"):
        parser.add_argument(name, dest="allowed", action="append_const", const=name, default=[])
    parser.add_argument("case", nargs="?")
    mark = arguments.index("--") if "--" in arguments else len(arguments)
    options = parser.words(arguments[:mark])
    options.program = arguments[mark + 1:]
    if (options.case is None) == (not options.program):
        raise Misuse("one case to explore, or a program behind --")
    if options.case is not None and options.several:
        raise Misuse("--several is for programs: a case is explored fault by fault")
    return options


# --- what is kept from one session to the next -------------------------------------------------

def resume(session: Session) -> int:
    """Takes over what an interrupted session of the same program found; how many plans."""
    file = session.options.report / "state.jsonl"
    if session.options.fresh or not file.exists():
        return 0
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.endswith("}")]
    if not lines or lines[0].get("name") != session.subject.name or lines[-1].get("complete"):
        return 0
    known = {tuple(one["plan"]): Verdict(**one) for one in lines[1:]}
    session.verdicts = [(plan, known[tuple(one.text for one in plan)]) for plan in session.plans
                        if tuple(one.text for one in plan) in known]
    return len(session.verdicts)


def open_state(session: Session) -> Any:
    """The file that an interrupted session goes on from, with what is known written again."""
    state = (session.options.report / "state.jsonl").open("w", encoding="utf-8", buffering=1)
    state.write(json.dumps({"name": session.subject.name, "argv": session.subject.told}) + "\n")
    for _, verdict in session.verdicts:
        state.write(json.dumps(asdict(verdict)) + "\n")
    return state


# --- trying --------------------------------------------------------------------------------------

def show(session: Session, total: int, done_before: int) -> None:
    """The progress: a bar on a terminal."""
    if not sys.stderr.isatty():
        return
    done = len(session.verdicts)
    spent = time.monotonic() - session.began
    left = spent * (total - done) / max(1, done - done_before)
    found = sum(session.counts[kind] for kind in FINDINGS)
    cells = 16 * done // max(total, 1)
    print(f"\r[{'#' * cells}{'.' * (16 - cells)}] {done}/{total} runs, {found} findings, "
          f"{clock(spent)}, {clock(left)} to go\033[K", end="", file=sys.stderr, flush=True)


def over(session: Session, started: int) -> bool:
    """Whether the budget is used up."""
    unit, most = session.options.budget
    used = started if unit == "runs" else time.monotonic() - session.began
    return bool(used >= most)


def explore(session: Session) -> None:
    """Tries every plan that is left, several at once. Ctrl-C ends the runs that are under way, of
    which nothing is kept, and raises KeyboardInterrupt."""
    known = len(session.verdicts)
    tried = {id(plan) for plan, _ in session.verdicts}
    left = [plan for plan in session.plans if id(plan) not in tried]
    started = threading.Lock(), [0]

    confirmed: set[tuple[tuple[str, str, str], ...]] = set()

    def one(plan: list[Probe]) -> Verdict | None:
        with started[0]:
            if session.stop.is_set() or over(session, started[1][0]):
                session.exhausted = session.exhausted or not session.stop.is_set()
                return None
            started[1][0] += 1
        verdict = session.subject.attempt(plan)
        if session.stop.is_set():
            return None
        alike = tuple((one.place, one.fault, verdict.kind) for one in plan)
        if verdict.kind in FINDINGS and alike not in confirmed:
            verdict = session.subject.confirmed(plan, verdict)
            confirmed.add(alike)
        return verdict

    with open_state(session) as state, ThreadPoolExecutor(max(1, session.options.jobs)) as pool:
        try:
            futures = {pool.submit(one, plan): plan for plan in left}
            for future in as_completed(futures):
                verdict = future.result()
                if verdict is not None:
                    session.verdicts.append((futures[future], verdict))
                    state.write(json.dumps(asdict(verdict)) + "\n")
                    show(session, len(session.plans), known)
        except KeyboardInterrupt:
            session.stop.set()
            children.end_all()
            raise
        finally:
            if sys.stderr.isatty():
                print(file=sys.stderr)
        if not session.exhausted:
            state.write('{"complete": true}\n')


# --- telling -------------------------------------------------------------------------------------

def matrix(session: Session) -> str:
    """Calls down, faults across, the worst that was seen in each place with how many runs."""
    worst: dict[tuple[str, str], str] = {}
    runs: Counter[tuple[str, str]] = Counter()
    order = ["not-fired", "part-fired", "intact", "clean-error", "unjudged", "unsteady", *reversed(FINDINGS)]
    for plan, verdict in session.verdicts:
        if len(plan) > 1:
            continue
        place = (plan[0].place, plan[0].fault)
        runs[place] += 1
        if place not in worst or order.index(verdict.kind) > order.index(worst[place]):
            worst[place] = verdict.kind
    planned = [plan[0] for plan in session.plans if len(plan) == 1]
    if not planned:
        return ""
    calls = list(dict.fromkeys(one.place for one in planned))
    faults = list(dict.fromkeys(one.fault for one in planned))
    width = max(map(len, faults)) + 2
    first = max(14, *(len(call) + 2 for call in calls))
    lines = [" " * first + "".join(f"{fault:>{width}}" for fault in faults)]
    for call in calls:
        cells = [f"{SIGNS[worst[call, fault]]} {runs[call, fault]:>3}" if (call, fault) in worst else ""
                 for fault in faults]
        lines.append(f"{call:<{first}}" + "".join(f"{cell:>{width}}" for cell in cells).rstrip())
    used = [kind for kind in KINDS if kind in worst.values()]
    lines.append("  ".join(f"{SIGNS[kind]} {kind}" for kind in used))
    return "\n".join(lines)


def findings(session: Session) -> Tried:
    """Each finding once, shrunk; those of several faults only when no single one shows the same."""
    found = list(exploration.distinct(session.verdicts))
    known = {(plan[0].place, plan[0].fault, verdict.kind) for plan, verdict in found}
    for plan, verdict in session.verdicts:
        if verdict.kind not in FINDINGS or len(plan) == 1:
            continue
        best = session.subject.shrunk(plan, verdict.kind)
        names = {(one.place, one.fault, verdict.kind) for one in best}
        if not names & known:
            found.append((best, Verdict([one.text for one in best], verdict.kind, verdict.why)))
            known |= names
    return found


def write_findings(session: Session, found: Tried) -> list[str | None]:
    """Prints each finding with its timeline, and saves it as a case and as a plan: the cases, as paths
    in the report."""
    subject, saved = session.subject, []
    for folder in ("findings", "plans"):
        shutil.rmtree(session.options.report / folder, ignore_errors=True)
    for number, (plan, verdict) in enumerate(found, 1):
        name = f"{number:02d}-{verdict.kind}-{plan[0].place.replace(' ', '-')}.yaml"
        print(f"\n{verdict.kind}: {' + '.join(one.text for one in plan)}\n  {verdict.why}")
        for line in subject.timeline(plan):
            print(f"  {line}")
        case = keep(session, "findings", name, subject.case_text(plan, verdict))
        print(f"  case       {house.shown(case) if case else 'none: a step has no room for it'}")
        kept = keep(session, "plans", name, subject.plan_text(plan, verdict))
        if kept is not None:
            print(f"  plan       {house.shown(kept)}")
        again = subject.reproduction(plan, session.options.report / "findings" / name)
        print(f"  reproduce  {again}")
        saved.append(f"findings/{name}" if case else None)
    return saved


def keep(session: Session, folder: str, name: str, text: str | None) -> Path | None:
    """Writes a finding into a folder of the report, if there is something to write: the file."""
    if text is None:
        return None
    file: Path = session.options.report / folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def conclude(session: Session) -> int:
    """The report, and the exit status."""
    session.verdicts = session.subject.sifted(session.verdicts)
    text = matrix(session)
    found = findings(session)
    if text:
        print(f"\n{text}")
    saved = write_findings(session, found)
    summary = {"argv": session.subject.told, "seed": session.options.seed,
               "runs": len(session.verdicts), "left_out": session.subject.left_out,
               "counts": dict(session.counts), "complete": not session.exhausted,
               "findings": [asdict(verdict) | {"plan": [one.text for one in plan], "case": case}
                            for (plan, verdict), case in zip(found, saved)]}
    (session.options.report / "matrix.txt").write_text(text + "\n", "utf-8")
    (session.options.report / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", "utf-8")
    part = session.counts["part-fired"]
    if part:
        print(f"\n{part} plans of several faults are not judged: not all of their faults fired")
    told = ", ".join(f"{session.counts[kind]} {kind}" for kind in KINDS if session.counts[kind])
    print(f"\nexplore: {len(session.verdicts)} runs of {len(session.plans)} in "
          f"{clock(time.monotonic() - session.began)}: {told or 'no point was reached'}; "
          f"{len(found)} findings")
    if found:
        return exitstatus.FAIL
    return exitstatus.NOTHING if session.exhausted or not session.verdicts else exitstatus.GOOD


def own_folder(report: Path) -> Path:
    """The folder of the report, or one beside it whose name ends with a number when another session writes
    that one; it is ours until we end."""
    for number in range(1, REPORTS_MOST + 1):
        folder = report if number == 1 else report.with_name(f"{report.name}.{number}")
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        if number > 1:
            print(f"another session writes {house.shown(report)}: this one's report is in "
                  f"{house.shown(folder)}")
        return folder
    raise Misuse(f"{REPORTS_MOST} sessions write {house.shown(report)} and those beside it: give --report")


def begin(options: argparse.Namespace) -> Session:
    """The recording run, and what there is to try. Raises Unrun."""
    options.report = own_folder(options.report)
    subject: Subject
    if options.case is not None:
        subject = CaseSubject(options.case, options.seed, options.timeout,
                              tuple(options.allowed))
    else:
        subject = ProgramSubject(options.program, options.seed, options.timeout)
    plans = [[one] for one in subject.single] + exploration.several(subject.single, options.several,
                                                                    options.seed)
    left = f" ({subject.left_out} occurrences in loops left out)" if subject.left_out else ""
    print(f"{subject.reached}: {len(plans)} runs{left}")
    for one in subject.unseen:
        print(f"{one}: its socket calls are not explored")
    for one in subject.notes:
        print(one)
    return Session(options, subject, plans)


def main(arguments: list[str]) -> int:
    """Reads the command line and does it. Raises Trouble."""
    session = begin(parse(arguments))
    known = resume(session)
    if known:
        print(f"{known} runs are known from a session that was interrupted (--fresh forgets them)")
    try:
        explore(session)
        return conclude(session)
    except KeyboardInterrupt:
        print(f"\ninterrupted after {len(session.verdicts)} runs; the same command goes on from there",
              file=sys.stderr)
        return exitstatus.INTERRUPTED

"""`./sockproof explore -- PROGRAM ARGS…`: every fault that fits at every socket call that a program
reaches, one run each, and what the program makes of it.

    /usr/bin/python3 -I explore.py [options] -- PROGRAM [ARGUMENTS...]

Exit status 0 when nothing was found, 1 for findings, 2 when the program could not be explored, 3 for
usage, 4 when the budget ended first and nothing was found, 130 after Ctrl-C."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[2])]

from sockproof_driver import exitstatus, exploration, faultrun, findingcase, house  # noqa: E402
from sockproof_driver.exploration import FINDINGS, Baseline, Probe, Verdict  # noqa: E402
from sockproof_driver.progress import clock  # noqa: E402

KINDS = ("intact", "clean-error", *FINDINGS, "unsteady", "not-fired")
SIGNS = {"intact": ".", "clean-error": "e", "crash": "C", "hang": "H", "wrong-data": "W",
         "error-swallowed": "S", "not-survived": "N", "unsteady": "?", "not-fired": "-"}


@dataclass
class Session:
    """One exploration: what there is to try, and what was found so far."""

    options: argparse.Namespace
    baseline: Baseline
    plans: list[list[Probe]]
    left_out: int
    verdicts: list[tuple[list[Probe], Verdict]] = field(default_factory=list)
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
    """The command line. Raises SystemExit."""
    parser = argparse.ArgumentParser(prog="./sockproof explore", add_help=False, allow_abbrev=False)
    parser.add_argument("--budget", type=seconds_or_runs, default=("seconds", float("inf")))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1))
    parser.add_argument("--timeout", type=float, default=None)
    parser.add_argument("--several", type=int, default=0, metavar="N")
    parser.add_argument("--report", type=Path, default=house.ROOT / "reports" / "explore")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("program", nargs="+")
    return parser.parse_args(arguments)


# --- what is kept from one session to the next -------------------------------------------------

def resume(session: Session) -> int:
    """Takes over what an interrupted session of the same program found; how many plans."""
    file = session.options.report / "state.jsonl"
    if session.options.fresh or not file.exists():
        return 0
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.endswith("}")]
    if not lines or lines[0].get("name") != session.baseline.name or lines[-1].get("complete"):
        return 0
    known = {tuple(one["plan"]): Verdict(**one) for one in lines[1:]}
    session.verdicts = [(plan, known[tuple(one.text for one in plan)]) for plan in session.plans
                        if tuple(one.text for one in plan) in known]
    return len(session.verdicts)


def open_state(session: Session) -> Any:
    """The file that an interrupted session goes on from, with what is known written again."""
    state = (session.options.report / "state.jsonl").open("w", encoding="utf-8", buffering=1)
    state.write(json.dumps({"name": session.baseline.name, "argv": session.baseline.argv}) + "\n")
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
    return used >= most


def explore(session: Session) -> None:
    """Tries every plan that is left, several at once. Ctrl-C raises KeyboardInterrupt when the runs
    that were under way are over and kept."""
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
        verdict = exploration.try_once(session.baseline, plan)
        alike = tuple((one.call, one.fault, verdict.kind) for one in plan)
        if verdict.kind in FINDINGS and alike not in confirmed:
            verdict = exploration.confirmed(session.baseline, plan, verdict)
            confirmed.add(alike)
        return verdict

    with open_state(session) as state, ThreadPoolExecutor(max(1, session.options.jobs)) as pool:
        futures = {pool.submit(one, plan): plan for plan in left}
        try:
            for future in as_completed(futures):
                verdict = future.result()
                if verdict is not None:
                    session.verdicts.append((futures[future], verdict))
                    state.write(json.dumps(asdict(verdict)) + "\n")
                    show(session, len(session.plans), known)
        except KeyboardInterrupt:
            session.stop.set()
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
    order = ["not-fired", "intact", "clean-error", "unsteady", *reversed(FINDINGS)]
    for plan, verdict in session.verdicts:
        if len(plan) > 1:
            continue
        place = (plan[0].call, plan[0].fault)
        runs[place] += 1
        if place not in worst or order.index(verdict.kind) > order.index(worst[place]):
            worst[place] = verdict.kind
    planned = [plan[0] for plan in session.plans if len(plan) == 1]
    calls = list(dict.fromkeys(one.call for one in planned))
    faults = list(dict.fromkeys(one.fault for one in planned))
    width = max(map(len, faults), default=0) + 2
    lines = [" " * 14 + "".join(f"{fault:>{width}}" for fault in faults)]
    for call in calls:
        cells = [f"{SIGNS[worst[call, fault]]} {runs[call, fault]:>3}" if (call, fault) in worst else ""
                 for fault in faults]
        lines.append(f"{call:<14}" + "".join(f"{cell:>{width}}" for cell in cells).rstrip())
    used = [kind for kind in KINDS if kind in worst.values()]
    lines.append("  ".join(f"{SIGNS[kind]} {kind}" for kind in used))
    return "\n".join(lines)


def plan_file(session: Session, plan: list[Probe], verdict: Verdict) -> str:
    """A finding as a plan that `exec --plan` takes, with how it was seen."""
    told = f"{verdict.kind}: {verdict.why}\n{reproduction(session, plan)}"
    lines = [*(f"# {line}" for line in told.splitlines()), "faults:"]
    for number, one in enumerate(plan, 1):
        word, _, argument = one.fault.partition(" ")
        action = f"{{{word}: {argument}}}" if argument else word
        lines.append(f"  fault{number}: {{call: {one.call}, do: {action}, when: {{nth: {one.nth}}}}}")
    return "\n".join(lines) + "\n"


def reproduction(session: Session, plan: list[Probe]) -> str:
    """The command that shows a finding again."""
    faults = " ".join(f"--fault '{one.text}'" for one in plan)
    return (f"./sockproof exec --timeout {2 * session.baseline.timeout:.0f} {faults} -- "
            f"{shlex.join(session.baseline.argv)}")


def findings(session: Session) -> list[tuple[list[Probe], Verdict]]:
    """Each finding once, shrunk; those of several faults only when no single one shows the same."""
    found = list(exploration.distinct(session.verdicts))
    known = {(plan[0].call, plan[0].fault, verdict.kind) for plan, verdict in found}
    for plan, verdict in session.verdicts:
        if verdict.kind not in FINDINGS or len(plan) == 1:
            continue
        best = exploration.shrunk(session.baseline, plan, verdict.kind)
        names = {(one.call, one.fault, verdict.kind) for one in best}
        if not names & known:
            found.append((best, Verdict([one.text for one in best], verdict.kind, verdict.why)))
            known |= names
    return found


def write_findings(session: Session,
                   found: list[tuple[list[Probe], Verdict]]) -> list[str | None]:
    """Prints each finding with its timeline, and saves it as a plan and as a case: the cases, as paths
    in the report."""
    saved: list[str | None] = []
    cases, plans = (session.options.report / name for name in ("findings", "plans"))
    for folder in (cases, plans):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    for number, (plan, verdict) in enumerate(found, 1):
        name = f"{number:02d}-{verdict.kind}-{plan[0].call}.yaml"
        again = reproduction(session, plan)
        (plans / name).write_text(plan_file(session, plan, verdict), "utf-8")
        print(f"\n{verdict.kind}: {' + '.join(one.text for one in plan)}\n  {verdict.why}")
        for line in exploration.timeline(session.baseline, plan):
            print(f"  {line}")
        if findingcase.fits_a_step(session.baseline.argv):
            text = findingcase.case_of(session.baseline, plan, verdict, again)
            (cases / name).write_text(text, "utf-8")
            print(f"  case       {house.shown(cases / name)}")
            saved.append(f"findings/{name}")
        else:
            saved.append(None)
            print("  case       none: a step has no room for this program's arguments")
        print(f"  plan       {house.shown(plans / name)}\n  reproduce  {again}")
    return saved


def conclude(session: Session) -> int:
    """The report, and the exit status."""
    if not session.baseline.steady:
        print("its output changes from run to run: only statuses, crashes and hangs are judged")
        session.verdicts = [(plan, verdict) for plan, verdict in session.verdicts
                            if verdict.kind not in exploration.OUTPUT]
    text = matrix(session)
    found = findings(session)
    print(f"\n{text}")
    saved = write_findings(session, found)
    summary = {"argv": session.baseline.argv, "seed": session.baseline.seed,
               "runs": len(session.verdicts), "left_out": session.left_out,
               "counts": dict(session.counts), "complete": not session.exhausted,
               "findings": [asdict(verdict) | {"plan": [one.text for one in plan], "case": case}
                            for (plan, verdict), case in zip(found, saved)]}
    (session.options.report / "matrix.txt").write_text(text + "\n", "utf-8")
    (session.options.report / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", "utf-8")
    told = ", ".join(f"{session.counts[kind]} {kind}" for kind in KINDS if session.counts[kind])
    print(f"\nexplore: {len(session.verdicts)} runs of {len(session.plans)} in "
          f"{clock(time.monotonic() - session.began)}: {told or 'no point was reached'}; "
          f"{len(found)} findings")
    if found:
        return exitstatus.FAIL
    return exitstatus.NOTHING if session.exhausted or not session.verdicts else exitstatus.GOOD


def begin(options: argparse.Namespace) -> Session:
    """The recording run, and what there is to try. Raises faultrun.Unrun."""
    options.report.mkdir(parents=True, exist_ok=True)
    baseline = exploration.record(options.program, options.seed, options.timeout)
    single, left_out = exploration.probes(baseline)
    plans = [[one] for one in single] + exploration.several(single, options.several, options.seed)
    print(f"{len(baseline.reached)} calls on sockets were reached in {baseline.run.seconds:.2f} s: "
          f"{len(plans)} runs{f' ({left_out} occurrences in loops left out)' if left_out else ''}")
    return Session(options, baseline, plans, left_out)


def main(arguments: list[str]) -> int:
    """Reads the command line and does it."""
    try:
        options = parse(arguments)
    except SystemExit:
        print("sockproof: ./sockproof explore --help shows what there is", file=sys.stderr)
        return exitstatus.USAGE
    try:
        session = begin(options)
    except faultrun.Unrun as error:
        print(f"sockproof: {error}", file=sys.stderr)
        return exitstatus.BROKEN
    except KeyboardInterrupt:
        return exitstatus.INTERRUPTED
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# SPDX-License-Identifier: MIT
"""The proof of exploration: it finds the known bug of every program in fixtures/programs, and nothing
in the mended twin; the case that it saves fails with the bug, and passes with the mended twin.

    harness/driver twins [NAME...]

The programs lie beside the engine, in programs/. Exit status 0 if it is so, 1 if not, 2 when a program
could not be run."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
import tomllib
from pathlib import Path

from sockproof import exitstatus, house
from sockproof.enginecall import call
from sockproof.explore import command as explore
from sockproof.trouble import Trouble

FIXTURES = house.ROOT / "fixtures" / "programs"
LIMIT = "120s"


def found_in(program: Path) -> list[tuple[str, str, str]]:
    """Kind, plan and case of each finding in a program. Raises Trouble when it could not be
    explored."""
    with tempfile.TemporaryDirectory(prefix="sockproof-twins-") as folder:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            status = explore.main(["--fresh", "--budget", LIMIT, "--report", folder, "--",
                                   str(program)])
        if status not in (exitstatus.GOOD, exitstatus.FAIL):
            raise Trouble(f"{program.name}: exploration ended with status {status}\n"
                          f"{said.getvalue()[-2000:]}")
        summary = json.loads((Path(folder) / "summary.json").read_text("utf-8"))
        return [(one["kind"], " + ".join(one["plan"]), (Path(folder) / one["case"]).read_text("utf-8"))
                for one in summary["findings"]]


def verdict_of(case: str) -> str:
    """What the engine says of the text of a case: a verdict, or its complaint."""
    with tempfile.TemporaryDirectory(prefix="sockproof-twins-") as folder:
        file = Path(folder) / "case.yaml"
        file.write_text(case, "utf-8")
        done = call("run", "--allow-programs", "--allow-network", "--report", folder, str(file))
    lines = done.stdout.splitlines()
    return str(json.loads(lines[0])["verdict"]) if lines else done.stderr


def trouble_of_case(name: str, case: str) -> list[str]:
    """What is wrong about the case of a bug, which the mended twin is to pass."""
    buggy = verdict_of(case)
    mended = verdict_of(case.replace(f"programs/{name}-buggy", f"programs/{name}-mended"))
    return ([f"{name}-buggy: the case of the bug is to fail, and it is: {buggy}"]
            if buggy != "fail" else []) + \
        ([f"{name}-mended: the case of the bug is to pass, and it is: {mended}"]
         if mended != "pass" else [])


def trouble(name: str, kind: str, fault: str) -> list[str]:
    """What is wrong about one pair of twins."""
    programs = house.engine().parent / "programs"
    buggy, mended = (found_in(programs / f"{name}-{twin}") for twin in ("buggy", "mended"))
    wanted = [case for one, plan, case in buggy if one == kind and plan.startswith(fault)]
    print(f"{name:18} {', '.join(f'{one}: {plan}' for one, plan, _ in buggy) or 'nothing'}",
          flush=True)
    found = [f"{name}-mended: {one}: {plan}" for one, plan, _ in mended]
    if not wanted:
        found.append(f"{name}-buggy: no {kind} with '{fault}'")
    return found + [line for case in wanted for line in trouble_of_case(name, case)]


def main(arguments: list[str]) -> int:
    """Explores all pairs; the exit status. Raises Trouble."""
    expected = tomllib.loads((FIXTURES / "expected.toml").read_text("utf-8"))
    sources = {file.stem for file in FIXTURES.glob("*.c")} - {"peer", "peer_link"}
    if sources != set(expected):
        print(f"error: expected.toml and the programs differ: {sorted(sources ^ set(expected))}",
              file=sys.stderr)
        return exitstatus.FAIL
    names = arguments or sorted(expected)
    wrong = {name: trouble(name, *expected[name]) for name in names}
    bad = [line for lines in wrong.values() for line in lines]
    for line in bad:
        print(f"error: {line}", file=sys.stderr)
    print(f"twins: {sum(not lines for lines in wrong.values())} of {len(names)} pairs are as they "
          "must be")
    return exitstatus.FAIL if bad else exitstatus.GOOD

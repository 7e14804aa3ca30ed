# SPDX-License-Identifier: MIT
"""A finding of exploration as a case file: the program, its faults, and what it must do under them. It
fails while the program has the bug, and passes once it is mended."""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
from pathlib import Path

from sockproof.explore.exploration import Baseline, Probe, Verdict

WORDS_MAX, WORDS_BYTES = 60, 7000  # of a program's arguments, as a step takes them
INLINE_BYTES = 2000  # more output than that is known by its sum
PLAIN = re.compile(r"[A-Za-z0-9_./=@%+-]*[A-Za-z_/][A-Za-z0-9_./=@%+-]*")
OWN = re.compile(r"(\{scratch\}|\{port\})")
OWN_NAMES = {"{scratch}": "$scratch", "{port}": "$server_port"}
UNPRINTED = re.compile(r"[^\n\t\x20-\x7e\u00a1-\ud7ff]")


def scalar(text: str) -> str:
    """A text as YAML; words that could be taken for something else are quoted."""
    return text if PLAIN.fullmatch(text) and text[0] not in "-%@=" else json.dumps(text, ensure_ascii=False)


def content(data: bytes) -> str:
    """Bytes as a case gives them: a text where a reader can read it."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return f"{{hex: {json.dumps(data.hex())}}}"
    if UNPRINTED.search(text):
        return f"{{hex: {json.dumps(data.hex())}}}"
    return json.dumps(text, ensure_ascii=False)


def fault_body(one: Probe, by: str, programs: bool) -> str:
    """One fault of a plan as a case has it. Where the case has programs, one that does not pass may end
    in a clean error."""
    allows = ", allows: clean-error" if programs and not one.passing else ""
    return f"{{call: {one.call}, by: {by}, do: {one.action}, when: {one.when}{allows}}}"


def words_of(argv: list[str]) -> list[str]:
    """The program's words, such that they mean the same from any folder."""
    here = any(not one.startswith("/") and ("/" in one or os.path.isfile(one)) and os.path.exists(one)
               for one in argv)  # a word may be too long for a path
    return ["/usr/bin/env", "-C", os.getcwd(), *argv] if here else argv


def word(text: str) -> str:
    """A word of a program as a step gives it: the folder and the port that a run has for itself are the
    case's."""
    parts = [one for one in OWN.split(text) if one]
    if not any(one in OWN_NAMES for one in parts):
        return scalar(text)
    named = [OWN_NAMES.get(one) or scalar(one) for one in parts]
    return named[0] if len(named) == 1 else f"{{join: [{', '.join(named)}]}}"


def fits_a_step(argv: list[str]) -> bool:
    """Whether a step has room for these words, and YAML can say them."""
    words = words_of(argv)
    bad = any("\udc80" <= char <= "\udcff" or char == "\0" for word in words for char in word)
    return len(words) <= WORDS_MAX and sum(map(len, words)) <= WORDS_BYTES and not bad


def steps(baseline: Baseline) -> list[str]:
    """Runs the program, and holds its status and output against those of the run without faults."""
    words = ", ".join(word(one) for one in words_of(baseline.argv))
    within = f"within: {math.ceil(2 * baseline.timeout)}s"
    good = baseline.run
    if not baseline.steady or any(name.encode() in good.stdout for name in OWN_NAMES):
        return [f"  - client: {{run: [{words}], exit: {good.status}, {within}}}"]
    if len(good.stdout) <= INLINE_BYTES:
        return [f"  - client: {{run: [{words}], exit: {good.status}, "
                f"stdout: {content(good.stdout)}, {within}}}"]
    kept = '{join: [$scratch, "/stdout"]}'
    total = hashlib.sha256(good.stdout).hexdigest()
    return [f"  - client: {{run: [sh, -c, 'exec \"$@\" >\"$0\"', {kept}, {words}], "
            f"exit: {good.status}, {within}}}",
            f"  - client: {{run: [sha256sum, {kept}], stdout: {{starts: \"{total}\"}}}}"]


def comments(baseline: Baseline, verdict: Verdict, reproduction: str) -> list[str]:
    """How it was found, and what must be there to see it again."""
    lines = [f"{verdict.kind}: {verdict.why}", "found by ./sockproof explore; the same without a case:",
             f"  {reproduction}"]
    if baseline.peers:
        lines += [f"It talks to {', '.join(baseline.peers)}, which is no part of this case: what "
                  "answered there", "when this was found must answer there again."]
    return [f"# {line}" for text in lines for line in text.splitlines()]


def case_of(baseline: Baseline, plan: list[Probe], verdict: Verdict, reproduction: str) -> str:
    """The text of the case file of a finding of a program (fits_a_step)."""
    name = Path(baseline.argv[0]).name
    faults = " and ".join(one.text for one in plan)
    passing = all(one.passing for one in plan)
    title = f"{name} does its work{'' if passing else ', or says that it cannot,'} under {faults}"
    programs = [] if "/" in name or "/" in baseline.argv[0] else [f"programs: [{scalar(name)}]"]
    return "\n".join([
        *comments(baseline, verdict, reproduction), f"title: {scalar(title)}",
        "cites: [program/clean-error-or-intact, program/no-hang]", "subject: program",
        "transport: tcp", "family: inet", "place: loopback", "setup: none", *programs, "faults:",
        *(f"  fault{number}: {fault_body(one, 'client', True)}"
          for number, one in enumerate(plan, 1)),
        "steps:", *steps(baseline)]) + "\n"

# SPDX-License-Identifier: MIT
"""The style that the sources keep to.

Functions of at most 80 lines, in C half of them within 10 and nine in ten within 22; files of at
most 600 lines, in C 500; no pauses, nothing put off, file names that are nouns. What linters know
(flake8, mypy, shellcheck, clang-format) is left to them. Prints every breach with its place; exit
status 1 if there is any."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Iterator

from sockproof.house import ROOT

FILE_LINES, C_FILE_LINES, FUNCTION_LINES = 600, 500, 80
# Of all C functions, tests and all: half are no longer than the one, nine in ten than the other.
MEDIAN_LINES, MOST_LINES = 10, 22
POOR_NAMES = re.compile(r"(^|_)(util|utils|helper|helpers|common|misc)(_|$)")
PUT_OFF = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
PAUSE_C = re.compile(r"\b(u|nano|clock_nano)?sleep\s*\(")
# The delay of a call is itself the fault that a case asks for; nobody waits for an event with it. The
# virtual clock defines the sleep of a stack's own timers, so that it ends when the harness says so.
MAY_PAUSE = {ROOT / "harness" / name for name in ("fault/enact.c", "stack/virtual_clock.c",
                                                  "stack/virtual_clock_test.c")}
PROTOTYPE = re.compile(r"(?!static |typedef |extern \"C\")[a-z_][\w ]*[ *]\w+\(")
DEFINITION = re.compile(r"((?:struct|enum) \w+) \{")
LICENCE = "SPDX-License-Identifier: MIT"
PAUSE_SHELL = re.compile(r"(^|[;&|(\s])sleep\s+[\d$]")

Breach = tuple[Path, int, str]


def sources(*endings: str) -> list[Path]:
    """Every source file of the repository with one of the endings."""
    folders = [ROOT / "harness", ROOT / "reports", ROOT / ".ci"]
    files = [file for folder in folders for file in folder.rglob("*")
             if file.suffix in endings and "latest" not in file.relative_to(ROOT).parts]
    return sorted(files)


def in_text(file: Path, text: str) -> Iterator[Breach]:
    """What can be seen without knowing the language."""
    lines = text.splitlines()
    most = C_FILE_LINES if file.suffix in (".c", ".h") else FILE_LINES
    if len(lines) > most:
        yield file, len(lines), f"{len(lines)} lines, at most {most}"
    if POOR_NAMES.search(file.stem):
        yield file, 1, "a file is named after a noun of the field"
    for number, line in enumerate(lines, 1):
        if PUT_OFF.search(line):
            yield file, number, "nothing is put off in the code"


def c_functions(text: str) -> Iterator[tuple[int, int]]:
    """First line and length of each function body: what stands between a "{" alone at the start of
    a line and the next "}" there, which is how .clang-format writes functions and nothing else."""
    begin = 0
    for number, line in enumerate(text.splitlines(), 1):
        if line == "{":
            begin = number
        elif line == "}" and begin:
            yield begin, number - begin + 1
            begin = 0


def without_contract(text: str) -> Iterator[int]:
    """Lines of a header where a prototype, or a row of them, begins with no comment above it."""
    above = ""
    for number, line in enumerate(text.splitlines(), 1):
        if PROTOTYPE.match(line) and not above.endswith(("*/", ";", ")))")):
            yield number
        above = line.rstrip()


def in_c(file: Path) -> Iterator[Breach]:
    """Breaches of a C file."""
    text = file.read_text("utf-8")
    yield from in_text(file, text)
    for line, length in c_functions(text):
        if length > FUNCTION_LINES:
            yield file, line, f"a function of {length} lines, at most {FUNCTION_LINES}"
    if file.suffix == ".h" and "#include <criterion/" not in text:
        for line in without_contract(text):
            yield file, line, "a prototype has a contract above it"
    if file in MAY_PAUSE:
        return
    for number, words in enumerate(text.splitlines(), 1):
        if PAUSE_C.search(words) and not words.lstrip().startswith(("*", "/*", "//")):
            yield file, number, "nothing waits by sleeping"


def in_python(file: Path) -> Iterator[Breach]:
    """Breaches of a Python file; one that does not compile is one."""
    text = file.read_text("utf-8")
    yield from in_text(file, text)
    try:
        tree = ast.parse(text, str(file))
    except (SyntaxError, ValueError) as error:
        yield file, getattr(error, "lineno", 1) or 1, f"does not compile: {error}"
        return
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield file, node.lineno, f"a function of {length} lines, at most {FUNCTION_LINES}"
        if isinstance(node, ast.Attribute) and node.attr == "sleep":
            yield file, node.lineno, "nothing waits by sleeping"


def in_shell(file: Path) -> Iterator[Breach]:
    """Breaches of a shell script."""
    text = file.read_text("utf-8")
    yield from in_text(file, text)
    for number, line in enumerate(text.splitlines(), 1):
        if PAUSE_SHELL.search(line) and not line.lstrip().startswith("#"):
            yield file, number, "nothing waits by sleeping"


def licensed() -> list[Path]:
    """Every file that is to name its licence: sources and tables, those of fixtures, and scripts."""
    endings = (".c", ".h", ".def", ".py", ".sh")
    fixtures = [file for file in (ROOT / "fixtures").rglob("*")
                if file.suffix in endings or file.parent == ROOT / "fixtures" / "servers"]
    scripts = [ROOT / "sockproof", ROOT / ".ci" / "run", ROOT / "CMakeLists.txt", ROOT / "conftest.py"]
    return [*sources(*endings), *fixtures, *scripts]


def unlicensed(files: list[Path]) -> Iterator[Breach]:
    """Files that do not name their licence at their head, below a script's interpreter."""
    for file in files:
        if file.is_file() and LICENCE not in "".join(file.read_text("utf-8").splitlines(True)[:2]):
            yield file, 1, f"no line says {LICENCE}"


def c_lengths() -> list[int]:
    """The lengths of all C functions, the shortest first."""
    return sorted(length for file in sources(".c")
                  for _, length in c_functions(file.read_text("utf-8")))


def too_long(lengths: list[int]) -> Iterator[str]:
    """What is wrong with C functions taken together, of which there is at least one."""
    median, most = lengths[len(lengths) // 2], lengths[len(lengths) * 9 // 10]
    if median > MEDIAN_LINES:
        yield f"half of the C functions have more than {MEDIAN_LINES} lines: the median is {median}"
    if most > MOST_LINES:
        yield f"more than one C function in ten has over {MOST_LINES} lines: nine in ten are within {most}"


def two_meanings(files: list[Path]) -> Iterator[Breach]:
    """Names that two structs or two enumerations have."""
    first: dict[str, str] = {}
    for file in files:
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            defined = DEFINITION.match(line)
            if defined:
                place = first.setdefault(defined[1], f"{file.name}:{number}")
                if place != f"{file.name}:{number}":
                    yield file, number, f"{defined[1]} means something else in {place}"


def breaches() -> list[Breach]:
    """All breaches of the repository, by file."""
    found: list[Breach] = list(two_meanings(sources(".c", ".h")))
    for file in sources(".c", ".h"):
        found += in_c(file)
    for file in sources(".py"):
        found += in_python(file)
    for file in [ROOT / "sockproof", ROOT / ".ci" / "run", *sources(".sh")]:
        found += in_shell(file)
    found += unlicensed(licensed())
    return found


def main(_arguments: list[str]) -> int:
    """Prints the breaches and how much was looked at."""
    lengths = c_lengths()
    found = [f"{file.relative_to(ROOT)}:{line}: {text}" for file, line, text in breaches()]
    found += too_long(lengths)
    for text in found:
        print(text)
    print(f"C functions: {len(lengths)}, median {lengths[len(lengths) // 2]}, nine in ten within "
          f"{lengths[len(lengths) * 9 // 10]}, longest {lengths[-1]} lines")
    print(f"style: {len(found)} breaches in {len(sources('.c', '.h', '.py', '.sh')) + 2} files")
    return 1 if found else 0

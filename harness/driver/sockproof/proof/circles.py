# SPDX-License-Identifier: MIT
"""No circle among the files of harness/, no use of a room above, no name that two files define.

A file is a noun: its .c and .h together; NOUN_test.c is none, and a .def, a table that any room may
read, is one by itself. It uses another one when it includes it, or when its object in the folder
that the engine was built in needs a name that the other's defines. No file may use itself by way of
others, and no two may define a name that both give to others: which of the two a third one gets is
left to the order of libraries. Each may use only its own room and those that CMakeLists.txt builds
before, since each room stands on those. A library made there of some nouns of a room is a floor of
its own: what lower rooms need of that room. One door leads up: the table of verbs. Prints every
circle, the shortest way round, and every use of what stands above, with the names that are used;
exit status 1 if there is any."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Iterator

from sockproof.house import ROOT

# The door of the verbs' room: actors and trials, on which the verbs' families stand, find a verb's
# operations in its table and a call's arguments in its family's struct, and nothing else up there.
DOORS = ("verb/table", "verb/arguments")
# The public header is no library, and stands on nothing.
FIRST_FLOORS = ["include"]
# What nothing stands on, and CMakeLists.txt builds otherwise than by room().
LAST_FLOORS = ["preload", "guest"]
# What is linked by itself: a name that is needed there is not one of the engine.
ALONE = re.compile(r"(sockproof-(preload|relay|guest-\w+)|(preload|guest)_parts)\.dir")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
FLOOR = re.compile(r"^(?:room\((\w+)|add_library\((\w+) STATIC\s+(harness/[^)]*))", re.MULTILINE)
NAMES_SHOWN = 4

# file -> file that it uses -> the names, or the header
Uses = dict[str, dict[str, set[str]]]


def noun(name: str) -> str:
    """A file's name below harness/ without the ending of its two halves: "wire/queue"."""
    return name.removesuffix(".c").removesuffix(".h")


def for_tests(file: Path) -> bool:
    """Whether it is a test, or for tests only."""
    return file.stem.endswith("_test") or "#include <criterion/" in file.read_text("utf-8")


def source_files(root: Path) -> dict[str, Path]:
    """The C sources, headers and tables by their names below harness/, without tests."""
    house = root / "harness"
    return {file.relative_to(house).as_posix(): file for file in sorted(house.glob("*/*"))
            if file.suffix in (".c", ".h", ".def") and not for_tests(file)}


def add_use(uses: Uses, file: str, target: str, name: str) -> None:
    """Notes that a file uses another one."""
    if target != file:
        uses.setdefault(file, {}).setdefault(target, set()).add(name)


def included(root: Path, uses: Uses) -> None:
    """Adds what each file includes."""
    for name, file in source_files(root).items():
        for header in INCLUDE.findall(file.read_text("utf-8")):
            add_use(uses, noun(name), noun(header), header)


def objects(root: Path, build: Path) -> dict[str, dict[str, Path]]:
    """By what is linked together ("" for the engine), then by file: its object."""
    found: dict[str, dict[str, Path]] = {}
    files = source_files(root)
    for path in sorted(build.glob("CMakeFiles/*.dir/harness/*/*.c.o")):
        folder = path.relative_to(build).parts[1]
        name = "/".join(path.parts[-2:]).removesuffix(".o")
        if name in files:
            found.setdefault(folder if ALONE.match(folder) else "", {})[noun(name)] = path
    return found


def symbols(path: Path) -> tuple[set[str], set[str]]:
    """The names that an object defines for others, and those that it needs."""
    listing = subprocess.run(["nm", "-g", "-P", str(path)], check=True, capture_output=True, text=True)
    defined: set[str] = set()
    needed: set[str] = set()
    for line in listing.stdout.splitlines():
        name, kind = line.split()[:2]
        (needed if kind in "Uwv" else defined).add(name)
    return defined, needed


def called(linked: dict[str, Path], uses: Uses) -> Iterator[str]:
    """Adds what each file calls, or reads, of the others that it is linked with. Names that two of
    them define are complaints."""
    tables = {file: symbols(path) for file, path in linked.items()}
    owner: dict[str, str] = {}
    for file, (defined, _) in tables.items():
        for name in sorted(defined & set(owner)):
            yield f"a name is defined twice: {name}, in {owner[name]} and in {file}"
        owner |= dict.fromkeys(defined, file)
    for file, (_, needed) in tables.items():
        for name in needed:
            add_use(uses, file, owner.get(name, file), name)


def way_back(uses: Uses, start: str) -> list[str]:
    """The shortest way from a file over others back to it; empty when there is none."""
    came_from: dict[str, str] = {}
    layer = [start]
    while layer and start not in came_from:
        further = []
        for file in layer:
            new = sorted(set(uses.get(file, {})) - set(came_from))
            came_from |= dict.fromkeys(new, file)
            further += new
        layer = further
    if start not in came_from:
        return []
    way = [start, came_from[start]]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def circles(uses: Uses) -> Iterator[list[str]]:
    """A shortest circle through each file that no circle before went through."""
    seen: set[str] = set()
    for way in sorted((way_back(uses, file) for file in uses), key=lambda way: (len(way), way)):
        if way and not seen.intersection(way):
            seen.update(way)
            yield way


def floors(root: Path) -> tuple[list[str], dict[str, str]]:
    """The rooms and libraries in the order of CMakeLists.txt, and the library of each noun in one."""
    order: list[str] = []
    library: dict[str, str] = {}
    for room, name, files in FLOOR.findall((root / "CMakeLists.txt").read_text("utf-8")):
        order.append(room or name)
        library |= {noun(file.removeprefix("harness/")): name for file in files.split()}
    return FIRST_FLOORS + order + LAST_FLOORS, library


def upward(root: Path, uses: Uses) -> Iterator[tuple[str, str]]:
    """Each use of a file that stands in a room above."""
    order, library = floors(root)
    for file in sorted(uses):
        here = order.index(library.get(file, file.partition("/")[0]))
        for target in sorted(uses[file]):
            there = order.index(library.get(target, target.partition("/")[0]))
            if here < there and not target.endswith(".def") and target not in DOORS:
                yield file, target


def told(uses: Uses, file: str, target: str) -> str:
    """One use, in words."""
    names = sorted(uses[file][target], key=lambda name: ("." in name, name))
    more = f", and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return f"{file} uses {', '.join(names[:NAMES_SHOWN])}{more} of {target}"


def complaints(root: Path, build: Path) -> Iterator[str]:
    """Everything that is wrong, in words."""
    uses: Uses = {}
    included(root, uses)
    linked = objects(root, build)
    if "" not in linked:
        yield f"there are no objects in {build}: build first"
    for together in linked.values():
        yield from called(together, uses)
    for way in circles(uses):
        yield "a circle:\n" + "\n".join(f"    {told(uses, *pair)}" for pair in zip(way, way[1:]))
    for pair in upward(root, uses):
        yield f"a room above is used: {told(uses, *pair)}"


def main(arguments: list[str]) -> int:
    """Prints what is wrong; takes the folder that the engine was built in."""
    found = list(complaints(ROOT, Path(arguments[0]).resolve()))
    for text in found:
        print(text)
    print(f"circles: {len(found)}")
    return 1 if found else 0

# SPDX-License-Identifier: MIT
"""The check for circles, on a small house that has some."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sockproof.proof import circles

CMAKE = """room(base PkgConfig::X)
add_library(high_table STATIC harness/high/table.c)
room(low base)
room(high low)
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "CMakeLists.txt").write_text(CMAKE)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    """A file of the house; a .c is compiled too, in its room's folder."""
    file = root / "harness" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    if file.suffix == ".c":
        room = name.partition("/")[0]
        target = root / "build" / "CMakeFiles" / f"{room}.dir" / "harness" / f"{name}.o"
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gcc", "-c", "-I", str(root / "harness"), str(file), "-o", str(target)], check=True)


def found(root: Path) -> list[str]:
    return list(circles.complaints(root, root / "build"))


def test_a_house_in_order_is_let_be(house: Path) -> None:
    write(house, "base/one.h", "int one(void);\n")
    write(house, "base/one.c", '#include "base/one.h"\nint one(void) { return 1; }\n')
    write(house, "high/table.h", "int table(void);\n")
    write(house, "high/table.c", '#include "high/table.h"\nint table(void) { return 3; }\n')
    write(house, "high/list.def", "3\n")
    write(house, "low/two.c", '#include "base/one.h"\n#include "high/table.h"\n'
          'static int three =\n#include "high/list.def"\n;\n'
          "int two(void) { return one() + table() + three; }\n")
    assert found(house) == []


def test_a_circle_of_headers_is_shown(house: Path) -> None:
    write(house, "low/b.h", "\n")
    write(house, "low/a.h", '#include "low/b.h"\n')
    write(house, "low/b.c", '#include "low/a.h"\nint b;\n')
    assert found(house) == ["a circle:\n    low/a uses low/b.h of low/b\n    low/b uses low/a.h of low/a"]


def test_a_circle_of_calls_is_shown_with_its_names_the_shortest_way(house: Path) -> None:
    write(house, "low/a.c", "int b(void);\nint a(void) { return b(); }\n")
    write(house, "low/b.c", "int a(void);\nint c(void);\nint b(void) { return a() + c(); }\n")
    write(house, "low/c.c", "int a(void);\nint c(void) { return a(); }\n")
    assert found(house) == ["a circle:\n    low/a uses b of low/b\n    low/b uses a of low/a"]


def test_a_room_above_is_not_used(house: Path) -> None:
    write(house, "high/two.c", "int two;\n")
    write(house, "base/one.c", "extern int two;\nint one(void) { return two; }\n")
    assert found(house) == ["a room above is used: base/one uses two of high/two"]


def test_tests_and_what_is_linked_alone_make_no_circle(house: Path) -> None:
    write(house, "low/a.c", "int send(void);\nint a(void) { return send(); }\n")
    write(house, "high/two.h", "\n")
    write(house, "low/a_test.c", '#include "high/two.h"\n')
    write(house, "preload/send.c", "int a(void);\nint send(void) { return a(); }\n")
    (house / "build/CMakeFiles/preload.dir").rename(house / "build/CMakeFiles/sockproof-preload.dir")
    assert found(house) == []


def test_the_door_leads_up_and_nothing_beside_it(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(house, "high/door.c", "int door;\n")
    write(house, "high/two.c", "int two;\n")
    write(house, "base/one.c", "extern int door, two;\nint one(void) { return door + two; }\n")
    monkeypatch.setattr(circles, "DOORS", ("high/door",))
    assert found(house) == ["a room above is used: base/one uses two of high/two"]


def test_a_name_that_two_files_define_is_told(house: Path) -> None:
    write(house, "low/a.c", "int one;\nstatic int mine;\nint *a(void) { return &mine; }\n")
    write(house, "high/b.c", "int one = 1;\nstatic int mine;\nint *b(void) { return &mine; }\n")
    assert found(house) == ["a name is defined twice: one, in high/b and in low/a"]


def test_a_folder_without_objects_is_no_house_in_order(house: Path) -> None:
    write(house, "low/a.h", "\n")
    assert found(house) == [f"there are no objects in {house / 'build'}: build first"]

# SPDX-License-Identifier: MIT
"""The build of the front door, killed and damaged: the next command mends it. The front door, CMake and
Ninja are the real ones; the engine is a few lines, so that it is built in a moment."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Callable

import pytest
from conftest import ROOT
from extent import extent

CMAKE = """cmake_minimum_required(VERSION 3.25)
project(sockproof LANGUAGES C)
set(SOCKPROOF_SANITIZE "" CACHE STRING "Sanitizers")
if(SOCKPROOF_SANITIZE)
  add_compile_options(-fsanitize=${SOCKPROOF_SANITIZE})
  add_link_options(-fsanitize=${SOCKPROOF_SANITIZE})
endif()
add_executable(sockproof-engine main.c words.c)
"""
MAIN = """#include <stdio.h>
const char *words(void);
int main(void)
{
#ifdef __SANITIZE_ADDRESS__
    printf("sanitized ");
#endif
    return puts(words()) < 0;
}
"""
WORDS = """const char *words(void) { return "the engine"; }
"""
OBJECT = "CMakeFiles/sockproof-engine.dir/words.c.o"


class Tree:
    """A tree with the front door and a small engine."""

    def __init__(self, root: Path, cache: Path) -> None:
        root.mkdir(parents=True)
        shutil.copy(ROOT / "sockproof", root)
        for name, text in (("CMakeLists.txt", CMAKE), ("main.c", MAIN), ("words.c", WORDS)):
            (root / name).write_text(text, "utf-8")
        self.root, self.build = root, root / "build"
        self.environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(cache)}

    def doctor(self) -> subprocess.CompletedProcess[str]:
        """A command that needs the engine, which it builds."""
        return subprocess.run([str(self.root / "sockproof"), "doctor", "--no-install"], cwd="/", text=True,
                              capture_output=True, env=self.environment, timeout=120, check=False)

    def good(self) -> None:
        """Holds that the command comes to its engine, and to one that is for use."""
        done = self.doctor()
        assert (done.returncode, done.stdout) == (0, "the engine\n"), done.stdout + done.stderr


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "tree", tmp_path)


def cut(name: str, size: int) -> Callable[[Tree], None]:
    """Leaves so much of a file, as a machine does that was switched off."""
    def damage(tree: Tree) -> None:
        os.truncate(tree.build / name, size)
    return damage


def scribble(name: str) -> Callable[[Tree], None]:
    """Makes another file of it."""
    def damage(tree: Tree) -> None:
        (tree.build / name).write_text("rule of nothing\n\0\n", "utf-8")
    return damage


def configured(*words: str) -> Callable[[Tree], None]:
    """Builds in the same folder otherwise."""
    def damage(tree: Tree) -> None:
        shutil.rmtree(tree.build)
        for command in (["-S", str(tree.root), "-B", str(tree.build), *words], ["--build", str(tree.build)]):
            subprocess.run(["cmake", *command], capture_output=True, check=True)
    return damage


DAMAGES = {
    "an empty engine": cut("sockproof-engine", 0),
    "half an engine": cut("sockproof-engine", 5000),
    "an engine that is none": scribble("sockproof-engine"),
    "an empty build.ninja": cut("build.ninja", 0),
    "half a build.ninja": cut("build.ninja", 700),
    "a build.ninja that is none": scribble("build.ninja"),
    "an empty cache": cut("CMakeCache.txt", 0),
    "an empty object": cut(OBJECT, 0),
    "a log that is none": scribble(".ninja_log"),
    "dependencies that are none": scribble(".ninja_deps"),
    "another generator": configured("-G", "Unix Makefiles"),
    "sanitizers": configured("-G", "Ninja", "-DSOCKPROOF_SANITIZE=address"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_build_is_mended(tree: Tree, name: str) -> None:
    tree.good()
    DAMAGES[name](tree)
    if name == "an empty object":
        (tree.build / "sockproof-engine").unlink()
    tree.good()
    tree.good()


@pytest.mark.parametrize("moment", extent(range(0, 1500, 50), (100, 300, 700)))
def test_a_build_that_is_killed_is_begun_again(tree: Tree, moment: int) -> None:
    process = subprocess.Popen([str(tree.root / "sockproof"), "doctor", "--no-install"], cwd="/",
                               env=tree.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)
    try:
        process.wait(moment / 1000)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    tree.good()


@pytest.mark.parametrize("sign", ['"', "$", ";", "#", "\\", " ", "'", "&", "(", "%", "é", "-"])
def test_the_tree_may_lie_anywhere(tmp_path: Path, sign: str) -> None:
    tree = Tree(tmp_path / f"a{sign}b" / f"{sign}c", tmp_path / "home")
    tree.good()
    (tree.root / "words.c").write_text(WORDS.replace("the engine", "another engine"), "utf-8")
    assert tree.doctor().stdout == "another engine\n"


def test_where_no_link_can_be_made_it_says_so(tmp_path: Path) -> None:
    tree = Tree(tmp_path / "a;b", Path("/proc/nowhere"))
    done = tree.doctor()
    assert done.returncode == 2 and "move it, or set XDG_CACHE_HOME" in done.stderr, done.stderr


def test_a_mistake_in_the_source_is_told_once(tree: Tree) -> None:
    (tree.root / "main.c").write_text("int main(void) { return nothing; }\n", "utf-8")
    done = tree.doctor()
    assert done.returncode == 2 and done.stderr.count("'nothing' undeclared") == 1, done.stderr
    (tree.root / "main.c").write_text(MAIN, "utf-8")
    tree.good()

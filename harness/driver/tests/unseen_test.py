# SPDX-License-Identifier: MIT
"""Children whose calls the interposer cannot see are named, and a program of that kind is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from faulted import Run, compiled

EXECUTES = """
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) { char *words[] = {"child", argv[3], 0}; int status = 1; pid_t pid;
  (void)argc;
  const char *path = argv[2], *name = strrchr(path, '/') + 1; char *none[] = {0};
  if (strcmp(argv[1], "system") == 0) return WEXITSTATUS(system(path));
  if (strcmp(argv[1], "popen") == 0) return WEXITSTATUS(pclose(popen(path, "w")));
  if (strcmp(argv[1], "spawn") == 0) { posix_spawn(&pid, path, 0, 0, words, environ);
    waitpid(pid, &status, 0); return WEXITSTATUS(status); }
  if (strcmp(argv[1], "spawnp") == 0) { posix_spawnp(&pid, name, 0, 0, words, environ);
    waitpid(pid, &status, 0); return WEXITSTATUS(status); }
  if (strcmp(argv[1], "v") == 0) execv(path, words);
  if (strcmp(argv[1], "ve") == 0) execve(path, words, environ);
  if (strcmp(argv[1], "vp") == 0) execvp(name, words);
  if (strcmp(argv[1], "vpe") == 0) execvpe(name, words, environ);
  if (strcmp(argv[1], "l") == 0) execl(path, "child", argv[3], (char *)0);
  if (strcmp(argv[1], "lp") == 0) execlp(name, "child", argv[3], (char *)0);
  if (strcmp(argv[1], "le") == 0) execle(path, "child", argv[3], (char *)0, environ);
  if (strcmp(argv[1], "fd") == 0) fexecve(open(path, O_RDONLY), words, environ);
  if (strcmp(argv[1], "at") == 0) execveat(AT_FDCWD, path, words, environ, 0);
  if (strcmp(argv[1], "bare") == 0) execve(path, words, none);
  return 99; }"""
WAYS = ("v", "ve", "vp", "vpe", "l", "lp", "le", "fd", "at", "spawn", "spawnp", "system", "popen")
CHILD = "int main(int argc, char **argv) { (void)argv; return argc == 2 || argc == 1 ? 42 : 43; }"
GO_NOTE = """__asm__(".pushsection .note.go.buildid,\\"a\\",@note\\n.long 4,4,4\\n"
  ".ascii \\"Go\\\\0\\\\0\\"\\n.long 0\\n.popsection");
"""


def children(folder: Path, *options: str, text: str = CHILD) -> tuple[str, Path]:
    """A program that executes another in the way it is told, and that other one."""
    for name in ("parent", "child"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    child = compiled(folder / "child", text, *options)
    return compiled(folder / "parent", EXECUTES), Path(child)


@pytest.mark.parametrize("way", WAYS)
def test_a_static_child_is_said(tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parent, child = children(tmp_path, "-static")
    monkeypatch.setenv("PATH", f"{child.parent}:{os.environ['PATH']}")
    run = Run(tmp_path / "report", "--fault", "send cap 1", "--", parent, way, str(child), "word")
    assert run.done.returncode == 42
    assert f"{child} is statically linked: its socket calls were not seen" in run.done.stderr
    assert [(one["path"], one["why"]) for one in run.events("unseen")] == [
        (str(child), "is statically linked")]


def test_children_that_are_seen_are_not_said(tmp_path: Path) -> None:
    parent, child = children(tmp_path)
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\nexec {child} word\n", "utf-8")
    script.chmod(0o755)
    for way, path in (("v", child), ("spawn", script), ("system", child)):
        run = Run(tmp_path / "report", "--", parent, way, str(path), "word")
        assert run.done.returncode == 42 and "not seen" not in run.done.stderr, run.done.stderr
        assert not run.events("unseen")


def test_what_was_not_executed_is_not_said(tmp_path: Path) -> None:
    parent, child = children(tmp_path, "-static")
    child.chmod(0o644)
    run = Run(tmp_path / "report", "--", parent, "v", str(child), "word")
    assert run.done.returncode == 99 and "not seen" not in run.done.stderr


def test_go_children_are_said(tmp_path: Path) -> None:
    parent, child = children(tmp_path, text=GO_NOTE + CHILD)
    go = Run(tmp_path / "a", "--", parent, "v", str(child), "word")
    assert go.done.returncode == 42 and f"{child} is a Go program" in go.done.stderr, go.done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a program of another's identity")
def test_set_uid_children_are_said(tmp_path: Path) -> None:
    parent, child = children(tmp_path)
    os.chown(child, 65534, 65534)
    child.chmod(0o4755)
    run = Run(tmp_path / "report", "--", parent, "spawn", str(child), "word")
    assert run.done.returncode == 42 and f"{child} is set-uid" in run.done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a program of another's identity")
def test_set_uid_programs_are_refused(tmp_path: Path) -> None:
    program = Path(compiled(tmp_path, "int main(void) { return 0; }"))
    os.chown(program, 65534, 65534)
    program.chmod(0o4755)
    run = Run(tmp_path / "report", "--", str(program))
    assert run.done.returncode == 126 and "set-uid" in run.done.stderr

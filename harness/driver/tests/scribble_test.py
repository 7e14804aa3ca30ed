# SPDX-License-Identifier: MIT
"""A program that writes where it should not may write over what the interposer tells: how it ended is told
all the same, and nothing of ours falls over it."""

from __future__ import annotations

from pathlib import Path

import pytest
from faulted import Run, compiled
from programcase import result

SCRIBBLES = """
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    unsigned long from, to, at = 0, size = 0;
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, maps))
        if (sscanf(line, "%lx-%lx rw-s", &from, &to) == 2 && strstr(line, "rw-s") && to - from > size) {
            at = from;
            size = to - from;
        }
    if (size == 0)
        return 1;
    srand((unsigned)atoi(argv[1]));
    for (unsigned long i = 0; i < size; i++)
        ((volatile unsigned char *)at)[i] = argc > 2 ? (unsigned char)atoi(argv[2]) : (unsigned char)rand();
    _exit(3);
}
"""
BYTES = [("1",), ("2",), ("0", "255"), ("0", "1"), ("0", "65"), ("0", "11")]


@pytest.mark.parametrize("words", BYTES, ids="-".join)
def test_exec_tells_how_it_ended(tmp_path: Path, words: tuple[str, ...]) -> None:
    own = compiled(tmp_path, SCRIBBLES)
    run = Run(tmp_path / "report", "--fault", "send errno EPIPE", "--", own, *words)
    assert run.done.returncode == 3, run.done.stderr
    assert run.events("end")[0]["exit"] == 3


@pytest.mark.parametrize("words", BYTES, ids="-".join)
def test_a_case_of_it_is_judged(tmp_path: Path, words: tuple[str, ...]) -> None:
    own = compiled(tmp_path, SCRIBBLES)
    found = result(tmp_path, f"  - client: {{run: [{own}, {', '.join(repr(one) for one in words)}]}}")
    failure = found["failure"]
    assert (found["verdict"], failure["code"], failure["field"]) == ("fail", "mismatch", "exit"), found

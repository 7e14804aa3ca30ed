# SPDX-License-Identifier: MIT
"""A fault of a case that never fired, since the calls of its programs slipped past the interposer: the case
says what did."""

from __future__ import annotations

from pathlib import Path

import pytest
from faulted import PYTHON, compiled
from programcase import result

SENDS = """
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return 1;
    WAY;
    return 0;
}
"""
SEND = 'send(pair[0], "x", 1, MSG_NOSIGNAL)'
STREAM = 'FILE *to = fdopen(pair[0], "w"); fputs("x", to); fclose(to)'
INLINE = """long done; register long flags __asm__("r10") = MSG_NOSIGNAL;
    register long to __asm__("r8") = 0, size __asm__("r9") = 0;
    __asm__ volatile("movl $44, %%eax; syscall" : "=a"(done) : "D"((long)pair[0]), "S"("x"), "d"(1L),
                     "r"(flags), "r"(to), "r"(size) : "rcx", "r11", "memory")"""
STATIC = "{own} is statically linked: its socket calls were not seen"
LOADS = f"[{PYTHON}, -I, -c, \"import ctypes; ctypes.CDLL('libc.so.6', 10)\"]"


@pytest.mark.parametrize("way, options, words, said", [
    (SEND, ("-static",), "[{own}]", "{own} is linked statically: no library can be put in front"),
    (SEND, ("-static",), "[sh, -c, '{own}; true']", STATIC),
    (SEND, ("-static",), "[env, -C, /tmp, {own}]", STATIC),
    (STREAM, (), "[{own}]", "the program put stdio on a socket: what goes through the stream is not under"),
    (INLINE, (), "[{own}]", "it makes socket calls by instructions of its own"),
    ('write(pair[0], "x", 1)', (), "[{own}]", "of its calls were seen socketpair, write"),
    (SEND, (), LOADS, "the program loaded a library apart (dlmopen, RTLD_DEEPBIND)"),
    (SEND, (), "[true]", "no call on a socket was seen")],
    ids=["static", "static-child", "static-in-folder", "stdio", "inline", "other-calls", "apart", "none"])
def test_a_case_says_why_a_fault_never_fired(tmp_path: Path, way: str, options: tuple[str, ...], words: str,
                                             said: str) -> None:
    own = compiled(tmp_path, SENDS.replace("WAY", way), *options)
    found = result(tmp_path, f"  - client: {{run: {words.replace('{own}', own)}}}")
    assert (found["verdict"], found["failure"]["code"]) == ("broken", "fault-never-fired"), found
    assert said.replace("{own}", own) in found["reason"]


def test_a_path_is_text_whatever_it_is(tmp_path: Path) -> None:
    own = compiled(tmp_path, SENDS.replace("WAY", SEND), "-static")
    script = "cp $0 $1/n; cp $0 $(printf '%s/n\\\\377' $1); $1/n?; true"
    found = result(tmp_path, f'  - client: {{run: [sh, -c, "{script}", {own}, $scratch]}}')
    assert (found["verdict"], found["failure"]["code"]) == ("broken", "fault-never-fired"), found
    assert "/n? is statically linked" in found["reason"]


def test_one_that_fires_is_no_matter(tmp_path: Path) -> None:
    own = compiled(tmp_path, SENDS.replace("WAY", f"return {SEND} >= 0"))
    assert result(tmp_path, f"  - client: {{run: [{own}]}}")["verdict"] == "pass"


@pytest.mark.parametrize("options, verdict", [((), "pass"), (("-static",), "broken")], ids=["seen", "static"])
def test_that_a_fault_never_fires_is_known_of_what_is_seen(tmp_path: Path, options: tuple[str, ...],
                                                           verdict: str) -> None:
    own = compiled(tmp_path, SENDS.replace("WAY", 'write(pair[0], "x", 1)'), *options)
    found = result(tmp_path, f"  - client: {{run: [{own}]}}", more="expect: {fired: {cut: 0}}\n")
    assert found["verdict"] == verdict, found

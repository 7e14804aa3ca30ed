# SPDX-License-Identifier: MIT
"""Each cause of cause.def has a source, which bears it out: a man page, what cause_test.c provokes, or a
function of the kernel. That each error of a fault has a cause is held by cause_test.c."""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT

ROOM = ROOT / "harness" / "fault"
PAGES = Path("/usr/share/man")
# What a call that asks for names says in place of an errno.
SAID = {"EAGAIN": "EAI_AGAIN", "ENOENT": "EAI_NONAME", "ENOMEM": "EAI_MEMORY", "EMFILE": "EAI_SYSTEM",
        "ENFILE": "EAI_SYSTEM"}
ROW = re.compile(r'^CAUSE\((.+), (E[A-Z]+), ([A-Z| ]+), "([^"]+)"\)$', re.MULTILINE)


def rows() -> list[tuple[str, str, str, str]]:
    """The lines of cause.def: where, which error, when, and what says so."""
    return ROW.findall((ROOM / "cause.def").read_text("utf-8"))


@cache
def page(name: str, section: str) -> str:
    """The text of a man page, or of the one that it stands for."""
    file = PAGES / f"man{section}" / f"{name}.{section}.gz"
    text = gzip.open(file, "rt", encoding="utf-8", errors="replace").read()
    other = re.match(r"\.so man\d/([\w.]+)\.(\d)\s*$", text.strip())
    return page(other[1], other[2]) if other else text


def test_no_line_is_without_its_source() -> None:
    lines = (ROOM / "cause.def").read_text("utf-8").count("\nCAUSE(")
    assert len(rows()) == lines > 100


@pytest.mark.skipif(not (PAGES / "man2" / "accept.2.gz").exists(), reason="manpages-dev is missing")
@pytest.mark.parametrize("at, error, where, source", rows())
def test_the_source_bears_it_out(at: str, error: str, where: str, source: str) -> None:
    manual = re.fullmatch(r"(\w+)\((\d)\)", source)
    provoked = re.fullmatch(r"provoked: (\w+)", source)
    if manual and at == "NAMES":
        assert SAID[error] in page(manual[1], manual[2])
    elif manual:
        assert re.search(rf"\b{error}\b", page(manual[1], manual[2])), f"{source} has no {error} ({where})"
    elif provoked:
        assert f'{{"{provoked[1]}", {provoked[1]}}}' in (ROOM / "cause_test.c").read_text("utf-8")
    else:
        assert re.fullmatch(r"[a-z0-9_/]+\.c: \w+", source), f"{source} is no source"

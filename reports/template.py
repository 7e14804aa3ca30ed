# SPDX-License-Identifier: MIT
"""The Jinja2 templates of this folder, and the filters that they use."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from pathlib import Path
from typing import Any, Callable
from urllib.parse import quote

import jinja2
import jinja2.bccache
from markupsafe import Markup

from sockproof.reports import failure

TEMPLATES = Path(__file__).resolve().parent / "templates"


def figure(value: Any) -> str:
    """One value of a table of figures."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


class Kept(jinja2.FileSystemBytecodeCache):
    """A cache that may come to nothing: on a full disk the pages are more important."""

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def compiled() -> Kept | None:
    """Where compiled templates are kept, beside the templates as Python keeps its modules: it
    takes longer to compile them than to fill them. None where that is not to be written."""
    folder = TEMPLATES / "__pycache__"
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    writable = os.access(folder, os.W_OK) and not sys.dont_write_bytecode
    return Kept(str(folder)) if writable else None


def shown(value: Any) -> Any:
    """A value as a page has it: no control character of a record gets there, nor one that turns the
    direction of what stands behind it. The lines of a text stay."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "\n".join(map(failure.flat, value.split("\n")))


def environment(undefined: type[jinja2.Undefined],
                finalize: Callable[[Any], Any] | None = None) -> jinja2.Environment:
    """An environment in which a name that does not exist is what `undefined` makes of it, and each
    value that is filled in what `finalize` does."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=lambda name: (name or "").endswith((".xml", ".html")),
        bytecode_cache=compiled(), undefined=undefined, finalize=finalize, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True)
    found.filters.update(thousands=thousands, anchor=anchor, delivered=delivered, figure=figure,
                         url=quote, lines=lines, flat=failure.flat)
    return found


def thousands(number: Any) -> str:
    """A whole number with its thousands apart."""
    return f"{int(number):,}"


def lines(text: str, first: int, rest: int | None = None) -> str:
    """Text on lines of at most 80 columns, the first and the others indented so far."""
    return "\n".join(failure.wrapped(text, " " * first, " " * (first if rest is None else rest)))


def anchor(name: str) -> str:
    """The id of an element that is about `name`."""
    return "r-" + re.sub(r"[^A-Za-z0-9._-]", "-", name)


def delivered(figures: Any) -> str:
    """What a result says of delivery, in a few words; empty when it says nothing."""
    if not isinstance(figures, dict) or not figures.get("sent"):
        return ""
    words = [f"{figures.get('received', 0):,} of {figures['sent']:,} {figures.get('unit', '')}"]
    words += [f"{figures[name]:,} {name}" for name in ("lost", "duplicated", "corrupted")
              if figures.get(name)]
    return ", ".join(words)


TEXTS = environment(jinja2.StrictUndefined)
# Pages show whatever members old and torn records have, and leave out what they have not.
PAGES = environment(jinja2.ChainableUndefined, shown)


def fill(name: str, **values: Any) -> str:
    """The named template with `values`; .xml and .html templates escape, others do not."""
    chosen = PAGES if name.endswith(".html") else TEXTS
    return chosen.get_template(name).render(**values)

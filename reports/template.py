"""The Jinja2 templates of this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).resolve().parent / "templates"),
    autoescape=lambda name: bool(name) and name.endswith(".xml"),
    undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    keep_trailing_newline=True)


def fill(name: str, **values: Any) -> str:
    """The named template with `values`; .xml templates escape, others do not."""
    return ENVIRONMENT.get_template(name).render(**values)

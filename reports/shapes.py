# SPDX-License-Identifier: MIT
"""The few shapes of SVG that the drawings are made of."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from sockproof.reports.failure import flat


def tag(name: str, content: Any = "", **attributes: Any) -> Markup:
    """An element. Attributes lose a trailing "_" and have "-" for "_"; None leaves one out;
    `content` is escaped unless it is markup; nothing in either is a control character."""
    words = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(flat(str(number(value))))}"'
                    for key, value in attributes.items() if value is not None)
    inner = content if isinstance(content, Markup) else escape(flat(str(content)))
    return Markup(f"<{name}{words}>{inner}</{name}>" if inner else f"<{name}{words}/>")


def number(value: Any) -> Any:
    """A coordinate without needless digits."""
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else value


def joined(parts: list[Markup]) -> Markup:
    """Several elements, one a line."""
    return Markup("\n").join(parts)


def text(x: float, y: float, words: str, **attributes: Any) -> Markup:
    """A line of text."""
    return tag("text", words, x=x, y=y, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: Any) -> Markup:
    """A straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)

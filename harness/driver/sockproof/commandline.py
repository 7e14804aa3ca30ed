# SPDX-License-Identifier: MIT
"""How the commands read their words: a slip of the pen is told in one sentence."""

from __future__ import annotations

import argparse
from difflib import get_close_matches
from typing import Any, Iterable, NoReturn, Sequence

from sockproof.trouble import Misuse


def nearest(word: str, known: Iterable[str]) -> str:
    """The one of `known` that `word` may be a slip for; empty when none is near."""
    return next(iter(get_close_matches(word, list(known), 1, 0.6)), "")


def meant(word: str, known: Iterable[str]) -> str:
    """"; did you mean X?", or nothing when nothing is near."""
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else ""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are Misuse, raised to whoever carries out the command. Its options
    are never abbreviated, so that new ones change the meaning of none."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        more.setdefault("allow_abbrev", False)
        super().__init__(*arguments, **more)

    def error(self, message: str) -> NoReturn:
        """argparse's own complaint. Raises Misuse."""
        raise Misuse(message)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """A word that is none of an action's choices. Raises Misuse."""
        if action.choices is not None and value not in action.choices:
            name = "/".join(action.option_strings) or action.metavar or action.dest
            known = [str(one) for one in action.choices]
            raise Misuse(f"{name} wants one of {', '.join(known)}, not {value!r}{meant(str(value), known)}")

    def words(self, arguments: Sequence[str]) -> argparse.Namespace:
        """What the arguments say. Raises Misuse."""
        found, strange = self.parse_known_args(arguments)
        for word in strange:
            if word.startswith("-"):
                raise Misuse(f"no option {word}{meant(word.partition('=')[0], self.options())}")
            raise Misuse(f"{word!r} is one word too many")
        return found

    def options(self) -> list[str]:
        """Every option, those of the verbs as well."""
        names: list[str] = []
        for action in self._actions:
            names += action.option_strings
            if isinstance(action, argparse._SubParsersAction):
                for parser in action.choices.values():
                    names += parser.options()
        return names

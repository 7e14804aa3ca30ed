# SPDX-License-Identifier: MIT
"""The front door's Python part: checks the arguments of `run`, then hands over to pytest.

    harness/driver run [--check] [SELECTION...] [options]

--check ends after the arguments have been looked at. The standard library alone is needed until
then, so that a slip of the pen is told before anything is installed or built."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sockproof import exitstatus, house
from sockproof.commandline import meant
from sockproof.driver.options import OPTIONS, named
from sockproof.trouble import Misuse

# What is handed to pytest as it is; the second kind takes a value.
FLAGS = ("-x", "--exitfirst", "--lf", "--last-failed", "--ff", "--failed-first", "--nf", "-v",
         "-vv", "--verbose", "-q", "-qq", "--quiet", "-s", "--collect-only", "--co", "--sw",
         "--stepwise", "--sw-skip", "--cache-clear", "--continue-on-collection-errors",
         "--no-header", "--no-summary")
VALUED = ("-k", "-m", "--maxfail", "--junitxml", "--junit-xml", "--tb", "--color", "--durations",
          "-r", "-p", "-o", "--deselect", "--ignore")
# What cannot do without pytest's cache, which lies in the root's folder.
CACHED = {"--lf", "--last-failed", "--ff", "--failed-first", "--nf", "--sw", "--stepwise",
          "--sw-skip", "--cache-clear"}
PATHS = ("--junitxml", "--junit-xml")
PLUGIN = "sockproof.driver.plugin"
# Cases may come from anywhere: no Python that lies beside them is loaded.
CASES_ONLY = ("--noconftest", "-p", "no:python", "-p", "no:doctest", "-p", "no:unittest")


def known_options() -> list[str]:
    """Every option that `run` takes."""
    return [f"--{option.name}" for option in OPTIONS] + ["-n", "--no-install", "--help", *FLAGS,
                                                         *VALUED]


def translate(arguments: list[str]) -> list[str]:
    """The arguments of `run` as pytest's. Raises Misuse."""
    result: list[str] = []
    selections: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--":
            selections += rest
            break
        if not word.startswith("-") or word == "-":
            selections.append(word)
        elif word == "--no-install":
            continue
        else:
            result += option(word, rest)
    return result + [selection(word) for word in selections or [str(house.CASES)]]


def option(word: str, rest: list[str]) -> list[str]:
    """One option as pytest's; takes its value out of `rest`. Raises Misuse."""
    name, equals, value = word.partition("=")
    flag = named(name[2:]) if name.startswith("--") else None
    if name in FLAGS or (flag is not None and flag.parse is None):
        if equals:
            raise Misuse(f"{name} takes no value")
        return [flag.flag if flag is not None else name]
    if len(word) > 2 and word[:2] in ("-n", "-k", "-m", "-r", "-p", "-o") and word[1] != "-":
        name, equals, value = word[:2], "=", word[2:]
    own = named(name.lstrip("-")) if name.startswith("--") or name == "-n" else None
    if own is None and name not in VALUED:
        raise Misuse(f"no option {name}{meant(name, known_options())}")
    if not equals:
        if not rest:
            raise Misuse(f"{name} needs a value")
        value = rest.pop(0)
    if own is None:
        return [name, str(Path(value).absolute()) if name in PATHS else value]
    assert own.parse is not None
    try:
        own.parse(value)
    except ValueError:
        raise Misuse(f"{name} wants {own.wants}, not {value!r}") from None
    return [f"--{own.name}", value]


def selection(word: str) -> str:
    """A path, or the id of a case, of a variant or of a folder of cases, as an argument of
    pytest. Raises Misuse when there is no such thing."""
    if Path(word.partition("::")[0]).exists():
        return str(Path(word).absolute())
    name, bracket, variant = word.partition("[")
    if not Path(name).is_absolute() and ".." not in Path(name).parts:
        file = house.CASES / f"{name}.yaml"
        if file.exists():
            return f"{file}::{name}{bracket}{variant}" if bracket else str(file)
        if not bracket and (house.CASES / name).is_dir():
            return str(house.CASES / name)
    raise Misuse(f"no file, folder or case {word!r}{meant(name, house.case_names())}")


def environment() -> None:
    """Keeps what other projects ask of pytest out of this one."""
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONPATH", "PYTHONHOME"):
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"


def main(arguments: list[str]) -> int:
    """The session's exit status. Raises Misuse."""
    check = arguments[:1] == ["--check"]
    translated = translate(arguments[1:] if check else arguments)
    if check:
        return exitstatus.GOOD
    environment()
    if not os.access(house.ROOT, os.W_OK) and not CACHED & set(translated):
        translated = ["-p", "no:cacheprovider", *translated]
    import pytest
    from sockproof.driver import provenance
    provenance.typed = [word for word in arguments if word != "--no-install"]
    status = int(pytest.main(["-c", str(house.ROOT / "pyproject.toml"), "--rootdir", str(house.ROOT),
                              *CASES_ONLY, "-p", PLUGIN, *translated]))
    plugin = sys.modules.get(PLUGIN)
    if plugin is not None and plugin.last_status is not None:
        return int(plugin.last_status)
    if status == pytest.ExitCode.INTERRUPTED:
        return exitstatus.INTERRUPTED
    if status == pytest.ExitCode.INTERNAL_ERROR:
        return exitstatus.BROKEN
    return exitstatus.USAGE if status else exitstatus.GOOD

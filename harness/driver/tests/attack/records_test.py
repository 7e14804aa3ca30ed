# SPDX-License-Identifier: MIT
"""Records that somebody changed: whatever they say, a reader shows them or says a sentence, and takes
no file from outside of the report's folder."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import shutil
from pathlib import Path
from typing import Any, Iterator

import pytest
from conftest import call_report
from extent import extent
from sample import engine
from sockproof.trouble import Trouble

MUTATIONS = extent(2000, 200)
FIRST = int(os.environ.get("SOCKPROOF_SEED", "0"))  # changes of other numbers are others
CASES = ("cases/tcp/fault/wire-cut.yaml", "cases/udp/delivery/swallowed.yaml",
         "fixtures/selfproof/cases/must-fail.yaml", "fixtures/selfproof/cases/not-quiet.yaml")
NAMES = ("results.jsonl", "run.json", "events.jsonl")


def deep(levels: int) -> str:
    """A list in a list in a list, as text: it need not be readable."""
    return "[" * levels + "]" * levels


# What takes the place of a value; texts of JSON, for what Python would not write.
STRANGE = ["null", "true", "-1", "0", "1000000000000000000", "1e308", "NaN", '""', '"x"', "[]", "{}",
           "[[]]", '{"a": 1}', '"\\ud800"', '"\\u0000"', '"../../etc/passwd"', '"/proc/self/environ"',
           '"a::b.yaml"', '"a[b]@c]"', '"<script>alert(1)</script>"', '"' + "x" * 5000 + '"', deep(20000),
           '["\\udfff"]', "[null]", "[1, 2]", '[{"id": null}]', '"2026-13-45T99:99:99"']


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small report, with a failure and a capture."""
    folder = tmp_path_factory.mktemp("honest") / "report"
    engine(folder, *CASES)
    return folder


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value that is inside of another."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from places(one, (*path, key))


def changed_line(line: str, chance: random.Random) -> str:
    """A line of records of which one value is another, is gone, or is called otherwise."""
    value = json.loads(line)
    way = chance.choice(list(places(value)))
    inside = value
    for key in way[:-1]:
        inside = inside[key]
    kind = chance.random()
    if kind < 0.15:
        del inside[way[-1]]
        return json.dumps(value)
    if kind < 0.2 and isinstance(inside, dict):
        inside["x"] = inside.pop(way[-1])
        return json.dumps(value)
    inside[way[-1]] = "the place"
    return json.dumps(value).replace('"the place"', chance.choice(STRANGE), 1)


def mutate(folder: Path, chance: random.Random) -> None:
    """Changes one to three things in the records of a report."""
    for _ in range(chance.randint(1, 3)):
        file = folder / chance.choice(NAMES)
        data = file.read_bytes()
        kind = chance.random()
        if kind < 0.1:
            at = chance.randrange(len(data))
            data = data[:at] + bytes(chance.randrange(256) for _ in range(4)) + data[at + 4:]
        elif kind < 0.15:
            data = data[:chance.randrange(len(data))]
        else:
            data = with_one_changed(file.name, data.decode("utf-8", "replace"), chance)
        file.write_bytes(data)


def with_one_changed(name: str, text: str, chance: random.Random) -> bytes:
    """One value of one line, or of the whole where the file is one."""
    lines = [text] if name == "run.json" else text.splitlines()
    number = chance.randrange(len(lines)) if lines else 0
    try:
        lines[number] = changed_line(lines[number], chance)
    except (ValueError, IndexError, RecursionError):  # no record any more, from the change before
        pass
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def read_all(folder: Path, honest: Path, out: Path) -> None:
    """Every reader has a look. One that has an exception other than a Trouble lets it through."""
    here, there = str(folder), str(honest)
    for words in (["render", here], ["tap", here], ["github", here], ["diff", there, here, "--no-html"],
                  ["diff", here, there, "--no-html"], ["merge", here, "-o", str(out), "--partial"]):
        with contextlib.suppress(Trouble):
            assert call_report(words) in (0, 1, 2), words


def test_changed_records_are_shown_or_refused_with_a_sentence(honest: Path, tmp_path: Path) -> None:
    failures = {}
    for seed in range(FIRST, FIRST + MUTATIONS):
        folder, out = tmp_path / "changed", tmp_path / "merged"
        shutil.copytree(honest, folder)
        mutate(folder, random.Random(seed))
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            try:
                read_all(folder, honest, out)
            except Exception as error:
                failures[seed] = repr(error)[:200]
        shutil.rmtree(folder)
        shutil.rmtree(out, ignore_errors=True)
    assert not failures, f"{len(failures)} of {MUTATIONS}: {failures}"


def shard(honest: Path, folder: Path) -> Path:
    """A copy of a report whose first result with a capture can be changed."""
    shutil.copytree(honest, folder)
    return folder


def set_capture(folder: Path, name: str) -> None:
    """Every result says that this is its capture."""
    file = folder / "results.jsonl"
    lines = [json.loads(line) | {"capture": name} for line in file.read_text("utf-8").splitlines()]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


@pytest.mark.parametrize("name", ["/proc/self/environ", "../secret", "capture/../../secret", "capture/link",
                                  "", ".", "capture", "a\0b", "x" * 5000])
def test_a_merge_takes_no_file_from_outside(honest: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("the secret")
    folder = shard(honest, tmp_path / "report")
    (folder / "capture" / "link").symlink_to(tmp_path / "secret")
    set_capture(folder, name)
    assert call_report(["merge", str(folder), "-o", str(tmp_path / "whole")]) == 0
    taken = [file for file in (tmp_path / "whole" / "capture").rglob("*") if file.is_file()]
    assert not taken, taken
    assert not any(b"the secret" in file.read_bytes() for file in (tmp_path / "whole").rglob("*")
                   if file.is_file())


@pytest.mark.parametrize("name", NAMES)
def test_records_that_are_links_are_not_read(honest: Path, tmp_path: Path, name: str) -> None:
    folder = shard(honest, tmp_path / "report")
    (tmp_path / "secret").write_bytes((folder / name).read_bytes().replace(b"tcp/", b"secret/"))
    (folder / name).unlink()
    (folder / name).symlink_to(tmp_path / "secret")
    with contextlib.suppress(Trouble):
        assert call_report(["merge", str(folder), "-o", str(tmp_path / "whole"), "--partial"]) in (0, 2)
    assert not any(b"secret/" in file.read_bytes() for file in tmp_path.glob("whole/**/*") if file.is_file())


def test_a_capture_of_the_report_is_taken_along_twice_merged_too(honest: Path, tmp_path: Path) -> None:
    once, twice = tmp_path / "once", tmp_path / "twice"
    assert call_report(["merge", str(honest), "-o", str(once)]) == 0
    assert call_report(["merge", str(once), "-o", str(twice)]) == 0
    assert len(list(twice.rglob("*.pcapng"))) == len(list(honest.rglob("*.pcapng"))) > 0

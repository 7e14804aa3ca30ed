# SPDX-License-Identifier: MIT
"""The folder that a run writes: held by one run at a time, emptied before, completed after."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from pathlib import Path
from typing import IO, Any

from sockproof.reports import records
from sockproof.reports.render import render, write_whole
from sockproof.reports.site import FOLDER, is_ours

OURS = ("run.json", "results.jsonl", "events.jsonl", "junit.xml", "summary.txt", "stacks.txt",
        "engine.log", "results.tap", "compared.json", records.RESERVE)
# Where the records of an earlier run go when a run ends before it has any of its own.
EARLIER = ".earlier"
RECORDS = ("run.json", "results.jsonl", "events.jsonl", "engine.log", "compared.json", "capture")
# Kept free for the report of a run that fills its disk: a part of what is free, and no more than that.
RESERVE_BYTES, RESERVE_SHARE = 8 << 20, 3


class ReportInUse(Exception):
    """Another run is writing the folder, or it cannot be written at all."""


class ReportDir:
    """A report folder, locked from construction to close()."""

    def __init__(self, folder: Path) -> None:
        """Makes and locks the folder and removes what an earlier run left, and nothing else. What one
        found that was killed is put aside and rendered: `aside` is where, None when there is none.
        Raises ReportInUse."""
        self.folder = folder
        self.aside: Path | None = None
        self._lock: IO[str] | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = locked(folder)
            self._empty()
            self._reserve()
            if self.aside is not None:
                render(self.aside, str(self.aside))
        except BlockingIOError:
            raise ReportInUse(f"another run is writing {folder}; give --report DIR") from None
        except OSError as error:
            self.close()
            raise ReportInUse(f"cannot write to {folder}: {error.strerror}; give --report DIR") \
                from None

    def _empty(self) -> None:
        if (self.folder / EARLIER).is_dir():
            shutil.rmtree(self.folder / EARLIER)
        if (self.folder / records.RESERVE).exists() and (self.folder / "results.jsonl").exists():
            self.aside = put_aside(self.folder)
        empty(self.folder)

    def _reserve(self) -> None:
        """Takes room on the disk that only the report will get."""
        free = os.statvfs(self.folder)
        size = min(RESERVE_BYTES, free.f_bavail * free.f_frsize // RESERVE_SHARE)
        with open(self.folder / records.RESERVE, "wb") as stream:
            try:
                os.posix_fallocate(stream.fileno(), 0, size)
            except OSError:  # no room, or none for a file of that size: what comes sees to itself
                os.ftruncate(stream.fileno(), 0)

    def release(self) -> None:
        """Gives the room back that was kept for the report, if it is still there. Raises OSError."""
        with contextlib.suppress(FileNotFoundError):
            os.truncate(self.folder / records.RESERVE, 0)

    def annotate(self, facts: dict[str, Any]) -> None:
        """Adds `facts` to run.json, or makes one of them. Raises OSError."""
        run = records.read_run(self.folder)
        complete = run.get("complete") is True and facts.get("complete", True)
        run = {"schema": 1, **facts, **run, **facts, "complete": complete}
        write_whole(self.folder / "run.json", records.run_text(run))

    def written(self) -> list[dict[str, Any]]:
        """The results that results.jsonl holds, less a line that is torn."""
        block = records.read_bytes(self.folder / "results.jsonl")
        return [value for value in records.parse_lines(block)
                if value is not None and records.is_result(value)]

    def complete(self, arrived: list[dict[str, Any]], missing: list[dict[str, Any]]) -> bool:
        """Makes results.jsonl hold every result that `arrived` and the stand-ins `missing`, and
        no torn line; the file is replaced as a whole or left as it was (OSError). False when
        something that arrived had not been written."""
        path = self.folder / "results.jsonl"
        block = path.read_bytes() if path.exists() else b""
        lines = [line for line in block.decode("utf-8", "replace").split("\n")
                 if records.is_result(next(records.parse_lines(line.encode()), None))]
        written = {name_of(json.loads(line)) for line in lines}
        lost = [result for result in arrived if name_of(result) not in written]
        if not missing and not lost and block.endswith(b"\n"):
            return True
        lines += [json.dumps(line, ensure_ascii=False) for line in [*lost, *missing]]
        write_whole(path, "".join(line + "\n" for line in lines))
        return not lost

    def close(self) -> None:
        """Lets the next run have the folder. Harmless when called again."""
        if self._lock is not None:
            (self.folder / records.RESERVE).unlink(missing_ok=True)
            self._lock.close()
            self._lock = None


def locked(folder: Path) -> IO[str]:
    """The lock of a folder, ours as long as the file is open. Raises OSError: BlockingIOError when
    somebody else has it, whose folder it then is."""
    lock = open(folder / ".lock", "w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise
    return lock


def empty(folder: Path) -> None:
    """Removes what a run left in `folder`, and nothing else."""
    for name in OURS:
        (folder / name).unlink(missing_ok=True)
    if is_ours(folder / FOLDER):
        shutil.rmtree(folder / FOLDER)
    for capture in (folder / "capture").glob("*.pcapng"):
        capture.unlink()


def set_aside(folder: Path) -> Path | None:
    """Moves the records of an earlier run in `folder` to where nobody takes them for those of a
    later one, and removes what was rendered of them, which can be made again. Where they are
    then; None when there are none, or another run is writing them. Raises OSError."""
    if not (folder / "results.jsonl").exists():
        return None
    try:
        lock = locked(folder)
    except BlockingIOError:
        return None
    with lock:
        if (folder / EARLIER).is_dir():
            shutil.rmtree(folder / EARLIER)
        aside = put_aside(folder)
        empty(folder)
    return aside


def put_aside(folder: Path) -> Path:
    """Moves the records of a run; where they are then. Raises OSError."""
    aside = folder / EARLIER
    aside.mkdir()
    for name in RECORDS:
        if (folder / name).exists():
            (folder / name).rename(aside / name)
    return aside


def give_up(folder: Path) -> None:
    """Takes away what a run that was killed keeps besides its records, if it is not alive."""
    with contextlib.suppress(OSError), open(folder / ".lock", "r+", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (folder / records.RESERVE).unlink(missing_ok=True)


def name_of(result: dict[str, Any]) -> tuple[Any, ...]:
    """What tells a result from all others of its run."""
    return result.get("id"), result.get("repeat"), result.get("stack")

"""The folder that a run writes: held by one run at a time, emptied before, completed after."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path
from typing import IO, Any

from sockproof_driver import house  # noqa: F401  (puts the renderers in reach)
from reports import records
from reports.render import write_whole

OURS = ("run.json", "results.jsonl", "events.jsonl", "junit.xml", "summary.txt", "stacks.txt",
        "engine.log")


class ReportInUse(Exception):
    """Another run is writing the folder, or it cannot be written at all."""


class ReportDir:
    """A report folder, locked from construction to close()."""

    def __init__(self, folder: Path) -> None:
        """Makes and locks the folder and removes what an earlier run left, and nothing else.
        Raises ReportInUse."""
        self.folder = folder
        self._lock: IO[str] | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = open(folder / ".lock", "w", encoding="ascii")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._empty()
        except BlockingIOError:
            self.close()
            raise ReportInUse(f"another run is writing {folder}; give --report DIR") from None
        except OSError as error:
            self.close()
            raise ReportInUse(f"cannot write to {folder}: {error.strerror}; give --report DIR") \
                from None

    def _empty(self) -> None:
        for name in OURS:
            (self.folder / name).unlink(missing_ok=True)
        for capture in (self.folder / "capture").glob("*.pcapng"):
            capture.unlink()

    def complete(self, missing: list[dict[str, Any]]) -> None:
        """Appends the result lines `missing` to results.jsonl, dropping a torn last line; the
        file is replaced as a whole or left as it was (OSError)."""
        path = self.folder / "results.jsonl"
        block = path.read_bytes() if path.exists() else b""
        lines = [line for line in block.decode("utf-8", "replace").split("\n")
                 if records.is_result(next(records.parse_lines(line.encode()), None))]
        if not missing and block.endswith(b"\n"):
            return
        lines += [json.dumps(line, ensure_ascii=False) for line in missing]
        write_whole(path, "".join(line + "\n" for line in lines))

    def close(self) -> None:
        """Lets the next run have the folder. Harmless when called again."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

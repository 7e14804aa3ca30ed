"""Writes junit.xml and summary.txt of a report folder: /usr/bin/python3 reports/render.py DIR"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from reports import records as record_files
from reports.junit import junit_xml
from reports.stacks import several, stacks_text
from reports.summary import summary_text


def write_whole(path: Path, text: str) -> None:
    """Writes `path` entirely or leaves it as it was; raises OSError when it could not."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def render(folder: Path, shown: str = "") -> list[str]:
    """Writes every rendering into `folder`; returns one sentence for each that could not be
    written. The records are only read. `shown` is the folder as the user would type it."""
    try:
        records = record_files.read(folder)
    except OSError as error:
        return [f"no results to render: {error}"]
    complaints: list[str] = []
    files = [("junit.xml", junit_xml), ("summary.txt", summary_text)]
    if several(records.results):
        files.append(("stacks.txt", stacks_text))
    for name, make in files:
        try:
            write_whole(folder / name, make(records, shown or str(folder)))
        except OSError as error:
            complaints.append(f"{folder / name} was not written: {error.strerror or error}")
    return complaints


def main(arguments: list[str]) -> int:
    """Renders the folder that is named; 0, 2 when something could not be written, 3 for usage."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: render.py DIR   (a folder with results.jsonl)", file=sys.stderr)
        return 3
    complaints = render(Path(arguments[0]), arguments[0])
    for complaint in complaints:
        print(f"render.py: {complaint}", file=sys.stderr)
    return 2 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

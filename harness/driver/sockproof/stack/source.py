# SPDX-License-Identifier: MIT
"""The source of a package of Debian, as apt has it: signed, downloaded without root, and kept; what apt
knows of this machine is neither used up nor changed."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from sockproof.guest.store import cache
from sockproof.stack.trouble import StackTrouble
from sockproof.stack.tool import run

APT = Path("/etc/apt")


def origins(package: str, version: str) -> set[str]:
    """Where apt has that version of a package from."""
    rows = [[word.strip() for word in line.split("|")] for line in
            run(["apt-cache", "madison", package]).splitlines()]
    found = {row[2].split()[0].rstrip("/") for row in rows
             if len(row) == 3 and row[1] == version and row[2].endswith("Packages")}
    if not found:
        raise StackTrouble(f"apt knows no origin of {package} {version}, whose source is wanted; apt-get "
                           "update, as root, refreshes what it knows")
    return found


def for_sources(entry: str) -> str:
    """An entry of apt's, of either form, for sources in the place of packages."""
    return re.sub(r"(?m)^Types:.*$", "Types: deb-src", re.sub(r"(?m)^deb ", "deb-src ", entry))


def lists(uris: set[str]) -> dict[str, str]:
    """The machine's own lists of those origins, for the sources in the place of the packages."""
    found: dict[str, str] = {}
    for file in [APT / "sources.list", *sorted((APT / "sources.list.d").glob("*"))]:
        if file.suffix not in (".list", ".sources") or not file.is_file():
            continue
        parts = re.split(r"\n\s*\n" if file.suffix == ".sources" else r"\n", file.read_text("utf-8"))
        entries = [for_sources(part) for part in parts
                   if any(re.search(rf"{re.escape(uri)}/?(\s|$)", part) for uri in uris)]
        found[file.name] = ("\n\n" if file.suffix == ".sources" else "\n").join(entries) + "\n"
    return found


def download(source: str, version: str, uris: set[str], target: Path) -> None:
    """Puts the files of a source into `target`, as apt finds them behind those origins."""
    with tempfile.TemporaryDirectory(prefix="sockproof-") as folder:
        place = Path(folder)
        for name in ("lists/partial", "cache/archives/partial", "parts"):
            (place / name).mkdir(parents=True)
        for name, text in lists(uris).items():
            (place / "parts" / name).write_text(text, "utf-8")
        settings = {"Dir::State::lists": place / "lists", "Dir::Cache": place / "cache",
                    "Dir::Etc::sourcelist": "/dev/null", "Dir::Etc::sourceparts": place / "parts",
                    "Acquire::Languages": "none", "APT::Sandbox::User": "root"}
        apt = ["apt-get", *(f"-o{name}={value}" for name, value in settings.items())]
        run([*apt, "-qq", "update"])
        run([*apt, "-qq", "source", "--download-only", f"{source}={version}"], cwd=target)


def kept(source: str, package: str, version: str) -> Path:
    """The description (.dsc) of the source that a package of that version was made of; its other files
    lie beside it. Downloaded once. Raises StackTrouble."""
    folder = cache() / "sources"
    plain = re.sub(r"\+b\d+$", "", version)  # a build of its own, of the same source
    name = f"{source}_{re.sub(r'^[0-9]+:', '', plain)}"
    if not (folder / name / f"{name}.dsc").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as new:
            place = Path(new) / name
            place.mkdir()
            download(source, plain, origins(package, version), place)
            if not (folder / name).exists():
                os.replace(place, folder / name)
    return folder / name / f"{name}.dsc"


def unpacked(source: str, package: str, version: str, target: Path) -> None:
    """Unpacks that source, with Debian's own patches, as the folder `target`. Raises StackTrouble."""
    run(["dpkg-source", "--no-copy", "-q", "-x", str(kept(source, package, version)), str(target)])

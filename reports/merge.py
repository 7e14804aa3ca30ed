# SPDX-License-Identifier: MIT
"""One report of several: the shards of one run, or runs on several stacks."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

from sockproof.reports import records as record_files
from sockproof.reports.records import HEAVY, Records, Result, listed, on_stack, stack_of
from sockproof.trouble import Trouble

# What makes shards parts of one and the same run.
ALIKE = ("place", "seed", "repeat", "commit", "host_profile_version")


class Unmergeable(Trouble):
    """Why the parts do not make one run; a sentence for each reason, a line each. `partial`:
    nothing but what is missing stands in the way."""

    def __init__(self, reasons: list[str], partial: bool = False) -> None:
        super().__init__("\n".join(reasons))
        self.partial = partial


@dataclass(frozen=True)
class Part:
    """One run's folder and what it wrote."""

    folder: Path
    records: Records

    @property
    def shard(self) -> dict[str, Any] | None:
        """Which part of a dealt-out run it is; None when it was not dealt out."""
        shard = self.records.run.get("shard")
        return shard if isinstance(shard, dict) else None

    @property
    def asked(self) -> tuple[str, ...]:
        """The stacks that it was to run on; none when each variant went to the first that has its
        transport, so that it depends on the variants which stacks took part."""
        asked = self.records.run.get("stacks_asked")
        if isinstance(asked, list):
            return tuple(map(str, asked))
        return tuple(self.versions) or (str(self.records.run.get("stack") or "linux"),)

    @property
    def on_stacks(self) -> str:
        """The same in words."""
        return f" on {', '.join(self.asked)}" if self.asked else ""

    @property
    def versions(self) -> dict[str, str]:
        """The version of each stack that took part, as far as they were found out."""
        run = self.records.run
        return {str(one.get("stack")): str(one["version"]) for one in
                [*listed(run.get("stacks")), {"stack": run.get("stack"),
                                              "version": run.get("stack_version")}]
                if one.get("version")}

    @property
    def names(self) -> set[str]:
        """What was dealt out, as far as this part has it."""
        return {on_stack(result) if len(self.asked) > 1 else result["id"]
                for result in self.records.results}


def merge(folders: list[Path], target: Path, partial: bool = False) -> list[str]:
    """Writes into `target`, which must be new or empty, the records of all `folders` as those of
    one run. Returns what is missing, a sentence each; raises Unmergeable for parts that are
    doubled or no parts of one run and, unless `partial`, for missing ones; OSError."""
    parts = list(read_parts(folders))
    wrong = [*doubled(parts), *strangers(parts)]
    missing = [*damaged(parts), *absent(parts)]
    if wrong or (missing and not partial):
        raise Unmergeable([*wrong, *missing], partial=not wrong)
    if target.exists() and any(target.iterdir()):
        raise Unmergeable([f"{target} is not empty; give a new folder"])
    target.mkdir(parents=True, exist_ok=True)
    results = write_events(parts, target)
    with open(target / "results.jsonl", "w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(result, ensure_ascii=False) + "\n" for result in results)
    run = merged_run(parts, results, missing)
    (target / "run.json").write_text(record_files.run_text(run), "utf-8")
    return missing


def read_parts(folders: list[Path]) -> Iterator[Part]:
    """Each folder's run. Raises Unmergeable when one holds none, or is given twice."""
    wrong = []
    given: dict[Path, Path] = {}
    for folder in folders:
        place = folder.resolve()
        if place in given:
            same = f", as {given[place]}" if given[place] != folder else ""
            wrong.append(f"{folder} is given twice{same}")
            continue
        given[place] = folder
        try:
            yield Part(folder, record_files.read(folder))
        except OSError as error:
            wrong.append(record_files.no_run(folder, error))
    if wrong:
        raise Unmergeable(wrong)


def doubled(parts: list[Part]) -> Iterator[str]:
    """Shards given twice, and results that stand in two parts."""
    shards: dict[tuple[Any, ...], Path] = {}
    owners: dict[tuple[str, str, Any], Path] = {}
    for part in parts:
        key = (part.asked, part.shard["number"]) if part.shard else None
        if key is not None and key in shards:
            yield (f"shard {key[1]} of {part.shard and part.shard['count']} is there twice: "
                   f"{shards[key]} and {part.folder}")
            continue
        if key is not None:
            shards[key] = part.folder
        both: Counter[Path] = Counter()
        for result in part.records.results:
            name = (stack_of(result), result["id"], result.get("repeat"))
            if owners.setdefault(name, part.folder) != part.folder:
                both[owners[name]] += 1
        for other, count in both.items():
            yield f"{part.folder} and {other} share {count:,} results"


def strangers(parts: list[Part]) -> Iterator[str]:
    """Shards that were to run on the same stacks and are not of one and the same run."""
    first: dict[tuple[str, ...], Part] = {}
    versions: dict[tuple[tuple[str, ...], str], tuple[str, Path]] = {}
    for part in parts:
        if part.shard is None:
            continue
        other = first.setdefault(part.asked, part)
        assert other.shard is not None
        for name in ("count", "selection"):
            if part.shard.get(name) != other.shard.get(name):
                yield (f"{part.folder} and {other.folder} are no shards of one run: their "
                       f"{name} is {part.shard.get(name)} and {other.shard.get(name)}")
        for stack, version in part.versions.items():
            seen, where = versions.setdefault((part.asked, stack), (version, part.folder))
            if seen != version:
                yield (f"{part.folder} and {where} are no shards of one run: their {stack} is "
                       f"{version} and {seen}")
        for name in ALIKE:
            mine, others = part.records.run.get(name), other.records.run.get(name)
            if mine != others:
                yield (f"{part.folder} and {other.folder} are no shards of one run: {name} is "
                       f"{mine} and {others}")


def damaged(parts: list[Part]) -> Iterator[str]:
    """What parts have lost."""
    for part in parts:
        yield from (f"{part.folder}: {text}" for text in record_files.damage(part.records))


def absent(parts: list[Part]) -> Iterator[str]:
    """Shards that nobody gave, and variants that are in none although all are there."""
    dealt: dict[tuple[str, ...], list[Part]] = {}
    for part in parts:
        if part.shard is not None:
            dealt.setdefault(part.asked, []).append(part)
    for shards in dealt.values():
        first = shards[0].shard
        assert first is not None
        count, total = int(first["count"]), int(first["total"])
        numbers = {part.shard["number"] for part in shards if part.shard is not None}
        gaps = sorted(set(range(1, count + 1)) - numbers)
        yield from (f"shard {number} of {count}{shards[0].on_stacks} is missing"
                    for number in gaps)
        names = set().union(*(part.names for part in shards))
        if not gaps and record_files.digest("\n".join(sorted(names))) != first["selection"]:
            yield (f"of {total:,} variants that were dealt out{shards[0].on_stacks} the shards "
                   f"hold {len(names):,}")


def write_events(parts: list[Part], target: Path) -> list[Result]:
    """Copies the events of all parts one behind the other, and their captures; the results with
    where both lie now."""
    results: list[Result] = []
    base = 0
    with open(target / "events.jsonl", "wb") as stream:
        for number, part in enumerate(parts, 1):
            events = part.folder / "events.jsonl"
            size = 0
            if record_files.inside(part.folder, events.name):
                with open(events, "rb") as source:
                    shutil.copyfileobj(source, stream)
                size = events.stat().st_size
            results += [moved(result, base, part, number, target)
                        for result in part.records.results]
            base += size
    return results


def moved(result: Result, base: int, part: Part, number: int, target: Path) -> Result:
    """A result whose events begin `base` later and whose capture lies in a folder of its part."""
    changed = dict(result)
    span = result.get("events")
    if isinstance(span, dict) and isinstance(span.get("offset"), int):
        changed["events"] = span | {"offset": span["offset"] + base}
    capture = result.get("capture")
    changed["capture"] = None
    if isinstance(capture, str) and record_files.inside(part.folder, capture):
        place = Path("capture") / str(number) / Path(capture).name
        (target / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(part.folder / capture, target / place)
        changed["capture"] = str(place)
    return changed


def merged_run(parts: list[Part], results: list[Result], missing: list[str]) -> dict[str, Any]:
    """run.json of the whole: what all parts share, each part's own, sources and catalogue once."""
    runs = [part.records.run for part in parts]
    shared = {key: value for key, value in runs[0].items()
              if key not in (*HEAVY, "shard", "totals", "selected", "trouble")
              and all(run.get(key) == value for run in runs)}
    sources: dict[str, Any] = {}
    catalogue: dict[str, Any] = {}
    for run in runs:
        sources |= run.get("sources") or {}
        catalogue |= {entry["id"]: entry for entry in run.get("catalogue") or []}
    return shared | {
        "schema": 1, "totals": Counter(result["verdict"] for result in results),
        "selected": len(results),
        "complete": not missing and all(run.get("complete") is True for run in runs),
        "trouble": [*missing, *troubles(parts)],
        "parts": [{key: value for key, value in run.items() if key not in HEAVY} for run in runs],
        "sources": sources, "catalogue": list(catalogue.values()),
        "variants": sorted(dict.fromkeys(map(on_stack, results)))}


def troubles(parts: list[Part]) -> list[str]:
    """Why parts are not whole although nothing of them is missing."""
    return [f"{part.folder}: {text}" for part in parts
            for text in record_files.incomplete(part.records)
            if text not in record_files.damage(part.records)]

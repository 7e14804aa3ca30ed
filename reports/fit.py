# SPDX-License-Identifier: MIT
"""Whether a record is what its schema says, as far as a reader leans on it: records may come from
anybody. The kinds of values count; of a result or an event, of which older ones have less, nothing
need be there, and no figure is too large to be shown. (A validator proper takes a thousand times as
long as the reading.)"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from sockproof import house

Schema = dict[str, Any]

KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "a text"), "integer": ((int,), "a whole number"),
    "boolean": ((bool,), "true or false"),
    "number": ((int, float), "a number"), "object": ((dict,), "an object"), "array": ((list,), "a list"),
    "null": ((type(None),), "null")}
SHOWN = 40  # characters of a value that does not fit


@lru_cache(maxsize=None)
def schema_of(record: str) -> Schema:
    """The schema of "run", "result" or "event" records."""
    schema: Schema = json.loads((house.ROOT / "fixtures" / f"{record}.schema.json").read_text("utf-8"))
    loose: Schema = schema if record == "run" else undemanding(schema)
    return loose


def undemanding(schema: Any) -> Any:
    """The same without what must be there."""
    if isinstance(schema, list):
        return [undemanding(one) for one in schema]
    if isinstance(schema, dict):
        return {name: undemanding(one) for name, one in schema.items()
                if name != "required" or not isinstance(one, list)}
    return schema


def misfit(value: Any, record: str) -> str:
    """What about a record does not fit, as one sentence without its end; empty when all does."""
    return misfit_of(value, schema_of(record), schema_of(record))


def misfits(value: dict[str, Any], record: str) -> dict[str, str]:
    """The members of a record that do not fit, and why."""
    schema = schema_of(record)
    parts = schema["properties"]
    found = {name: misfit_of(member, parts[name], schema, name)
             for name, member in value.items() if name in parts}
    return {name: why for name, why in found.items() if why}


def misfit_of(value: Any, schema: Schema, root: Schema, where: str = "") -> str:
    """The same for a value inside of a record, of which `root` is the schema."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    ways = schema.get("anyOf")
    if ways and all(misfit_of(value, way, root) for way in ways):
        return misfit_of(value, max(ways, key=lambda way: is_kind(value, way)), root, where)
    wrong = wrong_kind(value, schema, where)
    if not wrong and isinstance(value, dict):
        wrong = wrong_member(value, schema, root, where)
    if not wrong and isinstance(value, list):
        wrong = first(misfit_of(one, schema.get("items", {}), root, f"{where}[{index}]")
                      for index, one in enumerate(value))
    return wrong or first(misfit_of(value, rule["then"], root, where) for rule in schema.get("allOf", [])
                          if "then" in rule and holds(value, rule["if"]))


def holds(value: Any, condition: Schema) -> bool:
    """Whether members of an object are what a condition names."""
    return isinstance(value, dict) and all(
        value.get(name) in part.get("enum", [part.get("const")])
        for name, part in condition["properties"].items())


def first(texts: Any) -> str:
    """The first that is not empty."""
    return next((text for text in texts if text), "")


def is_kind(value: Any, schema: Schema) -> bool:
    """Whether a value is of a kind that the schema names; of any where it names none."""
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    return not names or any(isinstance(value, KINDS[name][0]) and
                            (name == "boolean" or not isinstance(value, bool)) for name in names)


def wrong_kind(value: Any, schema: Schema, where: str) -> str:
    """What is wrong with a value itself."""
    allowed = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if not is_kind(value, schema):
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return said(value, where, " or ".join(KINDS[name][1] for name in names))
    if allowed is not None and type(value) not in map(type, allowed):  # a word of a later version is shown
        return said(value, where, f"one of {', '.join(map(str, allowed))}")
    return ""


def said(value: Any, where: str, wanted: str) -> str:
    """The sentence."""
    return f"{where or 'the record'} is {json.dumps(value)[:SHOWN]}, not {wanted}"


def wrong_member(value: dict[str, Any], schema: Schema, root: Schema, where: str) -> str:
    """What is wrong with the members of an object."""
    lacking = [name for name in schema.get("required", []) if name not in value]
    if lacking:
        return f"{where or 'the record'} lacks {lacking[0]}"
    parts, others = schema.get("properties", {}), schema.get("additionalProperties")
    if value and parts == {} and others is False:
        return said(value, where, "an empty object")
    inner = f"{where}." if where else ""
    return first(misfit_of(member, parts[name] if name in parts else others, root, f"{inner}{name}")
                 for name, member in value.items()
                 if isinstance(parts.get(name, others), dict))

"""As much of JSON Schema as the schema of models uses: what an editor would underline in a model file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

_TYPES = {
    "object": dict, "array": list, "string": (str, date), "integer": int, "number": (int, float), "boolean": bool,
    "null": type(None),
}  # fmt: skip
_FOLLOWED = {
    "$ref",
    "anyOf",
    "oneOf",
    "const",
    "enum",
    "type",
    "properties",
    "additionalProperties",
    "required",
    "items",
}
_PASSED_OVER = {
    "$defs", "$schema", "title", "description", "default", "discriminator", "format", "pattern", "minLength",
    "maxLength", "minItems", "maxItems", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
}  # fmt: skip


def complaints(value: Any, schema: dict[str, Any], root: dict[str, Any], path: str = "") -> Iterator[str]:
    """Where a value breaks a schema; bounds of numbers are not looked at."""
    unknown = set(schema) - _FOLLOWED - _PASSED_OVER
    assert not unknown, f"this reader of schemas knows nothing of {unknown}"
    if "$ref" in schema:
        yield from complaints(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, path)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            arms = [list(complaints(value, arm, root, path)) for arm in schema[key]]
            if all(arms):
                yield min(arms, key=lambda arm: (len(arm), -len(arm[0])))[0]
    if "const" in schema and value != schema["const"]:
        yield f"{path}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is none of {schema['enum']}"
    if "type" in schema and not _is(value, schema["type"]):
        yield f"{path}: {value!r} is no {schema['type']}"
    elif isinstance(value, dict):
        yield from _table(value, schema, root, path)
    elif isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from complaints(item, schema["items"], root, f"{path}[{number}]")


def _is(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and not (isinstance(value, bool) and name in {"integer", "number"})


def _table(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], path: str) -> Iterator[str]:
    for key in schema.get("required", ()):
        if key not in value:
            yield f"{path}: {key} is missing"
    others = schema.get("additionalProperties", True)
    for key, inner in value.items():
        if key in schema.get("properties", {}):
            yield from complaints(inner, schema["properties"][key], root, f"{path}.{key}")
        elif isinstance(others, dict):
            yield from complaints(inner, others, root, f"{path}.{key}")
        elif not others:
            yield f"{path}.{key} is not known"

"""Schemas in a few words, as the readable page shows them."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def name_in(schema: Json) -> str | None:
    """Return the shape that the schema is, holds, or may be."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    inner = [*schema.get("anyOf", ()), schema.get("items"), schema.get("additionalProperties")]
    return next((found for each in inner if isinstance(each, dict) and (found := name_in(each))), None)


def type_words(schema: Json) -> str:
    """Return the kind of value: "integer", "list of AccountOut", "string (uuid) or null"."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(type_words(each) for each in schema["anyOf"]))
    if "const" in schema:
        return f'"{schema["const"]}"'
    if "enum" in schema:
        return " | ".join(f'"{each}"' for each in schema["enum"])
    return _plain(schema)


def _plain(schema: Json) -> str:
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"list of {type_words(schema['items'])}" if "items" in schema else "list"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {type_words(schema['additionalProperties'])}"
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def limits_of(schema: Json) -> str:
    """Return what the value may be at most and at least, and what it is when left out."""
    inner: Json = next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), {})
    told = {**inner, **schema}
    found = []
    if "minimum" in told or "maximum" in told:
        found.append(f"{_number(told.get('minimum'))} … {_number(told.get('maximum'))}".strip())
    if "maxLength" in told:
        found.append(f"≤ {told['maxLength']} characters")
    if "maxItems" in told and "prefixItems" not in told:
        found.append(f"≤ {told['maxItems']}")
    if "pattern" in told:
        found.append(told["pattern"])
    default = told.get("default")
    if default is not None and default not in ("", [], {}):
        found.append(f"default {str(default).lower() if isinstance(default, bool) else default}")
    return ", ".join(found)


def _number(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)

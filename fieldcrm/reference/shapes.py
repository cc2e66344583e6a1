"""Shapes as JSON Schema: each model once among the document's components, parameters one by one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

REFERENCE: Final = "#/components/schemas/{model}"
EXTRA_PARAMETERS: Final = "x-extra-parameters"
"""Where a query's shape tells of parameters that no field stands for."""


def schemas_of(models: Collection[type[BaseModel]]) -> dict[str, Any]:
    """Return the schemas of the models and of what they hold, by name."""
    if not models:
        return {}
    _, whole = models_json_schema([(model, "validation") for model in models], ref_template=REFERENCE)
    return {name: without_titles(schema) for name, schema in sorted(whole.get("$defs", {}).items())}


def query_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    """Return the parameters of a query's shape; what is left out is not set."""
    whole = model.model_json_schema(ref_template=REFERENCE)
    required = set(whole.get("required", ()))
    found = []
    for name, schema in whole["properties"].items():
        told = _absent_is_null(without_titles(schema))
        parameter = {"name": name, "in": "query", "required": name in required, "schema": told}
        if "description" in told:
            parameter["description"] = told.pop("description")
        if "prefixItems" in told:  # a tuple is sent as one value with commas
            parameter |= {"style": "form", "explode": False}
        found.append(parameter)
    return found + [dict(each) for each in whole.get(EXTRA_PARAMETERS, ())]


def _absent_is_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter: null cannot be sent, it is left out."""
    rest = {name: value for name, value in schema.items() if not (name == "default" and value is None)}
    choices = [each for each in rest.pop("anyOf", ()) if each.get("type") != "null"]
    if len(choices) == 1:
        return {**choices[0], **rest}
    return {**rest, "anyOf": choices} if choices else rest


def without_titles(schema: Any) -> Any:
    """Return the schema without the titles that only repeat the names of its properties."""
    if isinstance(schema, list):
        return [without_titles(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: value for name, value in schema.items() if name != "title" or not isinstance(value, str)}
    return {
        name: (
            {key: without_titles(each) for key, each in value.items()}
            if name in ("properties", "$defs", "patternProperties")
            else without_titles(value)
        )
        for name, value in kept.items()
    }

"""The JSON Schema of model files and of study files, for editors."""

from __future__ import annotations

import json

from changeflow.model.schema import Model
from changeflow.study.file.study import Study


def schema_text() -> str:
    """JSON Schema 2020-12; a file may leave to a prior set what the schema itself requires."""
    schema = Model.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "changeflow model"
    demand = schema["properties"]["demand"]
    schema["properties"]["demand"] = {
        "anyOf": [demand, schema["$defs"]["Demand"]["properties"]["sources"]["additionalProperties"]]
    }
    _free_what_priors_fill(schema)
    _allow_short_forms(schema)
    return json.dumps(schema, indent=1) + "\n"


def study_schema_text() -> str:
    """The same of a study file."""
    schema = Study.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "changeflow study"
    return json.dumps(schema, indent=1) + "\n"


_SHORT_FORMS: dict[str, list[dict[str, object]]] = {
    "law": [{"type": "number"}],
    "rule": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "number"}}],
}
"""A bare number is a law, a bare name or a table of shares a route; the reader turns them into tables."""


def _allow_short_forms(node: object) -> None:
    if isinstance(node, dict):
        discriminator = node.get("discriminator")
        if isinstance(discriminator, dict) and discriminator.get("propertyName") in _SHORT_FORMS:
            rules = discriminator.get("mapping", {})
            short = [{"enum": sorted(rules)}] if "ageing" in rules else _SHORT_FORMS[discriminator["propertyName"]]
            node["oneOf"] = [*node["oneOf"], *short]
        for inner in node.values():
            _allow_short_forms(inner)
    elif isinstance(node, list):
        for inner in node:
            _allow_short_forms(inner)


def _free_what_priors_fill(schema: dict[str, object]) -> None:
    """`share`, prices and the like may come from the prior set, so an editor must not demand them."""
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)
    for name in ("Category", "GoLive", "Poisson", "Acceptance"):
        keep = [key for key in definitions[name].get("required", []) if key == "kind"]
        definitions[name]["required"] = keep

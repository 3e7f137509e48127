"""OpenAPI schemas turned into strict JSON schemas (draft 4, the closest to both dialects of OpenAPI).

Everything stands in one tree, without references and alternatives where that is possible: only then does
kubeconform name the exact field that is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DIALECT = "http://json-schema.org/draft-04/schema#"
PREFIX = "#/definitions/"
QUANTITY = {
    "type": ["string", "number"],
    "pattern": r"^[+-]?([0-9]+|[0-9]+\.[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$",
}
INT_OR_STRING = {"type": ["integer", "string"]}
_KEPT = (
    "type", "enum", "format", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
    "multipleOf", "required",
)  # fmt: skip
_SPECIAL: Mapping[str, Mapping[str, Any]] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": QUANTITY,
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": INT_OR_STRING,
}

Schema = Mapping[str, Any]


class Converter:
    """Converts schemas that may refer to `definitions`; a definition inside itself stays a reference.

    `closed` is how a CustomResourceDefinition reads: an object that names no fields has none. In the
    descriptions of Kubernetes' own kinds such an object may hold anything.
    """

    def __init__(self, definitions: Mapping[str, Schema], *, closed: bool) -> None:
        self._definitions = definitions
        self._closed = closed
        self.referred: set[str] = set()

    def named(self, name: str, around: tuple[str, ...] = ()) -> dict[str, Any]:
        """A definition by its name."""
        if name in _SPECIAL:
            return dict(_SPECIAL[name])
        if name in around:
            self.referred.add(name)
            return {"$ref": PREFIX + name}
        return self.strict(self._definitions[name], (*around, name))

    def strict(self, schema: Schema, around: tuple[str, ...] = ()) -> dict[str, Any]:
        """A schema without words, refusing fields that it does not name."""
        if "$ref" in schema:
            return self.named(str(schema["$ref"]).removeprefix(PREFIX), around)
        if schema.get("x-kubernetes-int-or-string"):
            return _nullable(dict(INT_OR_STRING)) if schema.get("nullable") else dict(INT_OR_STRING)
        result: dict[str, Any] = {key: schema[key] for key in _KEPT if key in schema}
        if "items" in schema:
            result["items"] = self.strict(schema["items"], around)
        result |= _alternatives(schema)
        self._fields(schema, result, around)
        return _nullable(result) if schema.get("nullable") else result

    def _fields(self, schema: Schema, result: dict[str, Any], around: tuple[str, ...]) -> None:
        properties = schema.get("properties")
        if properties is not None:
            required = schema.get("required", ())
            converted = {name: self.strict(part, around) for name, part in properties.items()}
            # the API server takes a null as "not set"
            result["properties"] = {
                name: part if name in required else _nullable(part) for name, part in converted.items()
            }
        extra = schema.get("additionalProperties")
        if isinstance(extra, Mapping):
            result["additionalProperties"] = self.strict(extra, around)
        elif extra is not True and self._names_all(schema):
            result["additionalProperties"] = False

    def _names_all(self, schema: Schema) -> bool:
        if schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("x-kubernetes-embedded-resource"):
            return False
        return bool(schema.get("properties")) or (self._closed and schema.get("type") == "object")


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    result = dict(schema)
    if "type" in result:
        types = result["type"] if isinstance(result["type"], list) else [result["type"]]
        result["type"] = sorted({*types, "null"})
    if "enum" in result and None not in result["enum"]:
        result["enum"] = [*result["enum"], None]
    return result


def _alternatives(schema: Schema) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            result[key] = [_condition(part) for part in schema[key]]
    if "not" in schema:
        result["not"] = _condition(schema["not"])
    return result


def _condition(schema: Schema) -> dict[str, Any]:
    """A part of allOf, anyOf, oneOf or not: it narrows values and names no new fields."""
    result: dict[str, Any] = {key: schema[key] for key in _KEPT if key in schema} | _alternatives(schema)
    if "items" in schema:
        result["items"] = _condition(schema["items"])
    if "properties" in schema:
        result["properties"] = {name: _condition(part) for name, part in schema["properties"].items()}
    return result

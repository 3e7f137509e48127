"""An OpenAPI document as the tables that a page shows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Field:
    """A parameter, or a property of an object: `kind` is what it may be, in words."""

    name: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True)
class Answer:
    """One answer of an operation."""

    status: str
    description: str
    body: str


@dataclass(frozen=True)
class Operation:
    """One method of one path; `anchor` names it within the page."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    body: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Schema:
    """A named schema and an example of it, as JSON, if the document has one."""

    name: str
    description: str
    fields: tuple[Field, ...]
    example: str


def operations(document: dict[str, Any]) -> list[Operation]:
    """Every operation of `document`, in its order."""
    return list(_operations(document))


def schemas(document: dict[str, Any]) -> list[Schema]:
    """Every schema with a name, in the order of the document."""
    named = document.get("components", {}).get("schemas", {})
    return [
        Schema(name, schema.get("description", ""), _properties(schema), _example(schema))
        for name, schema in named.items()
    ]


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method not in item:
                continue
            asked = item[method]
            parameters = [
                _resolved(document, each) for each in [*item.get("parameters", ()), *asked.get("parameters", ())]
            ]
            yield Operation(
                anchor=asked.get("operationId", f"{method}-{path}"),
                method=method.upper(),
                path=path,
                summary=asked.get("summary", ""),
                description=asked.get("description", ""),
                parameters=tuple(map(_parameter, parameters)),
                body=_body(_resolved(document, asked.get("requestBody", {}))),
                answers=tuple(
                    _answer(status, _resolved(document, answer)) for status, answer in asked["responses"].items()
                ),
            )


def _resolved(document: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in value:
        target: Any = document
        for step in value["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        value = target
    return value


def _parameter(parameter: dict[str, Any]) -> Field:
    schema = parameter.get("schema", {})
    description = parameter.get("description") or schema.get("description", "")
    kind = f"{parameter['in']}, {words(schema)}"
    return Field(parameter["name"], kind, parameter.get("required", False), description)


def _answer(status: str, answer: dict[str, Any]) -> Answer:
    return Answer(status, answer.get("description", ""), _body(answer))


def _body(described: dict[str, Any]) -> str:
    return ", ".join(
        f"{kind}: {words(media['schema'])}" if media.get("schema") else kind
        for kind, media in described.get("content", {}).items()
    )


def _properties(schema: dict[str, Any]) -> tuple[Field, ...]:
    required = schema.get("required", ())
    return tuple(
        Field(name, words(value), name in required, value.get("description", "") if isinstance(value, dict) else "")
        for name, value in schema.get("properties", {}).items()
    )


def _example(schema: dict[str, Any]) -> str:
    examples = schema.get("examples") or ([schema["example"]] if "example" in schema else [])
    return json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else ""


def words(schema: Any) -> str:
    """What a schema allows, in a few words: `integer, 1 to 100`, `list of Product`."""
    if not isinstance(schema, dict) or not schema:
        return "anything"
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return (" and " if several == "allOf" else " or ").join(map(words, schema[several]))
    return ", ".join([_kind(schema), *_bounds(schema)])


def _kind(schema: dict[str, Any]) -> str:
    kinds = schema.get("type", "anything")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return " or ".join(f"list of {words(schema.get('items'))}" if kind == "array" else str(kind) for kind in kinds)


def _bounds(schema: dict[str, Any]) -> Iterator[str]:
    if "format" in schema:
        yield str(schema["format"])
    for least, most, unit in (
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
    ):
        if least in schema and most in schema:
            yield f"{schema[least]} to {schema[most]}{unit}"
        elif least in schema:
            yield f"at least {schema[least]}{unit}"
        elif most in schema:
            yield f"at most {schema[most]}{unit}"
    if "pattern" in schema:
        yield f"like {schema['pattern']}"
    if "default" in schema:
        yield f"default {json.dumps(schema['default'])}"

"""Every object against the schema of its kind; none is ever skipped."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from platformctl.checks.programs import needed
from platformctl.checks.protocol import Contents, Hit
from platformctl.checks.schemas.store import SchemaStore
from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.manifests import FieldPath
from platformctl.process import command, text
from platformctl.repo import Repo

ENGINE = "kubeconform"
_HASH = re.compile(r'-[2456789bcdfghkmt]{10}(?=")')  # kustomize's own alphabet, at the end of a text
_UNKNOWN = re.compile(r"additional propert(?:y|ies) (.+) not allowed")


def run(repo: Repo, contents: Contents) -> tuple[list[Hit], set[int]]:
    """What does not fit its schema, and the numbers of the objects that were held against one."""
    program = needed(repo, "kubeconform")
    locations = SchemaStore(repo).locations(contents)
    results = _validate(program, locations, contents)
    hits: list[Hit] = []
    checked: set[int] = set()
    for index, content in enumerate(contents):
        result = results.get(index, {})
        status = result.get("status")
        if status in ("statusValid", "statusInvalid"):
            checked.add(index)
        if status == "statusInvalid":
            hits.extend(_invalid(index, content, result))
        elif status != "statusValid":
            problem = f"{content.get('apiVersion')} {content.get('kind')}: {result.get('msg') or 'not checked'}"
            hits.append(Hit("schema-missing", index, ("kind",), problem))
    return hits, checked


def _validate(program: Path, locations: Sequence[str], contents: Contents) -> Mapping[int, Mapping[str, Any]]:
    """The result of each object. One of those that are alike stands for all while it is valid."""
    alike: dict[str, list[int]] = {}
    for index, content in enumerate(contents):
        alike.setdefault(_form(content), []).append(index)
    results = _called(program, locations, contents, [group[0] for group in alike.values()])
    doubtful = []
    for first, *others in alike.values():
        if results.get(first, {}).get("status") == "statusValid":
            results |= dict.fromkeys(others, results[first])
        else:
            doubtful += others
    return results | _called(program, locations, contents, doubtful)


def _called(
    program: Path, locations: Sequence[str], contents: Contents, chosen: Sequence[int]
) -> dict[int, Mapping[str, Any]]:
    if not chosen:
        return {}
    with tempfile.TemporaryDirectory(prefix="techcommerce-schema-") as folder:
        for index in chosen:
            (Path(folder) / f"{index}.json").write_text(json.dumps(contents[index]))
        places = [word for location in locations for word in ("-schema-location", location)]
        threads = str(os.cpu_count() or 1)
        call = command(program, "-strict", "-output", "json", "-verbose", "-n", threads, *places, folder, timeout=300)
        answer = text(call, ok=(0, 1))
    try:
        resources = json.loads(answer)["resources"]
        return {int(Path(resource["filename"]).stem): resource for resource in resources}
    except (ValueError, KeyError, TypeError) as error:
        raise PlatformError(
            "kubeconform printed something that is no result", why=answer[:2000], exit_code=TOOL_FAILURE
        ) from error


def _form(content: Mapping[str, Any]) -> str:
    """The object without what no schema looks into: the text of its namespace, and the hashes of generated names.

    Of metadata, a schema may restrict the name alone:
    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
    """
    metadata = content.get("metadata")
    if isinstance(metadata, Mapping) and isinstance(metadata.get("namespace"), str):
        content = {**content, "metadata": {**metadata, "namespace": ""}}
    return _HASH.sub("-", json.dumps(content))


def _invalid(index: int, content: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[Hit]:
    errors = result.get("validationErrors") or [{"path": "", "msg": result.get("msg", "")}]
    for error in errors:
        path = _field_path(error["path"])
        unknown = _UNKNOWN.search(error["msg"])
        names = re.findall(r"'([^']+)'", unknown.group(1)) if unknown else []
        for name in names:
            yield Hit("schema", index, (*path, name), f"{content.get('kind')} has no field {name} here")
        if not names:
            yield Hit("schema", index, path, error["msg"])


def _field_path(pointer: str) -> FieldPath:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/") if step]
    return tuple(int(step) if step.isdigit() else step for step in steps)

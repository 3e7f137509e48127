"""The objects of these tests are such as the API server would take: they satisfy the kinds' own schemas."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
import yaml

from platformctl.repo import Repo
from tests.releases import stories

STORIES = (
    "started", "measuring", "aborted", "reverted", "promoted", "waiting", "inconclusive", "blue_green_failed",
    "blue_green_promoted",
)  # fmt: skip


Schemas = dict[str, jsonschema.Draft202012Validator]


@pytest.fixture(scope="module")
def schemas(repo: Repo) -> Schemas:
    """The schemas of Argo Rollouts' kinds at the pinned version; fields that they do not know are errors."""
    text = (repo.root / "base/platform/argo-rollouts/upstream/install.yaml").read_text()
    kinds = [each for each in yaml.load_all(text, yaml.CSafeLoader) if each["kind"] == "CustomResourceDefinition"]
    found = {}
    for each in kinds:
        if each["spec"]["names"]["kind"] in ("Rollout", "AnalysisRun"):
            schema = strict(each["spec"]["versions"][0]["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {"type": "object"}
            found[each["spec"]["names"]["kind"]] = jsonschema.Draft202012Validator(schema)
    return found


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that forbids what the API server would silently drop."""
    schema.pop("format", None)
    if schema.get("x-kubernetes-int-or-string"):
        return {}
    for each in schema.get("properties", {}).values():
        strict(each)
    if isinstance(schema.get("items"), dict):
        strict(schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        strict(schema["additionalProperties"])
    open_ = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if schema.get("properties") and not open_:
        schema["additionalProperties"] = False
    for name, each in schema.get("properties", {}).items():
        if each.get("x-kubernetes-int-or-string"):
            schema["properties"][name] = {}
    return schema


@pytest.mark.parametrize("story", STORIES)
def test_rollouts_and_analysis_runs_are_valid(story: str, schemas: Schemas) -> None:
    """Every field exists and has its type."""
    found = [each for each in getattr(stories, story)() if each["kind"] in ("Rollout", "AnalysisRun")]

    assert found
    for each in found:
        schemas[each["kind"]].validate(each)


def test_a_field_that_the_kind_does_not_know_is_seen(schemas: Schemas) -> None:
    """The API server would drop it without a word."""
    content = stories.aborted()[0]
    content["status"]["canary"]["wieghts"] = {}

    with pytest.raises(jsonschema.ValidationError, match="wieghts"):
        schemas["Rollout"].validate(content)

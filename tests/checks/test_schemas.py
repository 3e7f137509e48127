"""Generated schemas accept what the API server accepts, and refuse what it refuses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from platformctl.checks import kubeconform
from platformctl.checks.protocol import Contents
from platformctl.repo import Repo

META = {"name": "it", "creationTimestamp": None}
SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": META}
DEFINITION: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "things.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Thing", "plural": "things"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "required": ["spec"],
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {
                                    "size": {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
                                    "port": {"x-kubernetes-int-or-string": True},
                                    "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                                    "closed": {"type": "object"},
                                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                                },
                            }
                        },
                    }
                },
            }
        ],
    },
}


def _thing(**spec: object) -> dict[str, Any]:
    return {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "it"}, "spec": spec}


def _messages(repo: Repo, *contents: dict[str, Any]) -> list[tuple[str, str]]:
    hits, checked = kubeconform.run(repo, contents)
    assert checked == set(range(len(contents)))
    return [(".".join(map(str, hit.path)), hit.message) for hit in hits]


@pytest.mark.parametrize(
    "content",
    [
        {**SERVICE, "spec": {"ports": [{"port": 80, "targetPort": "http"}, {"port": 81, "targetPort": 8081}]}},
        {**SERVICE, "spec": None},
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": META,
            "spec": {"resources": {"requests": {"storage": "1.5Gi"}}},
        },
        {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": META, "spec": {"hard": {"pods": 5, "cpu": "250m"}}},
        DEFINITION,
    ],
    ids=["int-or-string", "null", "quantity", "quantity as a number", "definition"],
)
def test_valid(content: dict[str, Any], repo: Repo) -> None:
    """Both forms of a port, quantities, nulls, and a definition, whose schema refers to itself."""
    assert _messages(repo, content) == []


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({**SERVICE, "spec": {"ports": [{"port": "80"}]}}, "spec.ports.0.port"),
        ({**SERVICE, "spec": {"ports": [{"prot": 80, "port": 1}]}}, "spec.ports.0.prot"),
        ({**SERVICE, "metadata": {"name": "it", "label": {}}}, "metadata.label"),
        ({**SERVICE, "extra": 1}, "extra"),
        (
            {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": META, "spec": {"hard": {"cpu": "250 m"}}},
            "spec.hard.cpu",
        ),
    ],
)
def test_invalid_field_is_named(content: dict[str, Any], path: str, repo: Repo) -> None:
    """The finding is about the very field, however deep."""
    assert [found for found, _ in _messages(repo, content)] == [path]


@pytest.mark.parametrize(
    ("spec", "paths"),
    [
        ({"size": 2, "port": "http", "free": {"any": {"thing": 1}}, "labels": {"a": "b"}}, []),
        ({"size": None, "port": 80, "closed": {}}, []),
        ({"size": 1}, ["spec.size"]),
        ({"port": 1.5}, ["spec.port"]),
        ({"closed": {"any": 1}}, ["spec.closed.any"]),
        ({"labels": {"a": 1}}, ["spec.labels.a"]),
        ({"sise": 2}, ["spec.sise"]),
    ],
)
def test_custom_kind(spec: dict[str, Any], paths: list[str], repo: Repo) -> None:
    """A definition beside its objects is enough to check them as the API server would."""
    assert [path for path, _ in _messages(repo, DEFINITION, _thing(**spec))] == paths


def test_objects_that_differ_where_no_schema_looks_are_checked_once_and_told_of_each(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every namespace and with every hash of a generated name; those that are not valid with their own texts."""
    asked: list[int] = []
    called = kubeconform._called

    def counting(program: Path, locations: Sequence[str], contents: Contents, chosen: Sequence[int]) -> Any:
        asked.append(len(chosen))
        return called(program, locations, contents, chosen)

    monkeypatch.setattr(kubeconform, "_called", counting)
    good = [_used("one", "settings-22222bbbbb"), _used("two", "settings-kkkkk99999"), _used("two", "other")]
    bad = [_used("one", f"settings-{'b' * 10}", image=number) for number in (1, 2)]

    hits, checked = kubeconform.run(repo, [*good, *bad, {**bad[0], "metadata": {"name": "it", "namespace": 3}}])

    assert checked == set(range(6))
    assert asked[0] == 5
    assert sorted({hit.index for hit in hits}) == [3, 4, 5]
    assert ("metadata", "namespace") in [hit.path for hit in hits if hit.index == 5]

    asked.clear()
    alike = [{**each, "metadata": {"name": "it", "namespace": space}} for each in bad[:1] for space in ("a", "b", "c")]
    hits, checked = kubeconform.run(repo, alike)
    assert (checked, asked, sorted({hit.index for hit in hits})) == ({0, 1, 2}, [1, 2], [0, 1, 2])


def _used(namespace: str, settings: str, image: object = "registry.example/it") -> dict[str, Any]:
    container = {"name": "it", "image": image, "envFrom": [{"configMapRef": {"name": settings}}]}
    metadata = {"name": "it", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]}}


def test_kind_without_schema_is_not_checked(repo: Repo) -> None:
    """It is a finding and missing in the count."""
    hits, checked = kubeconform.run(repo, [_thing(size=2), SERVICE])

    assert [hit.rule for hit in hits] == ["schema-missing"]
    assert checked == {1}


def test_schemas_are_made_once(repo: Repo, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run reads files, and does not look at Kubernetes' description again."""
    (cache / "schemas").unlink(missing_ok=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache.parent))
    assert _messages(repo, SERVICE) == []
    made = sorted((cache / "schemas").rglob("service.json"))
    monkeypatch.setattr("platformctl.checks.schemas.store.module_folder", lambda *_: Path("/nowhere"))

    assert len(made) == 1
    assert _messages(repo, SERVICE) == []

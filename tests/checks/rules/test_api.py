"""The edges of the rules on the API's own demands."""

from __future__ import annotations

import re
from typing import Any

import pytest

from platformctl.checks.protocol import World
from platformctl.checks.rules.api import CHECKS, lifecycle
from platformctl.errors import PlatformError
from platformctl.manifests import Manifest, dotted, parse
from platformctl.repo import Repo
from platformctl.tools.catalogue import load

ODD: tuple[Any, ...] = (
    None,
    True,
    7,
    1.5,
    "text",
    [],
    ["text", None, 3],
    {},
    {"name": ["x"]},
    {"name": {}},
    [{"a": []}],
)


def found(rule: str, text: str) -> list[str]:
    """The paths of the violations of a rule in some YAML."""
    manifests = [each for each in parse(text, "given.yaml") if isinstance(each, Manifest)]
    world, check = World(manifests), CHECKS[rule]
    judged = [each for each in manifests if not check.kinds or each.kind in check.kinds]
    return [dotted(violation.path) for each in judged for violation in check.judge(each, world)]


def named(kind: str, name: str, spec: str = "{}") -> str:
    """An object of that kind and name."""
    group = {"CronJob": "batch/v1", "StatefulSet": "apps/v1", "Job": "batch/v1", "Role": "rbac.authorization.k8s.io/v1"}
    return f"apiVersion: {group.get(kind, 'v1')}\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n"


def pod(spec: str) -> str:
    """A Pod with one container."""
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec: {spec}\n"


@pytest.mark.parametrize(
    ("kind", "name", "fits"),
    [
        ("ConfigMap", "a" * 253, True),
        ("ConfigMap", "a" * 254, False),
        ("ConfigMap", "with.dots.1", True),
        ("ConfigMap", "a..b", False),
        ("ConfigMap", "-a", False),
        ("ConfigMap", "A", False),
        ("Namespace", "a" * 63, True),
        ("Namespace", "a.b", False),
        ("Service", "1-web", True),
        ("Service", "a" * 64, False),
        ("CronJob", "a" * 52, True),
        ("CronJob", "a" * 53, False),
        ("StatefulSet", "a" * 52, True),
        ("StatefulSet", "a" * 53, False),
        ("Job", "a" * 64, False),
        ("Role", "system:reader", True),
        ("Role", "a/b", False),
    ],
)
def test_names_fit_their_kind(kind: str, name: str, fits: bool) -> None:
    assert (found("object-name", named(kind, f"'{name}'")) == []) is fits


def test_object_without_name_is_found() -> None:
    assert found("object-name", "apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n") == ["metadata.name"]


@pytest.mark.parametrize(("name", "fits"), [("things.example.com", True), ("thing.example.com", False)])
def test_definition_is_called_by_what_it_defines(name: str, fits: bool) -> None:
    text = (
        f"apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: {name}}}\n"
        "spec: {group: example.com, names: {plural: things}}\n"
    )

    assert (found("object-name", text) == []) is fits


@pytest.mark.parametrize(
    ("name", "fits"),
    [("http", True), ("a" * 15, True), ("a" * 16, False), ("8080", False), ("a--b", False), ("Http", False)],
)
def test_ports_of_containers_have_service_names(name: str, fits: bool) -> None:
    text = pod(f"{{containers: [{{name: web, ports: [{{name: '{name}', containerPort: 80}}]}}]}}")

    assert (found("inner-name", text) == []) is fits


@pytest.mark.parametrize(
    ("api", "kind", "rule"),
    [
        ("extensions/v1beta1", "Deployment", "removed-api"),
        ("extensions/v1beta1", "Ingress", "removed-api"),
        ("policy/v1beta1", "PodSecurityPolicy", "removed-api"),
        ("policy/v1beta1", "PodDisruptionBudget", "removed-api"),
        ("batch/v1beta1", "CronJob", "removed-api"),
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", "removed-api"),
        ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", "removed-api"),
        ("traefik.containo.us/v1alpha1", "IngressRoute", "removed-api"),
        ("resource.k8s.io/v1beta1", "ResourceClaim", "deprecated-api"),
        ("v1", "Endpoints", "deprecated-api"),
        ("apps/v1", "Deployment", ""),
        ("autoscaling/v1", "HorizontalPodAutoscaler", ""),
        ("example.com/v1beta1", "Deployment", ""),
    ],
)
def test_apis_end(api: str, kind: str, rule: str) -> None:
    text = f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: a}}\n"
    broken = [each for each in ("removed-api", "deprecated-api") if found(each, text)]

    assert broken == ([rule] if rule else [])


def test_apis_are_those_of_the_pinned_kubernetes(repo: Repo) -> None:
    """Another version of Kubernetes needs another look at what it dropped."""
    pinned = re.match(r"v(1\.\d+)\.", load(repo)["kubernetes"].version)

    assert pinned
    assert f'kubernetes: "{pinned.group(1)}"' in (repo.root / lifecycle.FILE).read_text()


def test_what_ends_later_has_not_ended() -> None:
    entry = {"api": "a/v1", "kinds": ["A"], "deprecated": "1.30", "removed": "1.33", "replacement": "a/v2"}

    assert lifecycle.parse({"kubernetes": "1.33", "apis": [entry]})["a/v1", "A"].gone
    assert not lifecycle.parse({"kubernetes": "1.32", "apis": [entry]})["a/v1", "A"].gone
    with pytest.raises(PlatformError, match="names no API"):
        lifecycle.parse({"kubernetes": "1.29", "apis": [entry]})


@pytest.mark.parametrize("entry", [{}, {"api": "a/v1", "kinds": []}, {"api": "a/v1", "kinds": ["A"], "removed": 1}])
def test_incomplete_list_of_apis_is_an_error(entry: dict[str, object]) -> None:
    with pytest.raises(PlatformError, match="incomplete"):
        lifecycle.parse({"kubernetes": "1.37", "apis": [entry]})


@pytest.mark.parametrize("version", ["2.0", "1", "1.x", ""])
def test_only_versions_of_kubernetes_are_versions(version: str) -> None:
    with pytest.raises(PlatformError, match="no version"):
        lifecycle.minor(version)


@pytest.mark.parametrize(
    ("value", "fits"),
    [("on", False), ("yes", False), ("012", False), ("1.10", False), ("1e3", False), ("22:30", True), ("'on'", True),
     ("2026-01-01", True), ("~", True), ("y", True)],
)  # fmt: skip
def test_text_is_text(value: str, fits: bool) -> None:
    """YAML 1.1 as the API server reads it; a time of day and a date are text for it."""
    assert (
        found("text-value", f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{k: {value}}}\n") == []
    ) is fits


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("spec.containers[0].env[0].value", pod("{containers: [{name: a, env: [{name: A, value: 8080}]}]}")),
        ("spec.containers[0].args[1]", pod("{containers: [{name: a, args: [--port, 8080]}]}")),
        ("spec.nodeSelector.gpu", pod("{nodeSelector: {gpu: true}, containers: []}")),
        ("metadata.name", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 123}\n"),
        (
            "spec.selector.version",
            "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: {version: 2}}\n",
        ),
        ("stringData.pin", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {pin: 0042}\n"),
        (
            "spec.template.metadata.annotations.scrape",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n"
            "spec: {template: {metadata: {annotations: {scrape: true}}, spec: {}}}\n",
        ),
    ],
)
def test_text_is_wanted_in_many_places(path: str, text: str) -> None:
    assert found("text-value", text) == [path]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("spec: {containers: [], activeDeadlineSeconds: 0600}", ["spec.activeDeadlineSeconds"]),
        ("spec: {containers: [], activeDeadlineSeconds: 600}", []),
        ("spec: {volumes: [{secret: {defaultMode: 0400}}]}", []),
        ("spec: {volumes: [{secret: {defaultMode: 400}}]}", ["spec.volumes[0].secret.defaultMode"]),
        ("spec: {volumes: [{secret: {items: [{mode: 755}]}}]}", ["spec.volumes[0].secret.items[0].mode"]),
        ("data: {on: push}", ["data.on"]),
        ("data: {'on': push}", []),
        ("metadata: {labels: {build: 0123}}", []),  # that is a number where text is wanted
    ],
)
def test_numbers_and_keys_are_what_they_look_like(text: str, paths: list[str]) -> None:
    assert found("number-form", f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\n{text}\n") == paths


@pytest.mark.parametrize(
    ("ports", "paths"),
    [
        ("[{name: a, port: 80}, {name: b, port: 80}]", ["spec.ports[1]"]),
        ("[{name: a, port: 80}, {name: b, port: 80, protocol: UDP}]", []),
        ("[{name: a, port: 80}, {name: a, port: 81}]", ["spec.ports[1]"]),
    ],
)
def test_ports_of_services_stand_once(ports: str, paths: list[str]) -> None:
    assert (
        found("duplicate-entry", f"apiVersion: v1\nkind: Service\nmetadata: {{name: a}}\nspec: {{ports: {ports}}}\n")
        == paths
    )


def test_volumes_stand_once() -> None:
    assert found("duplicate-entry", pod("{volumes: [{name: v}, {name: w}, {name: v}]}")) == ["spec.volumes[2]"]


def test_object_is_the_same_in_every_version_of_its_group() -> None:
    first = "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: a, namespace: b}\n"
    second = first.replace("v1", "v2")

    assert found("duplicate-object", f"{first}---\n{second}") == ["metadata.name"]
    assert found("duplicate-object", f"{first}---\n{second.replace('namespace: b', 'namespace: c')}") == []


@pytest.mark.parametrize(
    ("line", "paths"),
    [
        ("status: {replicas: 2}", ["status"]),
        ("status: {loadBalancer: {}}", []),
        ("status: {conditions: [], storedVersions: null}", []),
    ],
)
def test_empty_status_says_nothing(line: str, paths: list[str]) -> None:
    assert found("server-field", f"apiVersion: v1\nkind: Service\nmetadata: {{name: a}}\n{line}\n") == paths


@pytest.mark.parametrize("rule", sorted(CHECKS))
@pytest.mark.parametrize("kind", ["Deployment", "Service", "ConfigMap", "CustomResourceDefinition", "StatefulSet"])
def test_odd_values_raise_nothing(rule: str, kind: str) -> None:
    """Whatever somebody writes by hand, a rule answers."""
    group = "apps/v1" if kind in ("Deployment", "StatefulSet") else "v1"
    for value in ODD:
        for content in (
            {"metadata": value},
            {"metadata": {"labels": value, "annotations": value, "name": value, "generateName": value}, "data": value},
            {"spec": value, "status": value},
            {"spec": {"template": value, "selector": value, "ports": value, "names": value, "replicas": value}},
            {"spec": {"template": {"metadata": value, "spec": {"containers": value, "volumes": value}}}},
            {"spec": {"template": {"spec": {"containers": [{"env": value, "ports": value, "args": value}]}}}},
        ):
            manifest = Manifest({"apiVersion": group, "kind": kind, **content}, "odd.yaml", 1)
            list(CHECKS[rule].judge(manifest, World([manifest])))

"""kustomize with what base/components/rollout teaches it: on a Rollout it does what it does on a Deployment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.merge_keys import SCHEMA, TRANSFORMERS, component
from platformctl.process import command, text
from platformctl.repo import Repo
from platformctl.tools.catalogue import load
from platformctl.tools.modules import module_folder

from .conftest import Object, Render, objects

Build = Callable[..., list[Object]]
NAME = {"app.kubernetes.io/name": "frontend"}


@pytest.fixture
def build(repo: Repo, kustomize: Path, tmp_path: Path) -> Build:
    """Renders an overlay of objects over a base that includes the Component, as our services do."""

    def render(resources: list[Object], **overlay: object) -> list[Object]:
        folder = tmp_path / "tree"
        for path in sorted((repo.root / SCHEMA.parent).iterdir()):
            _write(folder / "component" / path.name, path.read_text())
        _write(folder / "base/objects.yaml", yaml.safe_dump_all(resources))
        _write(folder / "base/kustomization.yaml", "resources: [objects.yaml]\ncomponents: [../component]\n")
        _write(folder / "top/kustomization.yaml", yaml.safe_dump({"resources": ["../base"], **overlay}))
        return objects(text(command(kustomize, "build", folder / "top")))

    return render


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


@pytest.fixture(scope="session")
def rollout(render: Render) -> Object:
    """The frontend's Rollout."""
    (found,) = [each for each in objects(render("base/frontend")) if each["kind"] == "Rollout"]
    return found


def _deployment(rollout: Object) -> Object:
    """The same workload as a kind that kustomize knows."""
    spec = {key: rollout["spec"][key] for key in ("replicas", "selector", "template")}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "frontend"}, "spec": spec}


def _patch(pod: Mapping[str, Any], kind: str, version: str) -> str:
    body = {"apiVersion": version, "kind": kind, "metadata": {"name": "frontend"}}
    return yaml.safe_dump({**body, "spec": {"template": {"spec": pod}}})


POD_PATCHES: dict[str, Mapping[str, Any]] = {
    "one field": {"containers": [{"name": "frontend", "tty": True}]},
    "a limit": {"containers": [{"name": "frontend", "resources": {"limits": {"memory": "1Gi"}}}]},
    "an image": {"containers": [{"name": "frontend", "image": "ghcr.io/techcommerce/frontend:9.9.9"}]},
    "a variable": {"containers": [{"name": "frontend", "env": [{"name": "MORE", "value": "1"}]}]},
    "another value": {"containers": [{"name": "frontend", "env": [
        {"name": "TECHCOMMERCE_STAFF", "value": "x", "valueFrom": None}]}]},
    "no variable": {"containers": [{"name": "frontend", "env": [{"name": "TECHCOMMERCE_STAFF", "$patch": "delete"}]}]},
    "a port": {"containers": [{"name": "frontend", "ports": [{"containerPort": 9, "protocol": "TCP"}]}]},
    "a mount": {"containers": [{"name": "frontend", "volumeMounts": [{"name": "more", "mountPath": "/more"}]}]},
    "a volume": {"volumes": [{"name": "more", "emptyDir": {"sizeLimit": "1Mi"}}]},
    "a sidecar": {"containers": [{"name": "beside", "image": "ghcr.io/techcommerce/beside:1.0.0"}]},
    "a first container": {"initContainers": [{"name": "first", "image": "ghcr.io/techcommerce/first:1.0.0"}]},
    "other arguments": {"containers": [{"name": "frontend", "args": ["serve", "--more"]}]},
    "a pull secret": {"imagePullSecrets": [{"name": "registry"}]},
    "a toleration": {"tolerations": [{"key": "spot", "operator": "Exists"}]},
    "a spread": {"topologySpreadConstraints": [{"topologyKey": "kubernetes.io/hostname", "maxSkew": 2,
        "whenUnsatisfiable": "ScheduleAnyway"}]},
    "no probe": {"containers": [{"name": "frontend", "startupProbe": None}]},
}  # fmt: skip


@pytest.mark.parametrize("name", POD_PATCHES)
def test_a_merge_patch_does_what_it_does_on_a_deployment(name: str, build: Build, rollout: Object) -> None:
    """Image, resources, env, securityContext and all lists, by the same keys and in the same order."""
    pod = POD_PATCHES[name]
    patches = [
        {"patch": _patch(pod, "Rollout", "argoproj.io/v1alpha1")},
        {"patch": _patch(pod, "Deployment", "apps/v1")},
    ]

    patched = {each["kind"]: each for each in build([rollout, _deployment(rollout)], patches=patches)}

    assert patched["Rollout"]["spec"]["template"] == patched["Deployment"]["spec"]["template"]
    assert patched["Rollout"]["spec"]["template"] != rollout["spec"]["template"]
    assert patched["Rollout"]["spec"]["strategy"] == rollout["spec"]["strategy"]


def test_a_merge_patch_keeps_what_it_does_not_name(build: Build, rollout: Object) -> None:
    """The trap itself: without the schema, image, resources, env and securityContext are gone."""
    patch = _patch(POD_PATCHES["a variable"], "Rollout", "argoproj.io/v1alpha1")

    (patched,) = build([rollout], patches=[{"patch": patch}])

    (container,) = patched["spec"]["template"]["spec"]["containers"]
    (before,) = rollout["spec"]["template"]["spec"]["containers"]
    assert container["env"] == [{"name": "MORE", "value": "1"}, *before["env"]]
    assert {**container, "env": None} == {**before, "env": None}


def test_an_argument_of_an_analysis_is_merged_by_name(build: Build, rollout: Object) -> None:
    """An environment changes one threshold and keeps the others; steps are replaced as a whole."""
    body = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "frontend"}}
    canary = {"analysis": {"args": [{"name": "count", "value": "7"}]}, "steps": [{"setWeight": 5}]}

    (patched,) = build(
        [rollout], patches=[{"patch": yaml.safe_dump({**body, "spec": {"strategy": {"canary": canary}}})}]
    )

    before, after = rollout["spec"]["strategy"]["canary"], patched["spec"]["strategy"]["canary"]
    args = [{each["name"]: each for each in canary["analysis"]["args"]} for canary in (before, after)]
    assert args[1] == args[0] | {"count": {"name": "count", "value": "7"}}
    assert after["analysis"]["templates"] == before["analysis"]["templates"]
    assert after["steps"] == [{"setWeight": 5}]


def test_labels_reach_selector_and_template(build: Build, rollout: Object) -> None:
    """includeSelectors passes over a kind that it does not know."""
    (labelled,) = build([rollout], labels=[{"pairs": {"team": "shop"}, "includeSelectors": True}])

    assert labelled["spec"]["selector"]["matchLabels"] == NAME | {"team": "shop"}
    assert labelled["spec"]["template"]["metadata"]["labels"].items() >= {"team": "shop"}.items()
    (term,) = labelled["spec"]["template"]["spec"]["affinity"]["podAntiAffinity"][
        "preferredDuringSchedulingIgnoredDuringExecution"
    ]
    assert term["podAffinityTerm"]["labelSelector"]["matchLabels"] == NAME | {"team": "shop"}


def test_labels_of_templates_reach_the_template_alone(build: Build, rollout: Object) -> None:
    """A selector cannot be changed on a cluster; a label of the pods can."""
    (labelled,) = build([rollout], labels=[{"pairs": {"team": "shop"}, "includeTemplates": True}])

    assert labelled["spec"]["selector"]["matchLabels"] == NAME
    assert labelled["spec"]["template"]["metadata"]["labels"]["team"] == "shop"


def test_annotations_images_and_replicas_reach_the_rollout(build: Build, rollout: Object) -> None:
    """Each passes over unknown kinds in silence."""
    (found,) = build(
        [rollout],
        commonAnnotations={"team": "shop"},
        images=[{"name": "ghcr.io/techcommerce/frontend", "newTag": "2.0.0"}],
        replicas=[{"name": "frontend", "count": 7}],
    )

    assert found["spec"]["template"]["metadata"]["annotations"] == {"team": "shop"}
    assert found["spec"]["template"]["spec"]["containers"][0]["image"] == "ghcr.io/techcommerce/frontend:2.0.0"
    assert found["spec"]["replicas"] == 7


def test_names_are_followed(build: Build, rollout: Object) -> None:
    """A prefix reaches ConfigMaps, Secrets, accounts and Services wherever a Rollout names them."""
    pod = {
        "serviceAccountName": "frontend",
        "volumes": [{"name": "a", "configMap": {"name": "settings"}}, {"name": "b", "secret": {"secretName": "key"}}],
        "containers": [{"name": "c", "image": "x", "envFrom": [{"configMapRef": {"name": "settings"}}], "env": [
            {"name": "A", "valueFrom": {"secretKeyRef": {"name": "key", "key": "k"}}}]}],
    }  # fmt: skip
    canary = {"stableService": "stable", "canaryService": "canary"}
    named = {**rollout, "spec": {"strategy": {"canary": canary}, "template": {"metadata": {}, "spec": pod}}}
    kinds = {"ConfigMap": "settings", "Secret": "key", "ServiceAccount": "frontend"}
    others = [{"apiVersion": "v1", "kind": kind, "metadata": {"name": name}} for kind, name in kinds.items()]
    others += [{"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}} for name in canary.values()]
    target = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "frontend"}
    scaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "x"},
        "spec": {"scaleTargetRef": target},
    }

    found = {each["kind"]: each for each in build([named, *others, scaler], namePrefix="eu-")}

    spec = found["Rollout"]["spec"]
    assert spec["strategy"]["canary"] == {"stableService": "eu-stable", "canaryService": "eu-canary"}
    assert spec["template"]["spec"]["serviceAccountName"] == "eu-frontend"
    assert spec["template"]["spec"]["volumes"][0]["configMap"]["name"] == "eu-settings"
    assert spec["template"]["spec"]["volumes"][1]["secret"]["secretName"] == "eu-key"
    (container,) = spec["template"]["spec"]["containers"]
    assert container["envFrom"][0]["configMapRef"]["name"] == "eu-settings"
    assert container["env"][0]["valueFrom"]["secretKeyRef"]["name"] == "eu-key"
    assert found["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == "eu-frontend"


def test_other_kinds_are_merged_as_before(build: Build, rollout: Object) -> None:
    """A schema of one's own replaces Kubernetes' schema, unless it comes as late as a Component does."""
    ports = [{"name": "http", "port": 80, "protocol": "TCP"}]
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": ports}}
    more = {**service, "spec": {"ports": [{"name": "more", "port": 81, "protocol": "TCP"}]}}

    found = build([rollout, service], patches=[{"patch": yaml.safe_dump(more)}])

    (merged,) = [each for each in found if each["kind"] == "Service"]
    assert {each["port"] for each in merged["spec"]["ports"]} == {80, 81}


def test_the_component_is_what_its_modules_say(repo: Repo) -> None:
    """Nobody edited it, and nobody moved a version without remaking it."""
    tool = load(repo)["argo-rollouts"]
    wanted = component(
        module_folder(repo, "argo-rollouts"), module_folder(repo, "kubernetes"), f"{tool.module}@{tool.version}"
    )

    assert {path: (repo.root / path).read_text() for path in (SCHEMA, TRANSFORMERS)} == wanted
    assert len((repo.root / SCHEMA).read_bytes()) < 10_000

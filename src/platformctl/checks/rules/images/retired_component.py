"""Nothing runs that its makers gave up, or that is known for its holes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.images import Reference
from platformctl.checks.pods import containers, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.images.used import KINDS, used
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

_TILLER = "Tiller, Helm 2's server: it does for anybody what its own account may"
_DASHBOARD = "the Kubernetes Dashboard: a way into the API from the browser, archived by its makers"
_INGRESS_NGINX = "ingress-nginx: without fixes since March 2026"
_GIT_SYNC = "git-sync 3: runs commands that its settings inject"

_LABELS = {
    ("name", "tiller"): _TILLER,
    ("app", "tiller"): _TILLER,
    ("app", "helm"): _TILLER,
    ("app", "kubernetes-dashboard"): _DASHBOARD,
    ("k8s-app", "kubernetes-dashboard"): _DASHBOARD,
}


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    found = [*_by_image(manifest), *_by_environment(manifest)]
    if not found:
        found = list(_by_label(manifest))
    yield from found


def _by_image(manifest: Manifest) -> Iterator[Violation]:
    for image in used(manifest):
        reference = image.reference
        component = _component(reference) if reference else ""
        if component:
            yield image.violation(f"runs {component}")


def _component(reference: Reference) -> str:
    parts = reference.repository.split("/")
    if "tiller" in parts[-1]:
        return _TILLER
    if "kubernetesui" in parts or "kubernetes-dashboard" in reference.repository:
        return _DASHBOARD
    if "ingress-nginx" in parts or parts[-1] == "nginx-ingress-controller":
        return _INGRESS_NGINX
    old = reference.tag.lstrip("v").startswith(("1.", "2.", "3."))
    return _GIT_SYNC if parts[-1] == "git-sync" and old else ""


def _by_environment(manifest: Manifest) -> Iterator[Violation]:
    for container in containers(manifest):
        for index, variable in enumerate(items(container.content.get("env"))):
            if mapping(variable).get("name") == "GITSYNC_GIT":  # a program of the caller's choice
                yield container.violation(("env", index, "name"), f"runs {_GIT_SYNC}")


def _by_label(manifest: Manifest) -> Iterator[Violation]:
    metadata = mapping(manifest.content.get("metadata"))
    places: list[tuple[FieldPath, Mapping[str, Any]]] = [(("metadata", "labels"), mapping(metadata.get("labels")))]
    pod = pod_of(manifest)
    if pod is not None and pod.path != ("spec",):
        places.append(((*pod.path[:-1], "metadata", "labels"), mapping(pod.metadata.get("labels"))))
    if manifest.kind == "Service":
        places.append((("spec", "selector"), mapping(mapping(manifest.content.get("spec")).get("selector"))))
    for path, labels in places:
        for key, value in labels.items():
            component = _LABELS.get((key, text(value)), "")
            if component:
                yield Violation((*path, key), f"belongs to {component}")
                return


CHECK = Check("retired-component", KINDS | {"Service"}, _judge)

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
    yield from found or _by_name(manifest)


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


def _by_name(manifest: Manifest) -> Iterator[Violation]:
    for path, metadata in _described(manifest):
        if "tiller" in text(metadata.get("name")).split("-"):
            yield Violation((*path, "name"), f"is called after {_TILLER}")
            return
        for key in ("labels", "selector"):
            labels = ((name, text(value)) for name, value in mapping(metadata.get(key)).items())
            found = next((_LABELS[label] for label in labels if label in _LABELS), "")
            if found:
                yield Violation((*path, key), f"belongs to {found}")
                return


def _described(manifest: Manifest) -> Iterator[tuple[FieldPath, Mapping[str, Any]]]:
    """What names and labels an object, its pods, and for a Service the pods behind it."""
    yield ("metadata",), mapping(manifest.content.get("metadata"))
    pod = pod_of(manifest)
    if pod is not None:
        yield (*pod.path[:-1], "metadata"), pod.metadata
    elif manifest.kind == "Service":
        yield ("spec",), mapping(manifest.content.get("spec"))


CHECK = Check("retired-component", KINDS | {"Service"}, _judge)

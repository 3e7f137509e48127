"""The Services of a Rollout select its pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.releases import HASH, blue_green, canary, pod_labels, services
from platformctl.manifests import Manifest, mapping

_EXTRA = {  # labels that only the pods of one version get
    "stableService": "stableMetadata",
    "canaryService": "canaryMetadata",
    "activeService": "activeMetadata",
    "previewService": "previewMetadata",
}


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    labels = pod_labels(manifest, world)
    if labels is None:
        return
    for reference in services(manifest):
        service = world.find("Service", manifest.namespace, reference.name)
        if service is None:
            continue
        spec = mapping(service.content.get("spec"))
        if spec.get("type") == "ExternalName":
            yield Violation(reference.path, f"the Service {reference.name} is an ExternalName and selects no pods")
        wrong = _unmatched(mapping(spec.get("selector")), {**labels, **_own(manifest, reference.role)})
        if wrong:
            problem = f"the Service {reference.name} selects {', '.join(wrong)}, which the Rollout's pods have not"
            yield Violation(reference.path, problem)


def _own(manifest: Manifest, role: str) -> Mapping[str, Any]:
    chosen = {**canary(manifest), **blue_green(manifest)}.get(_EXTRA.get(role, ""))
    return mapping(mapping(chosen).get("labels"))


def _unmatched(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> list[str]:
    return [f"{key}={value}" for key, value in selector.items() if key != HASH and labels.get(key) != value]


CHECK = Check("rollout-service-selector", frozenset({"Rollout"}), _judge)

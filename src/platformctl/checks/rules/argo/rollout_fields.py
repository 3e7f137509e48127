"""The fields that a Rollout has around its pod template, as its CustomResourceDefinition names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.rules.argo.releases import ACTIONS, BLUE_GREEN, CANARY, ROUTING, STRATEGY
from platformctl.manifests import FieldPath, items, mapping

SPEC = frozenset({
    "analysis", "minReadySeconds", "paused", "progressDeadlineAbort", "progressDeadlineSeconds", "replicas",
    "restartAt", "revisionHistoryLimit", "rollbackWindow", "selector", "strategy", "template", "workloadRef",
})  # fmt: skip
STRATEGIES = frozenset({"blueGreen", "canary"})
_BOTH = frozenset({
    "abortScaleDownDelaySeconds", "antiAffinity", "maxUnavailable", "scaleDownDelayRevisionLimit",
    "scaleDownDelaySeconds",
})  # fmt: skip
OF_BLUE_GREEN = _BOTH | {
    "activeMetadata", "activeService", "autoPromotionEnabled", "autoPromotionSeconds", "postPromotionAnalysis",
    "prePromotionAnalysis", "previewMetadata", "previewReplicaCount", "previewService",
}  # fmt: skip
OF_CANARY = _BOTH | {
    "analysis", "canaryMetadata", "canaryService", "dynamicStableScale", "maxSurge", "minPodsPerReplicaSet",
    "pingPong", "replicaProgressThreshold", "stableMetadata", "stableService", "steps", "trafficRouting",
}  # fmt: skip
ROUTERS = frozenset({"alb", "ambassador", "apisix", "appMesh", "istio", "nginx", "plugins", "smi", "traefik"})
OF_ROUTING = ROUTERS | {"managedRoutes", "maxTrafficWeight"}
OF_STEP = frozenset(ACTIONS)


def unknown(content: Mapping[str, Any]) -> Iterator[tuple[FieldPath, str]]:
    """The fields that are none, each with its place and, where there is one, the place that it belongs to."""
    spec = mapping(content.get("spec"))
    strategy = mapping(spec.get("strategy"))
    canary = mapping(strategy.get("canary"))
    levels: list[tuple[FieldPath, object, frozenset[str]]] = [
        (("spec",), spec, SPEC),
        (STRATEGY, strategy, STRATEGIES),
        (BLUE_GREEN, strategy.get("blueGreen"), OF_BLUE_GREEN),
        (CANARY, canary, OF_CANARY),
        (ROUTING, canary.get("trafficRouting"), OF_ROUTING),
        *(((*CANARY, "steps", index), step, OF_STEP) for index, step in enumerate(items(canary.get("steps")))),
    ]
    for path, value, known in levels:
        for key in mapping(value):
            if key not in known:
                yield (*path, key), _home(key)


def _home(field: str) -> str:
    """Where a field belongs that stands elsewhere."""
    for known, place in (
        (SPEC, "spec"),
        (OF_CANARY, "spec.strategy.canary"),
        (OF_BLUE_GREEN, "spec.strategy.blueGreen"),
    ):
        if field in known:
            return place
    return ""

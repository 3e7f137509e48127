"""A Rollout is put together as its controller demands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo import rollout_fields
from platformctl.checks.rules.argo.releases import BLUE_GREEN, CANARY, GROUP, ROUTING, STRATEGY, blue_green, canary
from platformctl.manifests import Manifest, items, mapping

_HISTORY = 10
_SERVING_ROUTERS = ("alb", "istio", "smi", "apisix", "ambassador", "nginx", "appMesh", "traefik")
_PING_PONG_ROUTERS = ("alb", "istio", "plugins")
_WEIGHT_ROUTERS = ("nginx", "plugins")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not manifest.api_version.startswith(GROUP):
        return
    for path, home in rollout_fields.unknown(manifest.content):
        advice = f"; it belongs to {home}" if home else ""
        yield Violation(path, f"a Rollout has no field {path[-1]} here{advice}")
    spec = mapping(manifest.content.get("spec"))
    yield from _template(spec)
    yield from _numbers(spec)
    yield from _strategy(spec)
    if blue_green(manifest):
        yield from _blue_green(spec, blue_green(manifest))
    yield from _canary(canary(manifest))
    yield from _routing(canary(manifest))
    for path, content in ((CANARY, canary(manifest)), (BLUE_GREEN, blue_green(manifest))):
        yield from _anti_affinity((*path, "antiAffinity"), content.get("antiAffinity"))


def _template(spec: Mapping[str, Any]) -> Iterator[Violation]:
    template, selector = spec.get("template"), mapping(spec.get("selector"))
    if spec.get("workloadRef") is not None:
        if mapping(template):
            yield Violation(("spec", "template"), "the template comes from workloadRef: both cannot be")
        return
    if not mapping(template):
        yield Violation(("spec", "template"), "a Rollout has a template or a workloadRef")
    if not mapping(selector.get("matchLabels")) and not items(selector.get("matchExpressions")):
        yield Violation(("spec", "selector"), "a Rollout needs a selector that names labels")


def _numbers(spec: Mapping[str, Any]) -> Iterator[Violation]:
    for key in ("replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"):
        if _number(spec.get(key), 0) < 0:
            yield Violation(("spec", key), f"{key} is negative")


def _strategy(spec: Mapping[str, Any]) -> Iterator[Violation]:
    strategy = mapping(spec.get("strategy"))
    chosen = sorted(rollout_fields.STRATEGIES & {key for key, value in strategy.items() if value is not None})
    if len(chosen) != 1:
        what = "both canary and blueGreen" if chosen else "neither canary nor blueGreen"
        yield Violation(STRATEGY, f"the strategy has {what}")


def _blue_green(spec: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[Violation]:
    if not content.get("activeService"):
        yield Violation((*BLUE_GREEN, "activeService"), "a blue-green Rollout needs an activeService")
    limit = _number(content.get("scaleDownDelayRevisionLimit"), 0)
    if limit > _number(spec.get("revisionHistoryLimit"), _HISTORY):
        path = (*BLUE_GREEN, "scaleDownDelayRevisionLimit")
        yield Violation(path, "scaleDownDelayRevisionLimit is more than revisionHistoryLimit")


def _canary(content: Mapping[str, Any]) -> Iterator[Violation]:
    routed = content.get("trafficRouting") is not None
    delayed, dynamic = content.get("scaleDownDelaySeconds") is not None, content.get("dynamicStableScale") is True
    if delayed and not routed:
        yield Violation((*CANARY, "scaleDownDelaySeconds"), "scaleDownDelaySeconds needs trafficRouting")
    if dynamic and (delayed or not routed):
        problem = "cannot be with scaleDownDelaySeconds" if routed else "needs trafficRouting"
        yield Violation((*CANARY, "dynamicStableScale"), f"dynamicStableScale {problem}")
    if content.get("pingPong") is not None:
        yield from _ping_pong(content, mapping(content.get("trafficRouting")) if routed else None)


def _ping_pong(content: Mapping[str, Any], routing: Mapping[str, Any] | None) -> Iterator[Violation]:
    path = (*CANARY, "pingPong")
    for field in ("pingService", "pongService"):
        if not mapping(content.get("pingPong")).get(field):
            yield Violation((*path, field), f"pingPong needs a {field}")
    if routing is not None and not _has(routing, _PING_PONG_ROUTERS):
        yield Violation(path, f"pingPong works with {', '.join(_PING_PONG_ROUTERS)} only")
    if routing and routing.get("alb") is not None and not mapping(routing.get("alb")).get("rootService"):
        yield Violation((*ROUTING, "alb", "rootService"), "pingPong with alb needs a rootService")


def _routing(content: Mapping[str, Any]) -> Iterator[Violation]:
    if content.get("trafficRouting") is None:
        return
    routing = mapping(content.get("trafficRouting"))
    if not _has(routing, tuple(rollout_fields.ROUTERS)):
        yield Violation(ROUTING, "trafficRouting names no router")
    if routing.get("maxTrafficWeight") is not None and not _has(routing, _WEIGHT_ROUTERS):
        yield Violation(
            (*ROUTING, "maxTrafficWeight"), f"maxTrafficWeight works with {', '.join(_WEIGHT_ROUTERS)} only"
        )
    subsets = mapping(routing.get("istio")).get("destinationRule") is not None
    if content.get("pingPong") is not None or subsets or not _has(routing, _SERVING_ROUTERS):
        return
    for field in ("stableService", "canaryService"):
        if not content.get(field):
            yield Violation((*CANARY, field), f"trafficRouting needs a {field}")


def _anti_affinity(path: tuple[str | int, ...], value: object) -> Iterator[Violation]:
    if value is None:
        return
    kinds = ("preferredDuringSchedulingIgnoredDuringExecution", "requiredDuringSchedulingIgnoredDuringExecution")
    given = [kind for kind in kinds if mapping(value).get(kind) is not None]
    if len(given) != 1:
        yield Violation(path, "antiAffinity is either preferred or required")
    elif given[0] == kinds[0] and not 1 <= _number(mapping(mapping(value).get(kinds[0])).get("weight"), 0) <= 100:
        yield Violation((*path, kinds[0], "weight"), "the weight of antiAffinity is between 1 and 100")


def _has(routing: Mapping[str, Any], routers: tuple[str, ...]) -> bool:
    return any(routing.get(router) is not None for router in routers)


def _number(value: object, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default


CHECK = Check("rollout-schema", frozenset({"Rollout"}), _judge)

"""Each step of a canary does one thing that its controller can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.releases import Step, canary, is_duration, steps
from platformctl.manifests import Manifest, items, mapping

_WEIGHTED_EXPERIMENTS = ("smi", "alb", "istio")
_HEADER_ROUTERS = ("istio", "alb", "apisix", "plugins")
_MIRROR_ROUTERS = ("istio", "plugins")
_ALL = 100


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    routing = canary(manifest).get("trafficRouting")
    for step in steps(manifest):
        if len(step.actions) != 1:
            did = " and ".join(step.actions) or "nothing"
            yield Violation(step.path, f"a step does one thing, this one {did}")
        yield from _weight(step, mapping(routing))
        yield from _pause(step)
        yield from _scale(step, routing)
        yield from _routes(step, mapping(routing))
        yield from _experiment(step, mapping(routing))


def _weight(step: Step, routing: Mapping[str, Any]) -> Iterator[Violation]:
    weight, most = step.content.get("setWeight"), routing.get("maxTrafficWeight", _ALL)
    if weight is None:
        return
    is_number = isinstance(weight, int) and not isinstance(weight, bool)
    if not is_number or not 0 <= weight <= (most if isinstance(most, int) else _ALL):
        yield Violation((*step.path, "setWeight"), f"the weight {weight} is not between 0 and {most}")


def _pause(step: Step) -> Iterator[Violation]:
    duration = mapping(step.content.get("pause")).get("duration")
    if duration is None:
        return
    number = int(duration) if isinstance(duration, str) and duration.lstrip("-").isdigit() else duration
    is_seconds = isinstance(number, int) and not isinstance(number, bool) and number >= 0
    if not is_seconds and (not is_duration(duration) or str(duration).startswith("-")):
        yield Violation((*step.path, "pause", "duration"), f"{duration} is no duration like 30s, 5m or 1h")


def _scale(step: Step, routing: object) -> Iterator[Violation]:
    scale = step.content.get("setCanaryScale")
    if scale is None:
        return
    path = (*step.path, "setCanaryScale")
    if routing is None:
        yield Violation(path, "setCanaryScale needs trafficRouting")
    chosen = [key for key in ("weight", "replicas", "matchTrafficWeight") if mapping(scale).get(key) is not None]
    if len(chosen) != 1:
        yield Violation(path, f"setCanaryScale has {' and '.join(chosen) or 'nothing'}: one of them counts")


def _routes(step: Step, routing: Mapping[str, Any]) -> Iterator[Violation]:
    managed = {mapping(each).get("name") for each in items(routing.get("managedRoutes"))}
    for action, routers in (("setHeaderRoute", _HEADER_ROUTERS), ("setMirrorRoute", _MIRROR_ROUTERS)):
        route = step.content.get(action)
        if route is None:
            continue
        name = mapping(route).get("name")
        if not any(routing.get(router) is not None for router in routers):
            yield Violation((*step.path, action), f"{action} needs one of the routers {', '.join(routers)}")
        elif name not in managed:
            yield Violation((*step.path, action, "name"), f"{name} is none of trafficRouting.managedRoutes")


def _experiment(step: Step, routing: Mapping[str, Any]) -> Iterator[Violation]:
    experiment = mapping(step.content.get("experiment"))
    for index, template in enumerate(items(experiment.get("templates"))):
        weighted = mapping(template).get("weight") is not None
        if weighted and not any(routing.get(router) is not None for router in _WEIGHTED_EXPERIMENTS):
            path = (*step.path, "experiment", "templates", index, "weight")
            yield Violation(path, f"an experiment has a weight only with {', '.join(_WEIGHTED_EXPERIMENTS)}")
    duration = experiment.get("duration")
    if duration is not None and not is_duration(duration):
        yield Violation((*step.path, "experiment", "duration"), f"{duration} is no duration like 30s, 5m or 1h")


CHECK = Check("rollout-steps", frozenset({"Rollout"}), _judge)

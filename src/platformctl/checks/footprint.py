"""What the pods of a workload take at most: for one pod as the scheduler counts it, and how many there can be at once.

Counted is the worst moment of an ordinary release: every replica that the autoscaler may add, and the pods that the
release strategy adds to them. Not counted are pods that are still ending and releases that overtake each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from platformctl.checks import quantities
from platformctl.checks.numbers import scaled, whole
from platformctl.checks.pods import Pod
from platformctl.checks.protocol import World
from platformctl.checks.scaling import rollout_of, scale
from platformctl.manifests import Manifest, items, mapping

RESOURCES = ("cpu", "memory", "ephemeral-storage")
BOUNDS = ("requests", "limits")
_NOTHING = Decimal(0)

Needs = Mapping[tuple[str, str], Decimal]  # (requests or limits, resource)
Defaults = Mapping[tuple[str, str], Decimal]  # what a LimitRange gives to containers that say nothing


def defaults(world: World, namespace: str) -> Defaults:
    """What the LimitRanges of a namespace add to containers."""
    return world.derived(_defaults).get(namespace, {})


def _defaults(world: World) -> Mapping[str, dict[tuple[str, str], Decimal]]:
    found: dict[str, dict[tuple[str, str], Decimal]] = {}
    for limit_range in world.of("LimitRange"):
        given = found.setdefault(limit_range.namespace, {})
        for item in container_items(limit_range):
            # the API server fills in what such an item leaves out
            sources = {"limits": ("default", "max"), "requests": ("defaultRequest", "default", "max", "min")}
            for bound, names in sources.items():
                for name in names:
                    for resource, amount in _amounts(item.get(name)).items():
                        given.setdefault((bound, resource), amount)
    return found


def container_items(limit_range: Manifest) -> Iterator[Mapping[str, Any]]:
    """What a LimitRange says about containers."""
    for item in items(mapping(limit_range.content.get("spec")).get("limits")):
        if mapping(item).get("type") == "Container":
            yield item


def container_needs(container: Mapping[str, Any], given: Defaults) -> Needs:
    """What a container takes, after the API server has filled in what it leaves out."""
    resources = mapping(container.get("resources"))
    own = {bound: _amounts(resources.get(bound)) for bound in BOUNDS}
    needs: dict[tuple[str, str], Decimal] = {}
    for resource in RESOURCES:
        limit = own["limits"].get(resource, given.get(("limits", resource)))
        # a limit of its own without a request is the request, too
        request = own["requests"].get(resource, own["limits"].get(resource, given.get(("requests", resource))))
        needs |= {(bound, resource): amount for bound, amount in zip(BOUNDS, (request, limit), strict=True) if amount}
    return needs


def pod_needs(pod: Pod, given: Defaults) -> Needs:
    """What one pod takes: its containers together, or more while one of its init containers runs."""
    running: dict[tuple[str, str], Decimal] = {}
    starting: dict[tuple[str, str], Decimal] = {}
    for init in items(pod.spec.get("initContainers")):
        needs = container_needs(mapping(init), given)
        if mapping(init).get("restartPolicy") == "Always":  # a sidecar goes on running
            running = _added(running, needs)
            starting = _highest(starting, running)
        else:
            starting = _highest(starting, _added(running, needs))
    for container in items(pod.spec.get("containers")):
        running = _added(running, container_needs(mapping(container), given))
    total = _highest(running, starting)
    whole_pod = mapping(pod.spec.get("resources"))
    for bound in BOUNDS:  # what a pod says of itself stands for what its containers say
        total |= {(bound, each): amount for each, amount in _amounts(whole_pod.get(bound)).items() if each in RESOURCES}
        for resource, amount in _amounts(pod.spec.get("overhead")).items():
            if (bound, resource) in total:
                total[bound, resource] += amount
    return total


def pods_at_most(manifest: Manifest, world: World) -> int:
    """How many pods of a workload there are at the worst moment of a release."""
    spec = mapping(manifest.content.get("spec"))
    match manifest.kind:
        case "Pod" | "DaemonSet":  # how many nodes there are is unknown: at least one
            return 1
        case "Job":
            return _of_job(spec)
        case "CronJob":
            return _of_job(mapping(mapping(spec.get("jobTemplate")).get("spec")))
        case "PodTemplate":
            return 0
    high = scale(manifest, world).high
    rollout = rollout_of(manifest, world) or (manifest if manifest.kind == "Rollout" else None)
    if rollout is not None:
        return high + _added_by_rollout(mapping(mapping(rollout.content.get("spec")).get("strategy")), high)
    return high + (_surge(mapping(spec.get("strategy")), high) if manifest.kind == "Deployment" else 0)


def _of_job(spec: Mapping[str, Any]) -> int:
    parallel = whole(spec.get("parallelism"), 1)
    return min(parallel, whole(spec.get("completions"), parallel))


def _surge(strategy: Mapping[str, Any], high: int) -> int:
    if strategy.get("type") == "Recreate":
        return 0
    return scaled(mapping(strategy.get("rollingUpdate")).get("maxSurge", "25%"), high, up=True) or 0


def _added_by_rollout(strategy: Mapping[str, Any], high: int) -> int:
    if isinstance(strategy.get("blueGreen"), Mapping):
        return high  # the new version is there in full before the old one goes
    canary = mapping(strategy.get("canary"))
    if canary.get("trafficRouting") and canary.get("dynamicStableScale") is not True:
        return high  # the stable version stays in full until the new one has all of the traffic
    if canary.get("trafficRouting"):
        return 1  # the stable version shrinks as the new one grows; both are rounded up
    return scaled(canary.get("maxSurge", "25%"), high, up=True) or 0


def _amounts(value: object) -> dict[str, Decimal]:
    parsed = {resource: quantities.parse(amount) for resource, amount in mapping(value).items()}
    return {resource: amount for resource, amount in parsed.items() if amount is not None}


def _added(left: Needs, right: Needs) -> dict[tuple[str, str], Decimal]:
    return {each: left.get(each, _NOTHING) + right.get(each, _NOTHING) for each in {**left, **right}}


def _highest(left: Needs, right: Needs) -> dict[tuple[str, str], Decimal]:
    return {each: max(left.get(each, _NOTHING), right.get(each, _NOTHING)) for each in {**left, **right}}

"""Which pods a ResourceQuota counts, and what they amount to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from platformctl.checks import footprint, quantities
from platformctl.checks.footprint import Needs
from platformctl.checks.pods import WORKLOADS, Pod, pod_of
from platformctl.checks.protocol import World
from platformctl.manifests import Manifest, items, mapping, text

_COUNTS = ("pods", "count/pods")


@dataclass(frozen=True, eq=False)
class Claim:
    """The pods of one workload: what each takes, and how many there are at most."""

    manifest: Manifest
    pod: Pod
    needs: Needs
    count: int


def claims(world: World, namespace: str) -> list[Claim]:
    """What the workloads of a namespace take at most."""
    return world.derived(_claims).get(namespace, [])


def _claims(world: World) -> Mapping[str, list[Claim]]:
    found: dict[str, list[Claim]] = defaultdict(list)
    for manifest in world.of(*sorted(WORKLOADS)):
        pod = pod_of(manifest)
        if pod is None:
            continue
        needs = footprint.pod_needs(pod, footprint.defaults(world, manifest.namespace))
        found[manifest.namespace].append(Claim(manifest, pod, needs, footprint.pods_at_most(manifest, world)))
    return found


def counted(quota: Manifest, world: World) -> list[Claim]:
    """The claims that a quota counts; none when it has a scope that is not about pods."""
    return [claim for claim in claims(world, quota.namespace) if _in_scope(quota, claim)]


def hard(quota: Manifest) -> Mapping[str, Decimal]:
    """The bounds of a quota, by the keys that they are written with."""
    written = mapping(mapping(quota.content.get("spec")).get("hard"))
    parsed = {key: quantities.parse(amount) for key, amount in written.items()}
    return {key: amount for key, amount in parsed.items() if amount is not None}


def taken(key: str, among: list[Claim]) -> Decimal | None:
    """What claims take of a bound; None for one that is not about pods."""
    if key in _COUNTS:
        return Decimal(sum(claim.count for claim in among))
    bound, resource = key.split(".", 1) if key.startswith(("requests.", "limits.")) else ("requests", key)
    if resource not in footprint.RESOURCES:
        return None
    return sum((claim.needs.get((bound, resource), Decimal(0)) * claim.count for claim in among), Decimal(0))


def _in_scope(quota: Manifest, claim: Claim) -> bool:
    return all(_matches(scope, operator, values, claim) for scope, operator, values in _scopes(quota))


def _scopes(quota: Manifest) -> Iterator[tuple[str, str, list[object]]]:
    spec = mapping(quota.content.get("spec"))
    for scope in items(spec.get("scopes")):
        yield text(scope), "Exists", []
    for expression in items(mapping(spec.get("scopeSelector")).get("matchExpressions")):
        each = mapping(expression)
        yield text(each.get("scopeName")), text(each.get("operator")), items(each.get("values"))


def _matches(scope: str, operator: str, values: list[object], claim: Claim) -> bool:
    ending = claim.pod.spec.get("activeDeadlineSeconds") is not None
    effort = any(resource != "ephemeral-storage" for _, resource in claim.needs)
    match scope:
        case "Terminating":
            return ending
        case "NotTerminating":
            return not ending
        case "BestEffort":
            return not effort
        case "NotBestEffort":
            return effort
        case "PriorityClass":
            return _of_class(text(claim.pod.spec.get("priorityClassName")), operator, values)
        case _:  # affinity across namespaces, or volumes
            return False


def _of_class(name: str, operator: str, values: list[object]) -> bool:
    match operator:
        case "In":
            return name in values
        case "NotIn":
            return name not in values
        case "DoesNotExist":
            return not name
        case _:
            return bool(name)

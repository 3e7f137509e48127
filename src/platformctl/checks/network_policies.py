"""What NetworkPolicies let through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from platformctl.checks.podsets import Namespaces, PodSet, PodSets, Port, space
from platformctl.checks.protocol import World
from platformctl.checks.selectors import matches
from platformctl.manifests import Manifest, items, mapping, text

INGRESS, EGRESS = "Ingress", "Egress"
PEERS = {INGRESS: "from", EGRESS: "to"}
GROUP = "networking.k8s.io/"

Rule = Mapping[str, Any]


def is_policy(manifest: Manifest) -> bool:
    """Whether it is the NetworkPolicy of Kubernetes, and not that of some plugin."""
    return manifest.kind == "NetworkPolicy" and manifest.api_version.startswith(GROUP)


def spec_of(policy: Manifest) -> Mapping[str, Any]:
    """The spec of a policy."""
    return mapping(policy.content.get("spec"))


def directions(policy: Manifest) -> frozenset[str]:
    """The directions it isolates its pods in: without policyTypes ingress, and egress when it has rules for that."""
    spec = spec_of(policy)
    named = [each for each in items(spec.get("policyTypes")) if isinstance(each, str)]
    if named:
        return frozenset(named)
    return frozenset({INGRESS, EGRESS} if items(spec.get("egress")) else {INGRESS})


def rules(policy: Manifest, direction: str) -> Iterator[tuple[int, Rule]]:
    """What it lets through in a direction, each rule with its number; nothing where it does not isolate."""
    if direction in directions(policy):
        for index, rule in enumerate(items(spec_of(policy).get(direction.lower()))):
            yield index, mapping(rule)


def peers(rule: Rule, direction: str) -> list[Any]:
    """Whom a rule is about; none means everybody."""
    return items(rule.get(PEERS[direction]))


class Policies:
    """The policies of a world, by the pods that they isolate."""

    def __init__(self, world: World) -> None:
        pods = world.derived(PodSets)
        self._on: dict[int, list[Manifest]] = defaultdict(list)
        self._inside: dict[str, list[Manifest]] = defaultdict(list)
        for policy in world.of("NetworkPolicy"):
            if is_policy(policy):
                self._inside[space(policy)].append(policy)
                for found in pods.selected(space(policy), mapping(spec_of(policy).get("podSelector"))):
                    self._on[id(found)].append(policy)

    def inside(self, namespace: str) -> Sequence[Manifest]:
        """All of a namespace."""
        return self._inside.get(namespace, ())

    def on(self, pods: PodSet, direction: str) -> list[Manifest]:
        """Those that isolate some pods in a direction."""
        return [policy for policy in self._on.get(id(pods), ()) if direction in directions(policy)]


def admits(world: World, source: PodSet, target: PodSet, port: Port) -> bool:
    """Whether what leaves the source reaches a port of the target."""
    return _lets(world, source, EGRESS, target, port) and _lets(world, target, INGRESS, source, port)


def reachable(world: World, target: PodSet, port: Port) -> bool:
    """Whether anybody at all may reach a port of these pods."""
    policies = [] if target.on_host_network else world.derived(Policies).on(target, INGRESS)
    found = (rule for policy in policies for _, rule in rules(policy, INGRESS))
    return not policies or any(opens(rule, port) for rule in found)


def _lets(world: World, pods: PodSet, direction: str, other: PodSet, port: Port) -> bool:
    policies = [] if pods.on_host_network else world.derived(Policies).on(pods, direction)
    return not policies or any(
        opens(rule, port) and (not peers(rule, direction) or _names(world, pods.namespace, rule, direction, other))
        for policy in policies
        for _, rule in rules(policy, direction)
    )


def _names(world: World, namespace: str, rule: Rule, direction: str, other: PodSet) -> bool:
    return any(_is_peer(world, namespace, mapping(peer), other) for peer in peers(rule, direction))


def _is_peer(world: World, namespace: str, peer: Mapping[str, Any], other: PodSet) -> bool:
    if "ipBlock" in peer or other.on_host_network:
        return True  # nobody knows the addresses of pods and nodes here: it may well be one of them
    spaces, selector = peer.get("namespaceSelector"), mapping(peer.get("podSelector"))
    if spaces is None:
        return other.namespace == namespace and matches(selector, other.labels)
    known = world.derived(Namespaces).labels(other.namespace)
    return matches(mapping(spaces), known) and matches(selector, other.labels)


def opens(rule: Rule, port: Port) -> bool:
    """Whether a rule lets a port through."""
    allowed = items(rule.get("ports"))
    return not allowed or any(_is_port(mapping(each), port) for each in allowed)


def _is_port(allowed: Mapping[str, Any], port: Port) -> bool:
    if (text(allowed.get("protocol")) or "TCP") != port.protocol:
        return False
    number, last = allowed.get("port"), allowed.get("endPort")
    if isinstance(number, int):
        return number <= port.number <= (last if isinstance(last, int) else number)
    return number is None or (isinstance(number, str) and number == port.name)

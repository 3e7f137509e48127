"""A namespace is closed by default: a pod that no policy thought of is isolated all the same."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.network_policies import EGRESS, INGRESS, Policies, directions, is_policy, rules, spec_of
from platformctl.checks.podsets import Namespaces, PodSets, space
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    name = manifest.name if manifest.kind == "Namespace" else space(manifest)
    if not _answers(manifest, name, world):
        return
    open_ways = [direction for direction in (INGRESS, EGRESS) if _is_open(name, direction, world)]
    if open_ways:
        message = f"no policy of type {' and '.join(open_ways)} closes the namespace {name} by default"
        yield Violation(("metadata", "name"), message)


def _is_open(name: str, direction: str, world: World) -> bool:
    policies = world.derived(Policies)
    if any(not policies.on(pods, direction) for pods in world.derived(PodSets).inside(name) if pods.manifest):
        return False  # these pods are a finding of their own, and say the same
    return not any(_closes(policy, direction) for policy in policies.inside(name))


def _answers(manifest: Manifest, name: str, world: World) -> bool:
    """Whether this object speaks for its namespace: the Namespace, or else the first of its policies."""
    if manifest.kind == "Namespace":
        return world.whole or bool(world.derived(PodSets).inside(name))
    if name in world.derived(Namespaces).described or not is_policy(manifest):
        return False
    return world.derived(Policies).inside(name)[0] is manifest and bool(world.derived(PodSets).inside(name))


def _closes(policy: Manifest, direction: str) -> bool:
    every = not any(mapping(spec_of(policy).get("podSelector")).values())
    open_again = any(not rule for _, rule in rules(policy, direction))
    return every and direction in directions(policy) and not open_again


CHECK = Check("network-policy-default-deny", frozenset({"Namespace", "NetworkPolicy"}), _judge)

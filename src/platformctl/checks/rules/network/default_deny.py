"""A namespace is closed by default: a pod that no policy thought of is isolated all the same."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.network_policies import EGRESS, INGRESS, Policies, directions, is_policy, rules, spec_of
from platformctl.checks.podsets import Namespaces, PodSets
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    name = manifest.name if manifest.kind == "Namespace" else manifest.namespace
    if not _answers(manifest, name, world):
        return
    policies = world.derived(Policies).inside(name)
    for direction in (INGRESS, EGRESS):
        if not any(_closes(policy, direction) for policy in policies):
            yield Violation(("metadata", "name"), f"no policy closes the namespace by default: {direction}")


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

"""A policy selects pods, and so do its peers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.network_policies import EGRESS, INGRESS, PEERS, is_policy, peers, rules, spec_of
from platformctl.checks.podsets import Namespaces, PodSets, space
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping

_KINDS = frozenset({"NetworkPolicy"})


def _dangling(manifest: Manifest, world: World) -> Iterator[Violation]:
    selector = mapping(spec_of(manifest).get("podSelector"))
    pods = world.derived(PodSets)
    if not is_policy(manifest) or not any(selector.values()):
        return  # an empty selector selects whatever there will be
    # among loose files its pods may be elsewhere; a policy without any pod beside it is said to be alone
    judged = world.whole or pods.inside(space(manifest)) or not pods
    if judged and not pods.selected(space(manifest), selector):
        yield Violation(("spec", "podSelector"), "the policy selects no pod of its namespace")


def _strangers(manifest: Manifest, world: World) -> Iterator[Violation]:
    for direction in (INGRESS, EGRESS) if is_policy(manifest) else ():
        for index, rule in rules(manifest, direction):
            for number, peer in enumerate(peers(rule, direction)):
                if not _meets(manifest, mapping(peer), world):
                    path = ("spec", direction.lower(), index, PEERS[direction], number)
                    yield Violation(path, "this peer is nobody: no pod has these labels there")


def _meets(policy: Manifest, peer: Mapping[str, Any], world: World) -> bool:
    pods = world.derived(PodSets)
    spaces, selector = peer.get("namespaceSelector"), mapping(peer.get("podSelector"))
    if "ipBlock" in peer:
        return True
    if spaces is None:
        judged = any(selector.values()) and (world.whole or pods.inside(space(policy)))
        return not judged or bool(pods.selected(space(policy), selector))
    if not world.whole:
        return True
    found = world.derived(Namespaces).selected(mapping(spaces))
    if not any(selector.values()):
        return bool(found)
    return any(pods.selected(name, selector) for name in found)


CHECKS = (
    Check("network-policy-dangling", _KINDS, _dangling),
    Check("network-policy-peer", _KINDS, _strangers),
)

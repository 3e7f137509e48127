"""Which entries of policy/outside.yaml nothing in Git refers to any more."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from platformctl.checks.network_policies import EGRESS, INGRESS, is_policy, peers, rules
from platformctl.checks.outside import FILE, Outside
from platformctl.checks.podsets import Namespaces
from platformctl.checks.protocol import World
from platformctl.checks.references import Uses
from platformctl.checks.rulebook import Rulebook
from platformctl.checks.selectors import matches
from platformctl.findings import Finding, ObjectRef
from platformctl.manifests import items, mapping, text


def needed(world: World) -> tuple[str, ...]:
    """The entries that a world refers to."""
    return tuple(str(entry) for entry in world.outside if _needs(world, entry))


def unused(rulebook: Rulebook, entries: Iterable[Outside], used: set[str]) -> Iterator[Finding]:
    """One finding for each entry that no world needs."""
    rule = rulebook["outside-unused"]
    for entry in entries:
        if str(entry) not in used:
            yield Finding(
                rule=rule.id,
                topic=rule.topic,
                severity=rule.severity,
                object=ObjectRef("", "Outside", "", str(entry)),
                path="",
                file=FILE,
                line=entry.line,
                message=f"nothing in Git refers to {entry} ({entry.by})",
                remediation=rule.remediation,
                engine="gate",
            )


def _needs(world: World, entry: Outside) -> bool:
    if entry.kind == "Pod":
        return any(_is_meant(world, entry, *peer) for peer in world.derived(_Peers).perhaps_of(entry))
    if entry.kind == "StorageClass":
        return entry.name in world.derived(_classes)
    return world.derived(Uses).uses(entry.kind, entry.namespace, entry.name)


def _is_meant(world: World, entry: Outside, namespace: str, peer: Mapping[str, Any]) -> bool:
    spaces, selector = peer.get("namespaceSelector"), mapping(peer.get("podSelector"))
    if not matches(selector, entry.labels):
        return False
    if spaces is None:
        return namespace == entry.namespace
    return matches(mapping(spaces), world.derived(Namespaces).labels(entry.namespace))


class _Peers:
    """The peers that policies name by labels, found by the rarest label of each without looking at all of them."""

    def __init__(self, world: World) -> None:
        found = {(space, repr(peer)): peer for space, peer in _peers(world)}
        often = Counter(pair for peer in found.values() for pair in _pairs(peer))
        self._by_pair: dict[tuple[str, str], list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
        self._without: list[tuple[str, Mapping[str, Any]]] = []
        for (space, _), peer in found.items():
            rarest = min(_pairs(peer), key=lambda pair: often[pair], default=None)
            (self._without if rarest is None else self._by_pair[rarest]).append((space, peer))

    def perhaps_of(self, entry: Outside) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Those that may mean the pods of an entry, each with the namespace of its policy."""
        yield from self._without
        for key, value in entry.labels.items():
            yield from self._by_pair.get((str(key), str(value)), ())


def _pairs(peer: Mapping[str, Any]) -> list[tuple[str, str]]:
    wanted = mapping(mapping(peer.get("podSelector")).get("matchLabels"))
    return [(str(key), str(value)) for key, value in wanted.items()]


def _peers(world: World) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for policy in world.of("NetworkPolicy"):
        for direction in (INGRESS, EGRESS) if is_policy(policy) else ():
            for _, rule in rules(policy, direction):
                for peer in map(mapping, peers(rule, direction)):
                    if "ipBlock" not in peer:
                        yield policy.namespace, peer


def _classes(world: World) -> set[str]:
    found = set()
    for manifest in world.of("PersistentVolumeClaim", "StatefulSet"):
        spec = mapping(manifest.content.get("spec"))
        claims = [mapping(mapping(claim).get("spec")) for claim in items(spec.get("volumeClaimTemplates"))]
        found |= {text(each.get("storageClassName")) for each in (spec, *claims)}
    return found

"""Which entries of policy/outside.yaml nothing in Git refers to any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
        return any(_is_meant(world, entry, namespace, peer) for namespace, peer in world.derived(_peers))
    if entry.kind == "StorageClass":
        return entry.name in world.derived(_classes)
    return world.derived(Uses).uses(entry.kind, entry.namespace, entry.name)


def _is_meant(world: World, entry: Outside, namespace: str, peer: object) -> bool:
    found = mapping(peer)
    spaces, selector = found.get("namespaceSelector"), mapping(found.get("podSelector"))
    if "ipBlock" in found or not matches(selector, entry.labels):
        return False
    if spaces is None:
        return namespace == entry.namespace
    return matches(mapping(spaces), world.derived(Namespaces).labels(entry.namespace))


def _peers(world: World) -> list[tuple[str, object]]:
    return [
        (policy.namespace, peer)
        for policy in world.of("NetworkPolicy")
        if is_policy(policy)
        for direction in (INGRESS, EGRESS)
        for _, rule in rules(policy, direction)
        for peer in peers(rule, direction)
    ]


def _classes(world: World) -> set[str]:
    found = set()
    for manifest in world.of("PersistentVolumeClaim", "StatefulSet"):
        spec = mapping(manifest.content.get("spec"))
        claims = [mapping(mapping(claim).get("spec")) for claim in items(spec.get("volumeClaimTemplates"))]
        found |= {text(each.get("storageClassName")) for each in (spec, *claims)}
    return found

"""Nobody is made an administrator of everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from platformctl.checks import selectors
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.identity.accounts import BINDINGS, is_rbac
from platformctl.checks.rules.identity.grants import ROLES
from platformctl.manifests import Manifest, items, mapping, text

_WIDE = ("admin", "edit")  # harmless in one namespace, secrets of all of them across the cluster


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not is_rbac(manifest):
        return
    reference = mapping(manifest.content.get("roleRef"))
    kind, name = text(reference.get("kind")), text(reference.get("name"))
    if name == "cluster-admin" or _grants_everything(world, manifest, kind, name):
        yield Violation(("roleRef", "name"), f"the subjects may do everything: {name}")
    elif manifest.kind == "ClusterRoleBinding" and name in _WIDE:
        yield Violation(("roleRef", "name"), f"the subjects may change everything in every namespace: {name}")


def _grants_everything(world: World, binding: Manifest, kind: str, name: str) -> bool:
    if kind not in ROLES:
        return False
    role = world.find(kind, binding.namespace if kind == "Role" else "", name)
    return role is not None and any(_is_everything(rule) for rule in _rules(world, role))


def _rules(world: World, role: Manifest) -> Iterator[object]:
    """The rules of a role, those included that it takes from others by their labels."""
    yield from items(role.content.get("rules"))
    for selector in items(mapping(role.content.get("aggregationRule")).get("clusterRoleSelectors")):
        for other in world.of("ClusterRole"):
            labels: Mapping[str, object] = mapping(mapping(other.content.get("metadata")).get("labels"))
            if selectors.matches(mapping(selector), labels):
                yield from items(other.content.get("rules"))


def _is_everything(rule: object) -> bool:
    parts = mapping(rule)
    groups = items(parts.get("apiGroups"))
    return ("*" in groups or "" in groups) and all("*" in items(parts.get(key)) for key in ("resources", "verbs"))


CHECK = Check("cluster-admin", BINDINGS, _judge)

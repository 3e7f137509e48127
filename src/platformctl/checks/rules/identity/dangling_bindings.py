"""Both ends of a binding exist: its role and its accounts."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.identity import accounts
from platformctl.checks.rules.identity.accounts import BINDINGS, is_rbac
from platformctl.manifests import Manifest, mapping, text

_BUILT_IN = ("admin", "cluster-admin", "edit", "view", "extension-apiserver-authentication-reader")
_SYSTEM = ("kube-node-lease", "kube-public", "kube-system")  # the control plane makes accounts there


def _role(manifest: Manifest, world: World) -> Iterator[Violation]:
    reference = mapping(manifest.content.get("roleRef"))
    kind, name = text(reference.get("kind")), text(reference.get("name"))
    if not is_rbac(manifest) or kind not in ("ClusterRole", "Role") or not world.describes(kind):
        return
    if name in _BUILT_IN or name.startswith("system:"):
        return
    if world.find(kind, manifest.namespace if kind == "Role" else "", name) is None:
        yield Violation(("roleRef", "name"), f'there is no {kind} "{name}": the binding gives nothing')


def _subject(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not is_rbac(manifest) or not world.describes("ServiceAccount"):
        return
    for index, namespace, name in accounts.bound(manifest):
        if name == accounts.DEFAULT or namespace in _SYSTEM:
            continue
        if not namespace and manifest.kind == "ClusterRoleBinding":
            yield Violation(("subjects", index), f'the account "{name}" has no namespace: the API server refuses that')
        elif accounts.find(world, namespace, name) is None:
            where = f" in {namespace}" if namespace else ""
            problem = f'there is no ServiceAccount "{name}"{where}: whoever makes it gets these rights'
            yield Violation(("subjects", index), problem)


CHECKS = (
    Check("rbac-role-exists", BINDINGS, _role),
    Check("rbac-subject-exists", BINDINGS, _subject),
)

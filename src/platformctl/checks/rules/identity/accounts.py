"""ServiceAccounts and who uses them: what the rules of this group look up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import World
from platformctl.manifests import Manifest, items, mapping, text

DEFAULT = "default"  # every namespace has it
BINDINGS = frozenset({"ClusterRoleBinding", "RoleBinding"})
_USER = "system:serviceaccount:"  # an account by the name of the user that it logs in as
_FIELDS = ("serviceAccountName", "serviceAccount")


def name_of(pod: Mapping[str, Any]) -> str:
    """The account of a pod; the API server copies the deprecated field into the present one."""
    return text(pod.get("serviceAccountName")) or text(pod.get("serviceAccount")) or DEFAULT


def find(world: World, namespace: str, name: str) -> Manifest | None:
    """The account that Git describes; in loose files a namespace that is not written may be any."""
    found = world.find("ServiceAccount", namespace, name)
    if found or world.whole:
        return found
    return world.find("ServiceAccount", "", name) if namespace else world.derived(_by_name).get(name)


def users(world: World, account: Manifest) -> list[Manifest]:
    """The workloads that run as an account, told apart like that."""
    found = world.derived(_users)
    if world.whole:
        return found.get((account.namespace, account.name), [])
    if account.namespace:
        return [user for place in (account.namespace, "") for user in found.get((place, account.name), ())]
    return [user for (_, name), group in found.items() if name == account.name for user in group]


def mentioned(world: World) -> frozenset[tuple[str, str]]:
    """The accounts, by namespace and name, that custom resources name: their operators run something as them."""
    return frozenset(
        (manifest.namespace, name)
        for manifest in world.manifests
        if _is_custom(manifest)
        for name in _named_in(manifest.content)
    )


def is_account(manifest: Manifest) -> bool:
    """Whether it is a ServiceAccount of Kubernetes; other groups have such a kind, too."""
    return manifest.kind == "ServiceAccount" and manifest.api_version == "v1"


def is_rbac(manifest: Manifest) -> bool:
    """Whether it belongs to Kubernetes' own access control."""
    return manifest.api_version.startswith("rbac.authorization.k8s.io/")


def bound(manifest: Manifest) -> Iterator[tuple[int, str, str]]:
    """The accounts that a binding gives rights to: index of the subject, namespace and name."""
    for index, entry in enumerate(items(manifest.content.get("subjects"))):
        subject = mapping(entry)
        kind, name = subject.get("kind"), text(subject.get("name"))
        if kind == "ServiceAccount":
            yield index, text(subject.get("namespace")) or manifest.namespace, name
        elif kind == "User" and name.startswith(_USER):
            namespace, _, account = name.removeprefix(_USER).partition(":")
            yield index, namespace, account


def _by_name(world: World) -> Mapping[str, Manifest]:
    return {account.name: account for account in world.of("ServiceAccount")}


def _users(world: World) -> Mapping[tuple[str, str], list[Manifest]]:
    found = defaultdict(list)
    for manifest in world.of(*sorted(WORKLOADS)):
        pod = pod_of(manifest)
        if pod is not None:
            found[manifest.namespace, name_of(pod.spec)].append(manifest)
    return found


def _is_custom(manifest: Manifest) -> bool:
    group = manifest.api_version.rpartition("/")[0]
    return "." in group and not group.endswith(".k8s.io") and manifest.kind not in WORKLOADS


def _named_in(content: Mapping[str, Any]) -> Iterator[str]:
    left: list[Any] = [content]
    while left:
        value = left.pop()
        if isinstance(value, Mapping):
            yield from filter(None, (text(value.get(field)) for field in _FIELDS))
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)

"""ServiceAccounts and who uses them: what the rules of this group look up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.pods import WORKLOADS, Pod, pod_of
from platformctl.checks.protocol import World
from platformctl.manifests import Manifest, items, mapping, text

DEFAULT = "default"  # every namespace has it
BINDINGS = frozenset({"ClusterRoleBinding", "RoleBinding"})
_USER = "system:serviceaccount:"  # an account by the name of the user that it logs in as
_OPERATED = ("Alertmanager", "Prometheus", "PrometheusAgent", "ThanosRuler")  # an operator makes their pods


def name_of(pod: Mapping[str, Any]) -> str:
    """The account of a pod; the API server copies the deprecated field into the present one."""
    return text(pod.get("serviceAccountName")) or text(pod.get("serviceAccount")) or DEFAULT


def find(world: World, namespace: str, name: str) -> Manifest | None:
    """The account that Git describes."""
    found = world.find("ServiceAccount", namespace, name)
    if found or world.whole:
        return found
    same_name = world.derived(_by_name).get(name, ())
    return next((account for account in same_name if _meet(world, namespace, account.namespace)), None)


def users(world: World, account: Manifest) -> list[Manifest]:
    """Everything that runs as an account."""
    same_name = world.derived(_users).get(account.name, ())
    return [user for user in same_name if _meet(world, account.namespace, user.namespace)]


def _meet(world: World, one: str, other: str) -> bool:
    """Whether two namespaces are the same; in loose files one that is not written may be any."""
    return one == other or not (world.whole or (one and other))


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


def _by_name(world: World) -> Mapping[str, list[Manifest]]:
    found = defaultdict(list)
    for account in world.of("ServiceAccount"):
        found[account.name].append(account)
    return found


def _users(world: World) -> Mapping[str, list[Manifest]]:
    found = defaultdict(list)
    for manifest in world.of(*sorted(WORKLOADS), *_OPERATED):
        pod = pod_of(manifest) or _operated(manifest)
        if pod is not None:
            found[name_of(pod.spec)].append(manifest)
    return found


def _operated(manifest: Manifest) -> Pod | None:
    if not manifest.api_version.startswith("monitoring.coreos.com/"):
        return None
    return Pod(mapping(manifest.content.get("spec")), ("spec",), {})

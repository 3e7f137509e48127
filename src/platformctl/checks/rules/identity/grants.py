"""What a role may not grant: one rule a row, told by verbs on resources of API groups.

A wildcard grants what it stands for, so a role that may do everything breaks every rule here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.identity.accounts import is_rbac
from platformctl.manifests import Manifest, items, mapping

ROLES = frozenset({"ClusterRole", "Role"})
_RBAC = "rbac.authorization.k8s.io"
_RULES = ("roles", "clusterroles", "rolebindings", "clusterrolebindings")
_ADMISSION = "admissionregistration.k8s.io"
# the wrong group in a rule grants nothing, yet says what its author wanted
_APPS = ("", "apps", "batch", "extensions", "argoproj.io")
_CHANGE = ("create", "update", "patch", "delete", "deletecollection")
_DELETE = ("delete", "deletecollection")
_CONNECT = ("create", "get")  # SPDY and WebSocket connections are opened by different verbs
_CONTROLLERS = (
    "cronjobs", "daemonsets", "deployments", "jobs", "replicasets", "replicationcontrollers", "rollouts",
    "statefulsets",
)  # fmt: skip


@dataclass(frozen=True)
class Grant:
    """One rule of a role, and its place there."""

    index: int
    groups: frozenset[str]
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    names: frozenset[str]


@dataclass(frozen=True)
class Power:
    """Verbs on resources of API groups.

    `resourceNames` make it harmless, unless it is `boundless`, or one of the names is `notorious`.
    """

    groups: tuple[str, ...]
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    boundless: bool = False
    notorious: tuple[str, ...] = ()

    def of(self, grant: Grant) -> str:
        """What of this a role's rule grants, in words; nothing when it does not."""
        if grant.groups.isdisjoint((*self.groups, "*")) or self._is_harmless(grant.names):
            return ""
        verbs = [verb for verb in grant.verbs if verb == "*" or verb in self.verbs]
        if not verbs:
            return ""
        resources = [name for name in grant.resources if any(_stands_for(name, each) for each in self.resources)]
        return f"{', '.join(verbs)} on {', '.join(resources)}" if resources else ""

    def _is_harmless(self, names: frozenset[str]) -> bool:
        return bool(names) and not self.boundless and names.isdisjoint((*self.notorious, "*"))


_POWERS: Mapping[str, tuple[Power, ...]] = {
    "rbac-secrets": (Power(("",), ("secrets",), ("get", "list", "watch")),),
    "rbac-create-pods": (
        Power(_APPS, ("pods", *_CONTROLLERS), ("create",)),
        Power(_APPS, _CONTROLLERS, ("update", "patch")),  # whoever changes a template has its pods
    ),
    "rbac-exec": (
        Power(("",), ("pods/exec",), _CONNECT, boundless=True),
        Power(("",), ("pods/ephemeralcontainers",), ("update", "patch"), boundless=True),
    ),
    "rbac-attach": (Power(("",), ("pods/attach",), _CONNECT, boundless=True),),
    "rbac-portforward": (Power(("",), ("pods/portforward",), _CONNECT, boundless=True),),
    "rbac-escalate": (Power((_RBAC,), ("roles", "clusterroles"), ("escalate",)),),
    "rbac-bind": (Power((_RBAC,), _RULES, ("bind",), notorious=("admin", "cluster-admin", "edit")),),
    "rbac-manage-roles": (Power((_RBAC,), _RULES, _CHANGE),),
    "rbac-impersonate": (
        Power(
            ("", "authentication.k8s.io"),
            ("users", "groups", "serviceaccounts", "uids", "userextras/*"),
            ("impersonate",),
            notorious=("system:masters", "cluster-admin"),
        ),
    ),
    "rbac-webhook-config": (
        Power(
            (_ADMISSION,),
            (
                "mutatingadmissionpolicies",
                "mutatingadmissionpolicybindings",
                "mutatingwebhookconfigurations",
                "validatingadmissionpolicies",
                "validatingadmissionpolicybindings",
                "validatingwebhookconfigurations",
            ),
            _CHANGE,
        ),
    ),
    "rbac-csr-approve": (
        Power(("certificates.k8s.io",), ("certificatesigningrequests/approval",), ("update", "patch")),
        Power(("certificates.k8s.io",), ("signers",), ("approve",)),
    ),
    "rbac-nodes-proxy": (Power(("",), ("nodes/proxy",), _CONNECT, boundless=True),),
    "rbac-sa-token": (Power(("",), ("serviceaccounts/token",), ("create",)),),
    "rbac-create-pv": (Power(("",), ("persistentvolumes",), ("create",)),),
    "rbac-network-policy": (Power(("networking.k8s.io", "extensions"), ("networkpolicies",), _CHANGE),),
    "rbac-traffic": (
        Power(("",), ("endpoints", "services", "services/status"), _CHANGE),
        Power(("discovery.k8s.io",), ("endpointslices",), _CHANGE),
        Power(("networking.k8s.io", "extensions"), ("ingresses",), _CHANGE),
    ),
    "rbac-delete": (
        Power(
            _APPS,
            (
                "namespaces", "persistentvolumeclaims", "persistentvolumes", "pods", "secrets", "services",
                *_CONTROLLERS,
            ),
            _DELETE,
        ),
    ),
    "rbac-delete-events": (Power(("", "events.k8s.io"), ("events", "pods/log"), _DELETE),),
    "rbac-coredns": (Power(("",), ("configmaps",), ("update", "patch", *_DELETE), notorious=("coredns",)),),
    "rbac-logs": (Power(("",), ("pods/log", "nodes/log"), ("get", "list", "watch"), boundless=True),),
}  # fmt: skip


def _check(rule: str, powers: tuple[Power, ...]) -> Check:
    def judge(manifest: Manifest, world: World) -> Iterator[Violation]:
        for grant in world.derived(_grants).get(id(manifest.content), ()):
            granted = next(filter(None, (power.of(grant) for power in powers)), "")
            if granted:
                yield Violation(("rules", grant.index), f"the role grants {granted}")

    return Check(rule, ROLES, judge)


def _grants(world: World) -> Mapping[int, list[Grant]]:
    """What the roles grant, by the identity of their content: names need not be unique among loose files."""
    return {id(role.content): list(_read(role)) for role in world.of(*sorted(ROLES)) if is_rbac(role)}


def _read(role: Manifest) -> Iterator[Grant]:
    for index, entry in enumerate(items(role.content.get("rules"))):
        rule = mapping(entry)
        groups, resources, verbs, names = (
            _texts(rule.get(key)) for key in ("apiGroups", "resources", "verbs", "resourceNames")
        )
        yield Grant(index, frozenset(groups), resources, verbs, frozenset(names))


def _stands_for(written: str, resource: str) -> bool:
    """Whether a role's resource means this one: itself, all of them, or all with that name on one side of the slash."""
    if written in (resource, "*", "*/*"):
        return True
    name, slash, part = written.partition("/")
    wanted_name, wanted_slash, wanted_part = resource.partition("/")
    either = "*" in (part, wanted_part) or part == wanted_part
    return bool(slash and wanted_slash) and name in ("*", wanted_name) and either


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in items(value) if isinstance(each, str))


CHECKS = tuple(_check(rule, powers) for rule, powers in _POWERS.items())

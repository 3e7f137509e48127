"""What a role may not grant: one rule a row, told by verbs on resources of API groups.

A wildcard grants what it stands for, so a role that may do everything breaks every rule here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

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
class Power:
    """Verbs on resources of API groups.

    `resourceNames` make it harmless, unless it is `boundless`, or one of the names is `notorious`.
    """

    groups: tuple[str, ...]
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    boundless: bool = False
    notorious: tuple[str, ...] = ()

    def of(self, rule: Mapping[str, Any]) -> str:
        """What of this a role's rule grants, in words; nothing when it does not."""
        verbs = [verb for verb in _texts(rule, "verbs") if verb == "*" or verb in self.verbs]
        if not verbs or not any(group == "*" or group in self.groups for group in _texts(rule, "apiGroups")):
            return ""
        resources = [
            name for name in _texts(rule, "resources") if any(_stands_for(name, each) for each in self.resources)
        ]
        if not resources or self._is_harmless(_texts(rule, "resourceNames")):
            return ""
        return f"{', '.join(verbs)} on {', '.join(resources)}"

    def _is_harmless(self, names: list[str]) -> bool:
        return bool(names) and not self.boundless and not any(name in ("*", *self.notorious) for name in names)


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
        if not is_rbac(manifest):
            return
        for index, entry in enumerate(items(manifest.content.get("rules"))):
            granted = next(filter(None, (power.of(mapping(entry)) for power in powers)), "")
            if granted:
                yield Violation(("rules", index), f"the role grants {granted}")

    return Check(rule, ROLES, judge)


def _stands_for(written: str, resource: str) -> bool:
    """Whether a role's resource means this one: itself, all of them, or all with that name on one side of the slash."""
    if written in (resource, "*", "*/*"):
        return True
    name, slash, part = written.partition("/")
    wanted_name, wanted_slash, wanted_part = resource.partition("/")
    either = "*" in (part, wanted_part) or part == wanted_part
    return bool(slash and wanted_slash) and name in ("*", wanted_name) and either


def _texts(rule: Mapping[str, Any], key: str) -> list[str]:
    return [value for value in items(rule.get(key)) if isinstance(value, str)]


CHECKS = tuple(_check(rule, powers) for rule, powers in _POWERS.items())

"""Accounts, roles and bindings: what each rule takes for a fault, and what it does not."""

from __future__ import annotations

from typing import Any

import pytest

from platformctl.checks.protocol import World
from platformctl.checks.rules.identity import CHECKS
from platformctl.checks.rules.identity.grants import CHECKS as GRANTS
from platformctl.manifests import Manifest, dotted

POWERS = {check.rule for check in GRANTS}
RBAC = "rbac.authorization.k8s.io"
FIELD = "automountServiceAccountToken"


def thing(api_version: str, kind: str, name: str, namespace: str = "shop", **fields: Any) -> Manifest:
    """An object of some kind."""
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return Manifest({"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}, "a.yaml", None)


def rollout(pod: Any, namespace: str = "shop") -> Manifest:
    """A Rollout with a pod that may be anything."""
    return thing("argoproj.io/v1alpha1", "Rollout", "web", namespace, spec={"template": {"spec": pod}})


def account(name: str = "web", namespace: str = "shop", **fields: Any) -> Manifest:
    """A ServiceAccount."""
    return thing("v1", "ServiceAccount", name, namespace, **fields)


def role(*rules: Any, kind: str = "ClusterRole", **fields: Any) -> Manifest:
    """A role with these rules."""
    return thing(f"{RBAC}/v1", kind, "some", "shop" if kind == "Role" else "", rules=list(rules), **fields)


def rule(resources: str, verbs: str, groups: str = "", *names: str) -> dict[str, Any]:
    """A rule of a role; groups, resources and verbs are separated by blanks."""
    named = {"resourceNames": list(names)} if names else {}
    return {"apiGroups": groups.split(" "), "resources": resources.split(), "verbs": verbs.split(), **named}


def binding(name: str, *subjects: Any, kind: str = "RoleBinding", role_kind: str = "ClusterRole") -> Manifest:
    """A binding of a role to subjects."""
    reference = {"apiGroup": RBAC, "kind": role_kind, "name": name}
    namespace = "shop" if kind == "RoleBinding" else ""
    return thing(f"{RBAC}/v1", kind, "some", namespace, roleRef=reference, subjects=list(subjects))


def robot(name: str, namespace: str | None = "shop") -> dict[str, Any]:
    """An account as the subject of a binding."""
    return {"kind": "ServiceAccount", "name": name, **({"namespace": namespace} if namespace else {})}


def places(name: str, manifest: Manifest, *others: Manifest, whole: bool = False) -> list[str]:
    """Where a rule is broken."""
    world = World([manifest, *others], whole=whole)
    return [dotted(violation.path) for violation in CHECKS[name].judge(manifest, world)]


def granted(manifest: Manifest) -> set[str]:
    """The powers that a role grants."""
    return {name for name in POWERS if places(name, manifest)}


@pytest.mark.parametrize(
    ("pod", "own", "faulty"),
    [
        ({}, None, True),
        ({FIELD: False}, None, False),
        ({FIELD: True}, False, True),  # the pod has the last word
        ({FIELD: False}, True, False),
        ({}, False, False),
        ({}, True, True),
        ({FIELD: "false"}, None, True),
        ({FIELD: None}, False, False),
        ({"serviceAccountName": "other"}, False, True),
        ({"serviceAccountName": None, "serviceAccount": "web"}, False, False),
    ],
)
def test_pod_or_its_account_switches_the_token_off(pod: Any, own: Any, faulty: bool) -> None:
    """A pod that says nothing gets what its account says."""
    pod = {"serviceAccountName": "web", **pod} if "serviceAccount" not in pod else pod
    others = [] if own is None else [account(**{FIELD: own})]

    assert places("automount-sa-token", rollout(pod), *others) == ([f"spec.template.spec.{FIELD}"] if faulty else [])


@pytest.mark.parametrize(
    ("own", "pods", "faulty"),
    [
        ({}, [], True),
        ({FIELD: True}, [], True),
        ({FIELD: False}, [], False),
        ({}, [rollout({"serviceAccountName": "web", FIELD: False})], False),
        ({}, [rollout({"serviceAccountName": "web"})], False),  # told of the pod
        ({}, [rollout({"serviceAccountName": "other"})], True),
        ({}, [rollout({"serviceAccountName": "web"}, namespace="depot")], True),
        ({}, [rollout({"serviceAccountName": "web"}, namespace="")], False),  # a loose file
        ({}, [thing("monitoring.coreos.com/v1", "Prometheus", "a", spec={"serviceAccountName": "web"})], True),
    ],
)
def test_account_is_told_when_no_pod_is(own: Any, pods: list[Manifest], faulty: bool) -> None:
    """One fault is one finding: on the pods, or on an account whose pods nobody sees."""
    assert places("automount-sa-token", account(**own), *pods) == ([FIELD] if faulty else [])


@pytest.mark.parametrize(
    ("pod", "faulty"),
    [
        ({}, True),
        ({"serviceAccountName": ""}, True),
        ({"serviceAccountName": "default"}, True),
        ({"serviceAccount": "default"}, True),
        ({"serviceAccountName": "default", FIELD: True}, True),
        ({"serviceAccountName": "default", FIELD: False}, False),
        ({"serviceAccountName": "web"}, False),
        ({"serviceAccount": "web"}, False),
    ],
)
def test_pods_have_an_account_of_their_own(pod: Any, faulty: bool) -> None:
    """Without a token the account is only a name."""
    assert bool(places("default-account", rollout(pod))) is faulty


@pytest.mark.parametrize(
    ("name", "fields", "faulty"),
    [("default", {}, True), ("default", {FIELD: True}, True), ("default", {FIELD: False}, False), ("web", {}, False)],
)
def test_default_account_keeps_its_token(name: str, fields: Any, faulty: bool) -> None:
    """That of a workload may give it away."""
    assert places("default-account", account(name, **fields)) == ([FIELD] if faulty else [])


@pytest.mark.parametrize(
    ("pod", "accounts", "whole", "faulty"),
    [
        ({"serviceAccountName": "web"}, [account("web")], False, False),
        ({"serviceAccountName": "wep"}, [account("web")], False, True),
        ({"serviceAccount": "wep"}, [account("web")], False, True),
        ({"serviceAccountName": "web"}, [account("web", "depot")], False, True),
        ({"serviceAccountName": "web"}, [account("web", "")], False, False),
        ({"serviceAccountName": "web"}, [account("web", "")], True, True),
        ({"serviceAccountName": "default"}, [account("web")], True, False),
        ({}, [account("web")], True, False),
        ({"serviceAccountName": "web"}, [], False, False),  # it may be in another file
        ({"serviceAccountName": "web"}, [], True, True),
    ],
)
def test_account_of_a_pod_exists(pod: Any, accounts: list[Manifest], whole: bool, faulty: bool) -> None:
    """Where accounts are described at all."""
    assert bool(places("account-exists", rollout(pod), *accounts, whole=whole)) is faulty


@pytest.mark.parametrize(
    ("others", "faulty"),
    [
        ([], True),
        ([rollout({"serviceAccountName": "web"})], False),
        ([rollout({"serviceAccount": "web"})], False),
        ([thing("monitoring.coreos.com/v1", "Prometheus", "a", spec={"serviceAccountName": "web"})], False),
        ([thing("argoproj.io/v1alpha1", "Workflow", "a", spec={"steps": [{"serviceAccountName": "web"}]})], False),
        ([thing("argoproj.io/v1alpha1", "Workflow", "a", "depot", spec={"serviceAccountName": "web"})], True),
        ([thing("v1", "ConfigMap", "a", data={"serviceAccountName": "web"})], True),
        ([binding("view", robot("web"))], False),
        ([binding("view", robot("web", None))], False),  # that of the binding's namespace
        ([binding("view", {"kind": "User", "name": "system:serviceaccount:shop:web"})], False),
        ([binding("view", {"kind": "User", "name": "web"})], True),
        ([binding("view", robot("web", "depot"))], True),
    ],
)
def test_account_is_used(others: list[Manifest], faulty: bool) -> None:
    """By a workload, by what an operator runs something for, or by a binding."""
    assert bool(places("unused-account", account(), *others)) is faulty


@pytest.mark.parametrize("kind", ["Secret", "ServiceAccount", "Role", "RoleBinding"])
@pytest.mark.parametrize("name", CHECKS)
def test_kinds_of_other_groups_are_none_of_these(kind: str, name: str) -> None:
    """iam.example.com has a Role, too."""
    fields: dict[str, Any] = {
        "rules": [rule("*", "*", "*")],
        "roleRef": {"kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "Group", "name": "system:masters"}, robot("default")],
        "type": "kubernetes.io/service-account-token",
    }

    assert places(name, thing("iam.example.com/v1", kind, "default", **fields), account("other")) == []


@pytest.mark.parametrize(
    ("entry", "powers"),
    [
        (rule("secrets", "get"), {"rbac-secrets"}),
        (rule("secrets", "list"), {"rbac-secrets"}),
        (rule("secrets", "watch", "*"), {"rbac-secrets"}),
        (rule("secrets", "create update patch"), set()),
        (rule("secrets", "get", "", "web"), set()),
        (rule("secrets", "get", "", "*"), {"rbac-secrets"}),  # no wildcard there, yet meant as one
        (rule("secrets", "get", "example.com"), set()),
        (rule("*", "get", "example.com"), set()),
        (rule("secrets/status", "get"), set()),
        (rule("pods", "create"), {"rbac-create-pods"}),
        (rule("pods", "update patch"), set()),
        (rule("deployments", "create", "apps"), {"rbac-create-pods"}),
        (rule("deployments", "patch", "apps"), {"rbac-create-pods"}),
        (rule("rollouts", "update", "argoproj.io"), {"rbac-create-pods"}),
        (rule("cronjobs", "*", "batch"), {"rbac-create-pods", "rbac-delete"}),
        (rule("deployments/scale", "update", "apps"), set()),
        (rule("pods/exec", "create"), {"rbac-exec"}),
        (rule("pods/exec", "get"), {"rbac-exec"}),
        (rule("pods/exec", "create", "", "web-0"), {"rbac-exec"}),
        (rule("pods/ephemeralcontainers", "patch"), {"rbac-exec"}),
        (rule("pods/attach", "create"), {"rbac-attach"}),
        (rule("pods/portforward", "create"), {"rbac-portforward"}),
        (rule("*/exec", "create"), {"rbac-exec"}),
        (rule("pods/*", "create"), {"rbac-exec", "rbac-attach", "rbac-portforward"}),
        (rule("pods/*", "delete"), {"rbac-delete-events"}),
        (rule("pods", "get list watch delete"), {"rbac-delete"}),
        (rule("clusterroles", "escalate", RBAC), {"rbac-escalate"}),
        (rule("roles", "*", RBAC), {"rbac-escalate", "rbac-bind", "rbac-manage-roles"}),
        (rule("clusterroles", "bind", RBAC), {"rbac-bind"}),
        (rule("clusterroles", "bind", RBAC, "view"), set()),
        (rule("clusterroles", "bind", RBAC, "view", "cluster-admin"), {"rbac-bind"}),
        (rule("clusterrolebindings", "create", RBAC), {"rbac-manage-roles"}),
        (rule("roles rolebindings", "get list watch", RBAC), set()),
        (rule("users groups", "impersonate"), {"rbac-impersonate"}),
        (rule("userextras/scopes", "impersonate", "authentication.k8s.io"), {"rbac-impersonate"}),
        (rule("groups", "impersonate", "", "shop:operators"), set()),
        (rule("groups", "impersonate", "", "system:masters"), {"rbac-impersonate"}),
        (rule("pods", "impersonate"), set()),
        (rule("mutatingwebhookconfigurations", "delete", "admissionregistration.k8s.io"), {"rbac-webhook-config"}),
        (rule("validatingadmissionpolicies", "*", "admissionregistration.k8s.io"), {"rbac-webhook-config"}),
        (rule("certificatesigningrequests/approval", "patch", "certificates.k8s.io"), {"rbac-csr-approve"}),
        (rule("signers", "approve", "certificates.k8s.io"), {"rbac-csr-approve"}),
        (rule("signers", "approve", "certificates.k8s.io", "example.com/shop"), set()),
        (rule("signers", "sign", "certificates.k8s.io"), set()),
        (rule("nodes/proxy", "get"), {"rbac-nodes-proxy"}),
        (rule("nodes/metrics nodes/stats", "get"), set()),
        (rule("serviceaccounts/token", "create"), {"rbac-sa-token"}),
        (rule("serviceaccounts", "create"), set()),
        (rule("persistentvolumes", "create"), {"rbac-create-pv"}),
        (rule("networkpolicies", "delete", "networking.k8s.io"), {"rbac-network-policy"}),
        (rule("endpointslices", "update", "discovery.k8s.io"), {"rbac-traffic"}),
        (rule("ingresses", "create", "networking.k8s.io"), {"rbac-traffic"}),
        (rule("ingresses/status", "update", "networking.k8s.io"), set()),
        (rule("services/status", "patch"), {"rbac-traffic"}),
        (rule("namespaces", "deletecollection"), {"rbac-delete"}),
        (rule("events", "delete", "events.k8s.io"), {"rbac-delete-events"}),
        (rule("configmaps", "update"), {"rbac-coredns"}),
        (rule("configmaps", "update", "", "coredns"), {"rbac-coredns"}),
        (rule("configmaps", "update", "", "web"), set()),
        (rule("configmaps", "create get"), set()),
        (rule("pods/log", "get"), {"rbac-logs"}),
        (rule("*", "*", "*"), POWERS),
        (rule("*/*", "*", "*"), POWERS),
        (rule("*", "*", ""), POWERS - {"rbac-escalate", "rbac-bind", "rbac-manage-roles", "rbac-webhook-config",
                                       "rbac-csr-approve", "rbac-network-policy"}),
        ({"resources": ["secrets"], "verbs": ["get"]}, set()),
        ({"nonResourceURLs": ["*"], "verbs": ["*"]}, set()),
        ({"apiGroups": None, "resources": [1, {}], "verbs": "get"}, set()),
        (None, set()),
    ],
)  # fmt: skip
def test_rule_of_a_role_grants_exactly_these_powers(entry: Any, powers: set[str]) -> None:
    """Verbs, resources and groups have to fit together; wildcards fit everything."""
    assert granted(role(entry)) == granted(role(entry, kind="Role")) == powers


def test_finding_names_the_rule_of_the_role() -> None:
    """Each rule that grants it is one to change, and the message says what it grants."""
    manifest = role(rule("pods", "get"), rule("configmaps secrets", "get create"))
    found = list(CHECKS["rbac-secrets"].judge(manifest, World([manifest])))

    assert [(dotted(each.path), each.message) for each in found] == [("rules[1]", "the role grants get on secrets")]


@pytest.mark.parametrize(
    ("entry", "where"),
    [
        (rule("pods", "get", "*"), ["apiGroups"]),
        (rule("*", "get", "apps"), ["resources"]),
        (rule("pods/*", "get"), ["resources"]),
        (rule("*/scale", "get"), ["resources"]),
        (rule("pods", "*"), ["verbs"]),
        (rule("*", "*", "*"), ["apiGroups", "resources", "verbs"]),
        ({"nonResourceURLs": ["*"], "verbs": ["get"]}, ["nonResourceURLs"]),
        ({"nonResourceURLs": ["/healthz/*"], "verbs": ["get"]}, []),
        (rule("pods", "get", "", "*"), []),
        (rule("pods", "get"), []),
    ],
)
def test_wildcards(entry: Any, where: list[str]) -> None:
    """Wherever a rule lists something, except below a path and in names, where it is none."""
    assert places("rbac-wildcard", role(entry)) == [f"rules[0].{key}" for key in where]


@pytest.mark.parametrize(
    ("manifest", "others", "faulty"),
    [
        (binding("cluster-admin", kind="ClusterRoleBinding"), [], True),
        (binding("cluster-admin"), [], True),
        (binding("edit", kind="ClusterRoleBinding"), [], True),
        (binding("edit"), [], False),
        (binding("view", kind="ClusterRoleBinding"), [], False),
        (binding("some", kind="ClusterRoleBinding"), [role(rule("*", "*", "*"))], True),
        (binding("some", role_kind="Role"), [role(rule("*", "*", ""), kind="Role")], True),
        (binding("some", role_kind="ClusterRole"), [role(rule("*", "*", ""), kind="Role")], False),
        (binding("some"), [role(rule("*", "get", "*"))], False),
        (binding("some"), [role(rule("*", "*", "apps"))], False),
    ],
)
def test_administrators(manifest: Manifest, others: list[Manifest], faulty: bool) -> None:
    """By the name of the role, or by what it grants."""
    assert places("cluster-admin", manifest, *others) == (["roleRef.name"] if faulty else [])


@pytest.mark.parametrize(("labels", "faulty"), [({"to": "some"}, True), ({"to": "other"}, False), (None, False)])
def test_administrators_of_a_role_that_others_add_to(labels: Any, faulty: bool) -> None:
    """An aggregated role grants what the roles grant that its selectors select."""
    collected = role(aggregationRule={"clusterRoleSelectors": [{"matchLabels": {"to": "some"}}]})
    part = Manifest(
        {
            "apiVersion": f"{RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": "part", "labels": labels},
            "rules": [rule("*", "*", "*")],
        },
        "a.yaml", None,
    )  # fmt: skip

    assert bool(places("cluster-admin", binding("some"), collected, part)) is faulty


@pytest.mark.parametrize(
    ("subject", "broken"),
    [
        ({"kind": "User", "name": "system:anonymous"}, "rbac-anonymous"),
        ({"kind": "Group", "name": "system:unauthenticated"}, "rbac-anonymous"),
        ({"kind": "Group", "name": "system:authenticated"}, "rbac-everybody"),
        ({"kind": "Group", "name": "system:serviceaccounts"}, "rbac-everybody"),
        ({"kind": "Group", "name": "system:masters"}, "rbac-masters"),
        (robot("default"), "rbac-default-sa"),
        (robot("default", "kube-system"), "rbac-default-sa"),
        ({"kind": "User", "name": "system:serviceaccount:shop:default"}, "rbac-default-sa"),
        ({"kind": "User", "name": "default"}, None),
        ({"kind": "Group", "name": "system:serviceaccounts:shop"}, None),
        ({"kind": "User", "name": ["system:anonymous"]}, None),
        (robot("web"), None),
        ("system:anonymous", None),
    ],
)
@pytest.mark.parametrize("kind", ["RoleBinding", "ClusterRoleBinding"])
def test_nobody_gets_rights_by_accident(subject: Any, broken: str | None, kind: str) -> None:
    """Each of those whom a binding must not name is found, at its place among others."""
    manifest = binding("view", robot("first"), subject, kind=kind)
    rules = ("rbac-anonymous", "rbac-everybody", "rbac-masters", "rbac-default-sa")
    found = {name: places(name, manifest) for name in rules if places(name, manifest)}

    assert found == ({broken: ["subjects[1]"]} if broken else {})


@pytest.mark.parametrize(
    ("manifest", "others", "whole", "faulty"),
    [
        (binding("some"), [], False, False),  # no role is described here
        (binding("some"), [], True, True),
        (binding("some"), [role()], True, False),
        (binding("other"), [role()], False, True),
        (binding("some", role_kind="Role"), [role()], False, False),  # Roles may be in another file
        (binding("some", role_kind="Role"), [role(kind="Role")], True, False),
        (binding("view"), [], True, False),
        (binding("system:auth-delegator"), [], True, False),
        (binding("extension-apiserver-authentication-reader", role_kind="Role"), [], True, False),
    ],
)
def test_role_of_a_binding_exists(manifest: Manifest, others: list[Manifest], whole: bool, faulty: bool) -> None:
    """What the API server brings with it exists as well."""
    assert bool(places("rbac-role-exists", manifest, *others, whole=whole)) is faulty


@pytest.mark.parametrize(
    ("subject", "kind", "faulty"),
    [
        (robot("web"), "RoleBinding", False),
        (robot("web", None), "RoleBinding", False),
        (robot("web", None), "ClusterRoleBinding", True),  # refused without a namespace
        (robot("wep"), "RoleBinding", True),
        (robot("web", "depot"), "ClusterRoleBinding", True),
        (robot("default"), "RoleBinding", False),
        (robot("job-controller", "kube-system"), "ClusterRoleBinding", False),
        ({"kind": "User", "name": "jane"}, "RoleBinding", False),
    ],
)
def test_accounts_of_a_binding_exist(subject: Any, kind: str, faulty: bool) -> None:
    """Whoever makes a missing one gets its rights."""
    assert bool(places("rbac-subject-exists", binding("view", subject, kind=kind), account())) is faulty


@pytest.mark.parametrize(("names", "faulty"), [("a b c", False), ("a b c d", True), ("a b c a", False)])
def test_account_with_many_roles(names: str, faulty: bool) -> None:
    """Bound twice is still one role."""
    bindings = [binding(name, robot("web")) for name in names.split()]

    assert bool(places("rbac-too-many-roles", account(), *bindings)) is faulty


@pytest.mark.parametrize(
    ("seconds", "faulty"), [(3600, False), (86400, False), (86401, True), (None, False), ("1", False), (True, False)]
)
def test_mounted_token_ends(seconds: Any, faulty: bool) -> None:
    """After a day at most."""
    sources = [{"configMap": {"name": "a"}}, {"serviceAccountToken": {"path": "t", "expirationSeconds": seconds}}, None]
    pod = {"volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "projected": {"sources": sources}}, "c"]}
    place = "spec.template.spec.volumes[1].projected.sources[1].serviceAccountToken.expirationSeconds"

    assert places("long-token", rollout(pod)) == ([place] if faulty else [])

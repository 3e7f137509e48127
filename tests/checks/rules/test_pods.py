"""Pod hardening: what each rule takes for a fault, and what it does not, at its edges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from platformctl.checks.protocol import World
from platformctl.checks.rules.pods import CHECKS
from platformctl.manifests import Manifest, dotted, parse

Fields = Mapping[str, Any]
UNMASKED = {"containers": [{"name": "web", "securityContext": {"procMount": "Unmasked"}}]}


def workload(pod: Any, annotations: Any = None) -> Manifest:
    """A Rollout with a pod that may be anything."""
    template = {"metadata": {"annotations": annotations}, "spec": pod}
    content = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {}, "spec": {"template": template}}
    return Manifest(content, "rollout.yaml", None)


def places(rule: str, manifest: Manifest) -> list[str]:
    """Where a rule is broken, below the pod's template."""
    found = CHECKS[rule].judge(manifest, World([manifest]))
    return sorted(dotted(violation.path).removeprefix("spec.template.") for violation in found)


def container(**fields: Any) -> Fields:
    """A pod with one container."""
    return {"containers": [{"name": "web", **fields}]}


def secured(**fields: Any) -> Fields:
    """A pod whose container has this security context."""
    return container(securityContext=fields)


@pytest.mark.parametrize(
    ("rule", "pod"),
    [
        ("privileged", secured(privileged=True)),
        ("privileged", {"initContainers": [{"securityContext": {"privileged": True}}]}),
        ("privileged", {"ephemeralContainers": [{"securityContext": {"privileged": True}}]}),
        ("windows-host-process", {"securityContext": {"windowsOptions": {"hostProcess": True}}}),
        ("host-port", container(ports=[{"hostPort": 80}])),
        ("privileged-port", container(ports=[{"containerPort": 1023}])),
        ("host-path", {"volumes": [{"name": "a", "hostPath": {}}]}),
        ("host-path-sensitive", {"volumes": [{"hostPath": {"path": "/"}}]}),
        ("host-path-sensitive", {"volumes": [{"hostPath": {"path": "//etc/../etc/"}}]}),
        ("host-path-sensitive", {"volumes": [{"hostPath": {"path": "/var/lib"}}]}),
        ("docker-socket", {"volumes": [{"hostPath": {"path": "/run//docker.sock"}}]}),
        ("docker-socket", {"volumes": [{"hostPath": {"path": "/run/k3s/containerd/containerd.sock"}}]}),
        ("docker-socket", {"volumes": [{"hostPath": {"path": "/var/run/docker/"}}]}),
        ("volume-types", {"volumes": [{"name": "a", "hostPath": {"path": "/a"}}]}),
        ("subpath-cve", container(volumeMounts=[{"subPathExpr": "$(NAME)"}])),
        ("allow-privilege-escalation", container()),
        ("allow-privilege-escalation", {"containers": [None]}),
        ("allow-privilege-escalation", secured(allowPrivilegeEscalation="false")),
        ("capabilities-drop-all", secured(capabilities={"drop": ["all"]})),
        ("capabilities-add", secured(capabilities={"add": ["net_bind_service"]})),
        ("capabilities-add", secured(capabilities={"add": [None]})),
        ("net-raw", secured(capabilities={"drop": ["ALL"], "add": ["NET_RAW"]})),
        ("run-as-non-root", {"securityContext": {"runAsNonRoot": False}}),
        ("run-as-non-root", {**secured(runAsNonRoot=False), "securityContext": {"runAsNonRoot": True}}),
        ("run-as-root-uid", secured(runAsUser=0.0)),
        ("run-as-root-uid", {**secured(runAsUser=10001), "securityContext": {"runAsUser": 0}}),
        ("run-as-root-gid", {"securityContext": {"supplementalGroups": [10001, 0]}}),
        ("uid-floor", secured(runAsUser=9999)),
        ("uid-floor", secured(runAsUser="10001")),
        ("gid-floor", container()),
        ("seccomp", secured(seccompProfile={})),
        ("seccomp", {**secured(seccompProfile={"type": "Localhost"}), "securityContext": {"seccompProfile": {}}}),
        ("seccomp-unconfined", secured(seccompProfile={"type": "Unconfined"})),
        ("apparmor", secured(appArmorProfile={"type": None})),
        ("apparmor-missing", container()),
        ("selinux", secured(seLinuxOptions={"user": "system_u"})),
        ("proc-mount", UNMASKED),
        ("proc-mount-restricted", {**UNMASKED, "hostUsers": False}),
        ("sysctls", {"securityContext": {"sysctls": [{"name": "net.ipv4.ip_forward"}]}}),
        ("probe-host", container(startupProbe={"tcpSocket": {"host": "192.0.2.1"}})),
        ("probe-host", container(lifecycle={"postStart": {"httpGet": {"host": "192.0.2.1"}}})),
        ("exec-probe", container(livenessProbe={"exec": {"command": ["/bin/sh", "-c", "ls /tmp/alive"]}})),
        ("host-users", {"hostUsers": True}),
        ("host-aliases", {"hostAliases": [{"ip": "192.0.2.1"}]}),
        ("security-context", {**secured(privileged=False), "securityContext": {}}),
        ("security-context", {"securityContext": {"runAsUser": 1}, "containers": [{"securityContext": {}}]}),
        ("linux-hardening", secured(seccompProfile={"type": "Unconfined"})),
    ],
)
def test_fault(rule: str, pod: Fields) -> None:
    """Each is found, at one place."""
    assert len(places(rule, workload(pod))) == 1


@pytest.mark.parametrize(
    ("rule", "pod"),
    [
        ("privileged", secured(privileged=None)),
        ("host-network", {"hostNetwork": None}),
        ("host-port", container(ports=[{"hostPort": 0}, {"hostPort": None}, None])),
        ("privileged-port", container(ports=[{"containerPort": 0}, {"containerPort": 1024}])),
        ("host-path", {"volumes": [{"name": "a", "hostPath": None}]}),
        ("host-path-sensitive", {"volumes": [{"hostPath": {"path": "/etcetera"}}]}),
        (
            "host-path-writable",
            {"volumes": [{"name": "a", "hostPath": {}}], **container(volumeMounts=[{"name": "a", "readOnly": True}])},
        ),
        ("docker-socket", {"volumes": [{"hostPath": {"path": "/opt/docker.sock.d"}}]}),
        ("volume-types", {"volumes": [{"name": "a"}, None, {"name": "b", "nfs": None, "image": {}}]}),
        ("volume-types", {"volumes": [{"name": "both", "emptyDir": {}, "hostPath": {}}]}),
        ("allow-privilege-escalation", {**container(), "os": {"name": "windows"}}),
        ("capabilities-add-restricted", secured(capabilities={"add": ["NET_BIND_SERVICE"]})),
        ("net-raw", secured(capabilities={"drop": ["NET_RAW"]})),
        ("run-as-non-root", {**secured(runAsNonRoot=False), "hostUsers": False}),
        ("run-as-root-uid", {**secured(runAsUser=0), "hostUsers": False}),
        ("run-as-root-uid", secured(runAsUser=False)),
        ("uid-floor", secured(runAsUser=1e4)),
        ("seccomp-unconfined", secured(seccompProfile=None)),
        ("apparmor", container()),
        ("selinux", secured(seLinuxOptions={"type": "container_engine_t", "user": "", "role": None})),
        ("proc-mount", {**UNMASKED, "hostUsers": False}),
        ("sysctls", {"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_slow_start_after_idle"}]}}),
        ("probe-host", container(livenessProbe={"httpGet": {"host": ""}, "grpc": {"port": 1}})),
        ("exec-probe", container(livenessProbe={"exec": {"command": ["pg_isready", "-h", "tools"]}})),
        ("host-aliases", {"hostAliases": []}),
        ("security-context", {**secured(privileged=False), "securityContext": None}),
        ("linux-hardening", secured(capabilities={"drop": ["KILL"]})),
    ],
)
def test_near_miss(rule: str, pod: Fields) -> None:
    """None is a fault."""
    assert places(rule, workload(pod)) == []


PROFILE = "container.apparmor.security.beta.kubernetes.io/web"


@pytest.mark.parametrize(
    ("value", "off", "missing"),
    [("unconfined", 1, 1), ("runtime/default", 0, 0), ("localhost/web", 0, 0), ("", 0, 1), (None, 0, 1)],
)
def test_apparmor_annotation(value: str | None, off: int, missing: int) -> None:
    """An annotation can switch a profile off, and is as good as the field for having one."""
    manifest = workload(container(), {PROFILE: value})

    assert places("apparmor", manifest) == [f"metadata.annotations.{PROFILE}"] * off
    assert len(places("apparmor-missing", manifest)) == missing


@pytest.mark.parametrize("name", ["web-2", "nobody"])
def test_apparmor_annotation_of_another_container(name: str) -> None:
    """The standard looks at annotations whatever container they name; another's profile is not this one's."""
    manifest = workload(container(), {PROFILE.removesuffix("web") + name: "unconfined"})

    assert len(places("apparmor", manifest)) == len(places("apparmor-missing", manifest)) == 1


@pytest.mark.parametrize(
    ("labels", "level", "version"),
    [
        (None, 1, 0),
        ({"pod-security.kubernetes.io/warn": "restricted"}, 1, 0),
        ({"pod-security.kubernetes.io/enforce": "privileged"}, 1, 1),
        ({"pod-security.kubernetes.io/enforce": "Restricted"}, 1, 1),
        ({"pod-security.kubernetes.io/enforce": "baseline"}, 0, 1),
        (
            {"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/enforce-version": "v1.37"},
            0,
            0,
        ),
    ],
)
def test_namespace_labels(labels: Any, level: int, version: int) -> None:
    """A namespace enforces baseline or restricted, of a fixed version."""
    manifest = Manifest({"apiVersion": "v1", "kind": "Namespace", "metadata": {"labels": labels}}, "ns.yaml", None)

    assert len(places("psa-labels", manifest)) == level
    assert len(places("psa-version", manifest)) == version


@pytest.mark.parametrize(("folder", "rules"), [("/etc", ["host-path-sensitive"]), ("/data", [])])
def test_persistent_volume(folder: str, rules: list[str]) -> None:
    """A claim is no way around the rules on the node's folders."""
    spec = {"hostPath": {"path": folder}}
    volume = Manifest({"apiVersion": "v1", "kind": "PersistentVolume", "spec": spec}, "volume.yaml", None)
    looking = [rule for rule, check in CHECKS.items() if volume.kind in check.kinds]

    assert [rule for rule in looking if places(rule, volume)] == rules


@pytest.mark.parametrize("written", ["yes", "on", "True"])
def test_yaml_says_true_in_many_ways(written: str) -> None:
    """What Kubernetes reads as true is no way around a rule."""
    text = f"apiVersion: v1\nkind: Pod\nmetadata: {{}}\nspec:\n  hostNetwork: {written}\n"
    [manifest] = parse(text, "pod.yaml")

    assert isinstance(manifest, Manifest)
    assert places("host-network", manifest) == ["spec.hostNetwork"]


ODD: list[Any] = [None, True, 0, 1.5, "text", [], [None], [[]], ["text"], {}, {"": None}, {"name": []}]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_no_rule_raises_on_odd_values(odd: Any) -> None:
    """Whatever stands where a rule looks, it answers."""
    fields = [
        "volumes",
        "containers",
        "initContainers",
        "securityContext",
        "os",
        "hostUsers",
        "hostAliases",
        "hostNetwork",
        "annotations",
        "name",
        "ports",
        "volumeMounts",
        "livenessProbe",
        "lifecycle",
        "capabilities",
        "drop",
        "add",
        "seccompProfile",
        "appArmorProfile",
        "runAsUser",
        "seLinuxOptions",
        "sysctls",
        "supplementalGroups",
        "windowsOptions",
        "procMount",
    ]
    everywhere = dict.fromkeys(fields, odd)
    context = {**everywhere, "capabilities": everywhere, "seLinuxOptions": {"type": odd}, "sysctls": [odd]}
    shapes = [
        odd,
        everywhere,
        {"containers": [odd, everywhere], "securityContext": context},
        {"containers": [{"securityContext": context, "ports": [{"hostPort": odd, "containerPort": odd}]}]},
        {"containers": [{"livenessProbe": {"httpGet": odd, "exec": {"command": odd}}, "lifecycle": {"preStop": odd}}]},
        {"volumes": [{"name": odd, "hostPath": odd}, {"hostPath": {"path": odd}}], **container(volumeMounts=[odd])},
    ]
    for shape in shapes:
        for manifest in (workload(shape, odd), workload(shape, {PROFILE: odd})):
            for rule in CHECKS:
                places(rule, manifest)
    for metadata in (odd, {"labels": odd}, {"labels": {"pod-security.kubernetes.io/enforce": odd}}):
        namespace = Manifest({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}, "ns.yaml", None)
        for rule in ("psa-labels", "psa-version"):
            places(rule, namespace)

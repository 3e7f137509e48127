"""Brings an embedded cluster up to a Ready node; what is there already is kept."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml

from platformctl.cluster import config, files, launch, network, pki, secrets
from platformctl.cluster.components import components
from platformctl.cluster.config import Cluster
from platformctl.cluster.kubectl import Kubectl
from platformctl.cluster.programs import programs
from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.repo import Repo, state_folder
from platformctl.tools.programs import program, share

SERVICE_UID = 10001
VOLUMES = tuple(f"{environment}-postgres" for environment in secrets.ENVIRONMENTS)


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Only one command at a time changes the clusters of that name."""
    state_folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with (state_folder() / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise PlatformError(
                f"another command is changing the cluster {name}", fix="wait for it, then run this again"
            ) from error
        yield


def describe(name: str, port_offset: int | None) -> Cluster:
    """The cluster of that name: the one that is there, or a new one."""
    known = config.find(name)
    if known is not None and port_offset in (None, known.port_offset):
        return known
    if known is not None:
        raise PlatformError(
            f"the cluster {name} publishes its ports with offset {known.port_offset}, not {port_offset}",
            fix=f"leave the option away, or remove the cluster first: platformctl down --name {name}",
        )
    return config.describe(name, port_offset or 0, network.used_networks())


def start(repo: Repo, cluster: Cluster) -> bool:
    """Start the cluster unless it runs with the same files; True when it was started."""
    cluster.save()
    issued = pki.ensure(cluster, cluster.folder / "pki")
    changed = _write_files(repo, cluster)
    if launch.is_running(cluster) and not issued and not changed:
        return False
    launch.start(cluster)
    return True


def kubectl(repo: Repo, cluster: Cluster) -> Kubectl:
    """kubectl as the cluster's administrator."""
    return Kubectl(program(repo, "kubectl"), (f"--kubeconfig={cluster.kubeconfig}",))


def authorize(client: Kubectl) -> None:
    """The roles of components that are not in a pod, and the registry's standard announcement."""
    client.apply(yaml.safe_dump_all(_roles()))


def announce(client: Kubectl, cluster: Cluster) -> None:
    """Say where the registry is, in the ConfigMap that KEP-1755 defines for local clusters."""
    hosting = yaml.safe_dump({"host": f"{cluster.node_address}:{config.REGISTRY_PORT}"})
    client.apply(
        yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": "local-registry-hosting", "namespace": "kube-public"},
                "data": {"localRegistryHosting.v1": hosting},
            }
        )
    )


def wait_for_node(client: Kubectl, seconds: int = 90) -> None:
    """Wait until the node is Ready."""
    try:
        client("wait", "--for=condition=Ready", "node/node", f"--timeout={seconds}s", timeout=seconds + 10)
    except PlatformError as error:
        conditions = client("describe", "node") if client.get("nodes") else "it never registered"
        raise PlatformError(
            "the node did not get ready",
            why=conditions[-2000:],
            fix="see the logs of kubelet and containerd",
            exit_code=TOOL_FAILURE,
        ) from error


def _write_files(repo: Repo, cluster: Cluster) -> bool:
    credentials = secrets.ensure(cluster.folder)
    wanted = files.files(cluster, share(repo, "gitea"), credentials["git-tokens"])
    # the programs belong to what a running cluster must agree with
    wanted["config/components.txt"] = "".join(
        f"{component.name} {component.argv}\n" for component in components(cluster, programs(repo))
    )
    changed = False
    for name, content in wanted.items():
        path = cluster.folder / name
        if not path.is_file() or path.read_text() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
            path.chmod(0o600)
            changed = True
    for name in ("gitea", "pod-logs", "cni", *(f"volumes/{volume}" for volume in VOLUMES)):
        (cluster.folder / name).mkdir(parents=True, exist_ok=True)
    for volume in VOLUMES:  # fsGroup does not reach hostPath volumes
        os.chown(cluster.folder / "volumes" / volume, SERVICE_UID, SERVICE_UID)
    return changed


def _roles() -> list[dict[str, Any]]:
    read = ["get", "list", "watch"]
    return [
        *_role("coredns", [
            _rule("", ["endpoints", "services", "pods", "namespaces"], ["list", "watch"]),
            _rule("discovery.k8s.io", ["endpointslices"], ["list", "watch"]),
        ]),
        *_role("kube-router", [
            _rule("", ["namespaces", "pods", "services", "nodes", "endpoints"], read),
            _rule("networking.k8s.io", ["networkpolicies"], read),
            _rule("discovery.k8s.io", ["endpointslices"], read),
            _rule("apiextensions.k8s.io", ["customresourcedefinitions"], ["get"]),
        ]),
        _binding("kubelet-clients", "system:kubelet-api-admin", "Group", "techcommerce:kubelet-clients"),
    ]  # fmt: skip


def _rule(group: str, resources: list[str], verbs: list[str]) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": resources, "verbs": verbs}


def _role(name: str, rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    full = f"techcommerce:{name}"
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": full},
        "rules": rules,
    }
    return [role, _binding(name, full, "User", full)]


def _binding(name: str, role: str, kind: str, subject: str) -> dict[str, Any]:
    group = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{group}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": f"techcommerce:{name}"},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": group, "kind": kind, "name": subject}],
    }

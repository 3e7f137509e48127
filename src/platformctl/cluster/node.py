"""What makes this machine a node: containerd, kubelet, kube-proxy and the NetworkPolicy firewall."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from platformctl.cluster.component import Component, Probe
from platformctl.cluster.config import STATE, Cluster

NODE_NAME = "node"


def components(cluster: Cluster, programs: Mapping[str, Path]) -> list[Component]:
    """The node's programs."""
    return [_containerd(), _kubelet(cluster, programs), _kube_proxy(programs), _firewall(programs)]


def _containerd() -> Component:
    return Component(
        "containerd",
        ("containerd", f"--config={STATE}/config/containerd.toml"),
        Probe("unix", "/run/containerd/containerd.sock"),
    )


def _kubelet(cluster: Cluster, programs: Mapping[str, Path]) -> Component:
    return Component(
        "kubelet",
        (
            str(programs["kubelet"]), f"--config={STATE}/config/kubelet.yaml",
            f"--kubeconfig={STATE}/kubeconfigs/kubelet", f"--root-dir={STATE}/kubelet",
            f"--hostname-override={NODE_NAME}", f"--node-ip={cluster.node_address}",
            # one zone, so that spreading over zones has something to spread over
            "--node-labels=topology.kubernetes.io/zone=local",
        ),
        Probe("http", "http://127.0.0.1:10248/healthz"),
        needs=("kube-apiserver", "containerd", "registry"),
    )  # fmt: skip


def _kube_proxy(programs: Mapping[str, Path]) -> Component:
    return Component(
        "kube-proxy",
        (
            str(programs["kube-proxy"]), f"--config={STATE}/config/kube-proxy.yaml",
            f"--hostname-override={NODE_NAME}",
        ),
        Probe("http", "http://127.0.0.1:10256/livez"),
        needs=("kube-apiserver", "kubelet"),
    )  # fmt: skip


def _firewall(programs: Mapping[str, Path]) -> Component:
    return Component(
        "kube-router",
        (
            str(programs["kube-router"]), "--run-firewall=true", "--run-router=false", "--run-service-proxy=false",
            f"--kubeconfig={STATE}/kubeconfigs/kube-router", f"--hostname-override={NODE_NAME}",
            "--health-port=20244", "--metrics-port=0", "--iptables-sync-period=5m",
        ),
        Probe("http", "http://127.0.0.1:20244/healthz"),
        needs=("kube-apiserver", "kubelet"),
    )  # fmt: skip

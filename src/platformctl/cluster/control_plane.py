"""etcd, API server, controller manager and scheduler."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from platformctl.cluster.component import Component, Probe
from platformctl.cluster.config import API_PORT, POD_NETWORK, SERVICE_NETWORK, STATE, Cluster

PKI = STATE / "pki"


def components(cluster: Cluster, programs: Mapping[str, Path]) -> list[Component]:
    """The control plane's programs."""
    return [
        _etcd(programs),
        _api_server(cluster, programs),
        _controller_manager(programs),
        _scheduler(programs),
    ]


def _etcd(programs: Mapping[str, Path]) -> Component:
    return Component(
        "etcd",
        (
            str(programs["etcd"]), f"--data-dir={STATE}/etcd", "--name=local",
            "--listen-client-urls=https://127.0.0.1:2379", "--advertise-client-urls=https://127.0.0.1:2379",
            "--listen-peer-urls=http://127.0.0.1:2380", "--initial-advertise-peer-urls=http://127.0.0.1:2380",
            "--initial-cluster=local=http://127.0.0.1:2380", "--listen-metrics-urls=http://127.0.0.1:2381",
            f"--cert-file={PKI}/etcd.crt", f"--key-file={PKI}/etcd.key",
            f"--trusted-ca-file={PKI}/ca.crt", "--client-cert-auth",
            "--unsafe-no-fsync",  # the cluster can be made anew from Git; start and sync are much faster
            "--log-level=warn",
        ),
        Probe("http", "http://127.0.0.1:2381/readyz"),
    )  # fmt: skip


def _api_server(cluster: Cluster, programs: Mapping[str, Path]) -> Component:
    return Component(
        "kube-apiserver",
        (
            str(programs["kube-apiserver"]),
            f"--advertise-address={cluster.node_address}", "--bind-address=0.0.0.0", f"--secure-port={API_PORT}",
            "--etcd-servers=https://127.0.0.1:2379", f"--etcd-cafile={PKI}/ca.crt",
            f"--etcd-certfile={PKI}/etcd-client.crt", f"--etcd-keyfile={PKI}/etcd-client.key",
            f"--client-ca-file={PKI}/ca.crt",
            f"--tls-cert-file={PKI}/kube-apiserver.crt", f"--tls-private-key-file={PKI}/kube-apiserver.key",
            f"--kubelet-certificate-authority={PKI}/ca.crt",
            f"--kubelet-client-certificate={PKI}/kubelet-client.crt", f"--kubelet-client-key={PKI}/kubelet-client.key",
            # node names are not in DNS: without this `kubectl logs` and `exec` look them up there
            "--kubelet-preferred-address-types=InternalIP",
            f"--service-account-key-file={PKI}/service-account.pub",
            f"--service-account-signing-key-file={PKI}/service-account.key",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-cluster-ip-range={SERVICE_NETWORK}",
            "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
            # aggregation: metrics-server
            f"--requestheader-client-ca-file={PKI}/ca.crt", "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-", "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-username-headers=X-Remote-User",
            f"--proxy-client-cert-file={PKI}/front-proxy-client.crt",
            f"--proxy-client-key-file={PKI}/front-proxy-client.key",
            "--allow-privileged=true", "--profiling=false",
        ),
        Probe("http", f"https://127.0.0.1:{API_PORT}/readyz"),
        needs=("etcd",),
        # half a gigabyte lives in it, mostly schemas: to go through that takes all processors for most of a second
        env={"GOGC": "400", "GOMEMLIMIT": "1536MiB"},
    )  # fmt: skip


def _controller_manager(programs: Mapping[str, Path]) -> Component:
    kubeconfig = STATE / "kubeconfigs" / "kube-controller-manager"
    return Component(
        "kube-controller-manager",
        (
            str(programs["kube-controller-manager"]), f"--kubeconfig={kubeconfig}",
            f"--authentication-kubeconfig={kubeconfig}", f"--authorization-kubeconfig={kubeconfig}",
            f"--tls-cert-file={PKI}/loopback.crt", f"--tls-private-key-file={PKI}/loopback.key",
            "--bind-address=127.0.0.1", f"--cluster-cidr={POD_NETWORK}", "--allocate-node-cidrs=true",
            f"--service-cluster-ip-range={SERVICE_NETWORK}", f"--root-ca-file={PKI}/ca.crt",
            f"--cluster-signing-cert-file={PKI}/ca.crt", f"--cluster-signing-key-file={PKI}/ca.key",
            f"--service-account-private-key-file={PKI}/service-account.key", "--use-service-account-credentials=true",
            "--leader-elect=false", "--profiling=false",
            # a node of one machine is either there or gone: notice sooner than the default 40 s
            "--node-monitor-grace-period=20s",
            # the first verdict of an autoscaler, and with it Healthy, comes that much sooner
            "--horizontal-pod-autoscaler-sync-period=5s",
        ),
        Probe("http", "https://127.0.0.1:10257/healthz"),
        needs=("kube-apiserver",),
    )  # fmt: skip


def _scheduler(programs: Mapping[str, Path]) -> Component:
    kubeconfig = STATE / "kubeconfigs" / "kube-scheduler"
    return Component(
        "kube-scheduler",
        (
            str(programs["kube-scheduler"]), f"--kubeconfig={kubeconfig}",
            f"--authentication-kubeconfig={kubeconfig}", f"--authorization-kubeconfig={kubeconfig}",
            f"--tls-cert-file={PKI}/loopback.crt", f"--tls-private-key-file={PKI}/loopback.key",
            "--bind-address=127.0.0.1", "--leader-elect=false", "--profiling=false",
        ),
        Probe("http", "https://127.0.0.1:10259/healthz"),
        needs=("kube-apiserver",),
    )  # fmt: skip

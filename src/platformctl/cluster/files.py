"""The configuration files of a cluster's components, as text by path below the state folder."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from platformctl.cluster.config import (
    API_PORT,
    GIT_HOST,
    POD_NETWORK,
    PUBLISHED,
    REGISTRY_HOST,
    REGISTRY_PORT,
    STATE,
    Cluster,
)
from platformctl.cluster.gitea_config import gitea_config

KUBECONFIG_USERS = (
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "kube-router",
    "coredns",
    "kubelet",
)
PAUSE_IMAGE = "registry.k8s.io/pause:3.10"


def files(cluster: Cluster, gitea_share: Path, gitea_secret: str) -> dict[str, str]:
    """Every configuration file; `gitea_secret` signs the Git server's internal tokens."""
    result = {
        "config/containerd.toml": _containerd(),
        "config/registries/_default/hosts.toml": _mirror(cluster),
        "config/cni/10-bridge.conflist": _bridge(),
        "config/kubelet.yaml": _kubelet(cluster),
        "config/kube-proxy.yaml": _kube_proxy(),
        "config/Corefile": _corefile(cluster),
        "config/registry.yaml": _registry(cluster),
        "config/gitea.ini": gitea_config(cluster, gitea_share, gitea_secret),
        "config/published.yaml": _published(cluster),
        "config/published-ports.yaml": _published_ports(cluster),
        "config/resolv.conf": f"nameserver {cluster.node_address}\n",
    }
    for user in KUBECONFIG_USERS:
        result[f"kubeconfigs/{user}"] = kubeconfig(cluster, user, STATE / "pki")
    result["kubeconfig"] = kubeconfig(cluster, "admin", cluster.folder / "pki")
    return result


def kubeconfig(cluster: Cluster, user: str, pki: Path) -> str:
    """A kubeconfig for one of the certificates; its context is called like the cluster."""
    server = f"https://{cluster.node_address}:{API_PORT}"
    credentials = {"client-certificate": f"{pki}/{user}.crt", "client-key": f"{pki}/{user}.key"}
    return _yaml(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": cluster.name,
                    "cluster": {"server": server, "certificate-authority": f"{pki}/ca.crt"},
                }
            ],
            "users": [{"name": user, "user": credentials}],
            "contexts": [{"name": cluster.name, "context": {"cluster": cluster.name, "user": user}}],
            "current-context": cluster.name,
        }
    )


def _yaml(value: object) -> str:
    return yaml.safe_dump(value, sort_keys=False)


def _containerd() -> str:
    return f"""\
version = 2
root = "{STATE}/containerd"
state = "/run/containerd"
oom_score = 0
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.tracing.processor.v1.otlp",
]

[grpc]
  address = "/run/containerd/containerd.sock"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE_IMAGE}"
  # a machine without CAP_SYS_RESOURCE refuses the pause container's score of -998
  restrict_oom_score_adj = true
  max_concurrent_downloads = 4
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{STATE}/config/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    discard_unpacked_layers = true
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{STATE}/config/registries"
"""


def _mirror(cluster: Cluster) -> str:
    return f"""\
# every registry's images come from the local one, so upstream names, tags and digests work unchanged
[host."http://{cluster.node_address}:{REGISTRY_PORT}"]
  capabilities = ["pull", "resolve"]
"""


def _bridge() -> str:
    bridge = {
        "type": "bridge",
        "bridge": "cni0",
        "isGateway": True,
        "ipMasq": False,
        "hairpinMode": True,
        "ipam": {
            "type": "host-local",
            "ranges": [[{"subnet": "10.244.0.0/24"}]],
            "routes": [{"dst": "0.0.0.0/0"}],
            "dataDir": f"{STATE}/cni",
        },
    }
    plugins = [bridge, {"type": "portmap", "capabilities": {"portMappings": True}}, {"type": "loopback"}]
    return json.dumps({"cniVersion": "0.4.0", "name": "bridge", "plugins": plugins}, indent=2) + "\n"


def _kubelet(cluster: Cluster) -> str:
    return _yaml(
        {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "address": cluster.node_address,
            "authentication": {
                "anonymous": {"enabled": False},
                "webhook": {"enabled": True},
                "x509": {"clientCAFile": f"{STATE}/pki/ca.crt"},
            },
            "authorization": {"mode": "Webhook"},
            "tlsCertFile": f"{STATE}/pki/kubelet.crt",
            "tlsPrivateKeyFile": f"{STATE}/pki/kubelet.key",
            "clusterDomain": "cluster.local",
            "clusterDNS": [cluster.node_address],
            "resolvConf": f"{STATE}/config/resolv.conf",
            "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": f"/{cluster.namespace}",
            "failCgroupV1": False,  # some machines still mount cgroup v1
            "enforceNodeAllocatable": [],
            "failSwapOn": False,
            "volumePluginDir": f"{STATE}/volume-plugins",
            "podLogsDir": f"{STATE}/pod-logs",
            # the disk is the host's: its use says nothing about this cluster
            "imageGCHighThresholdPercent": 100,
            "imageGCLowThresholdPercent": 99,
            "evictionHard": {
                "memory.available": "100Mi",
                "nodefs.available": "1%",
                "imagefs.available": "1%",
            },
            "serializeImagePulls": False,
            "maxParallelImagePulls": 4,
            "registryPullQPS": 50,
            "registryBurst": 100,
            "maxPods": 200,
            "syncFrequency": "30s",
            "nodeStatusUpdateFrequency": "5s",
        }
    )


def _kube_proxy() -> str:
    return _yaml(
        {
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "kind": "KubeProxyConfiguration",
            "mode": "iptables",
            "clientConnection": {"kubeconfig": f"{STATE}/kubeconfigs/kube-proxy"},
            "clusterCIDR": POD_NETWORK,
            # the limit is a setting of the whole machine, not of this network namespace
            "conntrack": {
                "maxPerCore": 0,
                "min": 0,
                "tcpEstablishedTimeout": "0s",
                "tcpCloseWaitTimeout": "0s",
            },
            "iptables": {"minSyncPeriod": "100ms"},
        }
    )


def _corefile(cluster: Cluster) -> str:
    return f"""\
.:53 {{
    bind {cluster.node_address}
    errors
    health 127.0.0.1:8182
    hosts {{
        {cluster.node_address} {GIT_HOST} {REGISTRY_HOST}
        fallthrough
    }}
    kubernetes cluster.local in-addr.arpa {{
        kubeconfig {STATE}/kubeconfigs/coredns
        ttl 5
    }}
}}
"""


def _registry(cluster: Cluster) -> str:
    return _yaml(
        {
            "version": 0.1,
            "log": {"level": "warn", "accesslog": {"disabled": True}},
            "storage": {
                "filesystem": {"rootdirectory": f"{STATE}/registry"},
                "cache": {"blobdescriptor": "inmemory"},
                "maintenance": {"uploadpurging": {"enabled": False}},
            },
            "http": {"addr": f"{cluster.node_address}:{REGISTRY_PORT}", "secret": cluster.name},
        }
    )


def _published(cluster: Cluster) -> str:
    ports = {
        name: {"address": f"127.0.0.1:{outer + cluster.port_offset}"} for name, (outer, _inner) in PUBLISHED.items()
    }
    return _yaml(
        {
            "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
            "log": {"level": "WARN"},
            "entryPoints": ports,
            "providers": {"file": {"filename": f"{STATE}/config/published-ports.yaml", "watch": False}},
        }
    )


def _published_ports(cluster: Cluster) -> str:
    routers = {name: {"entryPoints": [name], "rule": "HostSNI(`*`)", "service": name} for name in PUBLISHED}
    services = {
        name: {"loadBalancer": {"servers": [{"address": f"{cluster.node_address}:{inner}"}]}}
        for name, (_outer, inner) in PUBLISHED.items()
    }
    return _yaml({"tcp": {"routers": routers, "services": services}})

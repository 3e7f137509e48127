"""What a cloud would bring: DNS, an image registry, a Git server, and the way in from 127.0.0.1."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from platformctl.cluster.component import Component, Probe
from platformctl.cluster.config import GIT_PORT, REGISTRY_PORT, STATE, Cluster


def components(cluster: Cluster, programs: Mapping[str, Path]) -> list[Component]:
    """DNS, registry, Git server and the published ports."""
    return [
        _dns(programs),
        _registry(cluster, programs),
        _git(cluster, programs),
        _published(cluster, programs),
    ]


def _dns(programs: Mapping[str, Path]) -> Component:
    return Component(
        "coredns",
        (str(programs["coredns"]), "-conf", f"{STATE}/config/Corefile"),
        # not /ready: that waits for the role which is granted once the API server runs
        Probe("http", "http://127.0.0.1:8182/health"),
        needs=("kube-apiserver",),
        serves=True,
    )


def _registry(cluster: Cluster, programs: Mapping[str, Path]) -> Component:
    return Component(
        "registry",
        (str(programs["registry"]), "serve", f"{STATE}/config/registry.yaml"),
        Probe("http", f"http://{cluster.node_address}:{REGISTRY_PORT}/v2/"),
        env={"OTEL_TRACES_EXPORTER": "none"},  # it would look for a collector at start
    )


def _git(cluster: Cluster, programs: Mapping[str, Path]) -> Component:
    return Component(
        "gitea",
        (str(programs["gitea"]), "web", "--config", f"{STATE}/config/gitea.ini"),
        Probe("http", f"http://{cluster.node_address}:{GIT_PORT}/api/healthz"),
        env={"HOME": f"{STATE}/gitea", "GITEA_WORK_DIR": f"{STATE}/gitea", "USER": "root"},
    )


def _published(cluster: Cluster, programs: Mapping[str, Path]) -> Component:
    return Component(
        "published",
        (str(programs["traefik"]), f"--configfile={STATE}/config/published.yaml"),
        Probe("listen", str(cluster.port("git"))),
        needs=("gitea", "registry"),
        network="host",
        serves=True,
    )

"""The built programs that a cluster's components are started from."""

from __future__ import annotations

from pathlib import Path

from platformctl.repo import Repo
from platformctl.tools.programs import program

NAMES = (
    "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy",
    "kube-router", "coredns", "registry", "gitea", "traefik",
)  # fmt: skip


def programs(repo: Repo) -> dict[str, Path]:
    """Path by name; an error names the first that is not built."""
    return {name: program(repo, name) for name in NAMES}

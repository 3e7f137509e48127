"""The images of other projects, built here under their upstream names: a table."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class ThirdParty:
    """One image; its Dockerfile is `tools/images/<name>/Dockerfile`.

    `tag` is a fixed tag, or empty: then it is the version of `tool`, a module of `tools/`, whose `programs` (and the
    files of `share`, kept from its module) lie in the context's folder `programs/`.
    """

    name: str
    repository: str
    base: str = "static"
    tag: str = ""
    tool: str = ""
    programs: tuple[str, ...] = ()
    share: tuple[str, ...] = ()


THIRD_PARTY = (
    ThirdParty("pause", "registry.k8s.io/pause", base="debian", tag="3.10"),
    ThirdParty(
        "argocd",
        "quay.io/argoproj/argocd",
        base="debian",
        tool="argo-cd",
        programs=("argocd", "kustomize"),
        share=("entrypoint.sh", "hack/gpg-wrapper.sh", "hack/git-verify-wrapper.sh"),
    ),
    ThirdParty(
        "argo-rollouts", "quay.io/argoproj/argo-rollouts", tool="argo-rollouts", programs=("rollouts-controller",)
    ),
    # the tag that Argo CD's manifests name; what is in it is Debian's Redis 7.0
    ThirdParty("redis", "public.ecr.aws/docker/library/redis", base="debian", tag="8.10.1-alpine"),
    ThirdParty("traefik", "docker.io/library/traefik", tool="traefik", programs=("traefik",)),
    ThirdParty("postgres", "docker.io/library/postgres", base="debian", tag="15.20"),
    ThirdParty(
        "metrics-server",
        "registry.k8s.io/metrics-server/metrics-server",
        tool="metrics-server",
        programs=("metrics-server",),
    ),
    ThirdParty(
        "prometheus-operator",
        "quay.io/prometheus-operator/prometheus-operator",
        tool="prometheus-operator",
        programs=("prometheus-operator",),
    ),
    ThirdParty(
        "prometheus-config-reloader",
        "quay.io/prometheus-operator/prometheus-config-reloader",
        tool="prometheus-operator",
        programs=("prometheus-config-reloader",),
    ),
    ThirdParty("prometheus", "quay.io/prometheus/prometheus", tool="prometheus", programs=("prometheus", "promtool")),
)


def image_tag(image: ThirdParty, module_version: str) -> str:
    """The upstream tag for the version of a module."""
    if image.tag:
        return image.tag
    numbers = re.fullmatch(r"v0\.(\d)(\d\d)\.(\d+)", module_version)
    if image.name == "prometheus" and numbers:  # the program 3.5.1 is the module v0.305.1
        major, minor, patch = map(int, numbers.groups())
        return f"v{major}.{minor}.{patch}"
    return module_version

"""Images come from registries that this platform trusts, and that still exist."""

from __future__ import annotations

from platformctl.checks.images import Reference
from platformctl.checks.pods import OWN_IMAGES
from platformctl.checks.protocol import Check
from platformctl.checks.rules.images.used import KINDS, Used, each, valid

# where the images of this platform and of its add-ons are published, each as narrow as its publisher
_TRUSTED = (
    OWN_IMAGES,
    "docker.io/library/",  # Docker's official images
    "public.ecr.aws/docker/library/",  # the same, mirrored
    "quay.io/argoproj/",
    "quay.io/prometheus/",
    "quay.io/prometheus-operator/",
    "registry.k8s.io/",
)
_RETIRED = {
    "k8s.gcr.io/": "registry.k8s.io",
    "gcr.io/google_containers/": "registry.k8s.io",
    "gcr.io/google-containers/": "registry.k8s.io",
    "asia.gcr.io/k8s-artifacts-prod/": "registry.k8s.io",
    "eu.gcr.io/k8s-artifacts-prod/": "registry.k8s.io",
    "us.gcr.io/k8s-artifacts-prod/": "registry.k8s.io",
    "docker.pkg.github.com/": "ghcr.io",
    "quay.io/kubernetes-ingress-controller/": "a router that is maintained",
}


def _successor(name: str) -> str:
    return next((new for old, new in _RETIRED.items() if name.startswith(old)), "")


def _full_name(reference: Reference) -> str:
    host, _, repository = reference.name.partition("/")
    return f"{host.lower()}/{repository}"  # hosts know no upper case


def _untrusted(image: Used, reference: Reference) -> str:
    name = _full_name(reference)
    return "" if name.startswith(_TRUSTED) or _successor(name) else f"comes from a place nobody vouched for: {name}"


def _retired(image: Used, reference: Reference) -> str:
    name = _full_name(reference)
    successor = _successor(name)
    return f"comes from a registry that was retired: {name}; {successor} took its place" if successor else ""


CHECKS = (
    Check("image-registry", KINDS, each(_untrusted, valid)),
    Check("image-registry-retired", KINDS, each(_retired, valid)),
)

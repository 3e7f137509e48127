"""What the add-ons take over from upstream: manifests that lie in the Go module of the very program that runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from platformctl.errors import PlatformError

KIND = re.compile(r"^kind: (\S+)$", re.MULTILINE)
NAME = re.compile(r"^metadata:\n(?:[ ].*\n)*?  name: (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Upstream:
    """The files that an add-on takes from a tool's module, without the objects (`Kind/name`) that are not deployed.

    `module` names a library of that tool, whose files they are instead.
    """

    addon: str
    tool: str
    files: tuple[str, ...]
    dropped: frozenset[str] = field(default_factory=frozenset)
    module: str = ""


def _crds(group: str, *plurals: str) -> frozenset[str]:
    return frozenset(f"CustomResourceDefinition/{plural}.{group}" for plural in plurals)


UPSTREAMS = (
    Upstream(
        "argo-cd",
        "argo-cd",
        ("manifests/install.yaml",),
        # no single sign-on, so no dex; argocd-secret and its like are written at bring-up, never in Git
        dropped=frozenset(
            {
                *(
                    f"{kind}/argocd-dex-server"
                    for kind in ("ServiceAccount", "Role", "RoleBinding", "Service", "Deployment")
                ),
                "NetworkPolicy/argocd-dex-server-network-policy",
                "Secret/argocd-secret",
                "Secret/argocd-notifications-secret",
            }
        ),
    ),
    Upstream(
        "argo-rollouts",
        "argo-rollouts",
        ("manifests/install.yaml",),
        dropped=frozenset({"Secret/argo-rollouts-notification-secret"}),
    ),
    Upstream(
        "gateway-api",
        "traefik",  # the program that would route by them
        tuple(
            f"config/crd/standard/gateway.networking.k8s.io_{kind}.yaml"
            for kind in ("gatewayclasses", "gateways", "httproutes", "referencegrants")
        ),
        module="sigs.k8s.io/gateway-api",
    ),
    Upstream(
        "metrics-server",
        "metrics-server",
        tuple(f"manifests/base/{name}.yaml" for name in ("apiservice", "deployment", "rbac", "service")),
    ),
    Upstream(
        "prometheus",
        "prometheus-operator",
        ("bundle.yaml",),
        dropped=_crds("monitoring.coreos.com", "prometheusagents", "scrapeconfigs", "thanosrulers"),
    ),
    Upstream(
        "traefik",
        "traefik",
        tuple(
            f"docs/content/reference/dynamic-configuration/kubernetes-crd-{part}.yml"
            for part in ("definition-v1", "rbac")
        ),
    ),
)


def vendored(module_folder: Path, upstream: Upstream, origin: str) -> dict[PurePosixPath, str]:
    """The files of one add-on by their path in the repository; `origin` is module@version, for their first line."""
    left = set(upstream.dropped)
    files = {}
    for source in upstream.files:
        kept = []
        for document in _documents((module_folder / source).read_text(encoding="utf-8")):
            identity = _identity(document, source)
            if identity in upstream.dropped:
                left.discard(identity)
            else:
                kept.append(document)
        target = PurePosixPath("base/platform", upstream.addon, "upstream", PurePosixPath(source).stem + ".yaml")
        files[target] = _header(origin, source) + "---\n".join(kept)
    if left:
        raise PlatformError(
            f"{upstream.addon} drops objects that its upstream does not have: {', '.join(sorted(left))}",
            why="a new version renamed or removed them",
            fix="correct the entry in src/platformctl/upstream.py",
        )
    return files


def _documents(text: str) -> list[str]:
    parts = re.split(r"^---[ \t]*\n", text, flags=re.MULTILINE)
    return [part.rstrip("\n") + "\n" for part in parts if KIND.search(part)]


def _identity(document: str, source: str) -> str:
    kind, name = KIND.search(document), NAME.search(document)
    if kind is None or name is None:
        raise PlatformError(f"{source} holds a document without kind and name", fix="look at the module's file")
    return f"{kind[1]}/{name[1]}"


def _header(origin: str, source: str) -> str:
    return f"# generated from {source} of {origin}; do not edit, `make update` remakes it\n"

"""An existing cluster of somebody's kubeconfig: its context, its registry and its Git server."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import yaml

from platformctl.cluster.gitea import Gitea
from platformctl.cluster.kubectl import Kubectl
from platformctl.errors import PlatformError
from platformctl.images import places
from platformctl.images.build import Image
from platformctl.images.registry import serving
from platformctl.process import command, run, text
from platformctl.repo import Repo
from platformctl.tools.programs import program


def client(repo: Repo, context: str) -> Kubectl:
    """kubectl for that context, after one answer of its API server."""
    kubectl = program(repo, "kubectl")
    contexts = text(command(kubectl, "config", "get-contexts", "--output=name")).split()
    if context not in contexts:
        raise PlatformError(
            f"the kubeconfig has no context {context!r}",
            why=f"it has {', '.join(contexts) or 'none'}",
            fix="see `kubectl config get-contexts`, or set KUBECONFIG",
        )
    found = Kubectl(kubectl, (f"--context={context}", "--request-timeout=20s"))
    found("version")
    return found


def registry(found: Kubectl) -> str:
    """The registry that the cluster pulls from, as KEP-1755 has it announced."""
    hosting = found.get("configmap", "local-registry-hosting", "-n", "kube-public")
    host = yaml.safe_load(hosting[0]["data"]["localRegistryHosting.v1"]).get("host") if hosting else None
    if not host:
        raise PlatformError(
            "the cluster does not say where its registry is",
            why="its namespace kube-public has no ConfigMap local-registry-hosting",
            fix="create it as KEP-1755 says, for a registry that mirrors ghcr.io, quay.io and docker.io to the nodes",
        )
    return str(host)


def copy_images(repo: Repo, images: Mapping[str, Image], target: str) -> None:
    """Copy what the registry does not have yet, under the same paths, tags and digests."""
    crane = program(repo, "crane")
    with serving(program(repo, "registry"), places.registry_store()) as source:
        for image in images.values():
            path = image.reference.split("/", 1)[1]
            run(command(crane, "copy", "--insecure", f"{source}/{path}", f"{target}/{path}", timeout=600))


def git_server(url: str) -> Gitea:
    """The Git server of `http://user:password@host:port`."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not parts.username or not parts.password:
        raise PlatformError("--git-url is not a Git server", fix="use the form http://user:password@host:port")
    host = parts.hostname + (f":{parts.port}" if parts.port else "")
    return Gitea(f"{parts.scheme}://{host}", parts.username, parts.password)

"""Where the facts of a release are: the API server, Prometheus, Argo CD and the Git server of one cluster."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformctl.cluster import accounts, config, embedded, launch, secrets
from platformctl.cluster.git import Git
from platformctl.cluster.gitea import OWNER, REPOSITORY
from platformctl.cluster.kubectl import Kubectl
from platformctl.errors import PlatformError
from platformctl.manifests import mapping, text
from platformctl.releases.argo_cd import ArgoCD
from platformctl.releases.commits import Change, between, synced
from platformctl.releases.facts import Facts
from platformctl.releases.prometheus import Prometheus
from platformctl.releases.release import Release
from platformctl.repo import Repo, state_folder
from platformctl.tools.programs import program

ARGO_CD = "argocd"  # the namespace


@dataclass(frozen=True)
class Place:
    """One cluster; `source` is where commits that this checkout lacks can be fetched, empty to ask the Application."""

    repo: Repo
    client: Kubectl
    folder: Path
    prometheus: Prometheus | None
    source: str = ""

    def application(self, facts: Facts) -> Mapping[str, object]:
        """The Application that deploys a Rollout, when Argo CD runs on this cluster; else nothing."""
        name = facts.rollout.application
        found = self.client.get("applications.argoproj.io", "-n", ARGO_CD, name) if name else []
        return found[0] if found else {}

    def change(self, facts: Facts, release: Release) -> Change:
        """The commits of a release and what lies between them."""
        application = self.application(facts)
        old, new = synced(application, release.started)
        source = self.source or text(mapping(mapping(application.get("spec")).get("source")).get("repoURL"))
        return between(Git(self.repo, self.folder / "objects"), old, new, source)


def embedded_cluster(repo: Repo, name: str, prometheus: str | None) -> Place:
    """An embedded cluster, everything at its published ports."""
    cluster = _running(name)
    return Place(
        repo,
        embedded.kubectl(repo, cluster),
        cluster.folder,
        Prometheus(prometheus or f"http://127.0.0.1:{cluster.port('prometheus')}"),
        f"http://127.0.0.1:{cluster.port('git')}/{OWNER}/{REPOSITORY}.git",
    )


def context(repo: Repo, name: str, prometheus: str | None) -> Place:
    """The existing cluster of a kubeconfig context; its Prometheus has to be named."""
    client = Kubectl(program(repo, "kubectl"), (f"--context={name}", "--request-timeout=20s"))
    folder = state_folder() / f"context-{name.replace('/', '-')}"
    return Place(repo, client, folder, Prometheus(prometheus) if prometheus else None)


def argo_cd(repo: Repo, name: str, server: str | None, token: str | None, authority: Path | None) -> ArgoCD:
    """Argo CD's API: the one that is named, or that of an embedded cluster with the token that `make up` made."""
    if server:
        if not token:
            raise PlatformError(
                "--server needs --token",
                why="Argo CD lets nobody do anything without one",
                fix="set ARGOCD_AUTH_TOKEN to a token of an account with the role `release`",
            )
        url = server if "://" in server else f"https://{server}"
        return ArgoCD(url.rstrip("/"), token, _read(authority) if authority else "")
    cluster = _running(name)
    return ArgoCD(
        f"https://localhost:{cluster.port('argo-cd')}",
        token or accounts.token(secrets.ensure(cluster.folder)),
        _certificate(embedded.kubectl(repo, cluster)),
    )


def _running(name: str) -> config.Cluster:
    cluster = config.find(name)
    if cluster is None or not launch.is_running(cluster):
        raise PlatformError(
            f"the cluster {name} does not run",
            fix="run `make up`, or choose another one: --name NAME, --context CONTEXT, --server URL",
        )
    return cluster


def _certificate(client: Kubectl) -> str:
    """The certificate that Argo CD made for itself: the only thing that its name on 127.0.0.1 can be told by."""
    found = client.get("secret", "argocd-secret", "-n", ARGO_CD)
    encoded = text(mapping(found[0].get("data")).get("tls.crt")) if found else ""
    try:
        certificate = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        certificate = ""
    if not certificate:
        raise PlatformError(
            "Argo CD has no certificate yet",
            why="the Secret argocd-secret has no tls.crt: its API server has not started so far",
            fix="wait for `make up` to end",
        )
    return certificate


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PlatformError(f"--ca {path} cannot be read", why=str(error)) from error

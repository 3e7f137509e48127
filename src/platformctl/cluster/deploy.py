"""Puts the platform of a checkout on a cluster and waits until it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformctl.cluster import bootstrap, release, secrets
from platformctl.cluster.git import Git
from platformctl.cluster.gitea import UNDOER, Gitea
from platformctl.cluster.health import wait_for_applications, wait_for_rollouts
from platformctl.cluster.kubectl import Kubectl
from platformctl.console import Console
from platformctl.expand import applications
from platformctl.process import command, text
from platformctl.repo import Repo
from platformctl.tools.programs import program

FLEET = "local"
HEALTHY_SECONDS = 600.0
ARGO_CD = ("deployment/argocd-redis", "deployment/argocd-repo-server", "statefulset/argocd-application-controller")
ARGO_CD_SECONDS = 180
MAIN = "refs/heads/main"


@dataclass(frozen=True)
class Target:
    """A cluster to deploy to: its API, its Git server, and the folder that keeps what is made for it."""

    client: Kubectl
    git: Gitea
    folder: Path


def deploy(repo: Repo, console: Console, target: Target, digests: Mapping[str, str]) -> None:
    """Push the working tree with the digests, hand the repository to Argo CD, and wait for Synced and Healthy."""
    values = secrets.ensure(target.folder)
    git = Git(repo, target.folder / "objects")
    tree = target.folder / "tree"
    with console.step("push the working tree to the Git server"):
        made = release.make(git, digests)
        release.export(git, made.main, tree)
        _publish(git, target.git, made.main, values)
    kustomize = program(repo, "kustomize")
    with console.step("hand the repository to Argo CD"):
        bootstrap.namespaces(target.client)
        bootstrap.credentials(target.client, values)
        bootstrap.install_argo_cd(target.client, kustomize, tree)
        # what is handed over before it can be rendered fails once and is then tried again only after a pause
        wait_for_rollouts(target.client, "argocd", ARGO_CD, ARGO_CD_SECONDS)
        bootstrap.hand_over(target.client, kustomize, tree)
        # a push may have changed nothing below an Application's paths: its commit moves only when it is compared
        bootstrap.refresh(target.client, [app["metadata"]["name"] for app in bootstrap.applications(target.client)])
    wanted = _wanted(Repo(tree), kustomize, made.main)
    with console.step(f"{len(wanted)} Applications Synced and Healthy at {made.main[:12]}"):
        wait_for_applications(target.client, console, wanted, HEALTHY_SECONDS)


def _wanted(tree: Repo, kustomize: Path, main: str) -> dict[str, str]:
    """The fleet's Applications with the commit that each has to be Synced at."""
    found = applications(tree, lambda folder, _shown: text(command(kustomize, "build", folder)))
    return {
        app.name: main if app.revision == MAIN else app.revision
        for app in found
        if app.cluster.partition("/")[0] == FLEET
    }


def _publish(git: Git, server: Gitea, commit: str, values: Mapping[str, str]) -> None:
    server.ensure_repository()
    server.ensure_webhook(values["webhook"])
    server.ensure_writer(UNDOER, values["undo"])
    if commit not in git("ls-remote", server.push_url, MAIN, secrets=(server.password,)).split():
        git.push(server.push_url, commit, secret=server.password)

"""`platformctl release undo`: an aborted release, taken back in Git."""

from __future__ import annotations

import json
import logging
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from platformctl.cluster import config, embedded, launch, secrets
from platformctl.cluster.gitea import OWNER, REPOSITORY, UNDOER
from platformctl.cluster.kubectl import Kubectl
from platformctl.errors import PlatformError
from platformctl.manifests import mapping, text
from platformctl.process import ToolError
from platformctl.releases.prometheus import Prometheus
from platformctl.repo import Repo
from platformctl.tools.programs import program
from platformctl.undo import service
from platformctl.undo.act import Undo
from platformctl.undo.clone import cloned
from platformctl.undo.facts import ARGO, ARGO_CD, ROOT, one_aborted
from platformctl.undo.hosts import Credential, forge
from platformctl.undo.kubernetes import AbsentError, Read


@click.command("undo")
@click.argument("name_of_service", metavar="[SERVICE]", required=False)
@click.option("--environment", help="staging, production …")
@click.option("--dry-run", is_flag=True, help="Print what would be done in Git, and do nothing.")
@click.option("--serve", is_flag=True, help="Undo everything that is aborted on this pod's cluster, until it ends.")
@click.option("--name", default=config.DEFAULT_NAME, show_default=True, help="Name of the embedded cluster.")
@click.option("--context", help="The existing cluster of this kubeconfig context instead; needs --user.")
@click.option("--git-url", help="The repository's address from here, where it is another one than from the cluster.")
@click.option("--user", help="Account of the Git host; its token is read from TECHCOMMERCE_UNDO_TOKEN.")
def command(
    name_of_service: str | None,
    environment: str | None,
    name: str,
    context: str | None,
    git_url: str | None,
    user: str | None,
    *,
    dry_run: bool,
    serve: bool,
) -> None:
    """Take the aborted release of SERVICE back in Git: open the revert, and merge it where policy/undo.yaml says so.

    Doing it again goes on where an earlier try ended. --serve does it for every release of a cluster.
    """
    if serve:
        logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
        service.run()
        return
    if not name_of_service or not environment:
        raise click.UsageError("SERVICE and --environment say which release; --serve is for all of a cluster")
    read = _reader(Repo.find(Path.cwd()), name, context)
    found = one_aborted(read, environment, name_of_service)
    if found is None:
        raise PlatformError(
            f"no aborted release of {name_of_service} in {environment}",
            why="there is no such Rollout, or it runs what Git asks for, or its release is still under way",
            fix="`platformctl release status` shows all; `platformctl release abort` ends one that is under way",
        )
    click.echo(str(_undo(read, name, context, git_url, user)(found, by_hand=True, dry_run=dry_run)))


def _reader(repo: Repo, name: str, context: str | None) -> Read:
    if context is not None:
        return partial(_get, Kubectl(program(repo, "kubectl"), (f"--context={context}", "--request-timeout=20s")))
    cluster = config.find(name)
    if cluster is None or not launch.is_running(cluster):
        raise PlatformError(f"the cluster {name} does not run", fix="run `make up`")
    return partial(_get, embedded.kubectl(repo, cluster))


def _get(client: Kubectl, path: str) -> Any:
    try:
        return json.loads(client("get", "--raw", path))
    except ToolError as error:
        if "NotFound" in error.output:
            raise AbsentError(f"the API server has no {path}", why=error.why) from error
        raise


def _undo(read: Read, name: str, context: str | None, git_url: str | None, user: str | None) -> Undo:
    root = mapping(read(f"{ARGO}/namespaces/{ARGO_CD}/applications/{ROOT}"))
    repository = text(mapping(mapping(root.get("spec")).get("source")).get("repoURL"))
    cluster = config.find(name) if context is None else None
    token = os.environ.get(f"{service.PREFIX}TOKEN", "")
    if cluster is not None and not token:  # what `make up` made
        user, token = UNDOER, secrets.ensure(cluster.folder)["undo"]
    if cluster is not None:
        git_url = git_url or f"http://127.0.0.1:{cluster.port('git')}/{OWNER}/{REPOSITORY}.git"
    if not user or not token:
        raise PlatformError(
            "no account of the Git host", fix=f"give --user, and set {service.PREFIX}TOKEN to a token of it"
        )
    credential, address = Credential(user, token), git_url or repository
    prometheus = Prometheus(f"http://127.0.0.1:{cluster.port('prometheus')}") if cluster is not None else None
    return Undo(repository, read, read, forge(address, credential), partial(cloned, address, credential), prometheus)

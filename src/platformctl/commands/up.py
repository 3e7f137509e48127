"""Bring the platform up."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from platformctl.cluster import config, dry_run, embedded, existing, launch, preflight
from platformctl.cluster.config import Cluster
from platformctl.cluster.deploy import Target, deploy
from platformctl.cluster.programs import NAMES
from platformctl.cluster.server import git_server
from platformctl.console import Console
from platformctl.errors import PlatformError
from platformctl.images.build import Image
from platformctl.images.build import build_missing as build_images
from platformctl.images.build import prepare as prepare_images
from platformctl.repo import Repo, state_folder
from platformctl.tools import debian
from platformctl.tools.build import build_missing as build_tools
from platformctl.tools.catalogue import load

# what only checks and tests call can wait for them; `expand` says which Applications to wait for, here too
GATE_TOOLS = {"actionlint", "analysis", "conftest", "k6", "kubeconform", "opa", "pod-security", "render"}
COPYING = {"crane"}  # needed for the registry of an existing cluster only
OWN_IMAGES = ("frontend", "product-api", "order-api", "platformctl")


@click.command("up")
@click.option("--name", default=config.DEFAULT_NAME, show_default=True, help="Name of the embedded cluster.")
@click.option("--port-offset", type=click.IntRange(0, 50000), help="Added to every port on 127.0.0.1.")
@click.option("--bare", is_flag=True, help="Only the cluster, without the platform on it.")
@click.option("--context", help="Use the existing cluster of this kubeconfig context.")
@click.option("--git-url", help="With --context: Git server (Gitea) to push to, http://user:password@host:port.")
@click.option("--dry-run", is_flag=True, help="Print the commands that start the embedded cluster.")
def command(
    name: str, port_offset: int | None, bare: bool, context: str | None, git_url: str | None, dry_run: bool
) -> None:
    """Bring the whole platform up: tools, images, cluster, Argo CD, and everything that Git describes."""
    repo, console = Repo.find(Path.cwd()), Console()
    if dry_run:
        _print_commands(repo, name, port_offset)
        return
    with embedded.locked(name if context is None else f"context-{context.replace('/', '-')}"):
        if context is None:
            _embedded(repo, console, name, port_offset, bare=bare)
        else:
            _existing(repo, console, context, git_url)


def _embedded(repo: Repo, console: Console, name: str, port_offset: int | None, *, bare: bool) -> None:
    cluster = embedded.describe(name, port_offset)
    running = launch.is_running(cluster)
    if not running:
        launch.stop(cluster)  # what an interrupted command left would hold its ports
    preflight.check(cluster, running=running)
    debian.install_missing(console)
    _build_tools(repo, console, set(load(repo)) - GATE_TOOLS - COPYING, bare=bare)
    images = _build_images(repo, console, ("pause",) if bare else None)
    with console.step(f"cluster {cluster.name} runs at {cluster.node_address}"):
        embedded.start(repo, cluster)
        client = embedded.kubectl(repo, cluster)
        embedded.authorize(client)
        embedded.announce(client, cluster)
        embedded.wait_for_node(client)
    server = git_server(repo, cluster)
    if bare:
        console.line(f"kubeconfig: {cluster.kubeconfig} (context {cluster.name})")
        return
    deploy(repo, console, Target(client, server, cluster.folder), own_digests(images))
    _say_where(console, cluster)


def _existing(repo: Repo, console: Console, context: str, git_url: str | None) -> None:
    if not git_url:
        raise PlatformError(
            "--context needs --git-url",
            why="Argo CD on that cluster syncs from a Git server, and the working tree has to be pushed there",
            fix="make up CONTEXT=name GIT_URL=http://user:password@host:port",
        )
    debian.install_missing(console)
    _build_tools(repo, console, set(load(repo)) - GATE_TOOLS, bare=False)
    client = existing.client(repo, context)
    registry = existing.registry(client)
    images = _build_images(repo, console)
    with console.step(f"copy the images to {registry}"):
        existing.copy_images(repo, images, registry)
    folder = state_folder() / f"context-{context}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    deploy(repo, console, Target(client, existing.git_server(git_url), folder), own_digests(images))


def _build_tools(repo: Repo, console: Console, names: set[str], *, bare: bool) -> None:
    """Build the tools; the first time, fetching what images are made of goes on beside the compilers."""
    if bare or all(tool.built for name, tool in load(repo).items() if name in names):
        build_tools(repo, console, names)
        return
    with ThreadPoolExecutor(1) as pool:
        layers = pool.submit(prepare_images, repo, console)
        build_tools(repo, console, names)
        layers.result()


def own_digests(images: Mapping[str, Image]) -> dict[str, str]:
    """The digests that Git has to hold: those of the three services and of this program."""
    return {name: images[name].digest for name in OWN_IMAGES}


def _build_images(repo: Repo, console: Console, names: tuple[str, ...] | None = None) -> dict[str, Image]:
    programs = {name: tool.home / name for tool in load(repo).values() for name in tool.programs.values()}
    images = build_images(repo, console, programs=programs, names=names)
    built = [image.name for image in images.values() if image.built]
    console.detail(f"{len(images)} images, {len(built)} of them built now")
    return images


def _print_commands(repo: Repo, name: str, port_offset: int | None) -> None:
    tools = load(repo)
    programs = {name: tool.home / name for tool in tools.values() for name in tool.programs.values() if name in NAMES}
    sys.stdout.write(dry_run.script(embedded.describe(name, port_offset), programs))


def _say_where(console: Console, cluster: Cluster) -> None:
    console.line()
    console.line(f"shop        http://127.0.0.1:{cluster.port('shop')}/")
    console.line(f"Argo CD     https://127.0.0.1:{cluster.port('argo-cd')}/ (API and the argocd command)")
    console.line(f"Prometheus  http://127.0.0.1:{cluster.port('prometheus')}/")
    console.line(f"Git         http://127.0.0.1:{cluster.port('git')}/techcommerce/platform.git")
    console.line(f"kubectl     --kubeconfig {cluster.kubeconfig}")

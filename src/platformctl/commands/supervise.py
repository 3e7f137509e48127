"""Keep a cluster's components running; started by `platformctl up` inside the cluster's namespaces."""

from __future__ import annotations

import signal
import sys
from collections.abc import Collection
from pathlib import Path
from types import FrameType

import click

from platformctl.cluster import cgroup, config, embedded, pki
from platformctl.cluster.background import Background
from platformctl.cluster.component import Component
from platformctl.cluster.components import components
from platformctl.cluster.probe import is_ready
from platformctl.cluster.programs import programs
from platformctl.cluster.supervisor import Child, Supervisor, World
from platformctl.errors import PlatformError
from platformctl.process import Command, spawn
from platformctl.repo import Repo


@click.command("supervise", hidden=True)
@click.argument("name")
def command(name: str) -> None:
    """Keep the components of cluster NAME running until SIGTERM."""
    repo = Repo.find(Path.cwd())
    cluster = config.find(name)
    if cluster is None:
        raise PlatformError(f"there is no cluster {name}", fix="run `make up`")

    def start(component: Component) -> Child:
        words = component.argv
        if component.network == "host":
            words = ("nsenter", f"--net={config.STATE}/host-network", "--", *words)
        child = spawn(Command(words, env=component.env), config.STATE / "logs" / f"{component.name}.log")
        if component.serves:
            cgroup.let_serve(cluster, child.pid)
        return child

    def ready(component: Component, pid: int) -> bool:
        return is_ready(component.ready, pid, config.STATE / "pki" / "ca.crt")

    def authorize(names: Collection[str]) -> None:
        # before those start that need a role: refused once, they ask again only after a long pause
        if "kube-apiserver" in names:
            embedded.authorize(embedded.kubectl(repo, cluster))

    supervisor = Supervisor(
        components(cluster, programs(repo)),
        config.STATE,
        World(start, ready),
        after_wave=authorize,
        settle=Background(cluster).settle,
        renew=lambda: bool(pki.ensure(cluster, config.STATE / "pki")),
    )

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        supervisor.stop()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    sys.exit(supervisor.run())

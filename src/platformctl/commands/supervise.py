"""Keep a cluster's components running; started by `platformctl up` inside the cluster's namespaces."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType

import click

from platformctl.cluster import config, pki
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
    cluster = config.find(name)
    if cluster is None:
        raise PlatformError(f"there is no cluster {name}", fix="run `make up`")

    def start(component: Component) -> Child:
        words = component.argv
        if component.network == "host":
            words = ("nsenter", f"--net={config.STATE}/host-network", "--", *words)
        return spawn(Command(words, env=component.env), config.STATE / "logs" / f"{component.name}.log")

    def ready(component: Component, pid: int) -> bool:
        return is_ready(component.ready, pid, config.STATE / "pki" / "ca.crt")

    supervisor = Supervisor(
        components(cluster, programs(Repo.find(Path.cwd()))),
        config.STATE,
        World(start, ready),
        renew=lambda: bool(pki.ensure(cluster, config.STATE / "pki")),
    )

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        supervisor.stop()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    sys.exit(supervisor.run())

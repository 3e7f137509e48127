"""Stop and remove a cluster."""

from __future__ import annotations

import click

from platformctl.cluster import config, embedded, launch
from platformctl.console import Console


@click.command("down")
@click.option("--name", default=config.DEFAULT_NAME, show_default=True, help="Name of the embedded cluster.")
def command(name: str) -> None:
    """Stop and remove everything that `up` made: processes, mounts, network, control groups, state."""
    console = Console()
    with embedded.locked(name):
        cluster = config.remains(name)
        if cluster is None:
            console.line(f"there is no cluster {name}")
        else:
            launch.remove(cluster, console)

"""Show what runs where."""

from __future__ import annotations

from pathlib import Path

import click

from platformctl.cluster import config, embedded, launch
from platformctl.cluster.kubectl import Kubectl
from platformctl.cluster.status import components_table, services_table
from platformctl.console import Console
from platformctl.errors import PlatformError
from platformctl.repo import Repo
from platformctl.tools.programs import program


@click.command("status")
@click.option("--name", default=config.DEFAULT_NAME, show_default=True, help="Name of the embedded cluster.")
@click.option("--context", help="The existing cluster of this kubeconfig context instead.")
def command(name: str, context: str | None) -> int:
    """Show what runs where; exit code 1 when something is not Synced and Healthy."""
    repo, console = Repo.find(Path.cwd()), Console()
    if context is not None:
        client = Kubectl(program(repo, "kubectl"), (f"--context={context}",))
    else:
        cluster = config.find(name)
        if cluster is None or not launch.is_running(cluster):
            raise PlatformError(f"the cluster {name} does not run", fix="run `make up`")
        client = embedded.kubectl(repo, cluster)
        console.line(components_table(launch.state(cluster)))
        console.line()
    table, good = services_table(client)
    console.line(table)
    return 0 if good else 1

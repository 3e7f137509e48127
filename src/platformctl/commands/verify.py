"""`platformctl verify`: whether what runs is what Git demands."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import click
from prometheus_client import start_http_server

from platformctl.cluster import config
from platformctl.console import Console
from platformctl.errors import PlatformError
from platformctl.releases import places
from platformctl.releases.truth import clone, compare, difference, metrics, running, wanted
from platformctl.releases.truth.difference import Comparison
from platformctl.repo import Repo

FORMATS: Mapping[str, Callable[[Comparison], str]] = {
    "text": difference.as_text,
    "json": lambda result: json.dumps(difference.as_json(result), indent=2),
}
LOCAL = ("local", "local/production", "local/staging")


@click.command("verify")
@click.option("--name", default=config.DEFAULT_NAME, show_default=True, help="Name of the embedded cluster.")
@click.option("--context", help="The existing cluster of this kubeconfig context instead.")
@click.option("--cluster", "clusters", multiple=True, help="What runs there, as <fleet>/<cluster>; may be repeated.")
@click.option(
    "--git", "source", metavar="URL", help="Where main is. Default: the embedded cluster's Git server, or here."
)
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--metrics-file", type=click.Path(path_type=Path), help="Write the differences as metrics to this file.")
@click.option(
    "--serve", type=click.IntRange(1, 65535), metavar="PORT", help="Compare again and again, and serve metrics."
)
@click.option("--address", default="127.0.0.1", show_default=True, help="With --serve: where to listen.")
@click.option(
    "--interval", type=click.FloatRange(min=1), default=30.0, show_default=True, help="With --serve: seconds."
)
def command(
    name: str,
    context: str | None,
    clusters: tuple[str, ...],
    source: str | None,
    form: str,
    metrics_file: Path | None,
    serve: int | None,
    address: str,
    interval: float,
) -> int:
    """Compare what runs in every pod with what Git demands, without asking Argo CD.

    Exit codes: 0 the same, 1 differences; a release under way is none.
    """
    repo = Repo.find(Path.cwd())
    if context is None:
        place = places.embedded_cluster(repo, name, None)
        source = source or place.source
        clusters = clusters or LOCAL
    else:
        place = places.context(repo, context, None)
        if not clusters:
            raise PlatformError(
                "--context needs --cluster",
                why="a kubeconfig does not say which of Git's clusters this is",
                fix="name it as <fleet>/<cluster>; `platformctl apps` lists them",
            )

    def look() -> Comparison:
        tree, commit = clone.newest(repo, source, place.folder / "git") if source else clone.here(repo)
        return compare.compare(wanted.wanted(tree, clusters), running.running(place.client), commit)

    gauges = metrics.Metrics()
    if serve is not None:
        _serve(look, gauges, serve, address, interval)
        return 0
    result = look()
    gauges.set(result)
    if metrics_file:
        gauges.write(metrics_file)
    click.echo(FORMATS[form](result))
    return result.exit_code


def _serve(look: Callable[[], Comparison], gauges: metrics.Metrics, port: int, address: str, interval: float) -> None:
    """Until somebody interrupts it; a comparison that fails is told, and tried again."""
    console = Console()
    try:
        start_http_server(port, address, gauges.registry)
    except OSError as error:
        raise PlatformError(f"nothing can listen on {address}:{port}", why=str(error)) from error
    console.line(f"metrics at http://{address}:{port}/metrics, compared every {interval:g} s")
    never = threading.Event()
    while not never.is_set():
        try:
            result = look()
            gauges.set(result)
            console.line(difference.as_text(result).splitlines()[-1])
        except PlatformError as error:
            gauges.failed()
            console.line(str(error))
        never.wait(interval)

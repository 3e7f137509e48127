"""`platformctl release`: how releases go; what people do to them is in steer.py and undo.py."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
import rich.console

from platformctl.cluster import config
from platformctl.cluster.status import aligned
from platformctl.commands import steer
from platformctl.commands.undo import command as undo
from platformctl.console import Console
from platformctl.errors import PlatformError
from platformctl.releases import facts, moments, places, report, status, watch
from platformctl.releases.outcomes import Outcome
from platformctl.repo import Repo

Decorated = Callable[..., Any]
WATCH_SECONDS = 2.0


@click.group("release")
def command() -> None:
    """How releases go, and what a person may do to one."""


for each in (steer.promote, steer.abort, steer.retry, steer.pause, steer.resume, undo):
    command.add_command(each)


def of_a_cluster(function: Decorated) -> Decorated:
    """The options that choose the cluster."""
    for option in (
        click.option("--context", help="The existing cluster of this kubeconfig context instead."),
        click.option("--name", default=config.DEFAULT_NAME, show_default=True, help="Name of the embedded cluster."),
    ):
        function = option(function)
    return function


def of_a_service(function: Decorated) -> Decorated:
    """The argument and the option that choose a Rollout."""
    function = click.option("--environment", help="staging, production …; needed where it is not clear.")(function)
    return click.argument("service")(function)


@command.command("status")
@of_a_cluster
@click.option("--environment", help="Only this one.")
def status_command(name: str, context: str | None, environment: str | None) -> int:
    """One line for each Rollout and environment; exit code 1 when one is not promoted and well."""
    place = _place(name, context)
    found = facts.read(place.client, environment or "")
    status.check_any(found)
    Console().line(aligned(status.rows(found, moments.now())))
    return 0 if all(map(status.settled, found)) else 1


@command.command("watch")
@of_a_service
@of_a_cluster
@click.option("--next", "following", is_flag=True, help="Wait for the next release, when none is under way.")
@click.option("--timeout", type=click.FloatRange(min=1), help="Seconds after which to give up (exit code 3).")
def watch_command(
    service: str, environment: str | None, name: str, context: str | None, *, following: bool, timeout: float | None
) -> int:
    """Follow a release of SERVICE to its end: exit code 0 when it is promoted, 1 when it is not.

    In a terminal a live picture, elsewhere a line for each change.
    """
    place, console = _place(name, context), Console()
    first = facts.read_service(place.client, service, environment)
    namespace = first.rollout.namespace
    look = watch.Watch(
        read=lambda: facts.read_service(place.client, service, namespace),
        pause=lambda: time.sleep(WATCH_SECONDS),
        seconds=timeout,
    )
    wanted = first.rollout.revision + 1 if following and status.settled(first) else None
    with watch.screen(rich.console.Console()) as shown:
        ended = look.follow(shown, wanted)
    if ended is None:
        console.line(f"no release of {service} in {namespace} is under way; --next waits for one")
        return 0
    console.line(watch.ending(ended))
    return 0 if ended.outcome is Outcome.PROMOTED else 1


@command.command("report")
@of_a_service
@of_a_cluster
@click.option("--prometheus", metavar="URL", help="Another Prometheus than the embedded cluster's.")
@click.option("--since", help="Every release that began since then: 45s, 30m, 12h, 7d or a time. Default: the newest.")
@click.option("--output", type=click.Path(path_type=Path), default=Path(), help="A file (.html) or a folder.")
def report_command(
    service: str,
    environment: str | None,
    name: str,
    context: str | None,
    prometheus: str | None,
    since: str | None,
    output: Path,
) -> None:
    """Write an HTML page about the newest release of SERVICE, however it ended, or about several."""
    place, console, present = _place(name, context, prometheus), Console(), moments.now()
    found = facts.read_service(place.client, service, environment)
    chosen = report.chosen(found, moments.since(since, present) if since else None)
    if output.suffix == ".html" and len(chosen) > 1:
        raise PlatformError(
            f"{len(chosen)} reports do not fit into one file", fix="give --output a folder, or a shorter --since"
        )
    for written in report.write(found, chosen, place.prometheus, partial(place.change, found), present, output):
        console.line(f"{written.path}: {written.release.title}, {written.release.outcome}")


def _place(name: str, context: str | None, prometheus: str | None = None) -> places.Place:
    repo = Repo.find(Path.cwd())
    if context is not None:
        return places.context(repo, context, prometheus)
    return places.embedded_cluster(repo, name, prometheus)

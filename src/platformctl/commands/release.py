"""`platformctl release`: how releases go, and what people do to them."""

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
from platformctl.commands.undo import command as undo
from platformctl.console import Console
from platformctl.errors import PlatformError
from platformctl.releases import actions, facts, moments, places, report, status, watch
from platformctl.releases.actions import FULL, Action
from platformctl.releases.argo_cd import Application, ArgoCD
from platformctl.releases.release import Outcome
from platformctl.releases.rollout import Rollout
from platformctl.repo import Repo

Decorated = Callable[..., Any]
WATCH_SECONDS = 2.0


@click.group("release")
def command() -> None:
    """How releases go, and what a person may do to one."""


command.add_command(undo)


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


def on_argo_cd(function: Decorated) -> Decorated:
    """The options that choose Argo CD's API server and who speaks to it."""
    for option in (
        click.option(
            "--ca", type=click.Path(path_type=Path), help="The certificate (PEM) that the server is known by."
        ),
        click.option("--token", envvar="ARGOCD_AUTH_TOKEN", help="A token of an account with the role `release`."),
        click.option("--server", envvar="ARGOCD_SERVER", help="Another Argo CD than the embedded cluster's."),
        click.option("--cluster", help="The cluster, where one environment has several."),
        click.option("--name", default=config.DEFAULT_NAME, show_default=True, help="Name of the embedded cluster."),
    ):
        function = option(function)
    return of_a_service(function)


Options = dict[str, Any]


def act(action: Action, service: str, environment: str | None, options: Options) -> None:
    """Run an action through Argo CD, unless it makes no sense now; say what it did and what happens next."""
    repo, console = Repo.find(Path.cwd()), Console()
    argo = places.argo_cd(repo, options["name"], options["server"], options["token"], options["ca"])
    application = _application(argo, service, environment, options["cluster"])
    rollout = Rollout(argo.rollout(application))
    actions.check(action, rollout)
    if not argo.actions(application).get(action.argo, False):
        raise PlatformError(
            f"Argo CD does not offer {action.argo} for {service} in {application.environment} now",
            why=f"it is {rollout.phase}: {rollout.message or 'no message'}",
            fix=f"look at it: platformctl release watch {service} --environment {application.environment}",
        )
    argo.run(application, action.argo)
    console.line(f"{service} in {application.environment}, revision {rollout.revision}: {action.done}")
    console.line(f"next: {action.then(rollout)}")
    console.line(f"see:  platformctl release watch {service} --environment {application.environment}")


def _application(argo: ArgoCD, service: str, environment: str | None, cluster: str | None) -> Application:
    found = [
        each
        for each in argo.applications(service)
        if environment in (None, each.environment) and cluster in (None, each.cluster)
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise PlatformError(
            f"Argo CD has no Application of {service}" + (f" in {environment}" if environment else ""),
            why="none has these labels, or the token may not see it",
            fix="`platformctl apps` lists what Git describes",
        )
    where = ", ".join(sorted(f"{each.environment}/{each.cluster}" for each in found))
    raise PlatformError(
        f"{service} runs in several places: {where}",
        fix="choose one with --environment, and --cluster where that is not enough",
    )


@command.command("promote")
@on_argo_cd
@click.option("--full", is_flag=True, help="Skip every step and analysis that is left.")
def promote(service: str, environment: str | None, *, full: bool, **options: Any) -> None:
    """End the pause of a release of SERVICE, for example the one before all traffic in production."""
    act(actions.ACTIONS[FULL if full else "promote"], service, environment, options)


@command.command("abort")
@on_argo_cd
def abort(service: str, environment: str | None, **options: Any) -> None:
    """Give the new version of SERVICE up: all traffic goes back to the former one."""
    act(actions.ACTIONS["abort"], service, environment, options)


@command.command("retry")
@on_argo_cd
def retry(service: str, environment: str | None, **options: Any) -> None:
    """Let an aborted release of SERVICE run again from its first step."""
    act(actions.ACTIONS["retry"], service, environment, options)


@command.command("pause")
@on_argo_cd
def pause(service: str, environment: str | None, **options: Any) -> None:
    """Stop a release of SERVICE where it is."""
    act(actions.ACTIONS["pause"], service, environment, options)


@command.command("resume")
@on_argo_cd
def resume(service: str, environment: str | None, **options: Any) -> None:
    """Let a paused release of SERVICE go on."""
    act(actions.ACTIONS["resume"], service, environment, options)

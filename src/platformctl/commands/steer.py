"""`platformctl release promote|abort|retry|pause|resume`: what people do to a release, through Argo CD."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from platformctl.cluster import config
from platformctl.console import Console
from platformctl.errors import PlatformError
from platformctl.releases import actions, places
from platformctl.releases.actions import FULL, Action
from platformctl.releases.argo_cd import Application, ArgoCD
from platformctl.releases.rollout import Rollout
from platformctl.repo import Repo

Decorated = Callable[..., Any]
Options = dict[str, Any]

OBSERVED_SECONDS = 10.0  # what a controller may take to look at a change
POLL_SECONDS = 0.5


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
    function = click.option("--environment", help="staging, production …; needed where it is not clear.")(function)
    return click.argument("service")(function)


def act(action: Action, service: str, environment: str | None, options: Options) -> None:
    """Run an action through Argo CD, unless it makes no sense now; say what it did and what happens next."""
    repo, console = Repo.find(Path.cwd()), Console()
    argo = places.argo_cd(repo, options["name"], options["server"], options["token"], options["ca"])
    application = _application(argo, service, environment, options["cluster"])
    rollout = _observed(argo, application)
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


def _observed(argo: ArgoCD, application: Application) -> Rollout:
    """The Rollout, as soon as its controller has looked at the newest change; after ten seconds as it is."""
    deadline = time.monotonic() + OBSERVED_SECONDS
    while not actions.seen(rollout := Rollout(argo.rollout(application))) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return rollout


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


@click.command("promote")
@on_argo_cd
@click.option("--full", is_flag=True, help="Skip every step and analysis that is left.")
def promote(service: str, environment: str | None, *, full: bool, **options: Any) -> None:
    """End the pause of a release of SERVICE, for example the one before all traffic in production."""
    act(actions.ACTIONS[FULL if full else "promote"], service, environment, options)


@click.command("abort")
@on_argo_cd
def abort(service: str, environment: str | None, **options: Any) -> None:
    """Give the new version of SERVICE up: all traffic goes back to the former one."""
    act(actions.ACTIONS["abort"], service, environment, options)


@click.command("retry")
@on_argo_cd
def retry(service: str, environment: str | None, **options: Any) -> None:
    """Let an aborted release of SERVICE run again from its first step."""
    act(actions.ACTIONS["retry"], service, environment, options)


@click.command("pause")
@on_argo_cd
def pause(service: str, environment: str | None, **options: Any) -> None:
    """Stop a release of SERVICE where it is."""
    act(actions.ACTIONS["pause"], service, environment, options)


@click.command("resume")
@on_argo_cd
def resume(service: str, environment: str | None, **options: Any) -> None:
    """Let a paused release of SERVICE go on."""
    act(actions.ACTIONS["resume"], service, environment, options)

"""`platformctl check`: the policy gate."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from platformctl.checks import deployed, gate, plain
from platformctl.errors import PlatformError
from platformctl.output import json_report, text_report
from platformctl.profile import Profile
from platformctl.repo import Repo

FORMATS = {"text": text_report.render, "json": json_report.render}


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), default="text", show_default=True)
@click.option("--profile", "show_profile", is_flag=True, help="Show on standard error where the time went.")
def command(paths: tuple[Path, ...], form: str, *, show_profile: bool) -> int:
    """Judge everything that Git deploys, or the plain manifests in PATHS.

    Exit codes: 0 pass, 1 findings, 2 something could not be judged, 3 a tool failed.
    """
    repo = _rules(bool(paths))
    profile = Profile()
    subject = plain.subject(paths) if paths else deployed.subject(repo, profile)
    report = gate.judge(repo, subject, datetime.datetime.now(datetime.UTC).date(), profile)
    click.echo(FORMATS[form](report))
    if show_profile:
        click.echo(profile.table(), err=True)
    return report.exit_code


def _rules(plain_mode: bool) -> Repo:
    """The checkout around the working directory; for plain files the one that this program lies in will do."""
    try:
        return Repo.find(Path.cwd())
    except PlatformError:
        if not plain_mode:
            raise
        return Repo.find(Path(__file__).resolve())

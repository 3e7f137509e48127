"""`platformctl check`: the policy gate."""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from platformctl import garbage, unused
from platformctl.checks import deployed, gate, plain, rulebook
from platformctl.errors import PlatformError
from platformctl.findings import Report
from platformctl.output import github_report, json_report, junit_report, markdown_report, sarif_report, text_report
from platformctl.output.context import Context
from platformctl.profile import Profile
from platformctl.repo import Repo

FORMATS: Mapping[str, Callable[[Report, Context], str]] = {
    "text": text_report.render,
    "json": json_report.render,
    "sarif": sarif_report.render,
    "junit": junit_report.render,
    "github": github_report.render,
    "markdown": markdown_report.render,
}


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--profile", "show_profile", is_flag=True, help="Show on standard error where the time went.")
@click.option("--output", type=click.Path(path_type=Path), help="Write the report to this file.")
def command(paths: tuple[Path, ...], form: str, output: Path | None, *, show_profile: bool) -> int:
    """Judge everything that Git deploys, or the plain manifests in PATHS.

    Exit codes: 0 pass, 1 findings, 2 something could not be judged, 3 a tool failed.
    """
    repo = Repo.around(Path.cwd()) if paths else Repo.find(Path.cwd())
    profile = Profile()
    with garbage.ignored():
        subject = plain.subject(paths) if paths else deployed.subject(repo, profile)
        report = gate.judge(repo, subject, datetime.datetime.now(datetime.UTC).date(), profile)
    root = Path.cwd() if paths else repo.root
    unused.forget(time.time())
    written = FORMATS[form](report, Context(root, rulebook.load(repo), _links()))
    if output:
        _write(output, written)
        written = "\n".join(text_report.inventory(report.summary))
    click.echo(written)
    if show_profile:
        click.echo(profile.table(), err=True)
    return report.exit_code


def _links() -> str:
    """Where a workflow of GitHub shows the files of its commit; elsewhere links are relative."""
    known = [os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "SHA")]
    return f"{known[0]}/{known[1]}/blob/{known[2]}/" if all(known) else ""


def _write(output: Path, written: str) -> None:
    try:
        output.write_text(written if written.endswith("\n") else f"{written}\n", encoding="utf-8")
    except OSError as error:
        raise PlatformError(f"the report cannot be written to {output}", why=str(error)) from error

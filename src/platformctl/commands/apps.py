"""`platformctl apps`: the Applications that Git describes."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from platformctl.checks import deployed
from platformctl.expand import Application
from platformctl.repo import Repo


@click.command()
@click.option("--format", "form", type=click.Choice(["json", "text"]), default="text", show_default=True)
def command(form: str) -> None:
    """List what each cluster gets: Application, overlay, revision and what pins it."""
    found = deployed.applications(Repo.find(Path.cwd()))
    if form == "json":
        click.echo(json.dumps([_shown(each) for each in found], indent=2))
        return
    rows = [("CLUSTER", "APPLICATION", "NAMESPACE", "REVISION", "PATH")]
    rows += [(each.cluster, each.name, each.namespace, each.revision, each.path) for each in found]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip())


def _shown(application: Application) -> dict[str, Any]:
    """An Application without its object, which is mostly the same again."""
    fields = asdict(replace(application, content={}))
    del fields["content"]
    return {**fields, "options": application.kustomize}

"""`platformctl render`: the YAML that Applications apply."""

from __future__ import annotations

from pathlib import Path

import click

from platformctl.checks import deployed
from platformctl.errors import PlatformError
from platformctl.repo import Repo


@click.command()
@click.argument("names", nargs=-1, metavar="[APP]...")
def command(names: tuple[str, ...]) -> None:
    """Print what each APP applies (all without one); APP is <application> or <fleet>/<cluster>:<application>."""
    repo = Repo.find(Path.cwd())
    found = deployed.applications(repo)
    by_name = {each: {each.name, f"{each.cluster}:{each.name}"} for each in found}
    unknown = sorted(set(names) - set().union(*by_name.values()))
    if unknown:
        raise PlatformError(f"no Application is called {', '.join(unknown)}", fix="`platformctl apps` lists them")
    wanted = [each for each in found if not names or by_name[each] & set(names)]
    for application, text in deployed.printed(repo, wanted).items():
        click.echo(f"# {application.cluster}: {application.name}")
        click.echo(f"---\n{text.rstrip()}\n---")

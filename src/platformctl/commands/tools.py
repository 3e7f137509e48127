"""Bring the programs that are missing."""

from __future__ import annotations

from pathlib import Path

import click

from platformctl.console import Console
from platformctl.repo import Repo
from platformctl.tools import debian, environment
from platformctl.tools.build import build_missing


@click.command("tools")
@click.argument("names", nargs=-1)
def command(names: tuple[str, ...]) -> None:
    """Bring the pinned programs that are missing; without NAMES also install the Debian packages."""
    console = Console()
    repo = Repo.find(Path.cwd())
    if not names:
        debian.install_missing(console)
    for name in environment.NAMES:
        if not names or name in names:
            environment.bring(repo, console, name)
    built = [name for name in names if name not in environment.NAMES]
    if names and not built:
        return
    for tool in build_missing(repo, console, built):
        console.line(f"{tool.name:<22}{tool.version:<12}{', '.join(tool.programs.values())}")

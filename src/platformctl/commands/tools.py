"""Bring the programs that are missing."""

from __future__ import annotations

from pathlib import Path

import click

from platformctl.console import Console
from platformctl.repo import Repo
from platformctl.tools import debian
from platformctl.tools.build import build_missing


@click.command("tools")
@click.argument("names", nargs=-1)
def command(names: tuple[str, ...]) -> None:
    """Build the pinned Go programs that are missing; without NAMES also install the Debian packages."""
    console = Console()
    if not names:
        debian.install_missing(console)
    for tool in build_missing(Repo.find(Path.cwd()), console, names):
        console.line(f"{tool.name:<22}{tool.version:<12}{', '.join(tool.programs.values())}")

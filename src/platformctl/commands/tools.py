"""Build the Go programs that are missing."""

from __future__ import annotations

from pathlib import Path

import click

from platformctl.console import Console
from platformctl.repo import Repo
from platformctl.tools.build import build_missing


@click.command("tools")
@click.argument("names", nargs=-1)
def command(names: tuple[str, ...]) -> None:
    """Build the pinned Go programs that are missing (all, or the named TOOLS)."""
    console = Console()
    for tool in build_missing(Repo.find(Path.cwd()), console, names):
        console.line(f"{tool.name:<22}{tool.version:<12}{', '.join(tool.programs.values())}")

"""`platformctl images`: build the images of the local platform."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from platformctl.console import Console
from platformctl.images.build import Image, build_missing
from platformctl.repo import Repo
from platformctl.tools.catalogue import load


@click.command("images", short_help="Build the images of the local platform.")
@click.option("--force", is_flag=True, help="Build again what is there; without NAME also the Debian base system.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
def command(names: tuple[str, ...], force: bool) -> None:
    """Build the images that are missing into the image store: the services' and those of other projects."""
    repo = Repo.find(Path.cwd())
    console = Console()
    programs = {name: tool.home / name for tool in load(repo).values() for name in tool.programs.values()}
    images = build_missing(repo, console, programs=programs, names=names or None, force=force)
    for line in table(images.values()):
        console.line(line)


def table(images: Iterable[Image]) -> list[str]:
    """One line an image: name, digest, size, and the seconds it took."""
    rows = [("image", "digest", "MB", "seconds")]
    rows += [
        (
            image.reference,
            image.digest,
            f"{image.size / 1e6:.1f}",
            f"{image.seconds:.1f}" if image.built else "there",
        )
        for image in images
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return [
        f"{name:<{widths[0]}}  {digest:<{widths[1]}}  {size:>{widths[2]}}  {seconds:>{widths[3]}}"
        for name, digest, size, seconds in rows
    ]

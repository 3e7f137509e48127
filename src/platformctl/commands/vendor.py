"""`platformctl vendor`: the upstream manifests in base/platform, remade from the pinned modules."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import click

from platformctl.repo import Repo
from platformctl.tools.catalogue import load
from platformctl.tools.modules import module_folder
from platformctl.upstream import UPSTREAMS, vendored


def _stale(root: Path, wanted: dict[PurePosixPath, str]) -> list[PurePosixPath]:
    """Files that differ from their module, are missing, or belong to none."""
    found = {
        PurePosixPath(path.relative_to(root).as_posix()): path.read_text(encoding="utf-8")
        for path in sorted(root.glob("base/platform/*/upstream/*"))
    }
    return sorted(path for path in {*wanted, *found} if wanted.get(path) != found.get(path))


@click.command("vendor")
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 when a file is not what its module holds.")
def command(check: bool) -> None:
    """Remake the upstream manifests in base/platform from the Go modules that tools/ pins."""
    repo = Repo.find(Path.cwd())
    wanted: dict[PurePosixPath, str] = {}
    tools = load(repo)
    for upstream in UPSTREAMS:
        tool = tools[upstream.tool]
        wanted.update(vendored(module_folder(repo, tool.name), upstream, f"{tool.module}@{tool.version}"))
    stale = _stale(repo.root, wanted)
    for path in stale:
        click.echo(f"{'differs from its module' if check else 'remade'}: {path}")
        if not check:
            _put(repo.root / path, wanted.get(path))
    if check and stale:
        raise click.exceptions.Exit(1)


def _put(path: Path, content: str | None) -> None:
    if content is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")

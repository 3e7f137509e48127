"""`platformctl vendor`: what lies in base/ and comes from upstream, remade from the pinned modules."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import click

from platformctl import merge_keys
from platformctl.repo import Repo
from platformctl.tools.catalogue import load
from platformctl.tools.modules import module_folder
from platformctl.upstream import UPSTREAMS, vendored

PLACES = ("base/platform/*/upstream/*", str(merge_keys.SCHEMA), str(merge_keys.TRANSFORMERS))


def _stale(root: Path, wanted: dict[PurePosixPath, str]) -> list[PurePosixPath]:
    """Files that differ from their module, are missing, or belong to none."""
    found = {
        PurePosixPath(path.relative_to(root).as_posix()): path.read_text(encoding="utf-8")
        for place in PLACES
        for path in sorted(root.glob(place))
    }
    return sorted(path for path in {*wanted, *found} if wanted.get(path) != found.get(path))


@click.command("vendor")
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 when a file is not what its module holds.")
def command(check: bool) -> None:
    """Remake upstream's manifests, and what kustomize has to know of Rollouts, from the Go modules that tools/ pins."""
    repo = Repo.find(Path.cwd())
    wanted = _wanted(repo)
    stale = _stale(repo.root, wanted)
    for path in stale:
        click.echo(f"{'differs from its module' if check else 'remade'}: {path}")
        if not check:
            _put(repo.root / path, wanted.get(path))
    if check and stale:
        raise click.exceptions.Exit(1)


def _wanted(repo: Repo) -> dict[PurePosixPath, str]:
    tools = load(repo)
    wanted: dict[PurePosixPath, str] = {}
    for upstream in UPSTREAMS:
        tool = tools[upstream.tool]
        folder = module_folder(repo, tool.name, upstream.module)
        wanted |= vendored(folder, upstream, f"{upstream.module or tool.module}@{folder.name.rpartition('@')[2]}")
    rollouts = tools["argo-rollouts"]
    origin = f"{rollouts.module}@{rollouts.version}"
    return wanted | merge_keys.component(
        module_folder(repo, "argo-rollouts"), module_folder(repo, "kubernetes"), origin
    )


def _put(path: Path, content: str | None) -> None:
    if content is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")

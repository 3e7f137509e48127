"""Overlays rendered: each different one once, several at a time."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.manifests import Manifest
from platformctl.render.documents import Documents
from platformctl.render.kept import Kept
from platformctl.render.kustomize import add_components, build
from platformctl.render.trees import Trees, copy
from platformctl.repo import Repo


@dataclass(frozen=True)
class Source:
    """An overlay at a revision, with the components that its fleet adds; `pinned_in` is for messages only."""

    revision: str
    path: str
    components: tuple[str, ...] = ()
    pinned_in: str = field(default="", compare=False)


@dataclass(frozen=True)
class Rendered:
    """The text that a source renders to, and the objects in it."""

    text: str
    manifests: tuple[Manifest, ...]

    @property
    def key(self) -> str:
        """A digest that changes with what is rendered."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def render(repo: Repo, program: Path, sources: Iterable[Source]) -> dict[Source, Rendered]:
    """What every source renders to; an error names all that do not render or render to nothing."""
    documents = Documents()
    trees = Trees(repo)
    with (
        tempfile.TemporaryDirectory(prefix="techcommerce-render-") as scratch,
        ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool,
    ):
        overlays = _Overlays(trees, Path(scratch))
        jobs = {}
        for source in dict.fromkeys(sources):
            identity = trees.identity(source.revision, source.pinned_in)
            kept = Kept(identity, source.path, *source.components, str(program))
            text = kept.read()
            folder = overlays.folder(source) if text is None else None
            jobs[source] = pool.submit(_one, program, folder, source, text, kept, documents)
        return _results(jobs)


class _Overlays:
    """The folder of each source; one with components lies in a copy of its tree where they are added."""

    def __init__(self, trees: Trees, scratch: Path) -> None:
        self._trees = trees
        self._scratch = scratch
        self._copies: dict[tuple[str, tuple[str, ...]], Path] = {}

    def folder(self, source: Source) -> Path:
        tree = self._trees.folder(source.revision, source.pinned_in)
        if source.components:
            key = (source.revision, source.components)
            if key not in self._copies:
                self._copies[key] = self._scratch / str(len(self._copies))
                copy(tree, self._copies[key])
            tree = self._copies[key]
            add_components(tree / source.path, source.components)
        return tree / source.path


def _one(
    program: Path, folder: Path | None, source: Source, text: str | None, kept: Kept, documents: Documents
) -> Rendered:
    if text is None:
        text = build(program, folder or Path(), source.path)
        kept.write(text)
    objects = documents.objects(text, source.path)
    if not objects:
        raise PlatformError(
            f"{source.path} renders to no object at all",
            why="its Application would be healthy and empty, and with pruning delete what it had",
            fix="list its resources; a Kustomize Component must be used by an overlay, not deployed itself",
        )
    return Rendered(text, objects)


def _results(jobs: Mapping[Source, Future[Rendered]]) -> dict[Source, Rendered]:
    results: dict[Source, Rendered] = {}
    failures: list[PlatformError] = []
    for source, job in jobs.items():
        try:
            results[source] = job.result()
        except PlatformError as error:
            failures.append(error)
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise PlatformError(
            f"{len(failures)} overlays do not render",
            why="\n".join(f"{failure.what}: {failure.why}" for failure in failures),
            exit_code=max(failure.exit_code for failure in failures),
        )
    return results

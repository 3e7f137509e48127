"""Overlays rendered: each different one once, several at a time, and none that nothing changed for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from platformctl.errors import PlatformError
from platformctl.manifests import Manifest
from platformctl.render.kept import Kept, Result
from platformctl.render.origins import Origins
from platformctl.render.program import Job, call
from platformctl.render.sourcefile import KUSTOMIZATIONS, SourceFiles
from platformctl.render.states import States
from platformctl.render.trees import WORKING_TREE, Trees
from platformctl.repo import Repo, write_whole

SILENT = "kustomize says nothing about it, and what was meant to happen does not"


@dataclass(frozen=True)
class Source:
    """An overlay at a revision, with what its Application adds.

    `options` is the Application's source.kustomize as JSON with sorted keys; `components` are added to its own.
    `pinned_in` is for messages only.
    """

    revision: str
    path: str
    components: tuple[str, ...] = ()
    options: str = ""
    pinned_in: str = field(default="", compare=False)

    def kustomize(self) -> Mapping[str, Any]:
        """What the Application adds to the overlay."""
        options = json.loads(self.options) if self.options else {}
        listed = options.get("components") or []
        components = [*listed, *(each for each in self.components if each not in listed)]
        return {**options, **({"components": components} if components else {})}


@dataclass(frozen=True)
class Rendered:
    """What a source renders to; `key` changes with anything that was read for it, comments included."""

    key: str
    load: Callable[[], tuple[Manifest, ...]] = field(repr=False)

    @cached_property
    def manifests(self) -> tuple[Manifest, ...]:
        """Its objects; equal ones of several sources have one and the same content."""
        return self.load()


def render(repo: Repo, program: Path, sources: Iterable[Source], *, whole: bool = False) -> dict[Source, Rendered]:
    """What every source renders to; an error names all that do not render, render to nothing, or not as written.

    `whole` says that the sources are all there are: what a shared Component says must then do something in one.
    """
    run = _Run(repo, program)
    results = run.results(tuple(dict.fromkeys(sources)), text=False)
    failures = list(_failures(run, results))
    failures += _idle(run, results) if whole and not failures else []
    _raise(failures)
    contents: dict[bytes, Mapping[str, Any]] = {}
    return {
        source: Rendered(result.key, partial(_manifests, run, source, result, contents))
        for source, result in results.items()
    }


def texts(repo: Repo, program: Path, sources: Iterable[Source]) -> dict[Source, str]:
    """The YAML of every source, as `kustomize build` prints it."""
    run = _Run(repo, program)
    results = run.results(tuple(dict.fromkeys(sources)), text=True)
    _raise(list(_failures(run, results)))
    return {source: result.text or "" for source, result in results.items()}


def build(repo: Repo, program: Path) -> Callable[[Path, str], str]:
    """Gives the YAML of a folder of the checkout; the second argument is how errors call it."""

    def of(folder: Path, shown: str) -> str:
        source = Source(WORKING_TREE, str(folder.relative_to(repo.root)), pinned_in=shown)
        return texts(repo, program, [source])[source]

    return of


class _Run:
    """Results from the cache where nothing changed, else from one call of the program."""

    def __init__(self, repo: Repo, program: Path) -> None:
        self._program = program
        self._trees = Trees(repo)
        self._states = States(repo.root)
        self._files: dict[Path, SourceFiles] = {}

    def results(self, sources: Sequence[Source], *, text: bool) -> dict[Source, Result]:
        """Of every source, those that do not render included."""
        found = {source: self._kept(source).read(text=text) for source in sources}
        self.make([source for source, result in found.items() if result is None], found, text=text)
        digests = self._states.kept()
        if digests is not None:
            write_whole(self._states.file, digests)
        return {source: result for source, result in found.items() if result is not None}

    def make(
        self, sources: Sequence[Source], into: dict[Source, Result | None], *, text: bool = False, confirm: bool = False
    ) -> None:
        """Render, and keep what can be used."""
        if not sources:
            return
        jobs = [Job(self.folder(each), each.path, each.kustomize(), text=text, confirm=confirm) for each in sources]
        for number, result in call(self._program, jobs):
            source = sources[number]
            made = Result({**result.about, "confirmed": confirm}, result.lines, result.text)
            if not (result.about.get("error") or result.about.get("problems")):
                made = replace(made, key=self._kept(source).write(made))
            into[source] = made

    def folder(self, source: Source) -> Path:
        """The files of the source's revision."""
        return self._trees.folder(source.revision, source.pinned_in)

    def files(self, source: Source) -> SourceFiles:
        """The same, read for people: with lines."""
        folder = self.folder(source)
        return self._files.setdefault(folder, SourceFiles(folder))

    def _kept(self, source: Source) -> Kept:
        changes = source.revision == WORKING_TREE
        self._trees.check(source.revision, source.pinned_in)
        options = json.dumps(source.kustomize(), sort_keys=True)
        return Kept(
            self._states if changes else None, str(self._program), "" if changes else source.revision,
            source.path, options,
        )  # fmt: skip


def _manifests(
    run: _Run, source: Source, result: Result, contents: dict[bytes, Mapping[str, Any]]
) -> tuple[Manifest, ...]:
    origins = Origins(partial(run.files, source), source.path, source.kustomize(), source.pinned_in)
    manifests = []
    for line in result.lines:
        content = contents.get(line)
        if content is None:
            content = contents[line] = json.loads(line)
        manifests.append(Manifest(content, source.path, None, origin=partial(origins.place, content)))
    return tuple(manifests)


def _failures(run: _Run, results: Mapping[Source, Result]) -> Iterator[PlatformError]:
    told = set()
    for source, result in results.items():
        error = result.about.get("error")
        if error:
            yield _unrenderable(run, source, str(error))
        elif not result.lines:
            yield PlatformError(
                f"{source.path} renders to no object at all",
                why="its Application would be healthy and empty, and with pruning delete what it had",
                fix="list its resources; a Kustomize Component must be used by an overlay, not deployed itself",
            )
        for problem in result.about.get("problems") or ():
            failure = _problem(run, source, problem)
            if failure.what not in told:
                told.add(failure.what)
                yield failure


def _unrenderable(run: _Run, source: Source, error: str) -> PlatformError:
    folder = run.folder(source) / source.path
    if not any((folder / name).is_file() for name in KUSTOMIZATIONS):
        return PlatformError(f"{source.path} is no overlay", why="it has no kustomization.yaml")
    return PlatformError(f"{source.path} does not render", why=error, fix=f"kustomize build {source.path}")


def _problem(run: _Run, source: Source, problem: Mapping[str, Any]) -> PlatformError:
    line = run.files(source).line(problem["file"], tuple(problem["field"]))
    return PlatformError(
        f"{problem['file']}:{line or 1}: {problem['message']}",
        why=f"{source.path} renders all the same: {SILENT}",
        fix="correct the entry, or remove it",
    )


def _idle(run: _Run, results: dict[Source, Result]) -> list[PlatformError]:
    """Entries of Components that do nothing in any overlay that uses them."""
    suspects = _shared_suspects(results)
    doubtful = [
        source
        for source, result in results.items()
        if not result.about.get("confirmed") and any(source in users for users in suspects.values())
    ]
    if doubtful:
        sure: dict[Source, Result | None] = {}
        run.make(doubtful, sure, confirm=True)
        results.update({source: result for source, result in sure.items() if result is not None})
        suspects = _shared_suspects(results)
    return [
        _problem(run, users[0], {"file": file, "field": json.loads(where), "message": message})
        for (_, file, where, message), users in suspects.items()
    ]


def _shared_suspects(results: Mapping[Source, Result]) -> dict[tuple[str, str, str, str], list[Source]]:
    """Entries that show no effect anywhere, and who uses their file."""
    users: dict[tuple[str, str], list[Source]] = {}
    suspects: dict[tuple[str, str, str, str], list[Source]] = {}
    for source, result in results.items():
        for file in result.about.get("used") or ():
            users.setdefault((source.revision, file), []).append(source)
        for each in result.about.get("suspects") or ():
            key = (source.revision, each["file"], json.dumps(each["field"]), each["message"])
            suspects.setdefault(key, []).append(source)
    return {key: found for key, found in suspects.items() if len(found) == len(users[key[:2]])}


def _raise(failures: Sequence[PlatformError]) -> None:
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise PlatformError(
            f"{len(failures)} overlays do not render"
            if _all_broken(failures)
            else f"{len(failures)} faults in overlays",
            why="\n".join(f"{failure.what}: {failure.why}" for failure in failures),
            exit_code=max(failure.exit_code for failure in failures),
        )


def _all_broken(failures: Sequence[PlatformError]) -> bool:
    return all("render" in failure.what or "no overlay" in failure.what for failure in failures)

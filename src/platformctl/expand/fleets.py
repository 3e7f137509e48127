"""All Applications of all fleets: those in apps/, and those that the ApplicationSets there generate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from platformctl import garbage
from platformctl.errors import PlatformError
from platformctl.expand.application import Application, Place, from_object
from platformctl.expand.clusters import Cluster, Values, read
from platformctl.expand.generated import Described, Generated, generate
from platformctl.manifests import Manifest, items, mapping, parse, text
from platformctl.repo import Repo, cache_folder
from platformctl.tools.programs import program

Build = Callable[[Path, str], str]  # what kustomize makes of a folder, and how that folder is called in errors

CLUSTER_SECRET = ("argocd.argoproj.io/secret-type", "cluster")


def applications(repo: Repo, build: Build) -> tuple[Application, ...]:
    """Every Application of every fleet, by cluster and name; none at all is an error."""
    folder = repo.root / "clusters"
    folders = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    if not folders:
        raise PlatformError("there is no fleet", fix="make clusters/<fleet>/kustomization.yaml and cluster files")
    with ThreadPoolExecutor(len(folders)) as pool:
        fleets = list(pool.map(lambda each: _fleet(repo, each, build), folders))
    expand = program(repo, "expand")
    cache = cache_folder() / "applications" / expand.parent.name
    with garbage.ignored():
        answers = generate(expand, repo.root, [fleet.described() for fleet in fleets], cache)
        return tuple(
            application
            for fleet in fleets
            for application in fleet.applications([answer for answer in answers if answer.fleet == fleet.name])
        )


@dataclass(frozen=True)
class _Fleet:
    """What a fleet renders to, and its cluster files."""

    name: str
    objects: Sequence[Manifest]
    clusters: Sequence[Cluster]
    repository: str

    @property
    def where(self) -> str:
        return f"clusters/{self.name}"

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        """The objects of a kind of Argo CD's."""
        found = [each for each in self.objects if each.kind == kind]
        return [each.content for each in found if each.api_version.partition("/")[0] == "argoproj.io"]

    def described(self) -> Described:
        label, value = CLUSTER_SECRET
        secrets = [each.content for each in self.objects if each.kind == "Secret"]
        return Described(
            name=self.name,
            sets=self.of("ApplicationSet"),
            projects=self.of("AppProject"),
            secrets=[each for each in secrets if mapping(mapping(each["metadata"]).get("labels")).get(label) == value],
            repository=self.repository,
        )

    def applications(self, answers: Sequence[Generated]) -> list[Application]:
        """Those in Git and those that are generated; each name stands for one."""
        _refuse_errors(self.where, answers)
        once = Place(self.name, f"{self.where}/kustomization.yaml")
        found = [from_object(content, once, self.repository) for content in self.of("Application")]
        clusters = {cluster.file: (cluster, cluster.entries()) for cluster in self.clusters}
        for answer in answers:
            for each in answer.applications:
                place = self._place(each, clusters) or once
                made = from_object(each["application"], place, self.repository)
                found.append(replace(made, made_by=answer.name))
        names = [application.name for application in found]
        twice = sorted(name for name, count in _counted(names).items() if count > 1)
        if twice or not found:
            problem = f"two Applications are called {', '.join(twice)}" if twice else "there is no Application"
            raise PlatformError(f"{self.where}: {problem}", fix="check the ApplicationSets in apps/")
        return sorted(found, key=lambda application: (application.cluster, application.name))

    def _place(
        self,
        generated: Mapping[str, Any],
        clusters: Mapping[str, tuple[Cluster, Mapping[str, list[tuple[Values, int | None]]]]],
    ) -> Place | None:
        """The cluster file that an Application was made of, with the line of the entry whose values it got."""
        files = [file for file in generated["files"] or () if file in clusters]
        if len(files) != 1:
            return None
        cluster, entries = clusters[files[0]]
        given = generated["parameters"]
        lines = [
            line
            for entry, line in entries.get(given.get("name", ""), ())
            if all(given.get(key) == value for key, value in entry.items())
        ]
        return Place(f"{self.name}/{cluster.name}", cluster.file, lines[0] if len(lines) == 1 else None)


def _fleet(repo: Repo, folder: Path, build: Build) -> _Fleet:
    where = f"clusters/{folder.name}"
    clusters = _clusters(repo, folder)
    objects = []
    for each in parse(build(folder, where), where, lines=False):
        if not isinstance(each, Manifest):
            raise PlatformError(f"{where} renders to something unreadable", why=each.message)
        objects.append(each)
    return _Fleet(folder.name, objects, clusters, _repository(where, objects))


def _clusters(repo: Repo, folder: Path) -> list[Cluster]:
    names = sorted(path for path in folder.glob("*.yaml") if path.name != "kustomization.yaml")
    if not names:
        raise PlatformError(f"clusters/{folder.name} describes no cluster", fix="add clusters/<fleet>/<cluster>.yaml")
    for path in names:
        if not path.resolve().is_relative_to(repo.root.resolve()):
            raise PlatformError(f"{path.relative_to(repo.root)} leads out of the repository", fix="make it a file")
    return [read(path, str(path.relative_to(repo.root))) for path in names]


def _repository(where: str, objects: Iterable[Manifest]) -> str:
    """The URL of this repository for a fleet: its root Application syncs it, or else all that it names is that one."""
    ours = [each.content for each in objects if each.kind in ("Application", "ApplicationSet")]
    roots = [source for each in ours for source in _sources(each) if source.get("path") == where]
    named = roots or [source for each in ours for source in _sources(each)]
    urls = sorted({text(source.get("repoURL")) for source in named} - {""})
    urls = [url for url in urls if "{{" not in url]
    if len(urls) > 1:
        raise PlatformError(
            f"{where} names {len(urls)} repositories: {', '.join(urls)}",
            why="only this one can be read",
            fix=f"let an Application with path {where} say which one this is",
        )
    return urls[0] if urls else ""


def _sources(value: object) -> Iterator[Mapping[str, Any]]:
    """Everything that names a repository, at any depth."""
    if isinstance(value, Mapping):
        if "repoURL" in value:
            yield value
        for each in value.values():
            yield from _sources(each)
    for each in items(value):
        yield from _sources(each)


def _refuse_errors(where: str, answers: Sequence[Generated]) -> None:
    wrong = [f"{each.name}: {each.error}" for each in answers if each.error]
    wrong += [f"{each.name}: it makes no Application" for each in answers if not each.error and not each.applications]
    if wrong:
        raise PlatformError(
            f"{where}: an ApplicationSet cannot be expanded",
            why="\n".join(wrong),
            fix="check its generators' files and lists, and the names in its templates",
        )


def _counted(names: Iterable[str]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts

"""All Applications of all fleets: those in apps/, and those that the ApplicationSets there make of cluster files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.expand.application import Application, from_object
from platformctl.expand.clusters import Cluster, read
from platformctl.expand.sets import generate
from platformctl.manifests import Manifest, parse
from platformctl.repo import Repo

Build = Callable[[Path, str], str]  # what kustomize makes of a folder, and how that folder is called in errors


def applications(repo: Repo, build: Build) -> tuple[Application, ...]:
    """Every Application of every fleet, by cluster and name; none at all is an error."""
    folder = repo.root / "clusters"
    fleets = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    if not fleets:
        raise PlatformError("there is no fleet", fix="make clusters/<fleet>/kustomization.yaml and cluster files")
    return tuple(application for fleet in fleets for application in _of_fleet(repo, fleet, build))


def _of_fleet(repo: Repo, folder: Path, build: Build) -> list[Application]:
    fleet = folder.name
    clusters = _clusters(repo, folder)
    found: list[Application] = []
    for manifest in parse(build(folder, f"clusters/{fleet}"), f"clusters/{fleet}", lines=False):
        if not isinstance(manifest, Manifest):
            raise PlatformError(f"clusters/{fleet} renders to something unreadable", why=manifest.message)
        if manifest.api_version.partition("/")[0] != "argoproj.io":
            continue
        if manifest.kind == "Application":
            found.append(from_object(manifest.content, fleet, f"clusters/{fleet}/kustomization.yaml"))
        elif manifest.kind == "ApplicationSet":
            found.extend(generate(manifest.content, fleet, clusters))
    names = [application.name for application in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not found:
        problem = f"two Applications are called {', '.join(twice)}" if twice else "there is no Application"
        raise PlatformError(f"clusters/{fleet}: {problem}", fix="check the ApplicationSets in apps/")
    return sorted(found, key=lambda application: (application.cluster, application.name))


def _clusters(repo: Repo, folder: Path) -> list[Cluster]:
    names = sorted(path for path in folder.glob("*.yaml") if path.name != "kustomization.yaml")
    if not names:
        raise PlatformError(f"clusters/{folder.name} describes no cluster", fix="add clusters/<fleet>/<cluster>.yaml")
    return [read(path, str(path.relative_to(repo.root))) for path in names]

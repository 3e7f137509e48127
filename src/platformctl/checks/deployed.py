"""Everything that Git deploys: each Application's rendered objects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from platformctl import expand
from platformctl.checks.gate import Subject
from platformctl.checks.programs import needed
from platformctl.expand import Application
from platformctl.render import Rendered, Source, build, render, texts
from platformctl.repo import Repo


def applications(repo: Repo) -> tuple[Application, ...]:
    """The Applications that Git describes."""
    return expand.applications(repo, build(repo, needed(repo, "render")))


def rendered(repo: Repo, wanted: Iterable[Application], *, whole: bool = False) -> dict[Application, Rendered]:
    """What each Application applies; `whole` when these are all there are."""
    sources = _sources(wanted)
    results = render(repo, needed(repo, "render"), sources.values(), whole=whole)
    return {application: results[source] for application, source in sources.items()}


def printed(repo: Repo, wanted: Iterable[Application]) -> dict[Application, str]:
    """The same as YAML, as kustomize prints it."""
    sources = _sources(wanted)
    results = texts(repo, needed(repo, "render"), sources.values())
    return {application: results[source] for application, source in sources.items()}


def _sources(wanted: Iterable[Application]) -> dict[Application, Source]:
    return {each: Source(each.revision, each.path, each.components, pinned_in=each.file) for each in wanted}


def subject(repo: Repo) -> Subject:
    """All objects of all Applications, each with the cluster that gets it."""
    expected = applications(repo)
    results = rendered(repo, expected, whole=True)
    manifests = tuple(
        replace(
            manifest,
            application=application.name,
            clusters=(application.cluster,),
            destination=application.namespace,
            world=f"{application.cluster.partition('/')[0]} {application.server}",
        )
        for application, result in results.items()
        for manifest in result.manifests
    )
    return Subject(manifests, applications=len(expected), rendered=len(results), deployed=True)

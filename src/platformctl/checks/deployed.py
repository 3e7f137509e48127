"""Everything that Git deploys: each Application's rendered objects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from platformctl import expand
from platformctl.checks.gate import Subject
from platformctl.checks.programs import needed
from platformctl.expand import Application
from platformctl.render import Rendered, Source, kustomize, render
from platformctl.repo import Repo


def applications(repo: Repo) -> tuple[Application, ...]:
    """The Applications that Git describes."""
    return expand.applications(repo, partial(kustomize.build, needed(repo, "kustomize")))


def rendered(repo: Repo, wanted: Iterable[Application]) -> dict[Application, Rendered]:
    """What each Application applies."""
    sources = {each: Source(each.revision, each.path, each.components, each.file) for each in wanted}
    results = render(repo, needed(repo, "kustomize"), sources.values())
    return {application: results[source] for application, source in sources.items()}


def subject(repo: Repo) -> Subject:
    """All objects of all Applications, each with the cluster that gets it."""
    expected = applications(repo)
    results = rendered(repo, expected)
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

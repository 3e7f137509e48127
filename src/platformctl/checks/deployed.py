"""Everything that Git deploys: each Application's rendered objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from platformctl import expand
from platformctl.checks.gate import Subject
from platformctl.checks.programs import needed
from platformctl.checks.protocol import Fleet
from platformctl.expand import Application
from platformctl.manifests import Manifest
from platformctl.render import Rendered, Source, kustomize, render
from platformctl.repo import Repo

ARGO_CD = "argocd"  # the namespace of what Argo CD itself reads


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
            world=_world(application),
        )
        for application, result in results.items()
        for manifest in result.manifests
    )
    generated = tuple(_as_object(application) for application in expected if application.made_by)
    return Subject(
        manifests,
        applications=len(expected),
        rendered=len(results),
        deployed=True,
        generated=generated,
        fleets=_fleets(expected, manifests, generated),
    )


def _world(application: Application) -> str:
    """The API server that gets it; each fleet sees its own as https://kubernetes.default.svc."""
    return f"{application.cluster.partition('/')[0]} {application.server}"


def _as_object(application: Application) -> Manifest:
    """A generated Application as the object that Argo CD's own cluster will hold."""
    fleet = application.cluster.partition("/")[0]
    return Manifest(
        application.content,
        application.file,
        None,
        clusters=(application.cluster,),
        destination=ARGO_CD,
        world=f"{fleet} {expand.IN_CLUSTER}",
    )


def _fleets(
    expected: Iterable[Application], manifests: Iterable[Manifest], generated: Iterable[Manifest]
) -> dict[str, Fleet]:
    """What each Argo CD manages, by the worlds that it deploys to."""
    made = Counter((application.cluster.partition("/")[0], application.made_by) for application in expected)
    objects = [*manifests, *generated]
    names = {application.cluster.partition("/")[0] for application in expected}
    by_name = {
        name: Fleet(
            applications={each.name: each for each in _of(objects, name, "Application")},
            projects={each.name: each for each in _of(objects, name, "AppProject")},
            made={maker: count for (fleet, maker), count in made.items() if fleet == name and maker},
        )
        for name in names
    }
    return {world: by_name[world.partition(" ")[0]] for world in {manifest.world for manifest in objects}}


def _of(objects: Iterable[Manifest], fleet: str, kind: str) -> Iterator[Manifest]:
    return (each for each in objects if each.kind == kind and each.world.startswith(f"{fleet} "))

"""Everything that Git deploys: each Application's rendered objects."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from platformctl import expand
from platformctl.checks.programs import needed
from platformctl.checks.protocol import Fleet
from platformctl.checks.subject import Complaint, Part, Subject
from platformctl.expand import IN_CLUSTER, Application, missing
from platformctl.manifests import Manifest
from platformctl.profile import Profile
from platformctl.render import Rendered, Source, build, render, texts
from platformctl.repo import Repo

ARGO_CD = "argocd"  # the namespace of what Argo CD itself reads


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
    return {each: Source(each.revision, each.path, options=each.options, pinned_in=each.file) for each in wanted}


def subject(repo: Repo, profile: Profile) -> Subject:
    """All objects of all Applications, by the API server that gets them."""
    with profile.step("expand"):
        expected = applications(repo)
    forgotten = tuple(
        Complaint("application-missing", each.file, f"{each.cluster} does not get {each.path}", (each.cluster,))
        for each in missing(repo, expected)
    )
    with profile.step("render"):
        results = rendered(repo, expected, whole=True)
    return Subject(
        tuple(_parts(results)),
        complaints=forgotten,
        applications=len(expected) + len(forgotten),
        rendered=len(results),
        deployed=True,
    )


Members = Mapping[Application, Rendered]


def _parts(results: Members) -> Iterator[Part]:
    for fleet in dict.fromkeys(_fleet(application) for application in results):
        everything = {each: result for each, result in results.items() if _fleet(each) == fleet}
        shared = {each: result for each, result in everything.items() if each.cluster == fleet}
        for server in dict.fromkeys(each.server for each in everything):
            members = {each: result for each, result in everything.items() if each.server == server}
            known = everything if server == IN_CLUSTER else members  # the others do not hold the Applications
            yield Part(
                load=partial(_manifests, members),
                key=_key({**shared, **members}, known),
                fleet=partial(_described, shared, known),
                generated=partial(_generated, known if server == IN_CLUSTER else {}),
            )


def _fleet(application: Application) -> str:
    return application.cluster.partition("/")[0]


def _key(members: Members, known: Iterable[Application]) -> str:
    """Changes with everything that a rule can see of a world."""
    digest = hashlib.sha256()
    for application, result in members.items():
        digest.update(f"{application!r}\n{result.key}\n".encode())
    for application in known:
        content = json.dumps(application.content, sort_keys=True, default=str)
        digest.update(f"{application.made_by}\n{content}\n".encode())
    return digest.hexdigest()


def _manifests(members: Members) -> Iterator[Manifest]:
    for application, result in members.items():
        for manifest in result.manifests:
            yield replace(
                manifest,
                application=application.name,
                clusters=(application.cluster,),
                destination=application.namespace,
            )


def _generated(known: Iterable[Application]) -> Iterator[Manifest]:
    """Generated Applications as the objects that Argo CD's own cluster will hold."""
    for application in known:
        if application.made_by:
            yield Manifest(
                application.content,
                application.file,
                application.line,
                clusters=(application.cluster,),
                destination=ARGO_CD,
            )


def _described(shared: Members, known: Iterable[Application]) -> Fleet:
    """What Argo CD manages: the projects, and the Applications that matter to one API server."""
    objects = list(_manifests(shared))
    named = [each for each in objects if each.kind == "Application"]
    made = Counter(application.made_by for application in known if application.made_by)
    return Fleet(
        applications={each.name: each for each in [*named, *_generated(known)]},
        projects={each.name: each for each in objects if each.kind == "AppProject"},
        made=made,
    )

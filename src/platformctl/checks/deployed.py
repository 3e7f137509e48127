"""Everything that Git deploys: each Application's rendered objects."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from platformctl import expand
from platformctl.checks.gate import Complaint, Part, Subject
from platformctl.checks.programs import needed
from platformctl.expand import Application, missing
from platformctl.manifests import Manifest
from platformctl.profile import Profile
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
    worlds: dict[str, list[tuple[Application, Rendered]]] = {}
    for application, result in results.items():
        worlds.setdefault(_world(application), []).append((application, result))
    parts = tuple(Part(partial(_manifests, members), _key(members)) for members in worlds.values())
    return Subject(
        parts,
        complaints=forgotten,
        applications=len(expected) + len(forgotten),
        rendered=len(results),
        deployed=True,
    )


def _world(application: Application) -> str:
    """The API server that gets it; each fleet sees its own as https://kubernetes.default.svc."""
    return f"{application.cluster.partition('/')[0]} {application.server}"


def _key(members: Sequence[tuple[Application, Rendered]]) -> str:
    digest = hashlib.sha256()
    for application, result in members:
        described = json.dumps(application.content, sort_keys=True, default=str)
        digest.update(f"{application!r}\n{described}\n{result.key}\n".encode())
    return digest.hexdigest()


def _manifests(members: Iterable[tuple[Application, Rendered]]) -> Iterator[Manifest]:
    for application, result in members:
        for manifest in result.manifests:
            yield replace(
                manifest,
                application=application.name,
                clusters=(application.cluster,),
                destination=application.namespace,
            )

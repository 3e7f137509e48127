"""What Argo CD delivered, and which of it was good: the Git side of a release, from its Application."""

from __future__ import annotations

import datetime
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.errors import PlatformError
from platformctl.manifests import items, mapping, text
from platformctl.releases.moments import moment

INPUTS = "argocd.argoproj.io/manifest-generate-paths"
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Delivery:
    """One sync that changed the cluster: the commit, and when it began."""

    commit: str
    began: datetime.datetime


@dataclass(frozen=True)
class Application:
    """What Git describes for one service on one cluster, and every delivery of it that is still known, oldest first.

    `own` are the folders that belong to the service alone, `shared` those that other Applications render too.
    """

    name: str
    cluster: str
    environment: str
    service: str
    repository: str
    target: str
    path: str
    own: tuple[str, ...]
    shared: tuple[str, ...]
    deliveries: tuple[Delivery, ...]

    @property
    def pinned(self) -> bool:
        """Whether a cluster file names the commit; otherwise it follows a branch."""
        return _COMMIT.fullmatch(self.target) is not None


@dataclass(frozen=True)
class Change:
    """The commits of a release: the `healthy` one before it, the one that began it, and the `last` before its abort."""

    healthy: str
    first: str
    last: str


def application(content: Mapping[str, Any]) -> Application:
    """An Application from its object; an error when Argo CD did not make it from a cluster file."""
    metadata, spec = mapping(content.get("metadata")), mapping(content.get("spec"))
    labels, source = mapping(metadata.get("labels")), mapping(spec.get("source"))
    name, path = text(metadata.get("name")), text(source.get("path"))
    cluster, environment, service = (text(labels.get(key)) for key in ("cluster", "environment", "service"))
    if not all((name, path, cluster, environment, service)):
        raise PlatformError(
            f"the Application {name or '(nameless)'} does not say which cluster, environment and service it is of",
            why="it was not made by the ApplicationSet services",
        )
    inputs = text(mapping(metadata.get("annotations")).get(INPUTS)) or "."
    folders = dict.fromkeys(_folder(each, path) for each in inputs.split(";") if each.strip())
    own = tuple(folder for folder in folders if posixpath.basename(folder) == service)
    return Application(
        name=name,
        cluster=cluster,
        environment=environment,
        service=service,
        repository=text(source.get("repoURL")),
        target=text(source.get("targetRevision")),
        path=path,
        own=own,
        shared=tuple(folder for folder in folders if folder not in own),
        deliveries=_deliveries(mapping(content.get("status"))),
    )


def change(app: Application, began: datetime.datetime, ended: datetime.datetime) -> Change:
    """The commits of a release that left the last good state at `began` and was aborted at `ended`.

    The sync that changed the Rollout had begun before the Rollout's controller saw it; the one before that was good.
    What was delivered after the abort was not judged by it, and stays.
    """
    delivered = [each for each in app.deliveries if each.began <= ended]
    starts = [index for index, each in enumerate(delivered) if each.began <= began]
    first = starts[-1] if starts else -1
    before = first - 1
    while before >= 0 and delivered[before].commit == delivered[first].commit:  # Argo CD applied it more than once
        before -= 1
    if first < 0 or before < 0:
        raise PlatformError(
            f"the history of {app.name} does not reach back to a healthy version",
            why=f"it has {len(app.deliveries)} deliveries, the release began at {began:%Y-%m-%d %H:%M:%S} UTC",
            fix="revert by hand: `git log` of the service's folders shows what changed",
        )
    return Change(delivered[before].commit, delivered[first].commit, delivered[-1].commit)


def _folder(words: str, path: str) -> str:
    """A folder of the annotation, from the root of the repository: a path without a slash in front is the overlay's."""
    words = words.strip()
    return posixpath.normpath(words.lstrip("/") if words.startswith("/") else posixpath.join(path, words))


def _deliveries(status: Mapping[str, Any]) -> tuple[Delivery, ...]:
    """The history, and a sync that failed or still runs: it may have changed the Rollout without getting into it."""
    found = []
    for each in map(mapping, items(status.get("history"))):
        began = moment(each.get("deployStartedAt")) or moment(each.get("deployedAt"))
        if began and text(each.get("revision")):
            found.append(Delivery(text(each["revision"]), began))
    running = mapping(status.get("operationState"))
    began, commit = moment(running.get("startedAt")), text(mapping(running.get("syncResult")).get("revision"))
    if began and commit and running.get("phase") != "Succeeded":
        found.append(Delivery(commit, began))
    return tuple(sorted(found, key=lambda each: each.began))

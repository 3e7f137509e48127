"""All that the cluster knows about an aborted release; the notification is only a hint that there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from platformctl.errors import PlatformError
from platformctl.manifests import items, mapping, text
from platformctl.releases.analysis import Run, run_of
from platformctl.releases.rollout import HASH_LABEL
from platformctl.undo.aborted import Aborted, aborted
from platformctl.undo.deliveries import Application, Change, application, change
from platformctl.undo.kubernetes import AbsentError, Read

ARGO_CD = "argocd"
ROOT = "root"
ARGO = "/apis/argoproj.io/v1alpha1"

Template = Mapping[str, Any]


@dataclass(frozen=True)
class Facts:
    """An aborted release with its Application and commits, both pod templates, and what was measured."""

    aborted: Aborted
    application: Application
    change: Change
    fleet: str
    healthy: Template = field(repr=False)
    bad: Template = field(repr=False)
    runs: tuple[Run, ...] = ()


def all_aborted(read: Read) -> Iterator[Aborted]:
    """Every Rollout of the cluster whose release is aborted."""
    for each in items(mapping(read(f"{ARGO}/rollouts")).get("items")):
        found = aborted(mapping(each))
        if found is not None:
            yield found


def one_aborted(read: Read, namespace: str, name: str) -> Aborted | None:
    """A Rollout when its release is aborted; None when it is not, or there is none of that name."""
    try:
        return aborted(mapping(read(f"{ARGO}/namespaces/{quote(namespace)}/rollouts/{quote(name)}")))
    except AbsentError:
        return None


def gather(read: Read, applications: Read, found: Aborted) -> Facts:
    """The facts; `applications` reads from the cluster that Argo CD runs on, which may be another one."""
    if not found.application:
        raise PlatformError(
            f"no Application deploys {found.title}",
            why="the Rollout has no mark of Argo CD that is about itself",
            fix="what was applied by hand is undone by hand",
        )
    if not found.stable:
        raise PlatformError(
            f"there is nothing to go back to: {found.title} never ran another version",
            fix="mend it forward, or remove it from Git",
        )
    app = application(mapping(applications(f"{ARGO}/namespaces/{ARGO_CD}/applications/{quote(found.application)}")))
    if (app.service, app.environment) != (found.name, found.namespace):
        raise PlatformError(f"{app.name} deploys {app.service} in {app.environment}, not {found.title}")
    templates = _templates(read, found)
    return Facts(
        aborted=found,
        application=app,
        change=change(app, found.began, found.at),
        fleet=_fleet(applications),
        healthy=templates[found.stable],
        bad=templates[found.bad],
        runs=_runs(read, found),
    )


def _fleet(applications: Read) -> str:
    root = mapping(applications(f"{ARGO}/namespaces/{ARGO_CD}/applications/{ROOT}"))
    path = text(mapping(mapping(root.get("spec")).get("source")).get("path"))
    first, _, fleet = path.partition("/")
    if first != "clusters" or not fleet or "/" in fleet:
        raise PlatformError(f"the Application {ROOT} is of no fleet: its path is {path!r}, not clusters/<fleet>")
    return fleet


def _templates(read: Read, found: Aborted) -> dict[str, Template]:
    """Both pod templates, from the ReplicaSets: the Rollout itself may have a third one by now."""
    selector = urlencode({"labelSelector": f"{HASH_LABEL} in ({found.stable},{found.bad})"})
    listed = mapping(read(f"/apis/apps/v1/namespaces/{quote(found.namespace)}/replicasets?{selector}"))
    templates = {}
    for each in map(mapping, items(listed.get("items"))):
        metadata = mapping(each.get("metadata"))
        owners = [mapping(owner) for owner in items(metadata.get("ownerReferences"))]
        if any((owner.get("kind"), owner.get("name")) == ("Rollout", found.name) for owner in owners):
            template = mapping(mapping(each.get("spec")).get("template"))
            templates[text(mapping(metadata.get("labels")).get(HASH_LABEL))] = template
    missing = [each for each in (found.stable, found.bad) if each not in templates]
    if missing:
        raise PlatformError(f"{found.title} has no ReplicaSet of the pod template {', '.join(missing)} any more")
    return templates


def _runs(read: Read, found: Aborted) -> tuple[Run, ...]:
    """The analyses of this very release: a version that comes again has those of its former time too."""
    selector = urlencode({"labelSelector": f"{HASH_LABEL}={found.bad}"})
    listed = mapping(read(f"{ARGO}/namespaces/{quote(found.namespace)}/analysisruns?{selector}"))
    runs = [run_of(mapping(each)) for each in items(listed.get("items"))]
    return tuple(run for run in runs if run.revision in (0, found.revision))

"""An Application and all that it deploys are what its project permits."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import EVERY, Check, Violation, World
from platformctl.checks.rules.argo import projects
from platformctl.checks.rules.argo.deliveries import IN_CLUSTER, is_argo, sources
from platformctl.manifests import Manifest, mapping, text


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if manifest.kind == "Application" and is_argo(manifest):
        project = _project(manifest, world)
        if project is not None:
            yield from _application(manifest, project)
    if manifest.application:
        yield from _of_object(manifest, world)


def _of_object(manifest: Manifest, world: World) -> list[Violation]:
    """What a project says of an object is the same for all of a kind in a namespace; outside of them names count."""
    namespace = manifest.namespace
    name = "" if namespace else manifest.name
    key = (manifest.application, manifest.api_version, manifest.kind, namespace, name)
    known = world.derived(_verdicts)
    if key not in known:
        owner = world.fleet.applications.get(manifest.application)
        project = _project(owner, world) if owner else None
        known[key] = list(_object(manifest, owner, project)) if owner and project else []
    return known[key]


def _verdicts(world: World) -> dict[tuple[str, str, str, str, str], list[Violation]]:
    return {}


def _project(application: Manifest, world: World) -> Manifest | None:
    name = text(mapping(application.content.get("spec")).get("project"))
    return world.fleet.projects.get(name) if name != "default" else None  # which is no project to be in at all


def _application(manifest: Manifest, project: Manifest) -> Iterator[Violation]:
    permitted = mapping(project.content.get("spec"))
    for path, source in sources(manifest.content):
        repository = text(source.get("repoURL"))
        if repository and not projects.permits_repository(permitted, repository):
            yield Violation((*path, "repoURL"), f"the project {project.name} does not permit {repository}")
    server, name, namespace = _destination(manifest)
    if not server and not name:
        yield Violation(("spec", "destination"), "the destination names no cluster")
    elif not projects.permits_destination(permitted, server, name, namespace):
        where = f"{namespace or 'no namespace'} on {server or name}"
        yield Violation(("spec", "destination"), f"the project {project.name} does not permit {where}")


def _object(manifest: Manifest, owner: Manifest, project: Manifest) -> Iterator[Violation]:
    permitted = mapping(project.content.get("spec"))
    group, namespace = manifest.api_version.rpartition("/")[0], manifest.namespace
    inside = bool(namespace)
    name = "" if inside else manifest.name
    if not projects.permits_kind(permitted, group, manifest.kind, name, namespaced=inside):
        what = f"{group or 'core'}/{manifest.kind}"
        yield Violation(("kind",), f"the project {project.name} of {owner.name} does not permit {what}")
    server, cluster, usual = _destination(owner)
    elsewhere = inside and namespace != usual
    if elsewhere and not projects.permits_destination(permitted, server, cluster, namespace):
        problem = f"the project {project.name} of {owner.name} does not permit the namespace {namespace}"
        yield Violation(("metadata", "namespace"), problem)


def _destination(application: Manifest) -> tuple[str, str, str]:
    """Server, name and namespace; the name of Argo CD's own cluster is known."""
    destination = mapping(mapping(application.content.get("spec")).get("destination"))
    server, name = text(destination.get("server")), text(destination.get("name"))
    return server or IN_CLUSTER.get(name, ""), name, text(destination.get("namespace"))


CHECK = Check("application-permission", EVERY, _judge)

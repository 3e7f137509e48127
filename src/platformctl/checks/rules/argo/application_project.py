"""An Application belongs to a project that limits it."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.deliveries import APPLICATIONS, application, is_argo, is_generated, is_template
from platformctl.manifests import Manifest, mapping, text


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not is_argo(manifest):
        return
    start, content = application(manifest)
    path, project = (*start, "spec", "project"), text(mapping(content.get("spec")).get("project"))
    if is_generated(manifest, world) and project in world.derived(_of_sets):
        return  # said of the set
    if project in ("", "default"):
        yield Violation(path, "the project is the one that permits everything: default")
    elif not is_template(project) and world.fleet.projects and project not in world.fleet.projects:
        yield Violation(path, f"there is no AppProject {project}")


def _of_sets(world: World) -> frozenset[str]:
    """The projects that templates of sets spell out."""
    specs = (mapping(application(each)[1].get("spec")) for each in world.of("ApplicationSet"))
    return frozenset(text(spec.get("project")) for spec in specs)


CHECK = Check("application-project", APPLICATIONS, _judge)

"""Namespaces that have no object of a kind: the check that two rules share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from platformctl.checks.protocol import Violation, World
from platformctl.manifests import Manifest


def without(kind: str, manifest: Manifest, world: World) -> Iterator[Violation]:
    """A violation when a Namespace has no object of that kind."""
    namespaces = world.derived(_namespaces)
    # a loose file that names no namespace may be meant for this one
    anywhere = not world.whole and (kind, "") in namespaces
    if not anywhere and (kind, manifest.name) not in namespaces:
        yield Violation(("metadata", "name"), f'nothing bounds the namespace "{manifest.name}": it has no {kind}')


def _namespaces(world: World) -> Mapping[tuple[str, str], bool]:
    return {(each.kind, each.namespace): True for each in world.of("LimitRange", "ResourceQuota")}

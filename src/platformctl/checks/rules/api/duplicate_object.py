"""An object stands once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from platformctl.checks.protocol import EVERY, Check, Violation, World
from platformctl.manifests import Manifest, mapping

Key = tuple[str, str, str, str, str]


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    first = world.derived(_first).get(_key(manifest))
    if first is not None and first is not manifest:
        where = f"{first.file}:{first.line}" if first.line else first.file
        yield Violation(("metadata", "name"), f"the same object stands in {where}: the one read last wins")


def _key(manifest: Manifest) -> Key:
    group = manifest.api_version.rpartition("/")[0]
    return (manifest.application, group, manifest.kind, manifest.namespace, manifest.name)


def _first(world: World) -> Mapping[Key, Manifest]:
    """The first object of each name; what the API server names itself is never twice the same."""
    found: dict[Key, Manifest] = {}
    for manifest in world.manifests:
        if manifest.name and "generateName" not in mapping(manifest.content.get("metadata")):
            found.setdefault(_key(manifest), manifest)
    return found


CHECK = Check("duplicate-object", EVERY, _judge)

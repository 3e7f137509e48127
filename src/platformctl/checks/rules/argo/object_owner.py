"""An object belongs to one Application."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from platformctl.checks.protocol import EVERY, Check, Violation, World
from platformctl.checks.rules.argo.deliveries import is_argo, sources
from platformctl.manifests import Manifest, mapping

Key = tuple[str, str, str, str]


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if manifest.application:
        owner = world.derived(_owners).get(_key(manifest), manifest.application)
        if owner != manifest.application:
            problem = f"{owner} and {manifest.application} both apply it, and take it from each other"
            yield Violation(("metadata", "name"), problem)
    if manifest.kind == "Application" and is_argo(manifest):
        first = world.derived(_deliveries).get(_delivery(manifest))
        if first is not None and first.name != manifest.name:
            yield Violation(("spec", "source"), f"{first.name} deploys the same to the same place")


def _key(manifest: Manifest) -> Key:
    return (manifest.api_version.rpartition("/")[0], manifest.kind, manifest.namespace, manifest.name)


def _owners(world: World) -> Mapping[Key, str]:
    found: dict[Key, str] = {}
    for manifest in world.manifests:
        if manifest.application:
            found.setdefault(_key(manifest), manifest.application)
    return found


def _deliveries(world: World) -> Mapping[str, Manifest]:
    found: dict[str, Manifest] = {}
    for manifest in world.fleet.applications.values():
        found.setdefault(_delivery(manifest), manifest)
    return found


def _delivery(manifest: Manifest) -> str:
    """What an Application puts where, without the revision: two of one overlay fight over it."""
    destination = mapping(mapping(manifest.content.get("spec")).get("destination"))
    parts = [
        {key: value for key, value in source.items() if key != "targetRevision"}
        for _, source in sources(manifest.content)
    ]
    return json.dumps([parts, destination], sort_keys=True, default=str) if parts else manifest.name


CHECK = Check("object-owner", EVERY, _judge)

"""In which order Argo CD applies the objects of an Application."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import World
from platformctl.manifests import Manifest, mapping, text

WAVE = "argocd.argoproj.io/sync-wave"
HOOK = "argocd.argoproj.io/hook"
POLICY = "argocd.argoproj.io/hook-delete-policy"


def annotation(manifest: Manifest, name: str) -> str:
    """An annotation, empty when it is missing or no text."""
    return text(mapping(mapping(manifest.content.get("metadata")).get("annotations")).get(name))


def wave(manifest: Manifest) -> int:
    """The wave of an object; 0 when it names none, or none that is a number."""
    value = annotation(manifest, WAVE).strip()
    return int(value) if value.removeprefix("-").isdecimal() else 0


def is_hook(manifest: Manifest) -> bool:
    """Whether it runs at a moment of its own."""
    return bool(annotation(manifest, HOOK))


def ordered(world: World) -> frozenset[str]:
    """The Applications that order their objects at all; in the others all are of one wave."""
    return frozenset(each.application for each in world.manifests if annotation(each, WAVE))


def definitions(world: World) -> Mapping[tuple[str, str, str], Manifest]:
    """The CustomResourceDefinitions, by Application, group and kind."""
    found: dict[tuple[str, str, str], Manifest] = {}
    for manifest in world.of("CustomResourceDefinition"):
        spec = mapping(manifest.content.get("spec"))
        kind = text(mapping(spec.get("names")).get("kind"))
        found[manifest.application, text(spec.get("group")), kind] = manifest
    return found


def together(manifest: Manifest) -> str:
    """What is synced as one: an Application, or of loose files a namespace."""
    return manifest.application or f"namespace {manifest.namespace}"


def releases(world: World) -> Mapping[str, Manifest]:
    """The Rollout of the earliest wave in what is synced as one."""
    found: dict[str, Manifest] = {}
    for manifest in world.of("Rollout"):
        first = found.get(together(manifest))
        if first is None or wave(manifest) < wave(first):
            found[together(manifest)] = manifest
    return found

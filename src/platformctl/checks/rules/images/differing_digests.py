"""One name means one image: neither a tag with two contents nor two versions side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from platformctl.checks.images import Reference
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.images.used import KINDS, used
from platformctl.manifests import Manifest

Key = tuple[str, str]  # a namespace, or nothing for all of them, and an image


@dataclass(frozen=True)
class Pinned:
    """A digest, and the object that runs it."""

    digest: str
    tag: str
    user: str


First = Mapping[Key, Pinned]


def _tags(world: World) -> First:
    # what runs on one cluster comes from the same registries; loose files need not belong together
    return _first(world, lambda manifest, reference: (_scope(manifest, world), f"{reference.name}:{reference.tag}"))


def _scope(manifest: Manifest, world: World) -> str:
    return "" if world.whole else manifest.namespace


def _names(world: World) -> First:
    return _first(world, lambda manifest, reference: (manifest.namespace, reference.name))


def _first(world: World, key: Callable[[Manifest, Reference], Key]) -> First:
    """For each key the first image that is pinned by a digest."""
    found: dict[Key, Pinned] = {}
    for manifest in world.of(*sorted(KINDS)):
        for reference in _pinned(manifest):
            user = f"{manifest.kind} {manifest.namespace}/{manifest.name}"
            found.setdefault(key(manifest, reference), Pinned(reference.digest, reference.tag, user))
    return found


def _pinned(manifest: Manifest) -> Iterator[Reference]:
    for image in used(manifest):
        reference = image.reference
        if reference and reference.digest:
            yield reference


def _moved_tag(manifest: Manifest, world: World) -> Iterator[Violation]:
    first = world.derived(_tags)
    for image in used(manifest):
        reference = image.reference
        if reference is None or not (reference.tag and reference.digest):
            continue
        other = first[_scope(manifest, world), f"{reference.name}:{reference.tag}"]
        if other.digest != reference.digest:
            yield image.violation(f"has another digest for {reference.tag} than {other.user}: {other.digest}")


def _two_versions(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not manifest.namespace:
        return  # loose files that name no namespace need not share one
    first = world.derived(_names)
    told: set[str] = set()  # what several containers of an object run is one fault
    for image in used(manifest):
        reference = image.reference
        if reference is None or not reference.digest or reference.digest in told:
            continue
        other = first[manifest.namespace, reference.name]
        if other.digest != reference.digest and not (other.tag and other.tag == reference.tag):
            told.add(reference.digest)
            yield image.violation(f"runs another version of {reference.name} than {other.user}: {other.digest}")


CHECKS = (
    Check("image-tag-moved", KINDS, _moved_tag),
    Check("image-versions", KINDS, _two_versions),
)

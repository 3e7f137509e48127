"""Whether Git has, at a commit, the images that the cluster says run: two witnesses instead of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from platformctl.checks.images import Reference, parse
from platformctl.manifests import items, mapping, text
from platformctl.undo.clone import Clone


def doubts(clone: Clone, commit: str, folders: Sequence[str], template: Mapping[str, Any]) -> list[str]:
    """What the kustomizations of these folders say otherwise than a pod template, one line each."""
    written = {reference.name: reference for folder in folders for reference in _written(clone, commit, folder)}
    found = []
    for image in sorted(_images(template)):
        running = parse(image)
        said = written.get(running.name) if running else None
        if said is None:
            found.append(f"{commit[:12]} does not say which version of {image} it wants")
        elif said != running:
            found.append(f"{commit[:12]} wants {said.name}:{said.tag}{_at(said.digest)}, but {image} ran")
    return found


def _at(digest: str) -> str:
    return f"@{digest}" if digest else ""


def _images(template: Mapping[str, Any]) -> set[str]:
    spec = mapping(template.get("spec"))
    return {
        text(mapping(each).get("image")) for kind in ("containers", "initContainers") for each in items(spec.get(kind))
    }


def _written(clone: Clone, commit: str, folder: str) -> Iterator[Reference]:
    """The images that a folder's kustomization sets."""
    content = clone.read(commit, f"{folder}/kustomization.yaml")
    for each in map(mapping, items(mapping(yaml.safe_load(content or "")).get("images"))):
        name, tag, digest = (text(each.get(key)) for key in ("newName", "newTag", "digest"))
        name = name or text(each.get("name"))
        reference = parse(f"{name}@{digest}" if digest else f"{name}:{tag}")
        if reference is not None:
            yield reference

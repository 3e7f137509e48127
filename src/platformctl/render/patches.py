"""Where a patch sets a field of an object, if it does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from platformctl.manifests import items, mapping, text
from platformctl.render.sourcefile import Part, Step

# what tells the items of a list apart, for a merge patch; kustomize knows them by the field
KEYS = ("name", "containerPort", "port", "mountPath", "devicePath", "topologyKey", "ip", "key")


def targets(patch: Part, content: Mapping[str, Any], *, exact: bool) -> bool:
    """Whether the target of an entry of `patches` is this object; selectors by label count as met.

    Without `exact`, the object was renamed after the patch: its name then only has to contain the one in the patch.
    """
    target = patch.child("target")
    if target is None:
        return True
    group, _, version = _api(content)
    metadata = mapping(content.get("metadata"))
    actual = {
        "group": group,
        "version": version,
        "kind": text(content.get("kind")),
        "name": text(metadata.get("name")),
        "namespace": text(metadata.get("namespace")),
    }
    renamed = exact or _contains(text(metadata.get("name")), target.value("name"))
    return renamed and all(_fits(target.value(key), value) for key, value in actual.items() if exact or key != "name")


def setting(
    document: Part, content: Mapping[str, Any], path: Sequence[Step], *, aimed: bool, exact: bool
) -> Part | None:
    """The part of a patch that sets the field; `aimed` says that a target chose the object."""
    operations = document.items()
    if operations:
        return next((found for each in reversed(operations) if (found := _operation(each, path))), None)
    name, wanted = text(mapping(content.get("metadata")).get("name")), document.value("metadata", "name")
    same = document.value("kind") == text(content.get("kind")) and (name == wanted if exact else wanted in name)
    return _merged(document, content, path) if aimed or same else None


def _operation(operation: Part, path: Sequence[Step]) -> Part | None:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in operation.value("path").split("/")[1:]]
    if not steps or len(steps) > len(path):
        return None
    if any(step not in (str(actual), "-") for step, actual in zip(steps, path, strict=False)):
        return None
    if operation.value("op") == "test":
        return None
    value = operation.child("value")
    if steps[-1] == "-" and not _appended(value, path):
        return None
    return value.nearest(path[len(steps) :]) if value else operation


def _appended(value: Part | None, path: Sequence[Step]) -> bool:
    return value is not None and (len(path) == 0 or value.nearest(path[-1:]).node is not value.node)


def _merged(patch: Part, content: Mapping[str, Any], path: Sequence[Step]) -> Part | None:
    """Follows a path through a merge patch, whose lists hold items by their name and not by their number."""
    here: Part | None = patch
    value: Any = content
    for step in path:
        if here is None:
            return None
        if isinstance(step, int):
            listed = items(value)
            value = listed[step] if step < len(listed) else None
            here = _same_item(here, value, step)
        else:
            value = mapping(value).get(step)
            here = here.child(step)
    return here


def _same_item(part: Part, value: object, index: int) -> Part | None:
    item = mapping(value)
    for key in KEYS:
        for each in part.items():
            if key in item and each.value(key) == str(item[key]):
                return each
    if item and not any(key in item for key in KEYS):
        return part.child(index)
    return next((each for each in part.items() if each.text == str(value)), None)


def _api(content: Mapping[str, Any]) -> tuple[str, str, str]:
    api = text(content.get("apiVersion"))
    return api.rpartition("/")


def _contains(name: str, pattern: str) -> bool:
    try:
        return not pattern or re.search(pattern, name) is not None
    except re.error:
        return False


def _fits(pattern: str, value: str) -> bool:
    if not pattern or pattern == value:
        return True
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return False

"""A version that a release was aborted with is not released again as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.blocked import FILE, Blocked, fields
from platformctl.checks import quantities
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import FieldPath, Manifest, items, mapping

AMOUNTS = ".resources."  # fields that the API server writes in its own form: 1000m as 1
_STEP = re.compile(r"[^.\[\]]+|\[[^\]]*\]")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    concerned = [
        each for each in world.blocked if each.rollout == manifest.name and manifest.namespace in each.environments
    ]
    if not concerned:
        return
    template = mapping(mapping(manifest.content.get("spec")).get("template"))
    written = dict(fields(template))
    for each in concerned:
        if all(_same(place, written.get(place), value) for place, value in each.version.items()):
            yield Violation(_place(template, each), _message(each))


def _same(place: str, written: str | None, blocked: str | None) -> bool:
    if AMOUNTS in place and written is not None and blocked is not None:
        return quantities.parse(written) == quantities.parse(blocked)
    return written == blocked


def _message(blocked: Blocked) -> str:
    return (
        f"is the version that was aborted on {blocked.since} ({blocked.reason}); "
        f"{FILE}:{blocked.line} refuses it, commit {blocked.commit[:12]} brought it"
    )


def _place(template: Mapping[str, Any], blocked: Blocked) -> FieldPath:
    """The first field of the version as it stands in the Rollout."""
    place = next((place for place, value in blocked.version.items() if value is not None), "")
    value: Any = mapping(template.get("spec"))
    path: list[str | int] = ["spec", "template", "spec"]
    for step in _STEP.findall(place):
        key = _index(items(value), step[1:-1]) if step.startswith("[") else step
        if key is None:
            break
        value = value[key] if isinstance(key, int) else mapping(value).get(key)
        path.append(key)
    return tuple(path)


def _index(values: list[Any], name: str) -> int | None:
    """The item of that name, or of that number where items have no names."""
    names = [mapping(each).get("name") for each in values]
    if name in names:
        return names.index(name)
    return int(name) if name.isdigit() and int(name) < len(values) else None


CHECK = Check("version-blocked", frozenset({"Rollout"}), _judge)

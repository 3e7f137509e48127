"""The commit that a cluster file pins for one service, found and replaced in its text."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from platformctl.errors import PlatformError


@dataclass(frozen=True)
class Pin:
    """Where the revision of a service stands in a text, what it is, and why it may not be moved (empty: it may)."""

    revision: str
    begin: int
    end: int
    frozen: str = ""


def pin(text: str, service: str, file: str) -> Pin:
    """The pin of a service in the text of its cluster's file."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise PlatformError(f"{file} is not YAML", why=str(error)) from error
    entries = _value(node, "services")
    for entry in entries.value if isinstance(entries, yaml.SequenceNode) else []:
        name, revision, frozen = (_value(entry, key) for key in ("name", "revision", "frozen"))
        if isinstance(name, yaml.ScalarNode) and name.value == service and isinstance(revision, yaml.ScalarNode):
            reason = frozen.value if isinstance(frozen, yaml.ScalarNode) else ""
            return Pin(revision.value, revision.start_mark.index, revision.end_mark.index, reason)
    raise PlatformError(f"{file} names no service {service} with a revision")


def moved(text: str, found: Pin, commit: str) -> str:
    """The text with another commit in the place of a pin; everything else stays as it is written."""
    if not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise PlatformError(f"{commit!r} is no full commit id, and nothing else may be pinned")
    return f'{text[: found.begin]}"{commit}"{text[found.end :]}'


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)

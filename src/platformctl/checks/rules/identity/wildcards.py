"""Roles name what they grant."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.identity.accounts import is_rbac
from platformctl.checks.rules.identity.grants import ROLES
from platformctl.manifests import Manifest, items, mapping

_LISTS = ("apiGroups", "resources", "verbs")
_EVERY_PATH = ("*", "/*")  # a path below one that is named is no wildcard for everything


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not is_rbac(manifest):
        return
    for index, entry in enumerate(items(manifest.content.get("rules"))):
        rule = mapping(entry)
        for key in _LISTS:
            written = [value for value in items(rule.get(key)) if isinstance(value, str) and "*" in value]
            if written:
                yield Violation(("rules", index, key), f"the role grants any of {key}: {', '.join(written)}")
        if any(path in _EVERY_PATH for path in items(rule.get("nonResourceURLs"))):
            yield Violation(("rules", index, "nonResourceURLs"), "the role grants every path of the API server")


CHECK = Check("rbac-wildcard", ROLES, _judge)

"""An account has few roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.identity import accounts
from platformctl.manifests import Manifest, mapping, text

_MOST = 3


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    roles = world.derived(_roles).get((manifest.namespace, manifest.name), ())
    if accounts.is_account(manifest) and len(roles) > _MOST:
        yield Violation((), f"{len(roles)} roles add up to what nobody has an overview of: {', '.join(sorted(roles))}")


def _roles(world: World) -> Mapping[tuple[str, str], set[str]]:
    found = defaultdict(set)
    for binding in world.of(*sorted(accounts.BINDINGS)):
        reference = mapping(binding.content.get("roleRef"))
        role = "/".join(filter(None, (text(reference.get("kind")), text(reference.get("name")))))
        for _, namespace, name in accounts.bound(binding):
            found[namespace, name].add(f"{role} in {binding.namespace}" if binding.namespace else role)
    return found


CHECK = Check("rbac-too-many-roles", frozenset({"ServiceAccount"}), _judge)

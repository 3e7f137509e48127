"""Every account has somebody who uses it."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.identity import accounts
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not accounts.is_account(manifest) or manifest.name == accounts.DEFAULT or accounts.users(world, manifest):
        return
    places = {(manifest.namespace, manifest.name), ("", manifest.name)}
    if not places & world.derived(_bound) and not places & world.derived(accounts.mentioned):
        yield Violation((), "nothing runs as this account and no binding gives it rights")


def _bound(world: World) -> frozenset[tuple[str, str]]:
    return frozenset(
        (namespace, name)
        for binding in world.of(*sorted(accounts.BINDINGS))
        for _, namespace, name in accounts.bound(binding)
    )


CHECK = Check("unused-account", frozenset({"ServiceAccount"}), _judge)

"""Hooks run when Argo CD knows, and are removed when somebody said."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import EVERY, Check, Violation, World
from platformctl.checks.rules.argo.sync_waves import HOOK, POLICY, annotation
from platformctl.manifests import Manifest

_MOMENTS = ("PreSync", "Sync", "PostSync", "SyncFail", "PreDelete", "PostDelete", "Skip")
_POLICIES = ("HookSucceeded", "HookFailed", "BeforeHookCreation")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    hook, policy = annotation(manifest, HOOK), annotation(manifest, POLICY)
    if not hook and not policy:
        return
    for name, value, known in ((HOOK, hook, _MOMENTS), (POLICY, policy, _POLICIES)):
        wrong = [each for each in value.split(",") if value and each.strip() not in known]
        if wrong:
            yield Violation(("metadata", "annotations", name), f"{', '.join(wrong)} is none of {', '.join(known)}")
    if not policy and hook != "Skip":
        yield Violation(("metadata", "annotations", POLICY), "the hook does not say when it is removed")


CHECK = Check("sync-hook", EVERY, _judge)

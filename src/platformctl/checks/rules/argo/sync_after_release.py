"""Nothing waits for the end of a release."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import EVERY, Check, Violation, World
from platformctl.checks.rules.argo.sync_wave import needed_by
from platformctl.checks.rules.argo.sync_waves import HOOK, WAVE, annotation, is_hook, releases, together, wave
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    release = world.derived(releases).get(together(manifest))
    if release is None or release is manifest:
        return
    if "PostSync" in annotation(manifest, HOOK):
        path = ("metadata", "annotations", HOOK)
        yield Violation(path, f"it runs when the release of {release.name} has ended, which pauses as long as it likes")
    elif not is_hook(manifest) and wave(manifest) > wave(release) and id(manifest) not in world.derived(_needed):
        path = ("metadata", "annotations", WAVE)
        yield Violation(path, f"wave {wave(manifest)} waits for the release of {release.name}, wave {wave(release)}")


def _needed(world: World) -> frozenset[int]:
    """What Rollouts need, by identity: in a later wave than theirs, that is the greater fault."""
    return frozenset(id(each) for rollout in world.of("Rollout") for each in needed_by(rollout, world) if each)


CHECK = Check("sync-after-release", EVERY, _judge)

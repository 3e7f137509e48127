"""Jobs end, and go away."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.hooks import is_hook
from platformctl.checks.kinds import own
from platformctl.checks.numbers import whole
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping

_MOST_RETRIES = 10


def _ttl(manifest: Manifest, world: World) -> Iterator[Violation]:
    spec = mapping(manifest.content.get("spec"))
    if spec.get("ttlSecondsAfterFinished") is None and not is_hook(manifest):
        yield Violation(("spec", "ttlSecondsAfterFinished"), "stays with its pods when it has finished")


def _retries(manifest: Manifest, world: World) -> Iterator[Violation]:
    path: tuple[str, ...] = ("spec",)
    spec = mapping(manifest.content.get("spec"))
    if manifest.kind == "CronJob":
        path, spec = ("spec", "jobTemplate", "spec"), mapping(mapping(spec.get("jobTemplate")).get("spec"))
    retries = whole(spec.get("backoffLimit"))
    if retries > _MOST_RETRIES:
        yield Violation((*path, "backoffLimit"), f"is tried {retries} times again before anybody hears of it")


CHECKS = (
    Check("job-ttl", frozenset({"Job"}), own(_ttl)),
    Check("job-retries", frozenset({"Job", "CronJob"}), own(_retries)),
)

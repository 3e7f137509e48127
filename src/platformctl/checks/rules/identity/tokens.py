"""Tokens of accounts end: neither Secrets that hold one for ever nor mounted ones that last for days."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, items, mapping

_LONGEST = 24 * 60 * 60


def _endless(manifest: Manifest, world: World) -> Iterator[Violation]:
    if manifest.api_version == "v1" and manifest.content.get("type") == "kubernetes.io/service-account-token":
        yield Violation(("type",), "the Secret is filled with a token that never expires")


def _long(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    for number, volume in enumerate(items(pod.spec.get("volumes")) if pod else ()):
        for index, source in enumerate(items(mapping(mapping(volume).get("projected")).get("sources"))):
            seconds = mapping(mapping(source).get("serviceAccountToken")).get("expirationSeconds")
            if pod and isinstance(seconds, int) and seconds > _LONGEST:
                place = ("volumes", number, "projected", "sources", index, "serviceAccountToken", "expirationSeconds")
                yield Violation((*pod.path, *place), f"the token lasts {seconds} seconds, more than a day")


CHECKS = (
    Check("endless-token", frozenset({"Secret"}), _endless),
    Check("long-token", WORKLOADS, _long),
)

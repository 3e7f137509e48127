"""The last versions are kept, so that one can go back."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.kinds import own
from platformctl.checks.numbers import whole
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping

_MOST = 20  # each one is an object that controllers look at


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    kept = whole(mapping(manifest.content.get("spec")).get("revisionHistoryLimit"), 10)
    path = ("spec", "revisionHistoryLimit")
    if kept < 1:
        yield Violation(path, "keeps no former version: there is nothing to go back to")
    elif kept > _MOST:
        yield Violation(path, f"keeps {kept} former versions")


CHECK = Check("revision-history", frozenset({"Deployment", "StatefulSet", "DaemonSet"}), own(_judge))

"""What Git describes has a name of its own."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import EVERY, Check, Violation, World
from platformctl.manifests import Manifest, mapping

_HOOK = "argocd.argoproj.io/hook"


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    metadata = mapping(manifest.content.get("metadata"))
    is_hook = _HOOK in mapping(metadata.get("annotations"))  # Argo CD creates those anew at every sync
    if metadata.get("generateName") and not metadata.get("name") and not is_hook:
        yield Violation(("metadata", "generateName"), "its name is made up at every apply: it can only be created")


CHECK = Check("generate-name", EVERY, _judge)

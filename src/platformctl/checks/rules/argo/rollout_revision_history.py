"""Former versions are kept, and somebody said how many."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.releases import GROUP
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not manifest.api_version.startswith(GROUP):
        return
    spec, path = mapping(manifest.content.get("spec")), ("spec", "revisionHistoryLimit")
    limit, window = spec.get("revisionHistoryLimit"), mapping(spec.get("rollbackWindow")).get("revisions")
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        kept = "no number of former versions" if limit is None else f"{limit} former versions"
        yield Violation(path, f"keeps {kept}")
    elif isinstance(window, int) and window > limit:
        yield Violation(path, f"keeps {limit} former versions, rollbackWindow wants {window}")


CHECK = Check("rollout-revision-history", frozenset({"Rollout"}), _judge)

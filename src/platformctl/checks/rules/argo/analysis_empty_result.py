"""A measurement without an answer is no good answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.analysis_metric import KINDS
from platformctl.checks.rules.argo.releases import GROUP
from platformctl.manifests import Manifest, items, mapping, text

_GUARDS = ("len(result)", "isNaN(", "isnan(", "default(")
_FIRST = re.compile(r"result\s*\[")
_OTHERWISE = re.compile(r"\bor\b.*\bvector\s*\(", re.DOTALL)


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not manifest.api_version.startswith(GROUP):
        return
    for index, entry in enumerate(items(mapping(manifest.content.get("spec")).get("metrics"))):
        metric = mapping(entry)
        query = text(mapping(mapping(metric.get("provider")).get("prometheus")).get("query"))
        if not query or _OTHERWISE.search(query):
            continue
        for key in ("successCondition", "failureCondition"):
            condition = text(metric.get(key))
            if _FIRST.search(condition) and not any(guard in condition for guard in _GUARDS):
                problem = f"{condition} fails when the query finds nothing, and is wrong about NaN"
                yield Violation(("spec", "metrics", index, key), problem)


CHECK = Check("analysis-empty-result", KINDS, _judge)

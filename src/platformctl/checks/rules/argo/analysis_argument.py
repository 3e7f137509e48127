"""A template uses the arguments that it has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.analysis_metric import KINDS
from platformctl.checks.rules.argo.releases import GROUP
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

_USE = re.compile(r"\{\{\s*args\.([A-Za-z0-9_.-]+?)\s*\}\}")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not manifest.api_version.startswith(GROUP):
        return
    spec = mapping(manifest.content.get("spec"))
    declared = {text(mapping(each).get("name")) for each in items(spec.get("args"))}
    for path, value in _texts(("spec", "metrics"), spec.get("metrics")):
        for name in _USE.findall(value):
            if name not in declared:
                yield Violation(path, f"there is no argument {name}")


def _texts(path: FieldPath, value: object) -> Iterator[tuple[FieldPath, str]]:
    pending: list[tuple[FieldPath, object]] = [(path, value)]
    while pending:
        where, each = pending.pop()
        if isinstance(each, str):
            yield where, each
        elif isinstance(each, list):
            pending.extend(((*where, index), child) for index, child in enumerate(each))
        else:
            pending.extend(((*where, key), child) for key, child in mapping(each).items())


CHECK = Check("analysis-argument", KINDS, _judge)

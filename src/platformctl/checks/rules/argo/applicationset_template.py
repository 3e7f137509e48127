"""A set whose template lacks a value makes nothing, instead of something else."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.deliveries import is_argo
from platformctl.manifests import Manifest, items, mapping

_OPTION = "missingkey=error"


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not is_argo(manifest):
        return
    spec = mapping(manifest.content.get("spec"))
    if spec.get("goTemplate") is not True:
        yield Violation(("spec", "goTemplate"), "goTemplate is not true: a missing value stays in the text as it is")
    elif _OPTION not in items(spec.get("goTemplateOptions")):
        path = ("spec", "goTemplateOptions")
        yield Violation(path, f"{_OPTION} is missing: a missing value becomes an empty text")


CHECK = Check("applicationset-template", frozenset({"ApplicationSet"}), _judge)

"""Differences that matter for security are seen and taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.deliveries import APPLICATIONS, application, is_argo, is_generated
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

_WHOLE = frozenset({"", "spec", "spec/template", "spec/template/spec", "spec/jobTemplate", "spec/jobTemplate/spec"})
_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_FIELDS = (
    "securityContext",
    "image",
    "volumes",
    "command",
    "args",
    "serviceAccountName",
    "automountServiceAccountToken",
    "hostNetwork",
    "hostPID",
    "hostIPC",
)
_RIGHTS = ("rules", "roleRef", "subjects")  # at the top of a role or a binding
_STEP = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_CHOICE = re.compile(r"select\([^)]*\)|\"[^\"]*\"")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not is_argo(manifest) or is_generated(manifest, world):
        return
    start, content = application(manifest)
    for index, entry in enumerate(items(mapping(content.get("spec")).get("ignoreDifferences"))):
        path: FieldPath = (*start, "spec", "ignoreDifferences", index)
        for key in ("jsonPointers", "jqPathExpressions"):
            for number, pointer in enumerate(items(mapping(entry).get(key))):
                if hidden := _hidden(text(pointer), jq=key == "jqPathExpressions"):
                    yield Violation((*path, key, number), f"{pointer} hides changes of {hidden}")
        if "*" in items(mapping(entry).get("managedFieldsManagers")):
            yield Violation((*path, "managedFieldsManagers"), "it hides what anybody changes")


def _hidden(pointer: str, *, jq: bool) -> str:
    """What of importance a pointer hides."""
    steps = _STEP.findall(_CHOICE.sub("", pointer) if jq else pointer)
    if "/".join(steps) in _WHOLE and (pointer or not jq):
        return "the whole " + (".".join(steps) or "object")
    hidden = [step for step in steps if step in _FIELDS] or [step for step in steps[:1] if step in _RIGHTS]
    # of a container's other fields, its resources or probes may be somebody else's
    hidden = hidden or [step for step in steps[-1:] if step in _CONTAINERS]
    return hidden[-1] if hidden else ""


CHECK = Check("ignore-differences", APPLICATIONS, _judge)

"""Git holds what is wanted, not what a cluster wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from platformctl.checks.protocol import EVERY, Check, Violation, World
from platformctl.manifests import Manifest, mapping

_METADATA = (
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "managedFields",
    "selfLink",
)
_ANNOTATIONS = ("kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    metadata = mapping(manifest.content.get("metadata"))
    for key in _METADATA:
        if not _empty(metadata.get(key)):
            yield Violation(("metadata", key), f"{key} is written by the API server")
    annotations = mapping(metadata.get("annotations"))
    for key in _ANNOTATIONS:
        if key in annotations:
            yield Violation(("metadata", "annotations", key), f"{key} was copied from a cluster")
    if not _empty(manifest.content.get("status")):
        yield Violation(("status",), "status is written by a controller")


def _empty(value: object) -> bool:
    """Whether a field says nothing: generators write `creationTimestamp: null` and `status: {loadBalancer: {}}`."""
    if isinstance(value, Mapping):
        return all(_empty(each) for each in value.values())
    if isinstance(value, list):
        return all(_empty(each) for each in value)
    return value is None or value == ""


CHECK = Check("server-field", EVERY, _judge)

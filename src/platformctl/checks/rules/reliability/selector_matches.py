"""A workload selects the pods that it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from platformctl.checks.pods import pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.selectors import matches
from platformctl.manifests import Manifest, mapping

_KINDS = frozenset({"Deployment", "Rollout", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"})


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    selector = mapping(manifest.content.get("spec")).get("selector")
    if pod is None or not isinstance(selector, Mapping):
        return
    wanted = {"matchLabels": selector} if manifest.kind == "ReplicationController" else selector
    if not wanted.get("matchLabels") and not wanted.get("matchExpressions"):
        yield Violation(("spec", "selector"), "selects every pod of its namespace")
    elif not matches(wanted, mapping(pod.metadata.get("labels"))):
        yield Violation(("spec", "selector"), "does not select the pods that it makes")


CHECK = Check("selector-matches", _KINDS, _judge)

"""Objects stand in a namespace of their own."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS
from platformctl.checks.protocol import EVERY, Check, Violation, World
from platformctl.manifests import Manifest, mapping

# without a namespace these go to "default"; for kinds that are not here nobody knows whether they have one
_NAMESPACED = (WORKLOADS - {"PodTemplate"}) | {
    "ConfigMap", "HorizontalPodAutoscaler", "Ingress", "LimitRange", "NetworkPolicy", "PersistentVolumeClaim",
    "PodDisruptionBudget", "ResourceQuota", "Role", "RoleBinding", "Secret", "Service", "ServiceAccount",
}  # fmt: skip
_OWN = {("ServiceAccount", "default"), ("Service", "kubernetes")}  # Kubernetes puts them there itself
_SYSTEM = ("kube-system", "kube-public", "kube-node-lease")
_CORE = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
_PLACED = WORKLOADS | {"ConfigMap", "Ingress", "Secret", "Service", "ServiceAccount"}


def _default(manifest: Manifest, world: World) -> Iterator[Violation]:
    if (manifest.kind, manifest.name) in _OWN:
        return
    if manifest.namespace == "default":
        yield Violation(("metadata", "namespace"), "it stands in the namespace default")
    elif not manifest.namespace and manifest.kind in _NAMESPACED and _is_known(manifest):
        yield Violation(("metadata",), "it names no namespace, so it goes to default")


def _is_known(manifest: Manifest) -> bool:
    """Whether the kind is that of Kubernetes or Argo, and not another group's of the same name."""
    group = manifest.api_version.rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io") or group == "argoproj.io"


def _system(manifest: Manifest, world: World) -> Iterator[Violation]:
    if manifest.namespace in _SYSTEM and not _is_control_plane(manifest):
        yield Violation(("metadata", "namespace"), f"it stands in {manifest.namespace}, among Kubernetes' own")


def _is_control_plane(manifest: Manifest) -> bool:
    """Whether it is one of the pods that kubeadm starts there."""
    labels = mapping(mapping(manifest.content.get("metadata")).get("labels"))
    priority = mapping(manifest.content.get("spec")).get("priorityClassName")
    return (labels.get("tier"), priority) == ("control-plane", "system-node-critical") and labels.get(
        "component"
    ) in _CORE


CHECKS = (
    Check("default-namespace", EVERY, _default),
    Check("system-namespace", _PLACED, _system),
)

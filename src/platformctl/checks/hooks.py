"""Objects that live for one step of a deployment."""

from __future__ import annotations

from platformctl.manifests import Manifest, mapping

_ANNOTATIONS = ("argocd.argoproj.io/hook", "helm.sh/hook")


def is_hook(manifest: Manifest) -> bool:
    """Whether Argo CD or Helm makes it for a sync and takes it away again."""
    annotations = mapping(mapping(manifest.content.get("metadata")).get("annotations"))
    return any(name in annotations for name in _ANNOTATIONS)

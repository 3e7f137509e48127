"""Puts Argo CD on a cluster and hands it the repository; from then on Git is what changes things."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from platformctl.cluster import secrets
from platformctl.cluster.kubectl import Kubectl
from platformctl.process import Command, text

ADD_ONS = ("foundation", "argo-cd")  # what Argo CD's own pods need to start
MANAGER = "argocd-controller"  # Argo CD's name, so that it owns every field from the start
LATER = ("ServiceMonitor",)  # kinds that another add-on brings; Argo CD applies them when they are known


def namespaces(client: Kubectl) -> None:
    """The namespaces that credentials are put into before anything is synced."""
    names = ("argocd", *secrets.ENVIRONMENTS)
    client.apply(
        yaml.safe_dump_all({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in names)
    )


def credentials(client: Kubectl, values: dict[str, str]) -> None:
    """The Secrets that Git does not hold."""
    argo = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": "argocd-secret",
            "namespace": "argocd",
            "labels": {"app.kubernetes.io/name": "argocd-secret", "app.kubernetes.io/part-of": "argocd"},
        },
        "stringData": {"webhook.gogs.secret": values["webhook"]},
    }
    client.apply(yaml.safe_dump_all([argo, *secrets.manifests(values)]))


def install_argo_cd(client: Kubectl, kustomize: Path, tree: Path) -> None:
    """Apply Argo CD from the tree, unless it is there and manages itself."""
    if any(app["metadata"]["name"].startswith("argo-cd") for app in applications(client)):
        return
    _build_and_apply(client, kustomize, tree, [f"../overlays/local/{name}" for name in ADD_ONS])
    client("wait", "--for=condition=Established", "crd/applications.argoproj.io", "crd/appprojects.argoproj.io",
           "crd/applicationsets.argoproj.io", "--timeout=60s", timeout=70)  # fmt: skip


def hand_over(client: Kubectl, kustomize: Path, tree: Path, fleet: str = "local") -> None:
    """Apply the root Application with the projects and sets of a fleet."""
    _build_and_apply(client, kustomize, tree, [f"../clusters/{fleet}"])


def refresh(client: Kubectl) -> None:
    """Have Argo CD compare everything with the commit that was just pushed, whatever paths it changed."""
    if applications(client):
        client(
            "annotate",
            "applications.argoproj.io",
            "-n",
            "argocd",
            "--all",
            "argocd.argoproj.io/refresh=normal",
            "--overwrite",
        )


def applications(client: Kubectl) -> list[dict[str, Any]]:
    """Argo CD's Applications as they are now."""
    return client.get("applications.argoproj.io", "-n", "argocd")


def _build_and_apply(client: Kubectl, kustomize: Path, tree: Path, resources: list[str]) -> None:
    folder = tree / "bootstrap"
    folder.mkdir(exist_ok=True)
    wanted = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": resources,
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(wanted))
    rendered = text(Command((str(kustomize), "build", str(folder)), timeout=60))
    objects = [item for item in yaml.load_all(rendered, yaml.CSafeLoader) if item and item["kind"] not in LATER]
    first = ("CustomResourceDefinition", "Namespace", "PriorityClass", "AppProject")
    objects.sort(key=lambda item: item["kind"] not in first)
    client(
        "apply", "--server-side", "--force-conflicts", f"--field-manager={MANAGER}", "-f", "-",
        stdin=yaml.dump_all(objects, Dumper=yaml.CSafeDumper), timeout=180,
    )  # fmt: skip

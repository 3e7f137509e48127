"""Puts Argo CD on a cluster and hands it the repository; from then on Git is what changes things."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from platformctl.cluster import accounts, secrets
from platformctl.cluster.kubectl import Kubectl
from platformctl.process import command, text

LOCAL = "overlays/local"
FIRST = ("foundation", "argo-cd")  # Argo CD, and the priority classes that its pods name
DEFINITION = "CustomResourceDefinition"
EARLY = ("Namespace", "PriorityClass", "AppProject")
KIND = re.compile(r"^kind: (\S+)$", re.MULTILINE)
MANAGER = "argocd-controller"  # Argo CD's name, so that it owns every field from the start


def namespaces(client: Kubectl) -> None:
    """The namespaces that credentials are put into before anything is synced."""
    names = ("argocd", "argo-rollouts", "release-undo", *secrets.ENVIRONMENTS)
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
        "stringData": {"webhook.gogs.secret": values["webhook"], **accounts.settings(values)},
    }
    client.apply(yaml.safe_dump_all([argo, *secrets.manifests(values)]))


def install_argo_cd(client: Kubectl, kustomize: Path, tree: Path) -> None:
    """Apply every add-on's kinds and then Argo CD from the tree, unless it is there and manages itself.

    Argo CD would apply the kinds too, but each new one makes it drop what it knows of the cluster's schemas, and
    comparisons fail or go stale for minutes.
    """
    if any(app["metadata"]["name"].startswith("argo-cd") for app in applications(client)):
        return
    add_ons = sorted(path.name for path in (tree / LOCAL).iterdir() if path.is_dir())
    rendered = _render(kustomize, tree, [f"{LOCAL}/{name}" for name in add_ons])
    _apply(client, [document for document in rendered if _kind(document) == DEFINITION])
    client("wait", "--for=condition=Established", "--all", "crd", "--timeout=60s", timeout=70)
    rendered = _render(kustomize, tree, [f"{LOCAL}/{name}" for name in FIRST])
    _apply(client, [document for document in rendered if _kind(document) != DEFINITION])


def hand_over(client: Kubectl, kustomize: Path, tree: Path, fleet: str = "local") -> None:
    """Apply the root Application with the projects and sets of a fleet."""
    _apply(client, _render(kustomize, tree, [f"clusters/{fleet}"]))


def refresh(client: Kubectl, names: Iterable[str]) -> None:
    """Have Argo CD compare these Applications with Git and the cluster now."""
    chosen = tuple(names)
    if chosen:
        client("annotate", "applications.argoproj.io", "-n", "argocd", *chosen,
               "argocd.argoproj.io/refresh=normal", "--overwrite")  # fmt: skip


def applications(client: Kubectl) -> list[dict[str, Any]]:
    """Argo CD's Applications as they are now."""
    return client.get("applications.argoproj.io", "-n", "argocd")


def _render(kustomize: Path, tree: Path, folders: list[str]) -> list[str]:
    """The documents that kustomize writes, as text: some CRDs hold what a YAML parser in Python refuses."""
    target = tree / "bootstrap"
    target.mkdir(exist_ok=True)
    wanted = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [f"../{folder}" for folder in folders],
    }
    (target / "kustomization.yaml").write_text(yaml.safe_dump(wanted))
    return text(command(kustomize, "build", target)).split("\n---\n")


def _kind(document: str) -> str:
    found = KIND.search(document)
    return found[1] if found else ""


def _apply(client: Kubectl, documents: list[str]) -> None:
    ordered = sorted(documents, key=lambda document: _kind(document) not in EARLY)
    client(
        "apply", "--server-side", "--force-conflicts", f"--field-manager={MANAGER}", "-f", "-",
        stdin="\n---\n".join(ordered), timeout=180,
    )  # fmt: skip

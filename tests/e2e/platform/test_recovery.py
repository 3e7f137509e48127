"""What is killed comes back."""

from __future__ import annotations

import os
import signal

import pytest
from tests.e2e.live import Live, eventually


@pytest.mark.parametrize("name", ["etcd", "kube-apiserver", "kubelet", "containerd"])
def test_a_killed_component_comes_back(live: Live, name: str) -> None:
    """The supervisor starts it again, the node is Ready, and the shop still answers."""
    before = live.components()[name]
    os.kill(before["pid"], signal.SIGKILL)

    eventually(
        f"another {name}",
        lambda: live.components()[name]["pid"] not in (None, before["pid"]) and live.components()[name]["ready"],
    )
    assert live.components()[name]["restarts"] == before["restarts"] + 1
    eventually(
        "the node is Ready",
        lambda: (
            {item["type"]: item["status"] for item in live.objects("node", "node")[0]["status"]["conditions"]}["Ready"]
            == "True"
        ),
    )
    eventually("the shop answers", lambda: "data-product-id" in live.page())


def test_a_killed_repo_server_pod_comes_back(live: Live) -> None:
    """Kubernetes replaces the pod, and Argo CD renders again."""
    selector = ("-n", "argocd", "-l", "app.kubernetes.io/name=argocd-repo-server")
    old = live.objects("pods", *selector)[0]["metadata"]["name"]
    live.kubectl("delete", "pod", "-n", "argocd", old, "--grace-period=0", "--force")

    def ready() -> bool:
        pods = [pod for pod in live.objects("pods", *selector) if pod["metadata"]["name"] != old]
        return bool(pods) and all(status["ready"] for status in pods[0]["status"]["containerStatuses"])

    eventually("another repo-server", ready, seconds=120)
    live.kubectl(
        "annotate", "application", "-n", "argocd", "frontend-staging", "argocd.argoproj.io/refresh=hard", "--overwrite"
    )
    eventually(
        "a fresh comparison",
        lambda: (
            "argocd.argoproj.io/refresh" not in live.application("frontend-staging")["metadata"].get("annotations", {})
            and live.application("frontend-staging")["status"]["sync"]["status"] == "Synced"
        ),
        seconds=120,
    )

"""How long `up` takes with everything built, and how soon a push is Synced."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

from platformctl.repo import Repo
from platformctl.tools.programs import program
from tests.bench.figures import Figure, figure, line
from tests.e2e.live import ROOT, Clone, Live, eventually, platformctl

NAME, PORT_OFFSET = "bench", "30000"
UPS, PUSHES = 3, 20
SETTINGS = "overlays/staging/frontend/differences/settings.env"


def main() -> dict[str, Figure]:
    """The figures by name: `up` from nothing that runs, `up` again, then pushes to the platform that is up."""
    seconds = []
    for _ in range(UPS):
        platformctl("down", "--name", NAME)
        seconds.append(timed_up())
    again = [timed_up() for _ in range(UPS)]
    pushes = push_to_synced(Live.named(NAME))
    platformctl("down", "--name", NAME)
    return {
        "up, tools and images built": figure(seconds, "s"),
        "up again": figure(again, "s"),
        "push to Synced": figure(pushes, "s"),
    }


def timed_up() -> float:
    """Seconds of one `platformctl up`."""
    began = time.monotonic()
    platformctl("up", "--name", NAME, "--port-offset", PORT_OFFSET)
    return time.monotonic() - began


def push_to_synced(live: Live) -> list[float]:
    """Seconds from the start of `git push` until Argo CD says Synced at that commit; the release ends in between."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        clone = Clone.of(live, Path(folder) / "clone")
        for number in range(PUSHES):
            path = clone.folder / SETTINGS
            kept = [row for row in path.read_text().splitlines() if not row.startswith("TECHCOMMERCE_SHOP_NAME=")]
            path.write_text("\n".join([*kept, f"TECHCOMMERCE_SHOP_NAME=Push {number}"]) + "\n")
            clone.git("commit", "-q", "-am", f"Push {number}")
            commit = clone.git("rev-parse", "HEAD")
            began = time.monotonic()
            clone.git("push", "-q", "origin", "HEAD:main")
            wait_until_synced(live, commit)
            seconds.append(time.monotonic() - began)
            print(f"push {number}: {seconds[-1]:.2f} s", flush=True)
            eventually(f"push {number} Healthy", lambda: healthy(live), seconds=300)
    return seconds


def wait_until_synced(live: Live, commit: str) -> None:
    """Watch the staging frontend until it is Synced at the commit; polling would slow what is measured."""
    fields = "jsonpath={.status.sync.status} {.status.sync.revision}{'\\n'}"
    words = (
        "get",
        "application",
        "-n",
        "argocd",
        "frontend-staging",
        "--watch",
        "--request-timeout=120s",
        f"--output={fields}",
    )
    kubectl = (str(program(Repo(ROOT), "kubectl")), f"--kubeconfig={live.cluster.kubeconfig}")
    with subprocess.Popen((*kubectl, "--request-timeout=120s", *words), stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        found = any(row.split() == ["Synced", commit] for row in watch.stdout)
        watch.terminate()
    assert found, f"frontend-staging was not Synced at {commit} within two minutes"


def healthy(live: Live) -> bool:
    """Whether the release of the pushed setting has ended well."""
    return bool(live.application("frontend-staging")["status"]["health"]["status"] == "Healthy")


if __name__ == "__main__":
    for measured, found in main().items():
        print(line(measured, found))

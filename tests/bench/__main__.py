"""`make bench`: how long `up` takes, warm and the first time, and how soon a push is Synced.

Figures are printed with their spread and kept in docs/reference/figures.json. The first time ever takes long, so it is
measured with COLD=1 (or COLD=only) only; otherwise the last record of it is printed again.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from platformctl.repo import Repo
from platformctl.tools.programs import program
from tests.e2e.live import ROOT, Clone, Live, eventually, platformctl

RECORD = ROOT / "docs/reference/figures.json"
NAME, PORT_OFFSET = "bench", "30000"
UPS, PUSHES = 3, 20
SETTINGS = "overlays/staging/frontend/differences/settings.env"


def main() -> None:
    """Measure, record after each part, and print."""
    record: dict[str, Any] = json.loads(RECORD.read_text()) if RECORD.is_file() else {}
    if os.environ.get("COLD"):
        keep(record, {"first up ever": first_up()})
    if os.environ.get("COLD") != "only":
        keep(record, warm())
    for name, found in record.items():
        print(line(name, found))


def keep(record: dict[str, Any], figures: dict[str, Any]) -> None:
    """Add figures to the record, and write it."""
    record.update(figures)
    RECORD.write_text(json.dumps(record, indent=2) + "\n")


def first_up() -> dict[str, Any]:
    """`up` with an empty cache: seconds, and the GB that it keeps.

    On a machine without programs the cache that is measured is the user's own, which stays; otherwise it is a folder of
    its own, removed afterwards.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if not (home / "techcommerce/bin").exists():
        return first_up_in(home)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=Path.home()) as cache:
        try:
            return first_up_in(Path(cache))
        finally:
            shutil.rmtree(Path(cache), ignore_errors=True)  # Go's module folders are read-only
            Path(cache).mkdir()


def first_up_in(cache: Path) -> dict[str, Any]:
    """`up` with that cache, which holds no programs: seconds, and the GB that it keeps."""
    began = time.monotonic()
    platformctl("up", "--name", NAME, "--port-offset", PORT_OFFSET, timeout=5400, XDG_CACHE_HOME=str(cache))
    seconds = time.monotonic() - began
    platformctl("down", "--name", NAME, XDG_CACHE_HOME=str(cache))
    kept = int(subprocess.run(["du", "-sk", cache], capture_output=True, text=True, check=True).stdout.split()[0])
    return figure([seconds], "s") | {"kept_gb": round(kept / 1e6, 2)}


def warm() -> dict[str, Any]:
    """`make up` from nothing that runs, `make up` again, then pushes to the platform that is up."""
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


def figure(values: list[float], unit: str) -> dict[str, Any]:
    """Median and spread with what they were measured on."""
    return {
        "median": round(statistics.median(values), 2),
        "min": round(min(values), 2),
        "max": round(max(values), 2),
        "runs": len(values),
        "unit": unit,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release().split('-')[0]}",
    }


def line(name: str, found: dict[str, Any]) -> str:
    """One figure as a line of text."""
    kept = f", {found['kept_gb']} GB kept" if "kept_gb" in found else ""
    spread = f"{found['min']} to {found['max']}, {found['runs']} runs" if found["runs"] > 1 else "1 run"
    return f"{name:<28}{found['median']:>9} {found['unit']}  ({spread}{kept}; {found['date']}, {found['machine']})"


if __name__ == "__main__":
    main()

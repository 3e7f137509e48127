"""How long it takes to say what 10,000 Applications are deployed: 100 clusters with 100 services each.

`platformctl apps` is measured as a user runs it: Python's start, kustomize and reading the cluster files included.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from platformctl.repo import MARKERS, cache_folder
from tests.bench.figures import Figure, figure, line
from tests.e2e.live import ROOT

CLUSTERS, SERVICES = 100, 100
COLD_RUNS, CHANGES = 3, 5
URL = "https://git.techcommerce.example/platform.git"
COUNT = f"{CLUSTERS * SERVICES:,} Applications"
FLEET = f"""\
resources: [../../apps]
configMapGenerator:
  - name: clusters
    files: [{", ".join(f"c{number:03}.yaml" for number in range(CLUSTERS))}]
"""


def main() -> dict[str, Figure]:
    """Measure in a generated repository with a cache of its own; the figures by name."""
    with tempfile.TemporaryDirectory(prefix="bench-expand-") as name:
        root, cache = Path(name) / "checkout", Path(name) / "cache"
        generate(root)
        cold = []
        for _ in range(COLD_RUNS):
            shutil.rmtree(cache, ignore_errors=True)
            (cache / "techcommerce").mkdir(parents=True)
            (cache / "techcommerce" / "bin").symlink_to(cache_folder() / "bin")
            cold.append(timed(root, cache))
        changed = []
        for number in range(CHANGES):
            move_a_pin(root / "clusters" / "bench" / f"c{number:03}.yaml")
            changed.append(timed(root, cache))
        return {
            f"{COUNT}, cold": figure(cold, "s"),
            f"{COUNT}, one file changed": figure(changed, "s"),
            f"{COUNT}, nothing changed": figure([timed(root, cache) for _ in range(CHANGES)], "s"),
        }


def generate(root: Path) -> None:
    """A repository with one fleet, whose ApplicationSet is the one of this platform."""
    for marker in MARKERS:
        (root / marker).mkdir(parents=True)
    shutil.copytree(ROOT / "tools", root / "tools", dirs_exist_ok=True)
    (root / "apps" / "kustomization.yaml").write_text("resources: [services.yaml, projects.yaml]\nnamespace: argocd\n")
    for name in ("services.yaml", "projects.yaml"):
        text = (ROOT / "apps" / name).read_text().replace("REPOSITORY", URL).replace("FLEET", "bench")
        (root / "apps" / name).write_text(text)
    fleet = root / "clusters" / "bench"
    fleet.mkdir()
    (fleet / "kustomization.yaml").write_text(FLEET)
    for number in range(CLUSTERS):
        (fleet / f"c{number:03}.yaml").write_text(cluster(f"c{number:03}"))
    for words in (("init", "--quiet"), ("add", "--all")):
        subprocess.run(["git", "-C", root, *words], check=True, capture_output=True)


def cluster(name: str) -> str:
    """A cluster file with all services."""
    rows = [f'  - {{name: service-{number:03}, revision: "{number:040x}"}}\n' for number in range(SERVICES)]
    head = f"cluster: {name}\nenvironment: production\nserver: https://{name}.k8s.techcommerce.example\nregion: eu\n"
    return f"{head}services:\n{''.join(rows)}"


def move_a_pin(path: Path) -> None:
    """Another commit for the first service."""
    path.write_text(path.read_text().replace('"' + "0" * 40 + '"', '"' + "f" * 40 + '"'))


def timed(root: Path, cache: Path) -> float:
    """Seconds of one `platformctl apps`, which has to name every Application."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "platformctl", "apps"],
        cwd=root, env={**os.environ, "XDG_CACHE_HOME": str(cache)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    seconds = time.monotonic() - began
    assert len(done.stdout.splitlines()) == CLUSTERS * SERVICES + 1, done.stdout[-300:]
    return seconds


if __name__ == "__main__":
    for measured, found in main().items():
        print(line(measured, found))

"""How fast overlays render: `python -m tests.bench.render [SERVICES [CLUSTERS]]`, on a repository written for it."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from platformctl.checks import deployed
from platformctl.repo import Repo
from platformctl.tools.programs import program
from tests.bench.repository import ROOT, write


def main(services: int = 50, clusters: int = 20) -> None:
    """Measure cold, warm, and with one file changed."""
    with tempfile.TemporaryDirectory(prefix="techcommerce-bench-") as scratch:
        folder = Path(scratch)
        # the cache is empty but for the program
        home = program(Repo(ROOT), "render").parent
        (folder / "cache/techcommerce/bin").mkdir(parents=True)
        (folder / "cache/techcommerce/bin" / home.name).symlink_to(home)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        repo = write(folder / "repository", services, clusters)
        for name, figures in measured(repo).items():
            print(f"{name:<22}" + "  ".join(f"{value:>9.3f} {unit}" for unit, value in figures.items()))


def measured(repo: Repo) -> Mapping[str, Mapping[str, float]]:
    """The figures of one repository, by what was done."""
    found = {"cold": _timed(repo), "warm": _timed(repo)}
    overlay = repo.root / "overlays/area-00/service-00/differences/settings.env"
    overlay.write_text(overlay.read_text() + "TECHCOMMERCE_LOG_LEVEL=debug\n")
    found["one overlay changed"] = _timed(repo)
    base = repo.root / "base/service-01/rollout.yaml"
    base.write_text(base.read_text().replace("revisionHistoryLimit: 5", "revisionHistoryLimit: 4"))
    found["one base changed"] = _timed(repo)
    return found


def _timed(repo: Repo, clock: Callable[[], float] = time.perf_counter) -> Mapping[str, float]:
    began = clock()
    applications = deployed.applications(repo)
    expanded = clock()
    results = deployed.rendered(repo, applications, whole=True)
    seconds = clock() - expanded
    objects = sum(len(each.manifests) for each in results.values())
    return {
        "s expand": expanded - began,
        "s render": seconds,
        "overlays": len(results),
        "objects": objects,
        "overlays/s": len(results) / seconds,
        "objects/s": objects / seconds,
    }


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

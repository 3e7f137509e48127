"""What has to be deployed, whatever ApplicationSets say: every overlay of an environment on each of its clusters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from platformctl.expand.application import Application
from platformctl.expand.clusters import read
from platformctl.repo import Repo

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


@dataclass(frozen=True)
class Missing:
    """An overlay that a cluster serving its environment does not get."""

    cluster: str
    path: str
    file: str


def missing(repo: Repo, applications: Iterable[Application]) -> list[Missing]:
    """Overlays without an Application; a set that skips a cluster file, or a file that forgets a service."""
    deployed = {(application.cluster, application.path) for application in applications}
    found = []
    for path in sorted((repo.root / "clusters").glob("*/*.yaml")):
        if path.name in KUSTOMIZATIONS:
            continue
        shown = str(path.relative_to(repo.root))
        environment = read(path, shown).values["environment"]
        cluster = f"{path.parent.name}/{path.stem}"
        for overlay in sorted((repo.root / "overlays" / environment).glob("*/")):
            place = str(overlay.relative_to(repo.root))
            if any((overlay / name).is_file() for name in KUSTOMIZATIONS) and (cluster, place) not in deployed:
                found.append(Missing(cluster, place, shown))
    return found

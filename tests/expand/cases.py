"""Varied ApplicationSets with what they read: a project, clusters, a tree of files in this repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from platformctl.expand.generated import Described

HERE = Path(__file__).resolve().parent
SETS = tuple(sorted(path.stem for path in (HERE / "sets").glob("*.yaml")))
REPOSITORY = "http://git.techcommerce.internal:3001/techcommerce/platform.git"
COMMIT = "COMMIT"  # stands in a set for the id of a commit that has the tree of files

Object = Mapping[str, Any]


def documents(path: Path, commit: str = COMMIT) -> list[dict[str, Any]]:
    """The objects of a file."""
    return [each for each in yaml.safe_load_all(path.read_text().replace(COMMIT, commit)) if each]


def read_set(name: str, commit: str) -> dict[str, Any]:
    """A set, with the commit put in."""
    (found,) = documents(HERE / "sets" / f"{name}.yaml", commit)
    return found


def described(sets: Sequence[Object]) -> Described:
    """These sets, in an Argo CD that has their project and clusters."""
    return Described("test", sets, documents(HERE / "project.yaml"), documents(HERE / "clusters.yaml"), REPOSITORY)

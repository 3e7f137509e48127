"""Every overlay as kustomize renders it, with the components that a fleet adds."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.process import command, run, text
from platformctl.render.program import Job
from platformctl.repo import Repo
from platformctl.tools.programs import program

from .answer import Answer, Ask, answers
from .varied import write

Object = Mapping[str, Any]
Render = Callable[[str], str]

# what clusters/local adds to the overlays
LOCAL = {"platform": "../../../base/components/local-environment"}
LOCAL_SERVICE = "../../../base/components/local"


class _Loader(yaml.CSafeLoader):
    """YAML 1.1 without its `=` and date values, which CRDs contain as plain text."""


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] not in ("tag:yaml.org,2002:value", "tag:yaml.org,2002:timestamp")]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def objects(content: str) -> list[Object]:
    """The objects of a render or of a file."""
    return [each for each in yaml.load_all(content, Loader=_Loader) if each]


@pytest.fixture(scope="session")
def repo() -> Repo:
    """The checkout under test."""
    return Repo.find(Path(__file__).resolve().parent)


@pytest.fixture(scope="session")
def kustomize(repo: Repo) -> Path:
    """The pinned kustomize."""
    return program(repo, "kustomize")


@pytest.fixture(scope="session")
def renderer(repo: Repo) -> Path:
    """The program under test."""
    return program(repo, "render")


@pytest.fixture
def top(renderer: Path, tmp_path: Path) -> Ask:
    """Renders `top` of a tree."""

    def of(tree: Mapping[str, str] | None = None, path: str = "top", **options: Any) -> Answer:
        write(tmp_path, tree or {})
        return answers(renderer, [Job(tmp_path, path, options, text=True)])[0]

    return of


@pytest.fixture(scope="session")
def tree(repo: Repo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the manifests in which overlays can be given components."""
    folder = tmp_path_factory.mktemp("tree")
    for name in ("apps", "base", "clusters", "overlays"):
        shutil.copytree(repo.root / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def render(repo: Repo, kustomize: Path) -> Render:
    """Builds a folder of the checkout; each is built once."""

    @cache
    def build(folder: str) -> str:
        return text(command(kustomize, "build", repo.root / folder))

    return build


@pytest.fixture(scope="session")
def render_local(tree: Path, kustomize: Path) -> Render:
    """Builds an overlay of an environment in the form of the local fleet, with the call that Argo CD makes."""

    @cache
    def build(folder: str) -> str:
        component = LOCAL.get(Path(folder).name, LOCAL_SERVICE)
        run(command(kustomize, "edit", "add", "component", component, cwd=tree / folder))
        return text(command(kustomize, "build", tree / folder))

    return build


def folders(pattern: str) -> list[str]:
    """The folders of the checkout that match and hold a Kustomization (a Component renders nothing by itself)."""
    root = Repo.find(Path(__file__).resolve().parent).root
    found = sorted(path.parent for path in root.glob(f"{pattern}/kustomization.yaml"))
    return [
        path.relative_to(root).as_posix()
        for path in found
        if yaml.safe_load((path / "kustomization.yaml").read_text())["kind"] == "Kustomization"
    ]


ENVIRONMENTS = ("staging", "production")
OVERLAYS = [folder for environment in ENVIRONMENTS for folder in folders(f"overlays/{environment}/*")]
SERVICES = [folder for folder in OVERLAYS if not folder.endswith("/platform")]
ADD_ONS = folders("base/platform/*")
LOCAL_ADD_ONS = folders("overlays/local/*")
FLEETS = folders("clusters/*")

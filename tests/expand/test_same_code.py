"""The program is the controller: its version, its libraries and its settings are those that the platform runs."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from platformctl.expand.application import OPTIONS
from platformctl.repo import Repo

from .cases import HERE

REPO = Repo.find(HERE)
ARGO_CD = "github.com/argoproj/argo-cd/v3"


def _required(name: str) -> dict[str, str]:
    text = (REPO.root / "tools" / name / "go.mod").read_text()
    return dict(re.findall(r"^(?:require |\t)(\S+) (v\S+)", text, re.MULTILINE))


def _replaced(name: str) -> set[str]:
    text = (REPO.root / "tools" / name / "go.mod").read_text()
    return set(re.findall(r"^\t(\S+ => \S+ v\S+)$", text, re.MULTILINE))


def test_modules_are_those_of_argo_cd() -> None:
    """A library of another version could make another Application."""
    own, argo_cd = _required("expand"), _required("argo-cd")

    assert own[ARGO_CD] == argo_cd[ARGO_CD]
    assert {name: version for name, version in own.items() if argo_cd.get(name) != version} == {}
    assert _replaced("expand") <= _replaced("argo-cd")


def test_controller_has_the_settings_that_the_program_assumes() -> None:
    """File patterns are matched by the newer globbing, which this Argo CD has to be told."""
    path = Path("base/platform/argo-cd/parameters.yaml")
    parameters = yaml.safe_load((REPO.root / path).read_text())["data"]

    assert parameters["applicationsetcontroller.enable.new.git.file.globbing"] == "true"
    assert "applicationsetcontroller.enable.git.submodule" in parameters
    assert "reposerver.include.hidden.directories" not in parameters


def test_every_option_of_kustomize_is_known() -> None:
    """What Argo CD's definition of an Application allows, less what only Helm or another kustomize would read."""
    definitions = yaml.load_all(
        (REPO.root / "base/platform/argo-cd/upstream/install.yaml").read_text(), Loader=yaml.CBaseLoader
    )
    (crd,) = [
        each
        for each in definitions
        if each["kind"] == "CustomResourceDefinition" and each["spec"]["names"]["kind"] == "Application"
    ]
    spec = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    allowed = set(spec["properties"]["source"]["properties"]["kustomize"]["properties"])

    assert allowed - OPTIONS == {"apiVersions", "kubeVersion", "version"}
    assert allowed >= OPTIONS

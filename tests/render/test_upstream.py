"""The vendored manifests are those of the modules that tools/ pins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from platformctl.errors import PlatformError
from platformctl.repo import Repo
from platformctl.tools.catalogue import load
from platformctl.tools.modules import module_folder
from platformctl.upstream import UPSTREAMS, Upstream, vendored

SOURCE = """\
apiVersion: v1
kind: Service
metadata:
  labels:
    name: label
  name: kept
---
apiVersion: v1
kind: Secret
metadata:
  name: dropped
---
# nothing but a comment
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: bound
roleRef:
  name: role
"""
EXAMPLE = Upstream("example", "tool", ("some/install.yml",), frozenset({"Secret/dropped"}))


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A module with one manifest."""
    (tmp_path / "some").mkdir()
    (tmp_path / "some/install.yml").write_text(SOURCE)
    return tmp_path


def test_text_is_kept_as_it_is_but_for_dropped_objects(module: Path) -> None:
    """A new version shows as the difference that upstream made, not as reformatted YAML."""
    ((path, content),) = vendored(module, EXAMPLE, "example.org/tool@v1.2.3").items()

    kept = SOURCE.split("---\n")
    assert path == PurePosixPath("base/platform/example/upstream/install.yaml")
    assert content.splitlines()[0] == (
        "# generated from some/install.yml of example.org/tool@v1.2.3; do not edit, `make update` remakes it"
    )
    assert content.split("\n", 1)[1] == kept[0] + "---\n" + kept[3]


def test_dropping_what_is_not_there_is_an_error(module: Path) -> None:
    """An object that upstream renames would come back unnoticed."""
    stale = replace(EXAMPLE, dropped=EXAMPLE.dropped | {"Secret/renamed"})

    with pytest.raises(PlatformError, match="Secret/renamed"):
        vendored(module, stale, "example.org/tool@v1.2.3")


@pytest.mark.parametrize("upstream", UPSTREAMS, ids=lambda each: each.addon)
def test_files_equal_their_module(upstream: Upstream, repo: Repo) -> None:
    """Nobody edited them, and nobody moved a version without remaking them."""
    tool = load(repo)[upstream.tool]
    folder = module_folder(repo, tool.name, upstream.module)

    wanted = vendored(folder, upstream, f"{upstream.module or tool.module}@{folder.name.rpartition('@')[2]}")

    folder = repo.root / "base/platform" / upstream.addon / "upstream"
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in wanted)
    for path, content in wanted.items():
        assert (repo.root / path).read_text() == content

"""What was rendered is used again when nothing that it looked at changed, and never otherwise."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from platformctl.errors import PlatformError
from platformctl.render import Source, program, render, texts
from platformctl.render.trees import WORKING_TREE
from platformctl.repo import Repo
from platformctl.tools import programs

from .varied import DEPLOYMENT, VARIED, write

TOP = Source(WORKING_TREE, "top")


class Counted:
    """Renders `top` and says how often the program was called for it."""

    def __init__(self, root: Path, renderer: Path) -> None:
        self.root, self._renderer, self.calls = root, renderer, 0

    def __call__(self) -> str:
        return "".join(str(each.content) for each in render(Repo(self.root), self._renderer, [TOP])[TOP].manifests)


@pytest.fixture
def top(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """A tree that was rendered once."""
    renderer = programs.program(repo, "render")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    counted = Counted(write(tmp_path / "tree", VARIED["generators"]), renderer)
    real = program.call

    def call(path: Path, jobs: list[program.Job]) -> object:
        counted.calls += 1
        return real(path, jobs)

    monkeypatch.setattr("platformctl.render.sources.call", call)
    counted()
    assert counted.calls == 1
    return counted


def test_nothing_changed(top: Counted) -> None:
    """The second run calls nothing, and gives the same."""
    first = top()

    assert top() == first
    assert top.calls == 1


def test_a_file_that_was_not_read_does_not_matter(top: Counted) -> None:
    """Nor does a file whose times changed and whose content did not."""
    (top.root / "top/unused.yaml").write_text("a: b\n")
    os.utime(top.root / "base/deployment.yaml", (1, 1))
    top()

    assert top.calls == 1


def _replace(file: str, old: str, new: str) -> Callable[[Path], None]:
    def harm(root: Path) -> None:
        text = (root / file).read_text()
        assert old in text
        (root / file).write_text(text.replace(old, new))

    return harm


def _same_length_and_times(root: Path) -> None:
    path = root / "base/deployment.yaml"
    before = path.stat()
    path.write_text(path.read_text().replace("replicas: 1", "replicas: 6"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _folder_becomes_a_link(root: Path) -> None:
    (root / "base").rename(root / "moved")
    write(root, {"other/kustomization.yaml": "resources: [d.yaml]\nconfigMapGenerator: [{name: settings}]\n"})
    (root / "other/d.yaml").write_text(DEPLOYMENT)
    (root / "base").symlink_to("other")


@pytest.mark.parametrize(
    "change",
    [
        _replace("base/deployment.yaml", "replicas: 1", "replicas: 2"),
        _replace("top/c.env", "K=V", "K=W"),
        _same_length_and_times,
        _folder_becomes_a_link,
    ],
)
def test_what_was_read_changed(change: Callable[[Path], None], top: Counted) -> None:
    """In content, however well hidden, or in where it lies."""
    first = top()
    change(top.root)

    assert top() != first
    assert top.calls == 2


def test_a_file_that_was_looked_for_in_vain_appears(top: Counted) -> None:
    """Two kustomization files in one folder are an error; it must not be hidden by an old result."""
    (top.root / "base/Kustomization").write_text("resources: []\n")

    with pytest.raises(PlatformError, match="top does not render") as raised:
        top()
    assert "Found multiple kustomization files under: base" in raised.value.why


def test_a_file_is_gone(top: Counted) -> None:
    """An error, not the old result."""
    (top.root / "top/a.txt").unlink()

    with pytest.raises(PlatformError, match="top does not render"):
        top()


def test_a_link_leads_elsewhere(top: Counted) -> None:
    """Even to a file with the same content: it may lie where it may not be read from."""
    base = top.root / "base"
    (base / "deployment.yaml").rename(base / "one.yaml")
    (base / "two.yaml").write_text(DEPLOYMENT.replace("replicas: 1", "replicas: 8"))
    (base / "deployment.yaml").symlink_to("one.yaml")
    first = top()
    (base / "deployment.yaml").unlink()
    (base / "deployment.yaml").symlink_to("two.yaml")

    assert top() != first


def test_what_was_there_before_is_remembered(top: Counted) -> None:
    """Going to another branch and back renders once for each."""
    change, back = (_replace("top/c.env", *pair) for pair in (("K=V", "K=W"), ("K=W", "K=V")))
    first = top()
    change(top.root)
    top()
    back(top.root)

    assert top() == first
    assert top.calls == 2


def test_half_a_cache_is_no_cache(top: Counted, tmp_path: Path) -> None:
    """A damaged file is made again."""
    first = top()
    for path in (tmp_path / "cache/techcommerce/renders").glob("*.json"):
        path.write_text("")

    assert top() == first
    assert top.calls == 2


def test_a_problem_is_told_each_time(top: Counted) -> None:
    """What is wrong is not kept as if it were right."""
    _replace("top/kustomization.yaml", "resources:", "images: [{name: nothing, newTag: '1'}]\nresources:")(top.root)

    for _ in range(2):
        with pytest.raises(PlatformError, match="top/kustomization.yaml:1: no object has an image called nothing"):
            top()


def test_digests_are_kept_for_files_that_are_at_rest(top: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    """The third run reads no file of the tree: what was written a moment ago could change without notice."""
    later = time.time() + 10
    monkeypatch.setattr("platformctl.render.states.time.time", lambda: later)
    top()
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        assert top.root not in path.parents
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    top()
    assert top.calls == 1


def test_the_text_is_kept_as_well(top: Counted, repo: Repo) -> None:
    """Asked for after the objects were rendered without it."""
    renderer = programs.program(repo, "render") if top.calls < 0 else top._renderer
    first = texts(Repo(top.root), renderer, [TOP])[TOP]

    assert texts(Repo(top.root), renderer, [TOP])[TOP] == first
    assert top.calls == 2


def test_equal_objects_are_one(top: Counted) -> None:
    """The gate judges each content once."""
    write(top.root, {"second/kustomization.yaml": "resources: [../top]\n"})
    other = Source(WORKING_TREE, "second")
    found = render(Repo(top.root), top._renderer, [TOP, other])

    assert [id(each.content) for each in found[TOP].manifests] == [id(each.content) for each in found[other].manifests]


def _component(root: Path, kinds: str) -> list[Source]:
    write(root, {
        "shared/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n"
        f"- target: {{kind: {kinds}}}\n  patch: '- {{op: add, path: /metadata/labels, value: {{a: b}}}}'\n",
        "one/kustomization.yaml": "resources: [../base]\ncomponents: [../shared]\n",
        "two/kustomization.yaml": "resources: [s.yaml]\ncomponents: [../shared]\n",
        "two/s.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: s}\n",
    })  # fmt: skip
    return [Source(WORKING_TREE, name) for name in ("one", "two")]


def test_a_component_may_be_idle_in_one_overlay(top: Counted) -> None:
    """It is made for several."""
    sources = _component(top.root, "ServiceAccount")

    assert len(render(Repo(top.root), top._renderer, sources, whole=True)) == 2


def test_a_component_that_is_idle_everywhere_is_an_error(top: Counted) -> None:
    """Its target is a slip; asked of some overlays only, nobody can say so."""
    sources = _component(top.root, "StatefulSet")

    for _ in range(2):
        with pytest.raises(
            PlatformError, match="shared/kustomization.yaml:4: the target of the patch matches no object"
        ):
            render(Repo(top.root), top._renderer, sources, whole=True)
    assert len(render(Repo(top.root), top._renderer, sources)) == 2

"""What overlays render to: from the working tree, from a commit, with components."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from platformctl.errors import PlatformError
from platformctl.render import Source, render, texts
from platformctl.repo import Repo
from platformctl.tools.programs import program

from .small_platform import commit_id

MAIN = "refs/heads/main"


@pytest.fixture(autouse=True)
def own_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept from earlier tests."""
    for name in ("renders", "trees", "documents"):
        (cache / name).unlink(missing_ok=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache.parent))


@pytest.fixture
def renderer(repo: Repo) -> Path:
    return program(repo, "render")


def _text(repo: Repo, renderer: Path, source: Source) -> str:
    return texts(repo, renderer, [source])[source]


def test_working_tree_equals_the_program(small_platform: Repo, renderer: Path, repo: Repo) -> None:
    """The text is what kustomize prints, the first time and when it was kept."""
    overlay = small_platform.root / "overlays" / "staging" / "web"
    kustomize = program(repo, "kustomize")
    expected = subprocess.run([kustomize, "build", overlay], capture_output=True, text=True, check=True).stdout
    source = Source(MAIN, "overlays/staging/web")

    assert _text(small_platform, renderer, source) == expected
    assert _text(small_platform, renderer, source) == expected


def test_change_is_rendered_at_once_on_main_and_not_at_a_pin(small_platform: Repo, renderer: Path) -> None:
    """An edit of base shows on main; what is pinned stays as it was committed."""
    pinned = Source(commit_id(small_platform.root), "overlays/staging/web")
    on_main = Source(MAIN, "overlays/staging/web")
    before = _text(small_platform, renderer, on_main)
    file = small_platform.root / "base" / "web" / "deployment.yaml"
    file.write_text(file.read_text().replace("nginx:1.31.0", "nginx:2.0.0"))

    assert "nginx:2.0.0" in _text(small_platform, renderer, on_main)
    assert _text(small_platform, renderer, pinned) == before


@pytest.mark.parametrize("pinned", [False, True])
def test_components_are_added_and_the_tree_stays_as_it_was(pinned: bool, small_platform: Repo, renderer: Path) -> None:
    """A fleet's component changes the result as if the overlay listed it, and nothing on disk."""
    overlay = small_platform.root / "overlays" / "staging" / "web" / "kustomization.yaml"
    component = "../../../base/components/quiet"
    before = overlay.read_text()
    revision = commit_id(small_platform.root) if pinned else MAIN
    found = _text(small_platform, renderer, Source(revision, "overlays/staging/web", (component,)))
    assert overlay.read_text() == before

    overlay.write_text(f"{before}components: [{component}]\n")
    expected = _text(small_platform, renderer, Source(MAIN, "overlays/staging/web"))

    assert found == expected
    assert 'quiet: "yes"' in found


def test_missing_commit_names_the_file(small_platform: Repo, renderer: Path) -> None:
    """A pin that leads nowhere says which file holds it and what to do."""
    source = Source("0" * 40, "overlays/staging/web", pinned_in="clusters/one/production.yaml")

    with pytest.raises(PlatformError) as caught:
        render(small_platform, renderer, [source])

    assert str(caught.value).startswith(f"error: clusters/one/production.yaml pins {'0' * 40}, which is no commit")
    assert "git fetch --unshallow" in caught.value.fix
    assert caught.value.exit_code == 2


def test_no_object_is_an_error(small_platform: Repo, renderer: Path) -> None:
    """A component built alone renders to nothing, which kustomize thinks is fine."""
    with pytest.raises(PlatformError, match="base/components/quiet renders to no object at all"):
        render(small_platform, renderer, [Source(MAIN, "base/components/quiet")])


def test_all_that_does_not_render_is_named(small_platform: Repo, renderer: Path) -> None:
    """Not only the first of several broken overlays."""
    for environment in ("staging", "production"):
        path = small_platform.root / "overlays" / environment / "web" / "kustomization.yaml"
        path.write_text("resources: [nowhere.yaml]\n")
    sources = [Source(MAIN, f"overlays/{environment}/web") for environment in ("staging", "production")]

    with pytest.raises(PlatformError) as caught:
        render(small_platform, renderer, sources)

    assert "2 overlays do not render" in str(caught.value)
    assert str(caught.value).count("nowhere.yaml") >= 2
    assert "overlays/staging/web does not render" in str(caught.value)


def test_folder_without_kustomization_is_an_error(small_platform: Repo, renderer: Path) -> None:
    """An Application whose path holds plain files is not what this platform uses."""
    with pytest.raises(PlatformError, match="overlays/staging is no overlay"):
        render(small_platform, renderer, [Source(MAIN, "overlays/staging")])

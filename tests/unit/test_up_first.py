"""The first `up`: what images are made of is fetched while compilers run, and neither's failure is lost."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from platformctl.commands import up
from platformctl.console import Console
from platformctl.errors import PlatformError
from platformctl.images import catalogue
from platformctl.repo import Repo

REPO = Repo.find(Path(__file__).parent)
MISSING = {"etcd"}


@pytest.fixture(autouse=True)
def nothing_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_layers_are_made_while_tools_are_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tools wait here for the layers to begin, and the layers for the tools to end: one after the other hangs."""
    layers_began, tools_ended = threading.Event(), threading.Event()
    done: list[str] = []

    def layers(*_: Any) -> None:
        layers_began.set()
        assert tools_ended.wait(30)
        done.append("layers")

    def tools(*_: Any) -> None:
        assert layers_began.wait(30)
        done.append("tools")
        tools_ended.set()

    monkeypatch.setattr(up, "prepare_images", layers)
    monkeypatch.setattr(up, "build_tools", tools)

    up._build_tools(REPO, Console(), MISSING, bare=False)

    assert done == ["tools", "layers"]


def test_layers_that_fail_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error comes when the tools are built, which then need not be built again."""

    def fail(*_: Any) -> None:
        raise PlatformError("the base system could not be fetched")

    monkeypatch.setattr(up, "prepare_images", fail)
    monkeypatch.setattr(up, "build_tools", lambda *_: None)

    with pytest.raises(PlatformError, match="base system"):
        up._build_tools(REPO, Console(), MISSING, bare=False)


def test_a_bare_cluster_needs_no_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr(up, "prepare_images", lambda *_: called.append("layers"))
    monkeypatch.setattr(up, "build_tools", lambda *_: called.append("tools"))

    up._build_tools(REPO, Console(), MISSING, bare=True)

    assert called == ["tools"]


def test_only_images_without_programs_can_be_prepared() -> None:
    """Their recipes are made without a single program."""
    names = catalogue.without_programs(REPO)

    assert {"pause", "redis", "postgres", "frontend", "product-api", "order-api"} <= set(names)
    inputs = catalogue.Inputs({}, lambda tool: Path(tool), lambda tool: "")
    for name in names:
        recipe = catalogue.recipe(REPO, name, inputs)
        assert not [each for each in recipe.files if each.target.startswith("programs/")]

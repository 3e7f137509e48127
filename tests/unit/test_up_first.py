"""The first `up`: what images are made of is fetched while compilers run, and neither's failure is lost."""

from __future__ import annotations

import ast
import importlib.util
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grimp
import pytest

from platformctl.commands import up
from platformctl.console import Console
from platformctl.errors import PlatformError
from platformctl.images import catalogue
from platformctl.repo import Repo
from platformctl.tools.programs import tool_of

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


def test_nothing_that_up_calls_waits_for_the_gate() -> None:
    """On a machine without anything, what `up` itself calls has to be built by it."""
    graph = grimp.build_graph("platformctl")
    modules = graph.find_upstream_modules("platformctl.commands.up") | {"platformctl.commands.up"}

    called = {name for module in modules for name in _called(module)}

    assert {"expand", "kubectl", "kustomize"} <= called
    assert {tool_of(REPO, name).name for name in called} & up.GATE_TOOLS == set()


def _called(module: str) -> Iterator[str]:
    """The programs that a module's code asks for by name."""
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    for node in ast.walk(ast.parse(Path(spec.origin).read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("program", "needed"):
            yield from (
                each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )

"""`platformctl tools`: Go programs and environments by name, all of them without one."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from platformctl.commands import tools


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the command brings, instead of bringing it."""
    names: list[str] = []

    def build(_repo: object, _console: object, wanted: list[str]) -> list[object]:
        names.append(f"built: {', '.join(wanted) or 'all'}")
        return []

    monkeypatch.setattr(tools.debian, "install_missing", lambda _console: names.append("debian"))
    monkeypatch.setattr(tools.environment, "bring", lambda _repo, _console, name: names.append(name))
    monkeypatch.setattr(tools, "build_missing", build)
    return names


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["debian", "checkov", "built: all"]),
        (["checkov"], ["checkov"]),
        (["conftest"], ["built: conftest"]),
        (["checkov", "conftest", "kubeconform"], ["checkov", "built: conftest, kubeconform"]),
    ],
)
def test_only_what_is_asked_for_is_brought(arguments: list[str], expected: list[str], brought: list[str]) -> None:
    """Naming an environment builds no Go program, and the other way round."""
    done = CliRunner().invoke(tools.command, arguments, catch_exceptions=False)

    assert done.exit_code == 0
    assert brought == expected

"""The command line's contract: exit codes and messages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from platformctl import cli
from platformctl.cli import COMMANDS, platformctl
from platformctl.errors import PlatformError


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "platformctl", *words], capture_output=True, text=True, cwd=cwd, check=False
    )


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help(name: str) -> None:
    """Each command says in one sentence what it does."""
    done = run(name, "--help")

    assert done.returncode == 0
    assert "Usage:" in done.stdout


def test_an_unknown_command_is_a_usage_error() -> None:
    """Exit code 2 and the name that was not understood."""
    done = run("destroy")

    assert done.returncode == 2
    assert "destroy" in done.stderr


def test_outside_of_a_checkout_is_a_clear_error(tmp_path: Path) -> None:
    """What, why and what to do; no trace."""
    done = run("status", cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {tmp_path} is not inside a checkout")
    assert "fix:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("raised", "code", "message"),
    [
        (PlatformError("it broke", why="because", fix="mend it", exit_code=3), 3, "error: it broke\n  why: because"),
        (KeyboardInterrupt(), 130, ""),
        (ValueError("surprise"), 3, "a bug in platformctl: ValueError: surprise"),
    ],
)
def test_errors_become_messages(
    raised: BaseException, code: int, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An expected error, an interruption and a bug, each with its exit code and without a trace."""

    def fail(**_options: object) -> None:
        raise raised

    monkeypatch.setattr(platformctl, "main", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()

    printed = capsys.readouterr().err
    assert ended.value.code == code
    assert message in printed
    assert "Traceback" not in printed

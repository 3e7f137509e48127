"""The gate's programs: one that is missing means that nothing was judged, never a pass."""

from __future__ import annotations

from pathlib import Path

from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.repo import Repo
from platformctl.tools.programs import program


def needed(repo: Repo, name: str) -> Path:
    """The path of a program without which there is no verdict."""
    try:
        return program(repo, name)
    except PlatformError as error:
        raise PlatformError(error.what, why=error.why, fix=error.fix, exit_code=TOOL_FAILURE) from error

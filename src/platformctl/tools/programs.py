"""Where a built program is."""

from __future__ import annotations

from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.repo import Repo
from platformctl.tools.catalogue import Tool, bringing, load


def tool_of(repo: Repo, program_name: str) -> Tool:
    """The tool that brings a program."""
    tool = bringing(repo, program_name)
    if tool is None:
        raise PlatformError(f"no tool in tools/build.toml brings {program_name}")
    return tool


def program(repo: Repo, name: str) -> Path:
    """The path of a built program; an error says how to build it."""
    tool = tool_of(repo, name)
    path = tool.home / name
    if not path.is_file():
        raise PlatformError(
            f"{name} {tool.version} is not built",
            fix=f"run `platformctl tools {tool.name}` (or `make tools`)",
        )
    return path


def share(repo: Repo, tool_name: str) -> Path:
    """The folder with the files of its module that a tool keeps beside its programs."""
    tool = load(repo)[tool_name]
    folder = tool.home / "share"
    if not folder.is_dir():
        raise PlatformError(f"{tool_name} {tool.version} is not built", fix=f"run `platformctl tools {tool_name}`")
    return folder

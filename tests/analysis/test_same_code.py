"""The program that judges in these tests is the controller: its version and libraries are the platform's."""

from __future__ import annotations

import re

from platformctl.repo import Repo


def _pins(repo: Repo, tool: str) -> set[tuple[str, str]]:
    """Modules and replacements that a tool is built with, with their versions."""
    text = (repo.root / "tools" / tool / "go.mod").read_text()
    return set(re.findall(r"^(?:require |\t)(\S+(?: => \S+)?) (v\S+)", text, re.MULTILINE))


def test_modules_are_those_of_argo_rollouts(repo: Repo) -> None:
    """A library of another version could read a condition otherwise."""
    assert _pins(repo, "analysis") == _pins(repo, "argo-rollouts")

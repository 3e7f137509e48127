"""The Rego rules by themselves: their own tests, their form and their metadata."""

from __future__ import annotations

import json
import re
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.checks import rego, rulebook
from platformctl.repo import Repo
from platformctl.tools.programs import program

METADATA = re.compile(r"^# METADATA\n((?:# .*\n)+)package (\S+)$", re.MULTILINE)
LEAST_COVERED = 95  # percent
BOTH = ("rego", "tests")


def _rules(repo: Repo) -> list[Path]:
    return sorted((repo.root / "policy" / "rego" / "rules").glob("*/*.rego"))


def _opa(repo: Repo, *arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program(repo, "opa"), *arguments],
        cwd=cwd or repo.root / "policy",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_rego_tests_pass_and_there_are_some_of_both_verdicts_for_every_rule(repo: Repo) -> None:
    """A run without tests would pass as well, so they are counted."""
    done = _opa(repo, "test", "--fail-on-empty", "--format", "json", *BOTH)
    results: list[dict[str, Any]] = json.loads(done.stdout)
    passed = defaultdict(list)
    for result in results:
        if not {"fail", "error", "skip"} & set(result):
            passed[Path(result["location"]["file"]).stem].append(result["name"])
    written = "".join(path.read_text() for path in (repo.root / "policy" / "tests").glob("*_test.rego"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert sum(len(names) for names in passed.values()) == len(results) == len(re.findall(r"^test_", written, re.M))
    for rule in _rules(repo):
        names = passed[f"{rule.stem}_test"]
        assert any(name.startswith("test_fail_") for name in names), rule.stem
        assert any(name.startswith("test_success_") for name in names), rule.stem


def test_rego_tests_cover_the_rules(repo: Repo) -> None:
    """At least 95 % of the lines of every file."""
    done = _opa(repo, "test", "--fail-on-empty", "--coverage", "--format", "json", *BOTH)
    files = json.loads(done.stdout)["files"]
    low = {name: each["coverage"] for name, each in files.items() if each["coverage"] < LEAST_COVERED}

    assert done.returncode == 0, done.stderr
    assert low == {}
    assert {str(path.relative_to(repo.root / "policy")) for path in _rules(repo)} <= set(files)


def test_rego_is_formatted_and_strict(repo: Repo) -> None:
    """`opa fmt` would change nothing, and strict mode finds nothing unused or deprecated."""
    for command in (("fmt", "--list", "--fail"), ("check", "--strict")):
        done = _opa(repo, *command, *BOTH)

        assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (("fmt", "--list", "--fail"), "package a\n\nb   := 1\n"),
        (("check", "--strict"), "package a\n\nimport data.unused\n\nb := 1\n"),
        (("test", "--fail-on-empty"), "package a\n\nb := 1\n"),
        (("test", "--fail-on-empty"), "package a_test\n\ntest_b if false\n"),
    ],
    ids=["not formatted", "unused import", "no tests", "failing test"],
)
def test_each_of_these_checks_can_fail(repo: Repo, tmp_path: Path, command: tuple[str, ...], text: str) -> None:
    """What the tests above rely on is red for a bad file."""
    (tmp_path / "a.rego").write_text(text)

    assert _opa(repo, *command, "a.rego", cwd=tmp_path).returncode != 0


def test_metadata_says_what_the_rule_book_says(repo: Repo) -> None:
    """Title, severity and remediation of a twin stand in both places, alike; its package is its folder."""
    rules = rulebook.load(repo)
    found = {}
    for path in _rules(repo):
        match = METADATA.match(path.read_text())
        assert match, path
        metadata = yaml.safe_load(re.sub(r"^# ", "", match.group(1), flags=re.MULTILINE))
        custom = metadata["custom"]
        found[custom["id"]] = (metadata["title"], custom["severity"], custom["remediation"])
        assert match.group(2) == f"rules.{path.parent.name}"
        assert path.stem == path.parent.name == custom["id"].replace("-", "_")

    assert found == {rule.id: (rule.title, rule.severity, rule.remediation) for rule in rules.values() if rule.twin}
    assert set(found) == rego.rules_on_disk(repo, rules)


def test_no_test_file_is_on_the_policy_path(repo: Repo) -> None:
    """Tests there would be loaded and evaluated at every run."""
    assert [path for path in (repo.root / "policy" / "rego").rglob("*") if "test" in path.name] == []

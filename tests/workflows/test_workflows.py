"""The workflows: valid, safe, pinned, and nothing but what `make` does."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.repo import Repo
from platformctl.tools.programs import program

PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*")
MAKE = re.compile(r"make ([a-z-]+)")


def _load(path: Path) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load(path.read_text())
    return content


def _steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in _load(path)["jobs"].values():
        yield from job["steps"]


def _targets(repo: Repo) -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (repo.root / "Makefile").read_text(), re.MULTILINE))


def test_actionlint_finds_nothing(repo: Repo, workflows: list[Path]) -> None:
    """Syntax, expressions, contexts and shell of every workflow."""
    done = subprocess.run(
        [program(repo, "actionlint"), "-no-color", *workflows], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_actionlint_would_find_a_fault(repo: Repo, workflows: list[Path], tmp_path: Path) -> None:
    """The check goes red for a runner that does not exist."""
    broken = tmp_path / "broken.yaml"
    broken.write_text(workflows[0].read_text().replace("ubuntu-24.04", "ubuntu-99.04"))
    done = subprocess.run([program(repo, "actionlint"), broken], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "ubuntu-99.04" in done.stdout


def _zizmor(*paths: Path) -> subprocess.CompletedProcess[str]:
    zizmor = Path(sys.executable).with_name("zizmor")
    arguments = ["--offline", "--no-config", "--persona=pedantic", "--format=plain", "--no-progress"]
    return subprocess.run([zizmor, *arguments, *paths], capture_output=True, text=True, check=False)


def test_zizmor_finds_nothing(repo: Repo) -> None:
    """No workflow can be turned against us, by the strictest of its personas."""
    done = _zizmor(repo.root / ".github")

    assert done.returncode == 0, done.stdout
    assert "No findings to report" in done.stdout


def test_zizmor_would_find_a_fault(workflows: list[Path], tmp_path: Path) -> None:
    """The check goes red for a token that may do everything."""
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    text = workflows[0].read_text()
    assert "permissions: {}" in text
    (folder / "broken.yaml").write_text(text.replace("permissions: {}", "permissions: write-all"))

    assert _zizmor(tmp_path).returncode > 10


def test_actions_are_pinned_by_commit(workflows: list[Path]) -> None:
    """A tag can be moved to other code, a commit cannot; the comment is what Renovate updates."""
    for path in workflows:
        uses = re.findall(r"uses: (.+)", path.read_text())
        assert uses
        assert [line for line in uses if not PINNED.fullmatch(line)] == []


def test_one_commit_for_each_action(workflows: list[Path]) -> None:
    """No workflow is left behind by an update."""
    uses = {line for path in workflows for line in re.findall(r"uses: (.+)", path.read_text())}

    assert len(uses) == len({line.partition("@")[0] for line in uses})


def test_workflows_only_call_make(repo: Repo, workflows: list[Path]) -> None:
    """What CI does can be done on a laptop, and every target exists."""
    for path in workflows:
        commands = [step["run"] for step in _steps(path) if "run" in step]
        matches = [MAKE.fullmatch(command) for command in commands]
        assert commands
        assert all(matches), commands
        assert {match.group(1) for match in matches if match} <= _targets(repo)


def test_workflows_have_no_permission_but_what_a_job_names(workflows: list[Path]) -> None:
    """Nothing at the top; each job says what it needs."""
    for path in workflows:
        content = _load(path)
        assert content["permissions"] == {}
        assert all("permissions" in job and "timeout-minutes" in job for job in content["jobs"].values())


def test_checkouts_have_history_and_leave_no_credentials(workflows: list[Path]) -> None:
    """Pins are commits of the history, and later steps need no token."""
    checkouts = [step["with"] for path in workflows for step in _steps(path) if "checkout@" in step.get("uses", "")]

    assert checkouts == [{"fetch-depth": 0, "persist-credentials": False}] * len(workflows)


@pytest.mark.parametrize("name", ["gate.yaml", "test.yaml"])
def test_required_checks_run_in_the_merge_queue(name: str, repo: Repo) -> None:
    """A queue waits for ever for a check that does not run there."""
    triggers = _load(repo.root / ".github" / "workflows" / name)[True]  # YAML 1.1 reads the key `on` so

    assert {"pull_request", "merge_group"} <= set(triggers)
    assert "pull_request_target" not in triggers


def test_codeowners_paths_exist(repo: Repo) -> None:
    """An owner of a folder that is not there protects nothing."""
    lines = (repo.root / ".github" / "CODEOWNERS").read_text().splitlines()
    entries = [line.split() for line in lines if line and not line.startswith("#")]

    assert entries[0][0] == "*"
    for pattern, *owners in entries[1:]:
        assert (repo.root / pattern.strip("/")).is_dir(), pattern
        assert all(owner.startswith("@techcommerce/") for owner in owners)


def test_hooks_call_programs_of_the_checkout(repo: Repo) -> None:
    """Nothing is fetched, and each hook's files exist."""
    repos = yaml.safe_load((repo.root / ".pre-commit-config.yaml").read_text())["repos"]
    hooks = [hook for each in repos for hook in each["hooks"]]

    assert [each["repo"] for each in repos] == ["local"]
    assert {hook["entry"].split()[0] for hook in hooks} == {
        f".venv/bin/{name}" for name in ("ruff", "mypy", "lint-imports", "platformctl")
    }
    assert all(hook["language"] == "system" for hook in hooks)

"""Every rule finds its own fault, in a Deployment and in a Rollout, and nothing else."""

from __future__ import annotations

import datetime
from collections import defaultdict
from pathlib import Path

import pytest
from tests.fixtures import frames

from platformctl.checks import gate, plain, rulebook
from platformctl.checks.gate import OWN_RULES
from platformctl.checks.pods import WORKLOADS
from platformctl.checks.registry import CHECKS
from platformctl.findings import Finding, Report
from platformctl.repo import Repo

TODAY = datetime.date(2026, 1, 1)
RULES = sorted(CHECKS)
INVALID = Path(__file__).resolve().parents[1] / "fixtures/invalid"
FAULTS = sorted(
    str(path.relative_to(INVALID))
    for path in INVALID.rglob("*.yaml")
    if path.name != frames.FRAME and path.parent.name in {*RULES, "schema"}
)


ALSO = "# breaks also "  # rules that nobody can keep who breaks this one: a node's writable folder is a node's folder


def _also(path: Path) -> list[str]:
    first = path.read_text(errors="replace").partition("\n")[0]
    return first.removeprefix(ALSO).split(", ") if first.startswith(ALSO) else []


@pytest.fixture(scope="module")
def invalid(repo: Repo, fixtures: Path) -> Report:
    return gate.judge(repo, plain.subject([fixtures / "invalid"]), TODAY)


@pytest.fixture(scope="module")
def by_file(invalid: Report, fixtures: Path) -> dict[str, list[Finding]]:
    found = defaultdict(list)
    for finding in invalid.findings:
        found[str(Path(finding.file).relative_to(fixtures / "invalid"))].append(finding)
    return found


@pytest.mark.parametrize("fault", FAULTS)
def test_rule_finds_its_fault_and_nothing_else(fault: str, by_file: dict[str, list[Finding]]) -> None:
    """An invalid fixture breaks exactly the rule that its folder is named after, and what it says in its first line."""
    found = by_file[fault]

    assert {finding.rule for finding in found} == {fault.partition("/")[0], *_also(INVALID / fault)}
    assert all(finding.line and finding.message and finding.remediation for finding in found)


@pytest.mark.parametrize("rule", [rule for rule in OWN_RULES if not rule.startswith("exception")])
def test_gate_itself_finds_faults(rule: str, by_file: dict[str, list[Finding]]) -> None:
    """What the gate says without a check module has a fixture as well."""
    found = [finding for name, group in by_file.items() for finding in group if name.startswith(f"{rule}/")]

    assert {finding.rule for finding in found} == {rule}


def test_every_fixture_is_found(invalid: Report, by_file: dict[str, list[Finding]], fixtures: Path) -> None:
    """No invalid file goes unnoticed, and what was not judged is a gap."""
    files = {str(path.relative_to(INVALID)) for path in INVALID.rglob("*.yaml") if path.name != frames.FRAME}

    assert set(by_file) == files
    assert invalid.exit_code == 2  # one file is unreadable and one kind has no schema
    assert invalid.summary.skipped == 1
    assert invalid.summary.objects - invalid.summary.schema_checked == 1


def test_valid_fixtures_have_no_finding(repo: Repo, fixtures: Path) -> None:
    """The near misses of every rule pass, and all of them were judged."""
    report = gate.judge(repo, plain.subject([fixtures / "valid"]), TODAY)

    assert report.findings == ()
    assert report.exit_code == 0
    assert report.summary.objects == report.summary.schema_checked == report.summary.policy_checked > 0


@pytest.mark.parametrize("outcome", ["valid", "invalid"])
@pytest.mark.parametrize("rule", RULES)
def test_rule_has_fixtures(rule: str, outcome: str, fixtures: Path) -> None:
    """A passing and a failing file; a rule on pods has both as a Deployment and as a Rollout."""
    names = {path.stem for path in (fixtures / outcome / rule).iterdir()} - {"frame"}

    assert names
    if CHECKS[rule].kinds & WORKLOADS:
        assert names & {"rollout"}


@pytest.mark.parametrize("folder", frames.folders(), ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_frames_are_current(folder: Path) -> None:
    """What stands around a fixture was written for it as it is now (`make update`)."""
    path = folder / frames.FRAME

    assert (path.read_text() if path.is_file() else "") == frames.frame(folder)


def test_rules_are_described_once(repo: Repo) -> None:
    """Each rule has one entry, all of its texts, and a topic in lower case."""
    rules = rulebook.load(repo)

    assert set(rules) == set(CHECKS) | set(OWN_RULES)
    for rule in rules.values():
        assert rule.topic == rule.topic.lower()
        assert rule.title
        assert rule.why.endswith(".")
        assert rule.remediation.endswith((".", "…"))

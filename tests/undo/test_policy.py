"""policy/undo.yaml: what may be done where."""

from __future__ import annotations

from pathlib import Path

import pytest

from platformctl.errors import PlatformError
from platformctl.undo import policy
from platformctl.undo.policy import Action, Cause

from .conftest import REPO

GOOD = "{analysis: merge, deadline: open, operator: nothing, other: open, quietSeconds: 5, blocks: [staging]}"


def test_the_policy_of_this_repository_covers_every_environment() -> None:
    """Staging takes itself back; in production somebody looks at it first."""
    found = policy.parse((REPO.root / policy.FILE).read_text())

    assert set(found) == {path.name for path in (REPO.root / "overlays").iterdir() if path.name != "local"}
    assert found["staging"].actions[Cause.ANALYSIS] is Action.MERGE
    assert Action.MERGE not in found["production"].actions.values()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "no mapping of environments"),
        ("a: [", "not YAML"),
        ("staging: {analysis: merge}", "must have the keys"),
        ("staging: " + GOOD.replace("merge", "push"), "analysis must be one of merge, open, nothing"),
        ("staging: " + GOOD.replace("5", "-1"), "quietSeconds is no number of seconds: -1"),
        ("staging: " + GOOD.replace("5", "true"), "quietSeconds is no number of seconds: True"),
        ("staging: " + GOOD.replace("[staging]", "[]"), "blocks is no list of environments"),
    ],
)
def test_a_policy_that_is_not_understood_is_an_error(text: str, message: str) -> None:
    """Nothing is merged by a policy that says something else."""
    with pytest.raises(PlatformError, match=message):
        policy.parse(text)


def test_the_quiet_time_is_in_seconds() -> None:
    """And the actions go by cause."""
    found = policy.parse(f"staging: {GOOD}")["staging"]

    assert found.quiet.total_seconds() == 5
    assert found.actions[Cause.OPERATOR] is Action.NOTHING


def test_the_file_is_where_the_program_looks() -> None:
    """The constant names a file of the repository."""
    assert Path(REPO.root, policy.FILE).is_file()

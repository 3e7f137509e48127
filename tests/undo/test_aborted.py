"""What a Rollout says of its abort."""

from __future__ import annotations

import datetime

import pytest

from platformctl.undo.aborted import aborted
from platformctl.undo.policy import Cause

from . import objects


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        (objects.ANALYSIS, Cause.ANALYSIS),
        ('Background analysis phase error/failed: Metric "restarts" assessed Failed', Cause.ANALYSIS),
        ("Blue/green post-promotion analysis phase error/failed", Cause.ANALYSIS),
        ('ReplicaSet "frontend-7b9f8c5d44" has timed out progressing.', Cause.DEADLINE),
        ("Experiment 'frontend-1' failed", Cause.OTHER),
        (None, Cause.OPERATOR),
    ],
)
def test_the_cause_is_told_by_the_controllers_words(reason: str | None, cause: Cause) -> None:
    """What a person does leaves the message without a reason."""
    found = aborted(objects.rollout(reason))

    assert found is not None
    assert found.cause is cause


def test_an_abort_has_its_versions_and_times() -> None:
    """The release began when the Rollout left its last good state, not when its newest version came."""
    found = aborted(objects.rollout(began=100, aborted=130))

    assert found is not None
    assert (found.title, found.application, found.revision) == ("frontend in staging", "frontend-staging", 2)
    assert (found.bad, found.stable) == (objects.BAD, objects.HEALTHY)
    assert found.began == objects.START + datetime.timedelta(seconds=100)
    assert found.at == objects.START + datetime.timedelta(seconds=130)


@pytest.mark.parametrize(
    "status",
    [
        {"abort": False},
        {"abortedAt": None},
        {"stableRS": objects.BAD},  # what Git wants is what runs
        {"observedGeneration": "4"},  # a newer version is there, and nobody has looked at it yet
    ],
)
def test_everything_else_is_no_abort(status: objects.Object) -> None:
    """A revert of a release that goes on, or that is over, would be wrong."""
    assert aborted(objects.rollout(**status)) is None


def test_the_mark_of_another_object_is_no_mark() -> None:
    """Annotations are copied along with manifests."""
    content = objects.rollout()
    mark = "frontend-production:argoproj.io/Rollout:production/frontend"
    content["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"] = mark
    found = aborted(content)

    assert found is not None
    assert found.application == ""

"""Which of Argo CD's deliveries was good, and which brought the bad version."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import pytest

from platformctl.errors import PlatformError
from platformctl.undo.deliveries import Change, application, change

from . import objects

REPOSITORY = "http://git.techcommerce.internal:3001/techcommerce/platform.git"
BEGAN, ENDED = (objects.START + datetime.timedelta(seconds=each) for each in (100, 130))


def found(history: Sequence[tuple[str, int]]) -> Change:
    """The commits of the release that began at 100 and was aborted at 130."""
    return change(application(objects.application(REPOSITORY, history)), BEGAN, ENDED)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([("h", 10), ("b", 98)], Change("h", "b", "b")),
        # another push while the release was under way belongs to it
        ([("h", 10), ("b", 98), ("c", 115)], Change("h", "b", "c")),
        # what came after the abort was not judged by it
        ([("h", 10), ("b", 98), ("fix", 140)], Change("h", "b", "b")),
        # applied twice: something on the cluster was put right again
        ([("a", 5), ("h", 10), ("b", 90), ("b", 98)], Change("h", "b", "b")),
        ([("h", 10), ("h", 20), ("b", 98)], Change("h", "b", "b")),
    ],
)
def test_the_commits_of_a_release(history: list[tuple[str, int]], expected: Change) -> None:
    """The sync before the one that changed the Rollout was good."""
    assert found(history) == expected


def test_a_sync_that_failed_has_delivered_too() -> None:
    """It is not in the history, though it may have changed the Rollout before another object failed."""
    content = objects.application(REPOSITORY, [("a", 5), ("h", 10)])
    content["status"]["operationState"] = {
        "phase": "Running",
        "startedAt": objects.at(98),
        "syncResult": {"revision": "b"},
    }

    assert change(application(content), BEGAN, ENDED) == Change("h", "b", "b")


@pytest.mark.parametrize("history", [[], [("b", 98)], [("b", 90), ("b", 98)], [("x", 140)]])
def test_a_history_that_does_not_reach_back_is_an_error(history: list[tuple[str, int]]) -> None:
    """A guess would revert something that was good."""
    with pytest.raises(PlatformError, match="does not reach back to a healthy version"):
        found(history)


def test_folders_are_the_services_own_or_shared() -> None:
    """They come from the annotation that Argo CD itself uses."""
    app = application(objects.application(REPOSITORY, [("h", 10)]))

    assert app.own == ("overlays/staging/frontend", "base/frontend")
    assert app.shared == ("base/components",)
    assert not app.pinned


def test_an_application_that_somebody_made_by_hand_is_an_error() -> None:
    """Without labels nobody knows which cluster file is meant."""
    content = objects.application(REPOSITORY, [("h", 10)])
    del content["metadata"]["labels"]["cluster"]

    with pytest.raises(PlatformError, match="does not say which cluster"):
        application(content)

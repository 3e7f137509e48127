"""What `up` waits for, and what it says when it waits in vain."""

from __future__ import annotations

import io
from typing import Any

import pytest

from platformctl.cluster import health
from platformctl.cluster.health import failed_comparisons, unfinished, wait_for_applications
from platformctl.cluster.kubectl import Kubectl
from platformctl.console import Console
from platformctl.errors import PlatformError

COMMIT = "a" * 40


def app(
    name: str, sync: str = "Synced", state: str = "Healthy", revision: str = COMMIT, **status: Any
) -> dict[str, Any]:
    return {
        "metadata": {"name": name},
        "status": {"sync": {"status": sync, "revision": revision}, "health": {"status": state}, **status},
    }


def test_all_there_is_nothing_left() -> None:
    """Synced at the wanted commit and Healthy is what counts."""
    assert unfinished([app("a"), app("b")], {"a": COMMIT, "b": COMMIT}) == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], "a: not generated yet"),
        ([app("a", sync="OutOfSync")], "a: OutOfSync"),
        ([app("a", state="Degraded")], "Degraded"),
        ([app("a", revision="b" * 40)], "at bbbbbbbbbbbb"),
        ([app("a", operationState={"phase": "Running", "message": "waiting"})], "sync Running: waiting"),
        (
            [app("a", sync="Unknown", conditions=[{"type": "ComparisonError", "message": "no such path"}])],
            "no such path",
        ),
        ([app("a"), app("stray")], "stray: Git does not have it"),
        ([{"metadata": {"name": "a"}}], "a: Unknown"),
    ],
)
def test_each_reason_to_wait_is_named(found: list[dict[str, Any]], said: str) -> None:
    """One line says which Application and why."""
    lines = unfinished(found, {"a": COMMIT})

    assert len(lines) == 1
    assert said in lines[0]


def test_failed_comparisons_are_those_with_that_condition() -> None:
    """Only these are asked to be compared again."""
    failed = app("a", sync="Unknown", conditions=[{"type": "ComparisonError", "message": "deadline exceeded"}])
    other = app("b", conditions=[{"type": "OrphanedResourceWarning", "message": "one"}])

    assert failed_comparisons([failed, other, app("c"), {"metadata": {"name": "d"}}]) == ["a"]


def test_a_wait_in_vain_is_a_failure_with_events_and_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 3, the Application, the pod's event and its last line."""
    pod = {
        "metadata": {"namespace": "staging", "name": "frontend-1"},
        "status": {"phase": "Pending", "conditions": [{"type": "Ready", "status": "False"}]},
    }
    event = {"type": "Warning", "reason": "Failed", "message": "no such image"}

    class Client:
        """A cluster with one pod that does not get ready."""

        def get(self, kind: str, *_words: str) -> list[dict[str, Any]]:
            return {"pods": [pod], "events": [event]}.get(kind, [app("a", state="Progressing")])

        def __call__(self, *_words: str) -> str:
            return "cannot start\n"

    client: Kubectl = Client()  # type: ignore[assignment]
    monkeypatch.setattr(health, "POLL_SECONDS", 0.01)

    with pytest.raises(PlatformError) as raised:
        wait_for_applications(client, Console(io.StringIO()), {"a": COMMIT}, seconds=0.05)

    assert raised.value.exit_code == 3
    assert "1 of 1 Applications did not get there" in raised.value.what
    for part in ("a: Synced", "Progressing", "pod staging/frontend-1: Pending", "no such image", "cannot start"):
        assert part in raised.value.why

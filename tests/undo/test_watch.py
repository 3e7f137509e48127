"""All aborted releases of a cluster, for as long as it runs: with notifications and without."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from platformctl.errors import PlatformError
from platformctl.undo import watch
from platformctl.undo.aborted import Aborted, aborted
from platformctl.undo.act import Outcome, Result
from platformctl.undo.metrics import Metrics
from platformctl.undo.watch import Watch

from . import objects


def release(name: str = "frontend", seconds: int = 130) -> Aborted:
    """An aborted release."""
    found = aborted(objects.rollout(aborted=seconds))
    assert found is not None
    return replace(found, name=name)


@dataclass
class World:
    """A cluster and a Git host as the watch sees them."""

    releases: list[Aborted] = field(default_factory=list)
    results: dict[str, list[Result | Exception]] = field(default_factory=dict)
    undone: list[str] = field(default_factory=list)
    unreadable: bool = False
    untidy: bool = False
    present: datetime.datetime = objects.START + datetime.timedelta(seconds=200)
    looked: threading.Event = field(default_factory=threading.Event)

    def find(self) -> list[Aborted]:
        """All aborted releases."""
        self.looked.set()
        if self.unreadable:
            raise PlatformError("the API server does not answer")
        return list(self.releases)

    def tidy(self) -> list[str]:
        """What is closed."""
        if self.untidy:
            raise PlatformError("the Git host does not answer")
        return []

    def undo(self, found: Aborted) -> Outcome:
        """What the next try comes to; the last result stays."""
        self.undone.append(found.name)
        left = self.results.get(found.name, [Result.MERGED])
        result = left[0] if len(left) == 1 else left.pop(0)
        if isinstance(result, Exception):
            raise result
        return Outcome(result, found.title)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def watching(world: World) -> Watch:
    return Watch(world.find, world.undo, world.tidy, Metrics(), clock=lambda: world.present)


@pytest.fixture
def running(watching: Watch) -> Iterator[threading.Event]:
    """The watch in a thread of its own."""
    stop = threading.Event()
    thread = threading.Thread(target=watching.run, args=(stop,))
    thread.start()
    yield stop
    stop.set()
    watching.wake()
    thread.join(10)
    assert not thread.is_alive()


def counted(watching: Watch, result: str) -> float:
    """The counter of a result."""
    return watching.metrics.registry.get_sample_value("techcommerce_undo_total", {"result": result}) or 0.0


def oldest(watching: Watch) -> float:
    """The age of the oldest one that is not settled."""
    return watching.metrics.registry.get_sample_value("techcommerce_undo_oldest_seconds") or 0.0


def test_what_was_aborted_before_it_started_is_undone(world: World, running: threading.Event) -> None:
    """A lost notification, or a restart, loses nothing."""
    world.releases = [release()]
    assert world.looked.wait(5)


def test_every_aborted_release_is_undone_oldest_first(world: World, watching: Watch) -> None:
    """One look is enough for all."""
    world.releases = [release("order-api", 140), release("frontend", 130)]

    assert watching.look() is True
    assert world.undone == ["frontend", "order-api"]
    assert counted(watching, "merged") == 2
    assert oldest(watching) == 0


@pytest.mark.parametrize("trouble", [PlatformError("the Git host does not answer"), ValueError("a bug")])
def test_one_that_fails_keeps_no_other_from_being_undone(world: World, watching: Watch, trouble: Exception) -> None:
    """It is tried again, and its age is told."""
    world.releases = [release("frontend", 130), release("order-api", 140)]
    world.results = {"frontend": [trouble, trouble, Result.MERGED]}

    assert watching.look() is False
    assert world.undone == ["frontend", "order-api"]
    assert oldest(watching) == 70
    assert watching.look() is False
    assert counted(watching, "failed") == 1  # the same failure is one
    assert watching.look() is True
    assert (oldest(watching), counted(watching, "merged")) == (0, 2)


@pytest.mark.parametrize(
    ("result", "again", "age"),
    [
        (Result.WAITING, True, 70),  # Git still asks for the bad version
        (Result.STUCK, False, 70),
        (Result.QUIET, True, 0),
        (Result.OPENED, False, 0),  # somebody was asked, as the policy wants it
        (Result.DECLINED, False, 0),
        (Result.LEFT, False, 0),
    ],
)
def test_what_is_worth_another_try_soon(world: World, watching: Watch, result: Result, again: bool, age: float) -> None:
    """Checks end and the quiet time passes; people take longer."""
    world.releases, world.results = [release()], {"frontend": [result]}

    assert watching.look() is not again
    assert oldest(watching) == age


def test_a_cluster_that_cannot_be_read_is_tried_again(world: World, watching: Watch) -> None:
    """And the time of the last look stays where it was, for the alert."""
    world.unreadable = True
    assert watching.look() is False
    assert watching.metrics.registry.get_sample_value("techcommerce_undo_last_look_timestamp_seconds") == 0

    world.unreadable = False
    assert watching.look() is True
    looked = watching.metrics.registry.get_sample_value("techcommerce_undo_last_look_timestamp_seconds")
    assert looked == world.present.timestamp()


def test_reverts_that_cannot_be_closed_are_tried_again(world: World, watching: Watch) -> None:
    """What is aborted was undone before."""
    world.releases, world.untidy = [release()], True

    assert watching.look() is False
    assert world.undone == ["frontend"]


def test_a_notification_comes_before_the_abort_shows(world: World, watching: Watch) -> None:
    """The controller notifies before it writes the Rollout's status: it is looked for until it is there."""
    watching.hint("staging", "frontend")
    assert watching.look() is False

    world.releases = [release()]
    assert watching.look() is True
    assert (
        watching.metrics.registry.get_sample_value("techcommerce_undo_notifications_total", {"verdict": "found"}) == 1
    )


def test_a_notification_of_an_unknown_rollout_is_forgotten(world: World, watching: Watch) -> None:
    """After a minute of looking."""
    watching.hint("staging", "nobody")
    assert watching.look() is False
    world.present += watch.HINT + datetime.timedelta(seconds=1)

    assert watching.look() is True
    assert (
        watching.metrics.registry.get_sample_value("techcommerce_undo_notifications_total", {"verdict": "unknown"}) == 1
    )


def test_a_notification_ends_the_pause(
    world: World, watching: Watch, running: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two looks are minutes otherwise."""
    assert world.looked.wait(5)
    world.looked.clear()
    world.releases = [release()]
    watching.hint("staging", "frontend")

    assert world.looked.wait(5)


def test_pauses_grow_while_something_fails(world: World, watching: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Git host that is away is asked after 1, 2, 4 … 60 seconds, and a success starts anew."""
    pauses: list[float] = []
    stop = threading.Event()

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        if len(pauses) == 9:
            stop.set()
        return False

    monkeypatch.setattr(watching._wake, "wait", wait)
    world.releases = [release()]
    world.results = {"frontend": [*[PlatformError("away")] * 8, Result.MERGED]}
    watching.run(stop)

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, watch.LOOK_SECONDS]


def test_a_release_that_is_aborted_again_counts_again(world: World, watching: Watch) -> None:
    """What is over is forgotten."""
    world.releases = [release()]
    watching.look()
    watching.look()
    world.releases = []
    watching.look()
    world.releases = [release()]
    watching.look()

    assert counted(watching, "merged") == 2

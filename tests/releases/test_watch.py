"""Following a release to its end, whatever happens on the way."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.process import ToolError, command
from platformctl.releases.facts import Facts, of_objects
from platformctl.releases.outcomes import Outcome
from platformctl.releases.watch import Watch, ending
from tests.releases import stories
from tests.releases.objects import Object, moment

Look = Callable[[], list[Object]]
REFUSED = ToolError(command("kubectl", "get"), 1, "The connection to the server 10.87.1.2:6443 was refused")


@dataclass
class Film:
    """Looks in a row, the last one for ever; each is five seconds after the one before."""

    looks: Sequence[Look | ToolError]
    seconds: float = 0
    at: int = 0
    notes: list[str] = field(default_factory=list)
    shown: list[Facts] = field(default_factory=list)

    def read(self) -> Facts:
        look = self.looks[min(self.at, len(self.looks) - 1)]
        self.at += 1
        if isinstance(look, ToolError):
            raise look
        return of_objects(look())[0]

    def pause(self) -> None:
        self.seconds += 5

    def clock(self) -> datetime.datetime:
        return moment(self.seconds)

    def show(self, facts: Facts) -> None:
        self.shown.append(facts)

    def note(self, words: str) -> None:
        self.notes.append(words)

    def watch(self, seconds: float | None = None) -> Watch:
        return Watch(self.read, self.pause, self.clock, seconds)


@pytest.mark.parametrize(
    ("looks", "outcome"),
    [
        ([stories.started, stories.measuring, stories.waiting, stories.promoted], Outcome.PROMOTED),
        ([stories.started, stories.measuring, stories.aborted], Outcome.ABORTED),
        ([stories.measuring, stories.reverted], Outcome.ABORTED),
        ([stories.aborted], Outcome.ABORTED),
        ([stories.blue_green_failed], Outcome.ABORTED),
    ],
)
def test_it_ends_with_the_outcome(looks: list[Look], outcome: Outcome) -> None:
    """Also when Git took it back between two looks."""
    film = Film(looks)

    ended = film.watch().follow(film)

    assert ended is not None
    assert (ended.outcome, ended.revision) == (outcome, 7)
    assert len(film.shown) == len(looks)


def test_nothing_under_way_ends_at_once() -> None:
    """The last release is over, and none is waited for."""
    film = Film([stories.promoted])

    assert film.watch().follow(film) is None
    assert film.seconds == 0


def test_the_next_release_is_waited_for() -> None:
    """What has ended before does not count."""
    film = Film([stories.reverted, stories.reverted])

    with pytest.raises(PlatformError, match="did not end within 30 s"):
        film.watch(30).follow(film, 9)


def test_a_release_that_has_just_begun_is_followed() -> None:
    """A look between the ReplicaSet and the Rollout's word of it is not its end."""
    film = Film([stories.begun, stories.started, stories.promoted])

    ended = film.watch().follow(film, 7)

    assert ended is not None
    assert ended.outcome is Outcome.PROMOTED


def test_an_api_server_that_restarts_is_waited_for_and_told_once() -> None:
    """The release goes on meanwhile."""
    film = Film([stories.started, REFUSED, REFUSED, REFUSED, stories.promoted])

    ended = film.watch().follow(film)

    assert ended is not None
    assert film.notes == ["the API server does not answer: The connection to the server 10.87.1.2:6443 was refused"]


def test_an_api_server_that_stays_away_is_an_error() -> None:
    """After a minute."""
    film = Film([stories.started, REFUSED])

    with pytest.raises(ToolError):
        film.watch().follow(film)

    assert 60 < film.seconds <= 75


def test_a_release_that_waits_for_ever_ends_with_the_time_that_was_given() -> None:
    """The exit code is that of a tool that failed: nothing is known about the release."""
    film = Film([stories.waiting])

    with pytest.raises(PlatformError, match="frontend in staging did not end within 20 s") as late:
        film.watch(20).follow(film)

    assert late.value.exit_code == TOOL_FAILURE
    assert "it is Paused: CanaryPauseStep" in late.value.why


ENDINGS = [
    (
        stories.promoted,
        ["frontend in staging, revision 7 is promoted after 2m 20s: 0.5.0 (a9b8c7d6e5f4) serves everybody"],
    ),
    (
        stories.aborted,
        [
            "frontend in staging, revision 7 is aborted after 1m 11s: Rollout aborted update to revision 7: Metric "
            '"errors" assessed Failed due to failed (3) > failureLimit (2)',
            "  0.4.1 (1f2e3d4c5b6a) still serves everybody; Git still demands 0.5.0 (a9b8c7d6e5f4)",
            "  the numbers: platformctl release report frontend --environment staging; take it back in Git, or after a "
            "mend outside of it: platformctl release retry frontend --environment staging",
        ],
    ),
]


@pytest.mark.parametrize(("look", "lines"), ENDINGS)
def test_the_last_words_say_what_to_do(look: Look, lines: list[str]) -> None:
    """When there is something to do."""
    film = Film([stories.started, look])
    ended = film.watch().follow(film)

    assert ended is not None
    assert ending(ended).splitlines() == lines

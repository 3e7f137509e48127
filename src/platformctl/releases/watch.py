"""Follows a release to its end."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from rich.console import Console
from rich.live import Live

from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.process import ToolError
from platformctl.releases.changes import changes
from platformctl.releases.facts import Facts
from platformctl.releases.live import view
from platformctl.releases.moments import between, now
from platformctl.releases.outcomes import Outcome
from platformctl.releases.release import Release, releases
from platformctl.releases.status import settled

UNANSWERED_SECONDS = 60.0  # an API server that restarts is back within that


class Screen(Protocol):
    """Where a release is shown."""

    def show(self, facts: Facts) -> None:
        """Show what is known now."""

    def note(self, words: str) -> None:
        """Show a line of our own."""


@dataclass
class Lines:
    """Shows a line for each change."""

    console: Console
    clock: Callable[[], datetime.datetime] = now
    _last: Facts | None = field(default=None, init=False)

    def show(self, facts: Facts) -> None:
        """Print what changed."""
        for line in changes(self._last, facts):
            self.note(line)
        self._last = facts

    def note(self, words: str) -> None:
        """Print one line with the time."""
        self.console.print(f"{self.clock():%H:%M:%S} {words}", markup=False, highlight=False, soft_wrap=True)


@dataclass
class Picture:
    """Draws the live picture."""

    live: Live
    clock: Callable[[], datetime.datetime] = now

    def show(self, facts: Facts) -> None:
        """Draw it again."""
        self.live.update(view(facts, self.clock()), refresh=True)

    def note(self, words: str) -> None:
        """Print a line above the picture."""
        self.live.console.print(words, markup=False)


@contextmanager
def screen(console: Console) -> Iterator[Screen]:
    """The live picture on a terminal, lines elsewhere."""
    if not console.is_terminal:
        yield Lines(console)
        return
    with Live(console=console, auto_refresh=False, vertical_overflow="crop") as live:
        yield Picture(live)


@dataclass(frozen=True)
class Watch:
    """How to look: `read` asks the cluster, `pause` waits until the next look, `clock` gives the present.

    `seconds` is how long to look at most; `after` a revision that has ended already and is not waited for.
    """

    read: Callable[[], Facts]
    pause: Callable[[], None]
    clock: Callable[[], datetime.datetime] = now
    seconds: float | None = None

    def follow(self, shown: Screen, first: int | None = None) -> Release | None:
        """Look until a release has ended, and return it: one of revision `first` or a newer one.

        Without `first` it is the one that is on its way now, and None when none is.
        """
        began = self.clock()
        while True:
            facts = self._read(shown)
            shown.show(facts)
            if first is None:
                if settled(facts):
                    return None
                first = facts.rollout.revision
            if ended := _ended(facts, first):
                return ended
            self._check_time(began, facts)
            self.pause()

    def _read(self, shown: Screen) -> Facts:
        """What the cluster says; a server that is away for a moment is waited for."""
        since = None
        while True:
            try:
                return self.read()
            except ToolError as error:
                if since is None:
                    since = self.clock()
                    shown.note(f"the API server does not answer: {_last_line(error)}")
                elif (self.clock() - since).total_seconds() > UNANSWERED_SECONDS:
                    raise
                self.pause()

    def _check_time(self, began: datetime.datetime, facts: Facts) -> None:
        if self.seconds is not None and (self.clock() - began).total_seconds() > self.seconds:
            raise PlatformError(
                f"{facts.rollout.name} in {facts.rollout.namespace} did not end within {self.seconds:.0f} s",
                why=f"it is {facts.rollout.phase}: {facts.rollout.message or 'no message'}",
                fix="look again with `platformctl release watch`, or give it more time with --timeout",
                exit_code=TOOL_FAILURE,
            )


def ending(release: Release) -> str:
    """The last line: how it ended, after how long, and what to do when it ended badly."""
    took = between(release.started, release.ended)
    if release.outcome is Outcome.PROMOTED:
        return f"{release.title} is promoted after {took}: {release.new.image} serves everybody"
    where = f"{release.service} --environment {release.environment}"
    stable = release.old.image if release.old else "the former version"
    return (
        f"{release.title} is {release.outcome} after {took}: {release.why}\n"
        f"  {stable} still serves everybody; Git still demands {release.new.image}\n"
        f"  the numbers: platformctl release report {where}; take it back in Git, or after a mend outside of it: "
        f"platformctl release retry {where}"
    )


def _ended(facts: Facts, first: int) -> Release | None:
    """The newest release when it is over; after a revert in Git the Rollout itself is at a later revision already."""
    newest = next(iter(releases(facts)), None)
    return newest if newest is not None and newest.over and newest.revision >= first else None


def _last_line(error: ToolError) -> str:
    lines = error.output.strip().splitlines()
    return lines[-1] if lines else error.what

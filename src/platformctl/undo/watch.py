"""Undoes every aborted release of a cluster, for as long as it runs.

A notification only makes it look sooner: it looks at start and every few minutes anyway, so a lost one loses nothing.
"""

from __future__ import annotations

import datetime
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from platformctl.errors import PlatformError
from platformctl.releases.moments import now
from platformctl.undo.aborted import Aborted
from platformctl.undo.act import Outcome, Result
from platformctl.undo.metrics import FAILED, Metrics

LOOK_SECONDS = 120.0  # between two looks when nothing is to be done
FIRST_SECONDS, LONGEST_SECONDS = 1.0, 60.0  # between tries, doubled after each
# the controller notifies before it writes the abort into the Rollout, and waits for our answer in between
HINT = datetime.timedelta(seconds=60)
UNSETTLED = (Result.WAITING, Result.STUCK)  # Git still asks for the bad version although the policy wants it gone
SOON = (Result.WAITING, Result.QUIET)  # worth another look within seconds

Place = tuple[str, str]  # namespace and name of a Rollout

log = logging.getLogger("platformctl.undo")


@dataclass
class Watch:
    """The aborted releases of one cluster and what became of them; `hint` may be called by any thread, `run` by one.

    `tidy` closes what is outdated, and says what.
    """

    find: Callable[[], Iterable[Aborted]]
    undo: Callable[[Aborted], Outcome]
    tidy: Callable[[], Iterable[str]]
    metrics: Metrics
    clock: Callable[[], datetime.datetime] = now
    _wake: threading.Event = field(default_factory=threading.Event)
    _hints: dict[Place, datetime.datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _said: dict[Place, str] = field(default_factory=dict)

    def hint(self, namespace: str, name: str) -> None:
        """Look for an aborted release there now, and again until it shows."""
        with self._lock:
            self._hints[namespace, name] = self.clock() + HINT
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Look until `stop` is set, which has to be followed by `wake`."""
        tries = 0
        while True:
            self._wake.clear()  # before the question, so that a `wake` after it is not lost
            if stop.is_set():
                return
            tries = 0 if self.look() else tries + 1
            pause = min(FIRST_SECONDS * 2 ** (tries - 1), LONGEST_SECONDS) if tries else LOOK_SECONDS
            if self._wake.wait(pause):
                tries = 0

    def wake(self) -> None:
        """End the pause between two looks."""
        self._wake.set()

    def look(self) -> bool:
        """Undo whatever is aborted now; whether nothing is left that another try could change soon."""
        try:
            found = sorted(self.find(), key=lambda each: each.at)
        except PlatformError as error:
            log.warning("the cluster cannot be read: %s", _line(error))
            return False
        self.metrics.looked.set(self.clock().timestamp())
        settled, open_since = self._expected(found), []
        for each in found:
            result = self._one(each)
            settled = settled and result != FAILED and result not in SOON
            if result == FAILED or result in UNSETTLED:
                open_since.append(each.at)
        age = self.clock() - min(open_since) if open_since else datetime.timedelta()
        self.metrics.oldest.set(max(0.0, age.total_seconds()))
        self._forget(found)
        return self._tidied() and settled

    def _tidied(self) -> bool:
        try:
            for words in self.tidy():
                log.info("%s", words)
        except PlatformError as error:
            log.warning("outdated reverts cannot be closed: %s", _line(error))
            return False
        return True

    def _one(self, found: Aborted) -> str:
        try:
            outcome = self.undo(found)
        except PlatformError as error:
            self._say(found, FAILED, f"{found.title}: {_line(error)}")
            return FAILED
        except Exception:  # one release that trips over a bug must not keep the others from being undone
            log.exception("a bug while undoing %s", found.title)
            self._say(found, FAILED, f"{found.title}: a bug")
            return FAILED
        self._say(found, outcome.result, str(outcome))
        return outcome.result

    def _say(self, found: Aborted, result: str, words: str) -> None:
        """Count and log what is new."""
        place, what = (found.namespace, found.name), f"{found.bad} {result}"
        if self._said.get(place) != what:
            self._said[place] = what
            self.metrics.undone.labels(result).inc()
            (log.warning if result == FAILED else log.info)("%s", words)

    def _expected(self, found: Iterable[Aborted]) -> bool:
        """Drop the hints that came true or are too old; whether none is left."""
        places, present = {(each.namespace, each.name) for each in found}, self.clock()
        with self._lock:
            for place in [place for place in self._hints if place in places]:
                del self._hints[place]
                self.metrics.hints.labels("found").inc()
            for place in [place for place, until in self._hints.items() if until < present]:
                del self._hints[place]
                self.metrics.hints.labels("unknown").inc()
                log.warning("a notification names %s/%s, which is no aborted Rollout", *place)
            return not self._hints

    def _forget(self, found: Iterable[Aborted]) -> None:
        """What is over may come again, and counts again then."""
        places = {(each.namespace, each.name) for each in found}
        for place in [place for place in self._said if place not in places]:
            del self._said[place]


def _line(error: PlatformError) -> str:
    return " ".join(f"{error.what}: {error.why}".split())[:500]

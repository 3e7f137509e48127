"""What one undo is known by, wherever it is met again."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from platformctl.undo.aborted import Aborted
from platformctl.undo.deliveries import Application, Change
from platformctl.undo.policy import Action

LABEL = "undo"
TRAILER = "Undo-Key"
_MARKER = re.compile(
    r"<!-- undo:(?P<key>[0-9a-f]{16}) (?P<action>merge|open) (?P<application>[a-z0-9.-]+) (?P<bad>[a-z0-9]+) -->"
)
_GIT_REVERT = re.compile(r"\breverts commit ([0-9a-f]{40})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Revert:
    """One undo; `action` says whether it merges itself."""

    aborted: Aborted
    application: Application
    change: Change
    fleet: str
    action: Action

    @property
    def key(self) -> str:
        """The same for every notification of the same bad version in the same place: 16 hexadecimal digits."""
        parts = (self.fleet, self.application.name, self.change.first, self.aborted.bad)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    @property
    def branch(self) -> str:
        """The branch that it is pushed to."""
        return f"undo/{self.application.name}-{self.key}"

    def mark(self, action: Action) -> Mark:
        """The mark of a thread about it."""
        return Mark(self.key, action, self.application.name, self.aborted.bad)

    @property
    def cluster_file(self) -> str:
        """The file that says which commit the cluster runs."""
        return f"clusters/{self.fleet}/{self.application.cluster}.yaml"


@dataclass(frozen=True)
class Mark:
    """What the text of a pull request or issue begins with; people do not see it."""

    key: str
    action: Action
    application: str
    bad: str  # the hash of the pod template

    def __str__(self) -> str:
        return f"<!-- undo:{self.key} {self.action} {self.application} {self.bad} -->"


def marked(text: str) -> Mark | None:
    """The mark that a text begins with."""
    found = _MARKER.match(text.lstrip())
    return Mark(found["key"], Action(found["action"]), found["application"], found["bad"]) if found else None


def reverted_by_hand(text: str) -> frozenset[str]:
    """The commits that `git revert` says it reverts."""
    return frozenset(_GIT_REVERT.findall(text.lower()))

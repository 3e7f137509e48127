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
_MARKER = re.compile(r"<!-- undo:([0-9a-f]{16}) (merge|open) -->")
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

    @property
    def cluster_file(self) -> str:
        """The file that says which commit the cluster runs."""
        return f"clusters/{self.fleet}/{self.application.cluster}.yaml"


def marker(key: str, action: Action) -> str:
    """What the text of a pull request or issue begins with; people do not see it."""
    return f"<!-- undo:{key} {action} -->"


def marked(text: str) -> tuple[str, Action] | None:
    """The key and the action of a text that begins with a marker."""
    found = _MARKER.match(text.lstrip())
    return (found[1], Action(found[2])) if found else None


def reverted_by_hand(text: str) -> frozenset[str]:
    """The commits that `git revert` says it reverts."""
    return frozenset(_GIT_REVERT.findall(text.lower()))

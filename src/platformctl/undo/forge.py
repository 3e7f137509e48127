"""A Git host as an undo needs it: pull requests and issues with their texts, checks and merging."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Checks(StrEnum):
    """The verdict of all checks on a commit."""

    NONE = "none"
    PASSED = "passed"
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True)
class Thread:
    """A pull request or an issue; `labels` are the names of its labels."""

    number: int
    title: str
    body: str
    author: str
    pull: bool
    open: bool
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pull:
    """A pull request's branch and its newest commit; `inside` says that the branch is in the repository itself."""

    number: int
    branch: str
    head: str
    inside: bool
    open: bool
    merged: bool


class Forge(Protocol):
    """A repository on a Git host, seen with the rights of one account.

    Every call raises `ForgeError` when the host does not answer or refuses what it should not.
    """

    @property
    def user(self) -> str:
        """The account that it is seen with."""

    def read(self, path: str) -> str:
        """A file of the main branch."""

    def threads(self, since: datetime.datetime) -> Sequence[Thread]:
        """Pull requests and issues, open and closed, that somebody touched since then."""

    def open_threads(self, label: str) -> Sequence[Thread]:
        """Open pull requests and issues with a label."""

    def pull(self, number: int) -> Pull:
        """A pull request."""

    def commits(self, number: int) -> Sequence[tuple[str, str]]:
        """Id and message of each commit of a pull request."""

    def open_pull(self, branch: str, title: str, body: str) -> int:
        """Open one into main; the number of the one that is open already where there is one."""

    def open_issue(self, title: str, body: str) -> int:
        """Open an issue."""

    def comment(self, number: int, words: str) -> None:
        """Say something in a pull request or issue."""

    def close(self, number: int) -> None:
        """Close a pull request or issue without merging it."""

    def attach(self, number: int, name: str, content: bytes) -> None:
        """Put a file beside the text of a pull request or issue, where the host's API takes files."""

    def label(self, number: int, name: str) -> None:
        """Put a label on a pull request or issue."""

    def checks(self, commit: str) -> Checks:
        """What the checks of a commit say."""

    def merge(self, number: int, head: str) -> str:
        """Merge a pull request whose newest commit is `head`; the host's reason when it does not let us."""

    def link(self, number: int) -> str:
        """Where people see a pull request or issue."""

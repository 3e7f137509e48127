"""One undo, from whatever point an earlier try got to: nothing is remembered but what is on the Git host."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum

from platformctl.errors import PlatformError
from platformctl.releases.moments import now
from platformctl.releases.prometheus import Prometheus
from platformctl.undo import policy, wording
from platformctl.undo.aborted import Aborted
from platformctl.undo.attachment import attachment
from platformctl.undo.clone import Clone, StuckError
from platformctl.undo.facts import Facts, gather
from platformctl.undo.forge import Checks, Forge, Thread
from platformctl.undo.kubernetes import Read
from platformctl.undo.policy import Action, Policy
from platformctl.undo.proposal import Proposal, proposal
from platformctl.undo.rest import ForgeError
from platformctl.undo.revert import LABEL, TRAILER, Revert, marked, reverted_by_hand

log = logging.getLogger("platformctl.undo")


class Result(StrEnum):
    """What became of an aborted release in Git."""

    MERGED = "merged"
    OPENED = "opened"  # somebody has to merge it
    WAITING = "waiting"  # it merges itself when its checks let it
    DECLINED = "declined"  # somebody closed it
    BY_HAND = "by-hand"  # somebody reverts it already
    ALREADY = "already"  # main does not want the bad version any more
    STUCK = "stuck"  # there is an issue about it
    LEFT = "left"  # the policy wants nothing
    QUIET = "quiet"  # the policy wants nothing yet
    PLANNED = "planned"  # a dry run


@dataclass(frozen=True)
class Outcome:
    """A result with what there is to say about it, and where people see it."""

    result: Result
    about: str
    detail: str = ""
    link: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.about}: {self.result}", self.detail, self.link) if part)


@dataclass(frozen=True)
class Undo:
    """The ways to the cluster, to the Git host and to Git, for one repository.

    Without a Prometheus the reports that are attached have no plots.
    """

    repository: str
    read: Read
    applications: Read
    forge: Forge
    clone: Callable[[], AbstractContextManager[Clone]]
    prometheus: Prometheus | None = None
    clock: Callable[[], datetime.datetime] = now

    def __call__(self, found: Aborted, *, by_hand: bool = False, dry_run: bool = False) -> Outcome:
        """Take an aborted release back; with `by_hand` also what the policy leaves alone, but without merging it."""
        facts = gather(self.read, self.applications, found)
        if facts.application.repository != self.repository:
            raise PlatformError(
                f"{facts.application.name} is not deployed from {self.repository}",
                why=f"its repository is {facts.application.repository}",
            )
        rules = self._policy(facts)
        action = rules.actions[found.cause]
        if not by_hand and action is Action.NOTHING:
            return Outcome(Result.LEFT, found.title, f"{policy.FILE} leaves {found.cause} in {found.namespace} alone")
        if not by_hand and self.clock() < found.at + rules.quiet:
            return Outcome(Result.QUIET, found.title, f"until {found.at + rules.quiet:%H:%M:%S} UTC")
        wanted = Action.OPEN if by_hand and action is Action.NOTHING else action
        revert = Revert(found, facts.application, facts.change, facts.fleet, wanted)
        thread = self._thread(revert)
        if thread is None:
            return self._begun(facts, revert, rules, dry_run=dry_run)
        if dry_run:
            return Outcome(Result.PLANNED, found.title, "there is one already", self.forge.link(thread.number))
        return self._resumed(revert, thread)

    def _policy(self, facts: Facts) -> Policy:
        known = policy.parse(self.forge.read(policy.FILE))
        environment = facts.application.environment
        if environment not in known:
            raise PlatformError(f"{policy.FILE} has no rules for {environment}", fix="describe it there")
        return known[environment]

    def _thread(self, revert: Revert) -> Thread | None:
        """The pull request or issue about this undo: our oldest, or one in which somebody reverts the same commit."""
        threads = sorted(self.forge.threads(revert.aborted.began), key=lambda each: each.number)
        ours = (each for each in threads if self._is_ours(each, revert))
        by_hand = (each for each in threads if self._reverts(each, revert))
        return next(ours, None) or next(by_hand, None)

    def _is_ours(self, thread: Thread, revert: Revert) -> bool:
        """By its marker, or by its branch where somebody edited the text; a stranger's marker counts for nothing."""
        found, own = marked(thread.body), thread.author == self.forge.user
        if found is not None:
            return found.key == revert.key and (own or (thread.pull and self.forge.pull(thread.number).inside))
        return own and thread.pull and self.forge.pull(thread.number).branch == revert.branch

    def _reverts(self, thread: Thread, revert: Revert) -> bool:
        named = reverted_by_hand(f"{thread.title}\n{thread.body}")
        if not thread.pull or not thread.open or named.isdisjoint((revert.change.first, revert.change.last)):
            return False
        return self.forge.pull(thread.number).inside

    def _begun(self, facts: Facts, revert: Revert, rules: Policy, *, dry_run: bool) -> Outcome:
        with self.clone() as clone:
            try:
                made = proposal(clone, facts, revert, rules.blocks, wording.reason(facts))
            except StuckError as stuck:
                return self._stuck(facts, revert, stuck, dry_run=dry_run)
            if made is None:
                return Outcome(Result.ALREADY, facts.aborted.title, "main does not ask for the bad version any more")
            action = Action.OPEN if made.doubts else revert.action
            body = wording.pull_request(facts, revert, made, action)
            if dry_run:
                return Outcome(Result.PLANNED, facts.aborted.title, f"{wording.title(facts)}\n\n{body}")
            self._push(clone, facts, revert, made)
        return self._opened(revert, self.forge.open_pull(revert.branch, wording.title(facts), body))

    def _push(self, clone: Clone, facts: Facts, revert: Revert, made: Proposal) -> None:
        commit = clone.commit(made.tree, wording.message(facts, revert), facts.aborted.at)
        if clone.push(commit, revert.branch):
            return
        there = clone.fetched(revert.branch)
        if not there or not _is_signed(clone.message(there), revert.key):
            raise PlatformError(
                f"the branch {revert.branch} is not ours",
                why="its newest commit is no undo of this release",
                fix="look who made it, and remove it",
            )

    def _stuck(self, facts: Facts, revert: Revert, stuck: StuckError, *, dry_run: bool) -> Outcome:
        if dry_run:
            return Outcome(Result.STUCK, facts.aborted.title, stuck.what)
        body = wording.issue(facts, revert, stuck)
        return self._opened(revert, self.forge.open_issue(wording.issue_title(facts), body), stuck.what)

    def _opened(self, revert: Revert, number: int, detail: str = "") -> Outcome:
        """Go on with what was opened, unless another instance was faster: the oldest counts."""
        oldest = self._thread(revert)
        if oldest is None:
            raise PlatformError(f"the Git host does not list what was just opened: {self.forge.link(number)}")
        if oldest.number != number:
            self.forge.close(number)
        return self._resumed(revert, oldest, detail)

    def _resumed(self, revert: Revert, thread: Thread, detail: str = "") -> Outcome:
        about, link = revert.aborted.title, self.forge.link(thread.number)
        mark = marked(thread.body)
        if mark is None and thread.author != self.forge.user:
            return Outcome(Result.BY_HAND, about, "somebody reverts it already", link)
        if LABEL not in thread.labels:
            self._attach(revert, thread.number)
            self.forge.label(thread.number, LABEL)
        if not thread.pull:
            result = Result.STUCK if thread.open else Result.DECLINED
            return Outcome(result, about, detail or "there is an issue about it", link)
        pull = self.forge.pull(thread.number)
        if pull.merged:
            return Outcome(Result.MERGED, about, "", link)
        if not pull.open:
            return Outcome(Result.DECLINED, about, "somebody closed it", link)
        if mark is None or mark.action is not Action.MERGE:
            return Outcome(Result.OPENED, about, "somebody has to merge it", link)
        why = self._unmerged(revert, thread.number, pull.head)
        return Outcome(Result.WAITING, about, why, link) if why else Outcome(Result.MERGED, about, "", link)

    def _attach(self, revert: Revert, number: int) -> None:
        """Add the release's report; that there is none must not keep the bad version in Git."""
        try:
            report = attachment(self.read, revert, self.prometheus, self.clock())
            self.forge.attach(number, report.name, report.content)
        except PlatformError as error:
            log.warning("no report of %s is attached: %s: %s", revert.aborted.title, error.what, error.why)
        except Exception:
            log.exception("a bug in the report of %s", revert.aborted.title)

    def _unmerged(self, revert: Revert, number: int, head: str) -> str:
        """Merge it when nothing is in the way; what is, otherwise."""
        verdict = self.forge.checks(head)
        if verdict in (Checks.PENDING, Checks.FAILED):
            return f"its checks: {verdict}"
        commits = self.forge.commits(number)
        if [commit for commit, _ in commits] != [head] or not _is_signed(commits[0][1], revert.key):
            return "somebody changed its branch, so somebody has to merge it"
        try:
            why = self.forge.merge(number, head)
        except ForgeError:
            if not self.forge.pull(number).merged:
                raise
            return ""  # by another instance, or by somebody
        return "" if why and self.forge.pull(number).merged else why


def _is_signed(message: str, key: str) -> bool:
    return f"{TRAILER}: {key}" in message.splitlines()

"""The change of Git that takes a release back, made but not pushed yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from platformctl import blocked
from platformctl.blocked import Blocked
from platformctl.errors import PlatformError
from platformctl.undo.clone import Clone, Commit, StuckError
from platformctl.undo.evidence import doubts
from platformctl.undo.facts import Facts
from platformctl.undo.pins import moved, pin
from platformctl.undo.revert import Revert


@dataclass(frozen=True)
class Proposal:
    """A tree of main without the bad version; `doubts` are reasons why somebody has to look before it is merged."""

    tree: str
    files: tuple[str, ...]
    commits: tuple[Commit, ...]
    doubts: tuple[str, ...]
    entry: Blocked | None = None


def proposal(clone: Clone, facts: Facts, revert: Revert, blocks: Sequence[str], reason: str) -> Proposal | None:
    """What to change in main; None when main does not want the bad version any more.

    `StuckError` when Git lacks what the cluster says was there, or when later changes are in the way.
    """
    _check_commits(clone, facts)
    made = _pin_back(clone, facts, revert) if facts.application.pinned else _take_back(clone, facts)
    if made is None:
        return None
    entry = _entry(facts, blocks, reason)
    return made if entry is None else _with_block(clone, made, entry)


def _with_block(clone: Clone, made: Proposal, entry: Blocked) -> Proposal:
    """The same with the entry that blocks the version; a file that cannot be read must not keep it from going back."""
    before = clone.read(clone.main(), blocked.FILE) or ""
    try:
        after = blocked.appended(before, entry)
    except PlatformError as error:
        return replace(made, doubts=(*made.doubts, f"nothing was added to {blocked.FILE}: {error.what}"))
    if after == before:
        return made
    tree = clone.with_files(made.tree, {blocked.FILE: after})
    return replace(made, tree=tree, files=(*made.files, blocked.FILE), entry=entry)


def _check_commits(clone: Clone, facts: Facts) -> None:
    for commit in (facts.change.healthy, facts.change.last):
        if not clone.has(commit):
            raise StuckError(
                f"the repository does not have the commit {commit}",
                "Argo CD delivered it, so it was there: main was overwritten, or the history was cut off",
            )
    if not clone.exists(facts.change.healthy, facts.application.path):
        raise StuckError(
            f"the commit {facts.change.healthy} has no {facts.application.path}",
            "it cannot have been delivered from there",
        )


def _pin_back(clone: Clone, facts: Facts, revert: Revert) -> Proposal | None:
    """The pin of the cluster file at the commit that was healthy."""
    app, change, file = facts.application, facts.change, revert.cluster_file
    text = clone.read(clone.main(), file)
    if text is None:
        raise StuckError(f"main has no {file}", "the cluster's pins are there", [file])
    found = pin(text, app.service, file)
    if found.revision != change.last:
        return None  # somebody moved it meanwhile
    tree = clone.with_files(clone.tree(clone.main()), {file: moved(text, found, change.healthy)})
    held = [f"{app.service} is frozen: {found.frozen}"] if found.frozen else []
    commits = clone.commits(change.healthy, change.last, [*app.own, *app.shared])
    return Proposal(tree, (file,), tuple(commits), (*held, *_mismatches(clone, facts)))


def _take_back(clone: Clone, facts: Facts) -> Proposal | None:
    """What the release changed in the service's own folders; in shared ones only when that was all it changed."""
    app, change = facts.application, facts.change
    paths, held = app.own, []
    if not clone.changed(change.healthy, change.last, paths):
        paths = app.shared
        held = [f"other services render {', '.join(paths)} too, and get it taken back with this one"]
    files = clone.changed(change.healthy, change.last, paths) if paths else []
    if not files:
        raise StuckError(
            f"nothing that {app.name} renders differs between {change.healthy[:12]} and {change.last[:12]}",
            "the Rollout was changed by something else than Git",
        )
    tree = clone.taken_back(change.healthy, change.last, paths)
    if tree == clone.tree(clone.main()):
        return None  # somebody took it back already
    commits = clone.commits(change.healthy, change.last, paths)
    return Proposal(tree, tuple(files), tuple(commits), (*held, *_mismatches(clone, facts)))


def _mismatches(clone: Clone, facts: Facts) -> list[str]:
    """Whether both commits have the images of both versions; when not, the history may be about something else."""
    own, change = facts.application.own, facts.change
    return [*doubts(clone, change.healthy, own, facts.healthy), *doubts(clone, change.last, own, facts.bad)]


def _entry(facts: Facts, blocks: Sequence[str], reason: str) -> Blocked | None:
    version = blocked.differences(facts.healthy, facts.bad)
    if not version:
        return None
    return Blocked(
        rollout=facts.aborted.name,
        environments=tuple(blocks),
        version=version,
        commit=facts.change.first,
        reason=reason,
        since=f"{facts.aborted.at:%Y-%m-%d}",
    )

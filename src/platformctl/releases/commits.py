"""The commits of a release: which one Argo CD synced for it, which one before, and what lies between them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.cluster.git import Git
from platformctl.manifests import items, mapping, text
from platformctl.process import ToolError
from platformctl.releases.moments import moment

_COMMIT = re.compile(r"[0-9a-f]{40}")
SLACK = datetime.timedelta(seconds=2)
MOST = 30  # lines of a log or of a diff stat; the page links none of them, so more would only be long


@dataclass(frozen=True)
class Change:
    """From one commit to another; `unread` says why the lines between them are not known."""

    old: str
    new: str
    log: tuple[str, ...] = ()
    stat: tuple[str, ...] = ()
    unread: str = ""


def synced(application: Mapping[str, Any], at: datetime.datetime) -> tuple[str, str]:
    """The commit that was synced when a release began, and the one before it; empty where Argo CD forgot it.

    An Application is an object of Argo CD: its history has the last ten syncs, and the one that runs stands apart.
    """
    status = mapping(application.get("status"))
    known = [
        (moment(each.get("deployStartedAt")) or moment(each.get("deployedAt")), text(each.get("revision")))
        for each in map(mapping, items(status.get("history")))
    ]
    operation = mapping(status.get("operationState"))
    wanted = mapping(mapping(operation.get("operation")).get("sync"))
    known.append((moment(operation.get("startedAt")), text(wanted.get("revision"))))
    before = sorted(
        (when, commit) for when, commit in known if when and when <= at + SLACK and _COMMIT.fullmatch(commit)
    )
    commits = list(dict.fromkeys(commit for _, commit in before))
    return (commits[-2] if len(commits) > 1 else "", commits[-1]) if commits else ("", "")


def between(git: Git, old: str, new: str, source: str = "", secrets: tuple[str, ...] = ()) -> Change:
    """What lies between two commits; missing ones are fetched from `source`, without touching any branch."""
    if not (_COMMIT.fullmatch(old) and _COMMIT.fullmatch(new)):
        return Change(old, new, unread="Argo CD's history does not reach back to both commits")
    try:
        _fetch_missing(git, (old, new), source, secrets)
        log = git("log", "--oneline", "--no-decorate", f"--max-count={MOST + 1}", f"{old}..{new}")
        stat = git("diff", "--stat=100", f"--stat-count={MOST}", old, new)
    except ToolError as error:
        return Change(old, new, unread=_reason(error))
    return Change(old, new, tuple(log.splitlines()), tuple(line.strip() for line in stat.splitlines()))


def _fetch_missing(git: Git, commits: tuple[str, ...], source: str, secrets: tuple[str, ...]) -> None:
    missing = [each for each in commits if not _has(git, each)]
    if missing and source:
        git("fetch", "--quiet", "--no-write-fetch-head", "--no-tags", source, *missing, timeout=60, secrets=secrets)


def _has(git: Git, commit: str) -> bool:
    try:
        git("cat-file", "-e", f"{commit}^{{commit}}")
    except ToolError:
        return False
    return True


def _reason(error: ToolError) -> str:
    lines = error.output.strip().splitlines()
    return f"git cannot read them: {lines[-1] if lines else error.what}"

"""Reverts of releases that turned out well after all: closed, before somebody merges them."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.manifests import items, mapping
from platformctl.releases.rollout import Rollout
from platformctl.undo import wording
from platformctl.undo.facts import ARGO
from platformctl.undo.forge import Forge
from platformctl.undo.kubernetes import Read
from platformctl.undo.revert import LABEL, marked


def close_outdated(forge: Forge, read: Read) -> Iterator[str]:
    """Close our pull requests and issues about a version that its Rollout has promoted since; one line for each.

    What is about another cluster is left alone: its Application has another name.
    """
    threads = [(thread, marked(thread.body)) for thread in forge.open_threads(LABEL) if thread.author == forge.user]
    if not threads:
        return
    rollouts = [Rollout(mapping(each)) for each in items(mapping(read(f"{ARGO}/rollouts")).get("items"))]
    promoted = {(rollout.application, rollout.stable) for rollout in rollouts if rollout.promoted}
    for thread, mark in threads:
        if mark is not None and (mark.application, mark.bad) in promoted:
            forge.comment(thread.number, wording.outdated())
            forge.close(thread.number)
            yield f"{forge.link(thread.number)} is closed: {mark.application} was promoted after all"

"""Pods of a release: ready or not, how often restarted, and what keeps them from getting ready."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.manifests import items, mapping, text
from platformctl.releases.moments import moment
from platformctl.releases.rollout import HASH_LABEL, number


@dataclass(frozen=True)
class Pod:
    """A pod; `trouble` is the reason of the container that is not well, in the kubelet's words."""

    name: str
    hash: str
    ready: bool
    phase: str
    restarts: int
    started: datetime.datetime | None
    trouble: str = ""

    @property
    def shown(self) -> str:
        """Its state in a word or two."""
        if self.trouble:
            return self.trouble
        return "ready" if self.ready else self.phase.lower()


def pod_of(content: Mapping[str, Any]) -> Pod:
    """A pod from its object."""
    metadata, status = mapping(content.get("metadata")), mapping(content.get("status"))
    statuses = [
        mapping(each) for kind in ("initContainerStatuses", "containerStatuses") for each in items(status.get(kind))
    ]
    conditions = {text(each.get("type")): each.get("status") for each in map(mapping, items(status.get("conditions")))}
    ending = "deletionTimestamp" in metadata
    return Pod(
        name=text(metadata.get("name")),
        hash=text(mapping(metadata.get("labels")).get(HASH_LABEL)),
        ready=conditions.get("Ready") == "True" and not ending,
        phase="Ending" if ending else text(status.get("phase")) or "Unknown",
        restarts=sum(number(each.get("restartCount")) for each in statuses),
        started=moment(status.get("startTime")) or moment(metadata.get("creationTimestamp")),
        trouble="" if ending else next(filter(None, map(_trouble, statuses)), ""),
    )


def _trouble(status: Mapping[str, Any]) -> str:
    state, last = mapping(status.get("state")), mapping(status.get("lastState"))
    waiting = text(mapping(state.get("waiting")).get("reason"))
    if waiting and waiting not in ("PodInitializing", "ContainerCreating"):
        killed = text(mapping(last.get("terminated")).get("reason"))
        return f"{waiting} ({killed})" if killed and killed != "Error" else waiting
    ended = mapping(state.get("terminated"))
    if ended and number(ended.get("exitCode")) != 0:
        return text(ended.get("reason")) or f"exit code {ended.get('exitCode')}"
    killed = text(mapping(last.get("terminated")).get("reason"))
    return killed if killed == "OOMKilled" else ""

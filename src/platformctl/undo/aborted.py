"""An aborted release, as the Rollout tells it: which versions, since when, and why."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.manifests import items, mapping, text
from platformctl.releases.moments import moment
from platformctl.releases.rollout import TRACKING, Rollout
from platformctl.undo.policy import Cause

# what the controller's messages say (argo-rollouts v1.10: rollout/analysis.go, rollout/sync.go); what a person does
# leaves the message without a reason
_CAUSES = (
    (re.compile(r"analysis phase error/failed"), Cause.ANALYSIS),
    (re.compile(r"timed out progressing"), Cause.DEADLINE),
)
_MESSAGE = re.compile(r"Rollout aborted update to revision \d+(?:: (?P<reason>.*))?", re.DOTALL)


@dataclass(frozen=True)
class Aborted:
    """A Rollout whose newest version was given up; everybody is served by `stable`, empty when nothing ran before.

    `began` is when it left its last good state, which may be several versions ago.
    """

    namespace: str
    name: str
    application: str
    revision: int
    bad: str  # hashes of the pod templates
    stable: str
    began: datetime.datetime
    at: datetime.datetime
    cause: Cause
    reason: str

    @property
    def title(self) -> str:
        """Service and environment: frontend in staging."""
        return f"{self.name} in {self.namespace}"


def aborted(content: Mapping[str, Any]) -> Aborted | None:
    """What a Rollout's object says; None when it is not aborted, or its status is not about its newest spec."""
    rollout = Rollout(content)
    at = moment(rollout.status.get("abortedAt"))
    if not rollout.aborted or at is None or not rollout.current or rollout.current == rollout.stable:
        return None
    if not rollout.observed:
        return None  # a newer version is there already, and its controller has not looked at it yet
    cause, reason = _cause(rollout)
    began = moment(_condition(rollout, "Completed").get("lastTransitionTime")) or at
    return Aborted(
        namespace=rollout.namespace,
        name=rollout.name,
        application=_application(rollout),
        revision=rollout.revision,
        bad=rollout.current,
        stable=rollout.stable,
        began=min(began, at),
        at=at,
        cause=cause,
        reason=reason,
    )


def _application(rollout: Rollout) -> str:
    """The Application that Argo CD marked it with, when the mark is about this very object and not a copy."""
    mark = text(mapping(rollout.metadata.get("annotations")).get(TRACKING))
    name, _, object_ = mark.partition(":")
    return name if object_ == f"argoproj.io/Rollout:{rollout.namespace}/{rollout.name}" else ""


def _cause(rollout: Rollout) -> tuple[Cause, str]:
    said = text(_condition(rollout, "Progressing").get("message"))
    found = _MESSAGE.fullmatch(said)
    if found is None:
        return Cause.OTHER, said or rollout.message
    reason = (found["reason"] or "").strip()
    if not reason:
        return Cause.OPERATOR, "somebody aborted it"
    return next((cause for pattern, cause in _CAUSES if pattern.search(reason)), Cause.OTHER), reason


def _condition(rollout: Rollout, kind: str) -> Mapping[str, Any]:
    conditions = (mapping(each) for each in items(rollout.status.get("conditions")))
    return next((each for each in conditions if each.get("type") == kind), {})

"""A Rollout as its controller sees it: strategy, phase, steps, weights and the two versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.manifests import items, mapping, text

HASH_LABEL = "rollouts-pod-template-hash"
REVISION = "rollout.argoproj.io/revision"
TRACKING = "argocd.argoproj.io/tracking-id"  # <application>:<group>/<kind>:<namespace>/<name>
OWN_PAUSES = ("CanaryPauseStep", "BlueGreenPause")  # pauses that the strategy asks for; others mean trouble
INCONCLUSIVE = "InconclusiveAnalysisRun"


@dataclass(frozen=True)
class Step:
    """One step of a canary, in the words of its manifest."""

    kind: str
    shown: str
    weight: int | None = None


@dataclass(frozen=True)
class Rollout:
    """A Rollout object; every property is read from it and none asks the cluster."""

    content: Mapping[str, Any]

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Its metadata."""
        return mapping(self.content.get("metadata"))

    @property
    def spec(self) -> Mapping[str, Any]:
        """What Git wants."""
        return mapping(self.content.get("spec"))

    @property
    def status(self) -> Mapping[str, Any]:
        """What the controller last wrote."""
        return mapping(self.content.get("status"))

    @property
    def name(self) -> str:
        """The service's name."""
        return text(self.metadata.get("name"))

    @property
    def namespace(self) -> str:
        """The environment: each has a namespace of its name."""
        return text(self.metadata.get("namespace"))

    @property
    def uid(self) -> str:
        """What its ReplicaSets and AnalysisRuns name as owner."""
        return text(self.metadata.get("uid"))

    @property
    def application(self) -> str:
        """The Application that deploys it, as Argo CD marked it; empty where nothing did."""
        mark = text(mapping(self.metadata.get("annotations")).get(TRACKING))
        return mark.partition(":")[0]

    @property
    def revision(self) -> int:
        """Counts the changes of the pod template."""
        return number(mapping(self.metadata.get("annotations")).get(REVISION))

    @property
    def blue_green(self) -> bool:
        """Whether all traffic moves at once; otherwise it moves by weights."""
        return "blueGreen" in mapping(self.spec.get("strategy"))

    @property
    def strategy(self) -> str:
        """The strategy's name for people."""
        return "blue-green" if self.blue_green else "canary"

    @property
    def plan(self) -> Mapping[str, Any]:
        """The strategy's settings."""
        strategy = mapping(self.spec.get("strategy"))
        return mapping(strategy.get("blueGreen" if self.blue_green else "canary"))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of a canary; none for blue-green."""
        return tuple(_step(mapping(each)) for each in items(self.plan.get("steps")))

    @property
    def step(self) -> int:
        """How many steps are done."""
        done = self.status.get("currentStepIndex")
        return done if isinstance(done, int) else 0

    @property
    def current(self) -> str:
        """Hash of the pod template that Git wants."""
        return text(self.status.get("currentPodHash"))

    @property
    def stable(self) -> str:
        """Hash of the pod template that everybody is served by."""
        return text(self.status.get("stableRS"))

    @property
    def active(self) -> str:
        """Blue-green: the hash that the active Service selects."""
        return text(mapping(self.status.get("blueGreen")).get("activeSelector"))

    @property
    def promoted(self) -> bool:
        """Whether what Git wants is what everybody is served by; not before the controller has seen the newest spec."""
        return self.observed and bool(self.stable) and self.stable == self.current

    @property
    def observed(self) -> bool:
        """Whether the status is about the newest spec."""
        seen = text(self.status.get("observedGeneration"))
        return not seen.isdigit() or int(seen) >= number(self.metadata.get("generation"))

    @property
    def aborted(self) -> bool:
        """Whether the new version was given up."""
        return self.status.get("abort") is True

    @property
    def pauses(self) -> tuple[str, ...]:
        """Why it waits, as the controller names it; empty when it does not."""
        reasons = [text(mapping(each).get("reason")) for each in items(self.status.get("pauseConditions"))]
        return ("Manual", *reasons) if self.spec.get("paused") is True else tuple(reasons)

    @property
    def phase(self) -> str:
        """Healthy, Progressing, Paused or Degraded; Progressing while the newest spec was not looked at yet."""
        unpausing = self.status.get("controllerPause") is True and not items(self.status.get("pauseConditions"))
        if not self.observed or unpausing:
            return "Progressing"
        return text(self.status.get("phase")) or "Unknown"

    @property
    def message(self) -> str:
        """The controller's reason for the phase."""
        if not self.observed:
            return "waiting for the controller to see the change"
        return text(self.status.get("message")).removeprefix("RolloutAborted: ")  # the phase says that already

    @property
    def weight(self) -> int:
        """Percent of the traffic that the new version gets; 100 once it is promoted."""
        if self.blue_green:
            return 100 if self.active and self.active == self.current else 0
        if self.promoted:
            return 100
        weights = mapping(mapping(self.status.get("canary")).get("weights"))
        known = mapping(weights.get("canary")).get("weight")
        return known if isinstance(known, int) else self._wanted_weight()

    def _wanted_weight(self) -> int:
        if self.aborted or not self.status:
            return 0
        done = [step.weight for step in self.steps[: self.step + 1] if step.weight is not None]
        return done[-1] if done else 0

    @property
    def replicas(self) -> int:
        """How many pods Git or the autoscaler wants."""
        return number(self.spec.get("replicas"), 1)


def number(value: object, default: int = 0) -> int:
    """A whole number from what an API gives: numbers, or text with digits."""
    if isinstance(value, bool):
        return default
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdigit() else default


def _step(content: Mapping[str, Any]) -> Step:
    if "setWeight" in content:
        weight = number(content["setWeight"])
        return Step("weight", f"{weight} % of the traffic", weight)
    if "pause" in content:
        duration = mapping(content["pause"]).get("duration")
        return Step("pause", f"wait {duration}" if duration is not None else "wait for a person")
    if "analysis" in content:
        templates = [text(mapping(each).get("templateName")) for each in items(content["analysis"].get("templates"))]
        return Step("analysis", f"analysis {', '.join(templates)}".rstrip())
    if "setCanaryScale" in content:
        scale = mapping(content["setCanaryScale"])
        return Step("scale", "pods " + ", ".join(f"{key} {value}" for key, value in scale.items()))
    return Step("other", ", ".join(content) or "nothing")

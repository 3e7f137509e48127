"""A release on the cluster: what the Rollout, its analyses, its router and Git say of it."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.e2e.live import Clone, Live, eventually

STABLE_SECONDS = 300.0
PROMOTION_SECONDS = 420.0


@dataclass(frozen=True)
class Release:
    """The Rollout of a service in an environment."""

    live: Live
    service: str
    environment: str = "staging"

    @property
    def settings(self) -> str:
        """The file with the environment's settings of the service, from the root of the repository."""
        return f"overlays/{self.environment}/{self.service}/differences/settings.env"

    def rollout(self) -> dict[str, Any]:
        """The Rollout as it is now."""
        return self.live.objects("rollouts.argoproj.io", "-n", self.environment, self.service)[0]

    def status(self) -> Mapping[str, Any]:
        """Its status."""
        found: Mapping[str, Any] = self.rollout().get("status", {})
        return found

    def stable(self) -> str:
        """The hash of the pods that serve."""
        return str(self.status()["stableRS"])

    def selector(self, template_hash: str) -> str:
        """What selects the pods of a version."""
        return f"app.kubernetes.io/name={self.service},rollouts-pod-template-hash={template_hash}"

    def pods(self, template_hash: str) -> dict[str, int]:
        """Pods of a version, by their id, with their restarts."""
        found = self.live.objects("pods", "-n", self.environment, "-l", self.selector(template_hash))
        return {
            each["metadata"]["uid"]: sum(one["restartCount"] for one in each["status"].get("containerStatuses", []))
            for each in found
        }

    def canary_weight(self) -> int:
        """What the router sends to the canary, in percent."""
        router = self.live.objects("traefikservices.traefik.io", "-n", self.environment, self.service)[0]
        weights = {each["name"]: each["weight"] for each in router["spec"]["weighted"]["services"]}
        return int(weights[f"{self.service}-canary"])

    def analysis_runs(self, template_hash: str) -> list[dict[str, Any]]:
        """The AnalysisRuns of a version."""
        runs = self.live.objects(
            "analysisruns.argoproj.io", "-n", self.environment, "-l", f"rollouts-pod-template-hash={template_hash}"
        )
        owned = [each for each in runs if each["metadata"]["ownerReferences"][0]["name"] == self.service]
        return sorted(owned, key=lambda each: str(each["metadata"]["creationTimestamp"]))

    def metrics(self, template_hash: str, phase: str) -> set[str]:
        """The metrics of a version's analyses that ended in a phase."""
        return {
            result["name"]
            for run in self.analysis_runs(template_hash)
            for result in run.get("status", {}).get("metricResults", [])
            if result["phase"] == phase
        }

    def begins(self, former: str, seconds: float = 120, pause: float = 0.5) -> str:
        """Wait for a version other than `former`; its hash."""

        def other() -> str:
            found = str(self.status().get("currentPodHash", ""))
            return found if found != former else ""

        return eventually(f"a new version of {self.service}", other, seconds, pause)

    def reaches(self, weight: int, seconds: float = 180) -> None:
        """Wait until the canary gets so much of the requests."""
        eventually(f"{weight} % for the canary of {self.service}", lambda: self.canary_weight() == weight, seconds)

    def is_promoted(self, template_hash: str) -> bool:
        """Whether a version is the stable one, and everything is at rest."""
        status = self.status()
        return bool(status.get("stableRS") == template_hash and status.get("phase") == "Healthy")

    def rests_at(self, clone: Clone, commit: str) -> bool:
        """Whether what a commit of main says is what runs, and its controller has nothing left to do.

        A push wakes only the Applications whose files it touches: the others stay at the commit before, which says
        the same of them.
        """
        sync = self.live.application(f"{self.service}-{self.environment}")["status"]["sync"]
        rendered = (f"overlays/{self.environment}/{self.service}", f"base/{self.service}", "base/components")
        rollout = self.rollout()
        status = rollout.get("status", {})
        return bool(
            sync["status"] == "Synced"
            and not clone.git("diff", "--name-only", sync["revision"], commit, "--", *rendered)
            and str(status.get("observedGeneration")) == str(rollout["metadata"]["generation"])
            and status.get("stableRS") == status.get("currentPodHash")
            and status.get("phase") == "Healthy"
        )

    def rests(self, clone: Clone, commit: str) -> None:
        """Wait until it is at rest there."""
        eventually(f"{self.service} at rest", lambda: self.rests_at(clone, commit), STABLE_SECONDS)

    def ends_promoted(self, template_hash: str, seconds: float = PROMOTION_SECONDS, pause: float = 0.5) -> None:
        """Wait until a version has taken over; an abort fails at once."""

        def promoted() -> bool:
            if self.status().get("abort"):
                raise RuntimeError(f"{self.service} was aborted: {self.status().get('message')}")
            return self.is_promoted(template_hash)

        eventually(f"{self.service} promoted to {template_hash}", promoted, seconds, pause)

    def ends_aborted(self, template_hash: str, seconds: float = PROMOTION_SECONDS) -> int:
        """Wait until a version was taken back; a promotion fails at once. The largest weight that was seen."""
        seen = [0]

        def aborted() -> bool:
            status = self.status()
            if status.get("stableRS") == template_hash:
                raise RuntimeError(f"{self.service} was promoted to the bad version {template_hash}")
            # Git may have taken it back already: the former version is then the current one
            ended = bool(status.get("abort")) or status.get("currentPodHash") != template_hash
            seen.append(0 if ended else self.weight(template_hash))
            return ended

        eventually(f"{self.service} aborted", aborted, seconds)
        return max(seen)

    def weight(self, template_hash: str) -> int:
        """The share of requests that a new version has, in percent."""
        if "canary" in self.rollout()["spec"]["strategy"]:
            return self.canary_weight()
        active = self.live.objects("services", "-n", self.environment, self.service)[0]["spec"]["selector"]
        return 100 if active.get("rollouts-pod-template-hash") == template_hash else 0

    def pauses(self, reason: str, seconds: float = PROMOTION_SECONDS) -> None:
        """Wait until it is paused for a reason."""

        def paused() -> bool:
            return any(each["reason"] == reason for each in self.status().get("pauseConditions", []))

        eventually(f"{self.service} paused for {reason}", paused, seconds)


def set_settings(clone: Clone, release: Release, **values: str) -> str:
    """Push a version with these settings (without their prefix); the commit."""
    path = clone.folder / release.settings
    kept = [
        row
        for row in path.read_text().splitlines()
        if not any(row.startswith(f"TECHCOMMERCE_{key}=") for key in values)
    ]
    path.write_text("\n".join([*kept, *(f"TECHCOMMERCE_{key}={value}" for key, value in values.items()), ""]))
    return clone.push(f"{release.service} in {release.environment}: {', '.join(values)}")


def set_harmless(clone: Clone, release: Release) -> str:
    """Push a version that differs in nothing that anybody sees, and from every other; the commit."""
    return set_settings(clone, release, SHUTDOWN_DELAY_SECONDS=f"5.{secrets.randbelow(10**6):06}")


def git_has(clone: Clone, release: Release, text: str) -> bool:
    """Whether main's settings of the service hold a text."""
    clone.git("fetch", "-q", "origin", "main")
    return bool(re.search(re.escape(text), clone.git("show", f"origin/main:{release.settings}")))


def since(start: float) -> float:
    """Seconds since a time of `time.monotonic()`."""
    return time.monotonic() - start


def show(what: str, **figures: object) -> None:
    """One line of figures, which pytest prints with -rP and keeps in its report."""
    print(json.dumps({"what": what, **figures}, default=str))

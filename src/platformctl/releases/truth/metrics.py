"""The comparison as metrics: zeros included, and when it was last made."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from platformctl.errors import PlatformError
from platformctl.releases.truth.difference import Comparison

LABELS = ("cluster", "environment", "service", "what")


@dataclass(frozen=True)
class Metrics:
    """Gauges on a registry of their own."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    differences: Gauge = field(init=False)
    progress: Gauge = field(init=False)
    pods: Gauge = field(init=False)
    success: Gauge = field(init=False)
    last: Gauge = field(init=False)

    def __post_init__(self) -> None:
        for name, metric, about, labels in (
            ("differences", "techcommerce_git_difference", "Pods or objects that differ from what Git demands", LABELS),
            ("progress", "techcommerce_git_progress", "1 while a release is under way", LABELS[:3]),
            ("pods", "techcommerce_git_compared_pods", "Pods that were compared", ()),
            ("success", "techcommerce_git_verify_success", "1 when the last comparison could be made", ()),
            ("last", "techcommerce_git_verify_timestamp_seconds", "When the last comparison was made", ()),
        ):
            object.__setattr__(self, name, Gauge(metric, about, labels, registry=self.registry))

    def set(self, result: Comparison) -> None:
        """Show a comparison; what is no longer in Git is forgotten."""
        self.differences.clear()
        self.progress.clear()
        moving = {each.place for each in result.progress}
        for (place, what), count in result.counted().items():
            self.differences.labels(place.cluster, place.environment, place.service, what).set(count)
        for place in result.places:
            self.progress.labels(place.cluster, place.environment, place.service).set(place in moving)
        self.pods.set(result.pods)
        self.success.set(1)
        self.last.set(time.time())

    def failed(self) -> None:
        """Say that the last comparison could not be made; the numbers of the one before stay."""
        self.success.set(0)

    def write(self, path: Path) -> None:
        """Write them as a text file, whole or not at all."""
        try:
            write_to_textfile(str(path), self.registry)
        except OSError as error:
            raise PlatformError(f"the metrics cannot be written to {path}", why=str(error)) from error

"""What Prometheus is told about undoing."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge

FAILED = "failed"  # beside the results of an undo: one that could not be done yet


class Metrics:
    """The series of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.undone = Counter(
            "techcommerce_undo",
            "Aborted releases by what became of them in Git.",
            ["result"],
            registry=self.registry,
        )
        self.oldest = Gauge(
            "techcommerce_undo_oldest_seconds",
            "Age of the oldest aborted release that Git still asks for although the policy wants it gone; 0 without.",
            registry=self.registry,
        )
        self.looked = Gauge(
            "techcommerce_undo_last_look_timestamp_seconds",
            "When all Rollouts of the cluster were last looked at.",
            registry=self.registry,
        )
        self.hints = Counter(
            "techcommerce_undo_notifications",
            "Notifications by what they were: found, unknown or refused.",
            ["verdict"],
            registry=self.registry,
        )

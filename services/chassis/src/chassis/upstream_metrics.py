"""What calls to other services look like from here."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from chassis.families import family

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


class UpstreamMetrics:
    """Calls, durations, retries and the breaker of one upstream."""

    def __init__(self, registry: CollectorRegistry, upstream: str) -> None:
        labels = ("upstream",)
        self._upstream = upstream
        self._calls = family(
            registry,
            Counter,
            "techcommerce_upstream_requests",
            "Tries by outcome: a status class, timeout, error, or resting when the breaker let none through",
            (*labels, "method", "outcome"),
        )
        durations = family(
            registry,
            Histogram,
            "techcommerce_upstream_request_duration_seconds",
            "Time until a try had its whole answer or failed",
            labels,
            buckets=BUCKETS,
        )
        self._durations = durations.labels(upstream)
        self.retries = family(
            registry, Counter, "techcommerce_upstream_retries", "Tries after the first one", labels
        ).labels(upstream)
        self.breaker_open = family(
            registry, Gauge, "techcommerce_upstream_breaker_open", "1 while calls are refused, else 0", labels
        ).labels(upstream)

    def tried(self, method: str, outcome: str, seconds: float) -> None:
        """Count one try that took `seconds`."""
        self.refused(method, outcome)
        self._durations.observe(seconds)

    def refused(self, method: str, outcome: str = "resting") -> None:
        """Count one try that was not made."""
        self._calls.labels(self._upstream, method, outcome).inc()

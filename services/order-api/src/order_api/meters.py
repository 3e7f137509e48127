"""What the business sees of the orders, as metrics."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge

from order_api.outbox import Backlog
from order_api.states import Status
from order_api.tasks import Kind


class Meters:
    """Counts what this process did; the backlog is that of the whole database."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._entered = Counter(
            "techcommerce_order_transitions", "Orders that entered a state", ["status"], registry=registry
        )
        self.repeats = Counter(
            "techcommerce_order_repeats", "Placements whose Idempotency-Key was known", registry=registry
        )
        self._reconciled = Counter(
            "techcommerce_order_reconciliations", "Half-done orders settled", ["outcome"], registry=registry
        )
        self._attempts = Counter(
            "techcommerce_outbox_attempts", "Attempts to do a task", ["kind", "result"], registry=registry
        )
        self._depth = Gauge("techcommerce_outbox_depth", "Tasks that wait", ["kind"], registry=registry)
        self._oldest = Gauge(
            "techcommerce_outbox_oldest_seconds", "How long the oldest task waits", ["kind"], registry=registry
        )
        for status in Status:  # a series that begins with 1 has no increase that an alert could see
            self._entered.labels(status)
        for outcome in ("rejected", "released"):
            self._reconciled.labels(outcome)
        for kind in Kind:
            for result in ("done", "failed"):
                self._attempts.labels(kind, result)

    def entered(self, status: Status) -> None:
        """An order is now in `status`."""
        self._entered.labels(status).inc()

    def reconciled(self, *, rejected: int, released: int) -> None:
        """The reconciliation rejected this many pending orders and found so much stock to return."""
        self._reconciled.labels("rejected").inc(rejected)
        self._reconciled.labels("released").inc(released)

    def attempted(self, kind: Kind, *, done: bool) -> None:
        """A task was done, or has to be tried again."""
        self._attempts.labels(kind, "done" if done else "failed").inc()

    def waiting(self, backlog: Mapping[Kind, Backlog]) -> None:
        """What waits now."""
        for kind, found in backlog.items():
            self._depth.labels(kind).set(found.depth)
            self._oldest.labels(kind).set(max(0.0, found.oldest_seconds))

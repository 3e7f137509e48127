"""What the shop counts beside its requests."""

from prometheus_client import CollectorRegistry, Counter
from quart import current_app

COUNTS = "counts"


class Counts:
    """Business counters; `result` of a checkout is placed, repeated, refused, invalid or unavailable."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.visits = Counter("techcommerce_visits", "Visits to the shop's pages", registry=registry)
        self.carts = Counter("techcommerce_cart_changes", "Changes of carts", ["change"], registry=registry)
        self.checkouts = Counter("techcommerce_checkouts", "Checkouts sent", ["result"], registry=registry)
        self.logins = Counter("techcommerce_staff_logins", "Log-ins of staff", ["result"], registry=registry)
        self.limited = Counter("techcommerce_rate_limited", "Requests turned away", ["limit"], registry=registry)
        self.gateway = Counter(
            "techcommerce_gateway_requests", "Requests passed on", ["upstream", "method", "status"], registry=registry
        )


def counts() -> Counts:
    """The counters of the running application."""
    found: Counts = current_app.extensions[COUNTS]
    return found

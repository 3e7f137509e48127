"""The parts of the chassis put into an application."""

from prometheus_client import CollectorRegistry
from quart import Quart

from chassis.faults import install_faults
from chassis.health import Check, Health, install_health
from chassis.identity import Identity
from chassis.metrics import install_metrics
from chassis.request_id import install_request_id
from chassis.settings import ServiceSettings
from chassis.tracing import install_tracing

__all__ = ["BODY_LIMIT", "Identity", "health_of", "install_chassis"]

BODY_LIMIT = 64 * 1024  # bytes; the largest honest body is an order of a few kilobytes
HEALTH = "health"


def install_chassis(
    app: Quart,
    identity: Identity,
    settings: ServiceSettings,
    checks: dict[str, Check],
    *,
    body_limit: int = BODY_LIMIT,
) -> CollectorRegistry:
    """Give `app` its request ids, traces, metrics, health and limits; return the registry for more metrics.

    `body_limit` is in bytes. A route that takes more sets `request.max_content_length` before it reads.
    """
    app.config["MAX_CONTENT_LENGTH"] = body_limit
    app.config["BODY_TIMEOUT"] = settings.body_seconds
    health = Health(checks)
    app.extensions[HEALTH] = health
    install_request_id(app)
    install_tracing(app, identity, settings)
    registry = install_metrics(app, service=identity.name, version=identity.version, revision=settings.revision)
    install_health(app, health)
    install_faults(app, settings, health)
    return registry


def health_of(app: Quart) -> Health:
    """The Health that `install_chassis` gave to `app`."""
    health: Health = app.extensions[HEALTH]
    return health

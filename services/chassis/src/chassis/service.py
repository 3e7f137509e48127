"""The parts of the chassis put into an application."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from quart import Quart

from chassis.health import Check, Health, install_health
from chassis.metrics import install_metrics
from chassis.request_id import install_request_id
from chassis.settings import ServiceSettings

BODY_LIMIT = 64 * 1024  # bytes; the largest honest body is an order of a few kilobytes
HEALTH = "health"


@dataclass(frozen=True)
class Identity:
    """What a service calls itself in logs and metrics."""

    name: str
    version: str


def install_chassis(
    app: Quart, identity: Identity, settings: ServiceSettings, checks: dict[str, Check]
) -> CollectorRegistry:
    """Give `app` its request ids, metrics, health and limits; return the registry for more metrics."""
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    health = Health(checks)
    app.extensions[HEALTH] = health
    install_request_id(app)
    registry = install_metrics(app, service=identity.name, version=identity.version, revision=settings.revision)
    install_health(app, health)
    return registry


def health_of(app: Quart) -> Health:
    """The Health that `install_chassis` gave to `app`."""
    health: Health = app.extensions[HEALTH]
    return health

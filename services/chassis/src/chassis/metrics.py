"""Prometheus metrics of one application, on a registry of its own."""

import time

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from quart import Quart, Response, g, request

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# the alert on the 95th percentile looks at 2 s, so 2 is a bucket boundary
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


def install_metrics(app: Quart, *, service: str, version: str, revision: str) -> CollectorRegistry:
    """Count and time every request by route template, serve /metrics, return the registry."""
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    build = Gauge(
        "techcommerce_build_info",
        "Constant 1; the build is in the labels",
        ["service", "version", "revision"],
        registry=registry,
    )
    build.labels(service, version, revision).set(1)
    requests = Counter("http_requests", "Requests answered", ["method", "route", "status"], registry=registry)
    durations = Histogram(
        "http_request_duration_seconds",
        "Time until the answer was ready, by class of status such as 2xx",
        ["method", "route", "status"],
        buckets=BUCKETS,
        registry=registry,
    )

    @app.before_request
    async def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    async def observe(response: Response) -> Response:
        method = request.method if request.method in METHODS else "other"
        route = request.url_rule.rule if request.url_rule else "unmatched"
        requests.labels(method, route, str(response.status_code)).inc()
        kind = f"{response.status_code // 100}xx"
        durations.labels(method, route, kind).observe(time.perf_counter() - g.get("started", time.perf_counter()))
        return response

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return registry

"""Traces: W3C trace context in and out, a span for a request and for every try of an upstream call.

Spans hold methods, route templates and statuses only: a path or a query can be personal data.
"""

import asyncio
import socket
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar

import structlog
from opentelemetry import context, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, TraceIdRatioBased
from opentelemetry.trace import NoOpTracer, Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from quart import Quart, Response, g, request

from chassis.identity import Identity
from chassis.logs import QUIET_PATHS
from chassis.request_id import current_request_id
from chassis.settings import ServiceSettings

EXPORT_SECONDS = 5.0  # for one attempt; a collector that is away must not hold up the end of a process
# of the application that runs in this context: tests run several in one process
_tracer: ContextVar[Tracer] = ContextVar("tracer", default=NoOpTracer())  # noqa: B039 - it has no state
_propagator = TraceContextTextMapPropagator()


def install_tracing(app: Quart, identity: Identity, settings: ServiceSettings) -> None:
    """Trace the requests of `app`; spans are sent only where an OTLP endpoint is set."""
    provider = _provider(identity, settings)
    tracer = provider.get_tracer("chassis", identity.version)

    @app.before_serving
    async def use() -> None:
        _tracer.set(tracer)  # tasks that begin with the application inherit it

    @app.before_request
    async def begin() -> None:
        if request.path in QUIET_PATHS:
            return
        _tracer.set(tracer)
        route = request.url_rule.rule if request.url_rule else ""
        span = tracer.start_span(
            f"{request.method} {route}".rstrip(),
            _propagator.extract(request.headers),
            SpanKind.SERVER,
            {
                "http.request.method": request.method,
                "http.route": route,
                "techcommerce.request_id": current_request_id(),
            },
        )
        context.attach(trace.set_span_in_context(span))  # every request is a task, so nobody has to detach it
        structlog.contextvars.bind_contextvars(trace_id=trace.format_trace_id(span.get_span_context().trace_id))
        g.span = span

    @app.after_request
    async def note(response: Response) -> Response:
        span: Span | None = g.get("span")
        if span and span.is_recording():
            span.set_attribute("http.response.status_code", response.status_code)
            if response.status_code >= 500:
                span.set_status(StatusCode.ERROR)
        return response

    @app.teardown_request
    async def end(_error: BaseException | None) -> None:
        span: Span | None = g.pop("span", None)
        if span:
            span.end()

    @app.after_serving
    async def send_the_rest() -> None:
        await asyncio.to_thread(provider.shutdown)


@contextmanager
def client_span(method: str, upstream: str, route: str, headers: MutableMapping[str, str]) -> Iterator[Span]:
    """A span for one call, which `headers` pass on; `route` is the template of what is called, "" if unknown."""
    attributes = {"http.request.method": method, "server.address": upstream, "url.template": route}
    span = _tracer.get().start_span(f"{method} {route or upstream}", kind=SpanKind.CLIENT, attributes=attributes)
    _propagator.inject(headers, trace.set_span_in_context(span))
    try:
        yield span
    except BaseException as error:
        # the class only: messages can hold addresses
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(StatusCode.ERROR)
        raise
    finally:
        span.end()


def _provider(identity: Identity, settings: ServiceSettings) -> TracerProvider:
    resource = Resource(
        {
            "service.name": identity.name,
            "service.version": identity.version,
            "service.instance.id": socket.gethostname(),
            "deployment.environment.name": settings.environment,
        }
    )
    if not settings.otlp_endpoint:
        # new traces get an id for the logs and the services behind, but nobody keeps their spans
        return TracerProvider(ParentBased(ALWAYS_OFF), resource, shutdown_on_exit=False)
    # imported here because most processes of development and tests send nothing
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(ParentBased(TraceIdRatioBased(settings.trace_rate)), resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(f"{settings.otlp_endpoint}/v1/traces", timeout=EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider

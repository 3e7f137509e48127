"""A collector of traces that keeps what it gets."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from quart import Quart, request

from testing.server import running


@dataclass(frozen=True)
class Span:
    """One span, with its ids in hexadecimal digits."""

    service: str
    name: str
    kind: int
    trace_id: str
    span_id: str
    parent_id: str
    failed: bool
    attributes: dict[str, Any]


@dataclass
class Collector:
    """Where it listens, and the spans so far."""

    url: str = ""
    spans: list[Span] = field(default_factory=list)


@contextlib.asynccontextmanager
async def collector() -> AsyncIterator[Collector]:
    """An OTLP endpoint (protobuf over HTTP) on loopback."""
    app, found = Quart(__name__, static_folder=None), Collector()

    @app.post("/v1/traces")
    async def traces() -> bytes:
        sent = ExportTraceServiceRequest.FromString(await request.get_data(as_text=False))
        for resource in sent.resource_spans:
            service = _attributes(resource.resource.attributes)["service.name"]
            found.spans += [_span(service, span) for scope in resource.scope_spans for span in scope.spans]
        return b""

    async with running(app) as base:
        found.url = base
        yield found


def _span(service: str, span: Any) -> Span:
    return Span(
        service,
        span.name,
        span.kind,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.status.code == 2,
        _attributes(span.attributes),
    )


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}

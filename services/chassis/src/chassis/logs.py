"""One JSON object per line on standard output, from structlog and from the standard library alike."""

import logging
import sys
from typing import TYPE_CHECKING, Any, cast

import structlog
from hypercorn.logging import Logger

if TYPE_CHECKING:
    from hypercorn.config import Config
    from hypercorn.typing import ResponseSummary, WWWScope

CHATTY = "alembic.runtime.plugins"  # six lines whenever it is imported
ROUTE, REQUEST_ID = "techcommerce.route", "techcommerce.request_id"  # in the scope of a request
QUIET_PATHS = frozenset({"/healthz", "/livez", "/metrics"})


def configure_logging(service: str, environment: str, level: str) -> None:
    """Send every log record of the process to stdout as JSON, from `level` upwards."""

    def origin(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {**event, "service": service, "environment": environment}

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        origin,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(default=repr),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    logging.getLogger(CHATTY).setLevel(logging.WARNING)


class AccessLog(Logger):
    """Hypercorn's logger with fields instead of a formatted line.

    Addresses, paths, query strings and user agents are left out: they are personal data, and who knows the number of
    an order may read it.
    """

    def __init__(self, config: "Config") -> None:
        super().__init__(config)
        self._requests = structlog.stdlib.get_logger("hypercorn.access").bind()

    async def access(self, request: "WWWScope", response: "ResponseSummary | None", request_time: float) -> None:
        """Log one request; `response` is None when the client went away first."""
        noted = cast(dict[str, Any], request)  # by install_request_id, which knows what Hypercorn does not
        self._requests.log(
            logging.DEBUG if request["path"] in QUIET_PATHS else logging.INFO,
            "request",
            method=request.get("method", "WEBSOCKET"),
            route=noted.get(ROUTE),
            status=response["status"] if response else None,
            duration_seconds=round(request_time, 4),
            request_id=noted.get(REQUEST_ID),
        )

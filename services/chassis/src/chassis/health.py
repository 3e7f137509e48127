"""Readiness and liveness of a service."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from quart import Quart, Response, jsonify

Check = Callable[[], Awaitable[None]]
CHECK_SECONDS = 2.0  # below the usual probe timeout, so that the reason is still reported


class Health:
    """Whether the service should get traffic: its checks pass and it is not draining."""

    def __init__(self, checks: Mapping[str, Check] | None = None) -> None:
        self.draining = False
        self._checks = dict(checks or {})

    def add(self, name: str, check: Check) -> None:
        """One more check that has to pass."""
        self._checks[name] = check

    async def reasons(self) -> dict[str, str]:
        """Why the service is not ready, by check; empty when it is."""
        if self.draining:
            return {"server": "draining"}
        found = await asyncio.gather(*(self._reason(name, check) for name, check in self._checks.items()))
        return {name: reason for name, reason in zip(self._checks, found, strict=True) if reason}

    async def _reason(self, name: str, check: Check) -> str:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await check()
        except TimeoutError:
            return f"no answer within {CHECK_SECONDS:g} s"
        except Exception as error:
            # the class only: messages of database drivers can hold the connection string
            structlog.stdlib.get_logger(__name__).warning("check failed", check=name, error=type(error).__name__)
            return f"failed with {type(error).__name__}"
        return ""


def install_health(app: Quart, health: Health) -> None:
    """Serve /healthz (readiness) and /livez (liveness, which asks nobody)."""

    @app.get("/healthz")
    async def healthz() -> tuple[Response, int]:
        reasons = await health.reasons()
        status = "draining" if health.draining else "failing" if reasons else "ok"
        return jsonify(status=status, reasons=reasons), 503 if reasons else 200

    @app.get("/livez")
    async def livez() -> Response:
        return jsonify(status="ok")

    @app.after_request
    async def hang_up_when_draining(response: Response) -> Response:
        # a kept-alive connection would still bring requests after the endpoint was removed
        if health.draining:
            response.headers["Connection"] = "close"
        return response

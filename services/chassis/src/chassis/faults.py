"""Failures on purpose, by setting: what the tests of releases give to a version that must be rolled back.

They leave /livez and /metrics alone, so that what is seen is a version that answers badly, not one that is gone.
"""

import asyncio
import os
import random
from collections.abc import Callable, Coroutine

import structlog
from quart import Quart, Response, request

from chassis.health import Health
from chassis.logs import QUIET_PATHS
from chassis.problem import Problem
from chassis.settings import PREFIX, ServiceSettings

MIB = 1024 * 1024
WRONG_BODY = b'{"wrong": "on purpose"}'


def install_faults(app: Quart, settings: ServiceSettings, health: Health) -> None:
    """Give `app` the failures that are switched on; one line of warning each."""
    names = ("error_rate", "latency_seconds", "not_ready", "wrong_body_rate", "crash_seconds", "leak_mib_per_second")
    for name in names:
        if value := getattr(settings, f"fault_{name}"):
            structlog.stdlib.get_logger(__name__).warning(
                "a failure knob is on", setting=f"{PREFIX}FAULT_{name.upper()}", value=value
            )
    if settings.fault_not_ready:
        health.add("fault", _not_ready)
    if settings.fault_latency_seconds or settings.fault_error_rate:
        _spoil_requests(app, settings)
    if settings.fault_wrong_body_rate:
        _spoil_bodies(app, settings.fault_wrong_body_rate)
    if settings.fault_crash_seconds:
        _at_start(app, lambda: _crash(settings.fault_crash_seconds))
    if settings.fault_leak_mib_per_second:
        _at_start(app, lambda: _leak(settings.fault_leak_mib_per_second))


async def _not_ready() -> None:
    raise RuntimeError("not ready on purpose")


def _spoil_requests(app: Quart, settings: ServiceSettings) -> None:
    @app.before_request
    async def spoil() -> Response | None:
        if request.path in QUIET_PATHS:
            return None
        await asyncio.sleep(settings.fault_latency_seconds)
        if random.random() < settings.fault_error_rate:  # noqa: S311 - which request fails is no secret
            return Problem(500, "This version fails on purpose.").response()
        return None


def _spoil_bodies(app: Quart, rate: float) -> None:
    @app.after_request
    async def spoil(response: Response) -> Response:
        if request.path not in QUIET_PATHS and random.random() < rate:  # noqa: S311
            response.set_data(WRONG_BODY)
        return response


def _at_start(app: Quart, task: Callable[[], Coroutine[None, None, None]]) -> None:
    running: set[asyncio.Task[None]] = set()  # the event loop holds tasks weakly

    @app.before_serving
    async def start() -> None:
        running.add(asyncio.create_task(task()))

    @app.after_serving
    async def stop() -> None:
        for each in running:
            each.cancel()


async def _crash(seconds: float) -> None:
    await asyncio.sleep(seconds)
    structlog.stdlib.get_logger(__name__).error("crashing on purpose")
    os._exit(1)


async def _leak(mib_per_second: float) -> None:
    kept: list[bytes] = []
    while True:
        await asyncio.sleep(0.1)
        kept.append(b"\1" * int(mib_per_second * MIB / 10))  # zeroes would not be resident

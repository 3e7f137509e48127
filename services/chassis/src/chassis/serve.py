"""Run an application until SIGTERM, then drain it."""

import asyncio
import gc
import logging
import signal

import structlog
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from quart import Quart

from chassis.health import Health
from chassis.logs import AccessLog
from chassis.service import health_of
from chassis.settings import ServiceSettings


def serve(app: Quart, settings: ServiceSettings) -> None:
    """Block until the process is told to stop and its requests are answered."""
    asyncio.run(_serve(app, settings, health_of(app)))


def configuration(settings: ServiceSettings) -> Config:
    """How Hypercorn listens, how long it is patient with clients, and how it logs."""
    config = Config()
    config.bind = [f"{settings.bind}:{settings.port}"]
    config.graceful_timeout = settings.graceful_timeout_seconds
    config.keep_alive_timeout = settings.keep_alive_seconds
    config.include_server_header = False
    config.logger_class = AccessLog
    # given as loggers, else Hypercorn adds handlers that print plain text
    config.accesslog = logging.getLogger("hypercorn.access")
    config.errorlog = logging.getLogger("hypercorn.error")
    return config


async def _serve(app: Quart, settings: ServiceSettings, health: Health) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, told.set)

    async def drained() -> None:
        """Return when the server may close its socket.

        Load balancers learn of a pod's end later than the pod: it turns unready first and goes on serving.
        """
        await told.wait()
        health.draining = True
        structlog.stdlib.get_logger(__name__).info("draining", seconds=settings.shutdown_delay_seconds)
        await asyncio.sleep(settings.shutdown_delay_seconds)

    _keep_out_of_garbage_collection()
    await hypercorn_serve(app, configuration(settings), shutdown_trigger=drained)


def _keep_out_of_garbage_collection() -> None:
    """Whatever is there before the first request stays to the end: looking it through again and again for garbage takes
    tens of milliseconds each time, from whoever is served then."""
    gc.collect()
    gc.freeze()

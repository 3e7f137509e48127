"""A service with nothing but the chassis, run as a process by tests."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import structlog
from quart import Quart, request

from chassis.logs import configure_logging
from chassis.problem import install_problems
from chassis.serve import serve
from chassis.service import Identity, install_chassis
from chassis.settings import ServiceSettings, optional_url, read_settings, setting, text
from chassis.upstream import Upstream


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Its name, the service behind it, and the file that lets slow requests go."""

    name: str = setting(text, "example")
    next_url: str = setting(optional_url, "")
    release_file: str = setting(text, "")


app = Quart(__name__, static_folder=None)
settings = read_settings(Settings, os.environ)
configure_logging(settings.name, settings.environment, settings.log_level)
registry = install_chassis(app, Identity(settings.name, "0"), settings, {})
install_problems(app)
log = structlog.stdlib.get_logger("example")
state = {"slow": 0}


@app.get("/slow")
async def slow() -> str:
    """Wait for the file."""
    state["slow"] += 1
    while not Path(settings.release_file).exists():  # noqa: ASYNC110, ASYNC240 - another process makes the file
        await asyncio.sleep(0.02)
    return "answered"


@app.get("/in-flight/<int:number>")
async def in_flight(number: int) -> tuple[str, int]:
    """200 once so many slow requests are being handled."""
    return "", 200 if state["slow"] >= number else 404


@app.post("/echo")
async def echo() -> bytes:
    """The body."""
    return bytes(await request.get_data(as_text=False))


@app.get("/orders/<number>")
async def order(number: str) -> str:
    """What the service behind says, if there is one."""
    log.info("asked")
    if not settings.next_url:
        return settings.name
    reply = await app.extensions["next"].call("GET", f"/orders/{number}", route="/orders/<number>")
    return f"{settings.name} {reply.body.decode()}"


@app.while_serving
async def upstream() -> AsyncGenerator[None, None]:
    """The client of the service behind."""
    app.extensions["next"] = Upstream(settings.next_url, name="next", registry=registry)
    yield
    await app.extensions["next"].close()
    log.info("pools closed")


if __name__ == "__main__":
    serve(app, settings)
    sys.exit(0)

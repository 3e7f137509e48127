"""Run as a process by the test of the shutdown: GET /slow answers once the file named by argv[1] exists."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import structlog
from quart import Quart

from chassis.logs import configure_logging
from chassis.serve import serve
from chassis.service import Identity, install_chassis
from chassis.settings import ServiceSettings, read_settings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Nothing of its own."""


app = Quart(__name__, static_folder=None)
settings = read_settings(Settings, os.environ)
configure_logging("draining", settings.environment, settings.log_level)
install_chassis(app, Identity("draining", "0"), settings, {})
state = {"slow": 0, "closed": 0}


@app.get("/slow")
async def slow() -> str:
    """Wait for the file."""
    state["slow"] += 1
    while not Path(sys.argv[1]).exists():  # noqa: ASYNC110, ASYNC240 - another process makes the file
        await asyncio.sleep(0.02)
    return "answered"


@app.get("/in-flight")
async def in_flight() -> tuple[str, int]:
    """200 once a slow request is being handled."""
    return "", 200 if state["slow"] else 404


@app.after_serving
async def closed() -> None:
    """Tell that the lifespan ended."""
    structlog.stdlib.get_logger("draining").info("pools closed")


serve(app, settings)

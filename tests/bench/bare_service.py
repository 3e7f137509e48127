"""A bare Quart route on the Hypercorn settings and the logs of the services: what they are measured against."""

from __future__ import annotations

import asyncio
import os

from hypercorn.asyncio import serve
from quart import Quart

from chassis.logs import configure_logging
from chassis.serve import configuration
from chassis.settings import ServiceSettings, read_settings

app = Quart(__name__, static_folder=None)


@app.get("/")
async def bare() -> dict[str, str]:
    """Nothing but an answer."""
    return {"status": "ok"}


if __name__ == "__main__":
    settings = read_settings(ServiceSettings, os.environ)
    configure_logging("bare", settings.environment, settings.log_level)
    asyncio.run(serve(app, configuration(settings)))

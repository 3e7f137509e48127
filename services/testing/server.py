"""Applications on a loopback port, in the process of the test."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def running(app: Quart, config: Config | None = None, port: int | None = None) -> AsyncIterator[str]:
    """The base URL of `app` while it is served by Hypercorn, on a port of its own unless one is given."""
    port, stop = port or free_port(), asyncio.Event()
    config = config or Config()
    config.bind, config.errorlog = [f"127.0.0.1:{port}"], None
    task = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))
    try:
        await _listening(port, task)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop.set()
        await task


async def _listening(port: int, task: "asyncio.Task[None]") -> None:
    while not task.done():
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            await writer.wait_closed()
            return
    await task

"""Services as real processes."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp

PATIENCE_SECONDS = 60.0  # a busy build machine starts Python slowly


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = PATIENCE_SECONDS) -> None:
    """Poll `condition` until it holds; TimeoutError when it does not in time."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - the condition is in another process
            await asyncio.sleep(0.02)


async def status_of(session: aiohttp.ClientSession, url: str) -> int:
    """The status `url` answers with, 0 when nobody listens."""
    try:
        async with session.get(url, headers={"Connection": "close"}) as answer:
            return answer.status
    except aiohttp.ClientConnectionError:
        return 0


def environment(**settings: str) -> dict[str, str]:
    """This process' environment with other TECHCOMMERCE_ settings, and its import path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TECHCOMMERCE_")}
    named = {f"TECHCOMMERCE_{name.upper()}": value for name, value in settings.items()}
    return {**kept, **named, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUNBUFFERED": "1"}


@contextlib.asynccontextmanager
async def started(*arguments: str, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A Python process with these arguments and settings; killed if it outlives the context."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        env=environment(**settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def finished(*arguments: str, **settings: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a process that ends by itself."""
    async with started(*arguments, **settings) as process:
        async with asyncio.timeout(PATIENCE_SECONDS):
            out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()

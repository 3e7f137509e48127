"""A service told to stop drains before it goes."""

import asyncio
import json
from pathlib import Path

import aiohttp
from testing.process import started, status_of, until
from testing.server import free_port

APP = str(Path(__file__).with_name("draining_app.py"))


async def test_sigterm_turns_readiness_then_closes_then_answers_what_is_in_flight(tmp_path: Path) -> None:
    port, release = free_port(), tmp_path / "release"
    base = f"http://127.0.0.1:{port}"
    settings = {"port": str(port), "bind": "127.0.0.1", "shutdown_delay_seconds": "1"}
    async with started(APP, str(release), **settings) as process, aiohttp.ClientSession() as session:

        async def answers(path: str, status: int) -> bool:
            return await status_of(session, base + path) == status

        await until(lambda: answers("/healthz", 200))
        slow = asyncio.create_task(_text(session, f"{base}/slow"))
        await until(lambda: answers("/in-flight", 200))

        process.terminate()
        await until(lambda: answers("/healthz", 503))
        assert await status_of(session, f"{base}/livez") == 200, "it goes on serving while unready"
        await until(lambda: answers("/healthz", 0))
        assert not slow.done(), "the socket is closed, the request is still in flight"

        release.touch()
        assert await slow == (200, "answered")
        out, err = await process.communicate()

    assert (process.returncode, err) == (0, b"")
    records = [json.loads(line) for line in out.splitlines()]  # whatever is printed is JSON
    assert {record["event"] for record in records} >= {"draining", "request", "pools closed"}
    assert {record["service"] for record in records} == {"draining"}


async def _text(session: aiohttp.ClientSession, url: str) -> tuple[int, str]:
    async with session.get(url) as answer:
        return answer.status, await answer.text()

"""A service told to stop drains before it goes."""

import asyncio
import json
import time
from pathlib import Path

import aiohttp
from testing.process import started, status_of, until
from testing.server import free_port

APP = str(Path(__file__).with_name("example_app.py"))


async def test_sigterm_turns_readiness_then_closes_then_answers_what_is_in_flight(tmp_path: Path) -> None:
    port, release = free_port(), tmp_path / "release"
    base = f"http://127.0.0.1:{port}"
    settings = {"port": str(port), "bind": "127.0.0.1", "shutdown_delay_seconds": "1", "release_file": str(release)}
    async with started(APP, **settings) as process, aiohttp.ClientSession() as session:

        async def answers(path: str, status: int) -> bool:
            return await status_of(session, base + path) == status

        await until(lambda: answers("/healthz", 200))
        slow = [asyncio.create_task(_text(session, f"{base}/slow")) for _ in range(20)]
        await until(lambda: answers("/in-flight/20", 200))

        process.terminate()
        await until(lambda: answers("/healthz", 503))
        assert await status_of(session, f"{base}/livez") == 200, "it goes on serving while unready"
        await until(lambda: answers("/healthz", 0))
        assert not any(task.done() for task in slow), "the socket is closed, the requests are still in flight"

        release.touch()
        assert await asyncio.gather(*slow) == [(200, "answered")] * 20
        out, err = await process.communicate()

    assert (process.returncode, err) == (0, b"")
    records = [json.loads(line) for line in out.splitlines()]  # whatever is printed is JSON
    assert {record["event"] for record in records} >= {"draining", "request", "pools closed"}
    assert {record["service"] for record in records} == {"example"}


async def test_a_request_that_never_ends_does_not_outlive_the_grace_period(tmp_path: Path) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    settings = {
        "port": str(port),
        "bind": "127.0.0.1",
        "shutdown_delay_seconds": "0",
        "graceful_timeout_seconds": "1",
        "release_file": str(tmp_path / "never"),
    }
    async with started(APP, **settings) as process, aiohttp.ClientSession() as session:

        async def stuck() -> bool:
            return await status_of(session, f"{base}/in-flight/1") == 200

        async def ready() -> bool:
            return await status_of(session, f"{base}/healthz") == 200

        await until(ready)
        slow = asyncio.create_task(_text(session, f"{base}/slow"))
        await until(stuck)
        began = time.monotonic()
        process.terminate()
        out, err = await process.communicate()
        seconds = time.monotonic() - began
        await asyncio.gather(slow, return_exceptions=True)

    assert (process.returncode, err) == (0, b"")
    assert 1 <= seconds < 10
    assert "pools closed" in {json.loads(line)["event"] for line in out.splitlines()}


async def _text(session: aiohttp.ClientSession, url: str) -> tuple[int, str]:
    async with session.get(url) as answer:
        return answer.status, await answer.text()

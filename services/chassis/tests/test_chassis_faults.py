"""Every failure knob does what it says, and leaves /livez and /metrics alone."""

import json
import time
from pathlib import Path

import aiohttp
import pytest
import structlog
from quart import Quart
from testing.process import PATIENCE_SECONDS, finished, started, status_of, until
from testing.server import free_port

from chassis.service import Identity, install_chassis
from chassis.settings import ServiceSettings

APP = str(Path(__file__).with_name("example_app.py"))
ALONE = ("/livez", "/metrics")


def application(**faults: object) -> Quart:
    """A service with one route and these knobs."""
    app = Quart(__name__, static_folder=None)
    install_chassis(app, Identity("example", "0"), ServiceSettings(port=1, **faults), {})  # type: ignore[arg-type]

    @app.get("/thing")
    async def thing() -> dict[str, str]:
        return {"name": "right"}

    return app


async def statuses(app: Quart, *paths: str) -> list[int]:
    """What these paths answer."""
    return [(await app.test_client().get(path)).status_code for path in paths]


async def test_all_are_off_by_default() -> None:
    with structlog.testing.capture_logs() as logs:
        app = application()

    assert logs == []
    assert await statuses(app, "/thing", "/healthz", *ALONE) == [200] * 4


async def test_one_line_says_what_is_on() -> None:
    with structlog.testing.capture_logs() as logs:
        application(fault_error_rate=0.5, fault_not_ready=True)

    assert [(entry["log_level"], entry["setting"], entry["value"]) for entry in logs] == [
        ("warning", "TECHCOMMERCE_FAULT_ERROR_RATE", 0.5),
        ("warning", "TECHCOMMERCE_FAULT_NOT_READY", True),
    ]


async def test_errors() -> None:
    app = application(fault_error_rate=1.0)

    assert await statuses(app, "/thing", "/healthz", *ALONE) == [500, 200, 200, 200]
    lines = (await (await app.test_client().get("/metrics")).get_data(as_text=True)).splitlines()
    assert 'http_requests_total{method="GET",route="/thing",status="500"} 1.0' in lines


async def test_some_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    thrown = iter([0.29, 0.31, 0.3])
    monkeypatch.setattr("random.random", lambda: next(thrown))

    assert await statuses(application(fault_error_rate=0.3), *["/thing"] * 3) == [500, 200, 200]


async def test_latency() -> None:
    app = application(fault_latency_seconds=0.2)
    began = time.monotonic()
    assert await statuses(app, "/thing") == [200]
    slow = time.monotonic() - began
    began = time.monotonic()
    await statuses(app, *ALONE * 10)

    assert slow >= 0.2
    assert time.monotonic() - began < 2, "twenty of them do not wait"


async def test_not_ready() -> None:
    assert await statuses(application(fault_not_ready=True), "/healthz", "/thing", *ALONE) == [503, 200, 200, 200]


async def test_a_wrong_body_with_the_right_status() -> None:
    client = application(fault_wrong_body_rate=1.0).test_client()
    answer = await client.get("/thing")

    assert (answer.status_code, await answer.get_json()) == (200, {"wrong": "on purpose"})
    assert await (await client.get("/livez")).get_json() == {"status": "ok"}


async def test_a_crash() -> None:
    settings = {"port": str(free_port()), "bind": "127.0.0.1", "fault_crash_seconds": "0.2"}
    code, out, err = await finished(APP, **settings)

    assert (code, err) == (1, "")
    assert [json.loads(line)["event"] for line in out.splitlines()][-1] == "crashing on purpose"


async def test_a_leak() -> None:
    port = free_port()
    settings = {"port": str(port), "bind": "127.0.0.1", "fault_leak_mib_per_second": "200"}
    async with started(APP, **settings) as process, aiohttp.ClientSession() as session:

        async def ready() -> bool:
            return await status_of(session, f"http://127.0.0.1:{port}/healthz") == 200

        async def leaked() -> bool:
            return resident_mib(process.pid) > before + 100

        await until(ready)
        before = resident_mib(process.pid)
        await until(leaked, PATIENCE_SECONDS)


def resident_mib(pid: int) -> int:
    """Memory of a process that is in RAM."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS:"))

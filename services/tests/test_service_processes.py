"""The services as the processes that a cluster runs."""

import asyncio
import json
from pathlib import Path

import aiohttp
import pytest
from testing.process import PATIENCE_SECONDS, finished, started, status_of, until
from testing.server import free_port

URL = "http://127.0.0.1:9"
GOOD = {
    "product_api": {"database_url": "sqlite+aiosqlite:///unused.db"},
    "order_api": {"database_url": "sqlite+aiosqlite:///unused.db", "product_api_url": URL},
    "frontend": {"product_api_url": URL, "order_api_url": URL, "secret_key": "x" * 32},
}


@pytest.mark.parametrize("package", GOOD)
async def test_a_bad_environment_ends_with_one_line_each_and_two(package: str) -> None:
    code, out, err = await finished("-m", package, **{**GOOD[package], "prot": "1", "log_level": "loud"})

    name = package.replace("_", "-")
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        f"{name}: TECHCOMMERCE_PROT is not a setting of this service; did you mean TECHCOMMERCE_PORT?",
        f"{name}: TECHCOMMERCE_LOG_LEVEL must be one of debug, info, warning, error, not 'loud'",
    ]


@pytest.mark.parametrize("package", GOOD)
async def test_an_unknown_command_ends_with_two(package: str) -> None:
    assert (await finished("-m", package, "explode", **GOOD[package]))[0] == 2


async def test_the_frontend_needs_a_key_outside_of_development() -> None:
    settings = {**GOOD["frontend"], "secret_key": "short"}
    code, _, err = await finished("-m", "frontend", **settings)

    assert (code, "TECHCOMMERCE_SECRET_KEY needs 32 characters" in err, "short" in err) == (2, True, False)


async def test_migrate_seed_serve_and_stop(tmp_path: Path) -> None:
    database = f"sqlite+aiosqlite:///{tmp_path}/products.db"
    for added in (24, 0):
        code, out, err = await finished("-m", "product_api", "migrate", "--seed", database_url=database)
        records = [json.loads(line) for line in out.splitlines()]
        assert (code, err, records[-1]["event"], records[-1]["added"]) == (0, "", "seeded", added)

    port = str(free_port())
    settings = {"database_url": database, "port": port, "bind": "127.0.0.1", "shutdown_delay_seconds": "0"}
    base = f"http://127.0.0.1:{port}"
    async with started("-m", "product_api", **settings) as process, aiohttp.ClientSession() as session:

        async def ready() -> bool:
            return await status_of(session, f"{base}/healthz") == 200

        await until(ready)
        async with session.get(f"{base}/api/products?limit=1") as answer:
            page = await answer.json()
        process.terminate()
        async with asyncio.timeout(PATIENCE_SECONDS):
            _, errors = await process.communicate()

    assert len(page["items"]) == 1
    assert (process.returncode, errors) == (0, b"")

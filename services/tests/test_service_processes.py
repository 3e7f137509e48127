"""The services as the processes that a cluster runs."""

import contextlib
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from testing.process import finished, started, status_of, until
from testing.server import free_port

URL = "http://127.0.0.1:9"
FRONTEND_KEY, ORDER_API_KEY = "f" * 32, "o" * 32
PRODUCT_API = {
    "database_url": "sqlite+aiosqlite:///unused.db",
    "caller_keys": f"frontend={FRONTEND_KEY},order-api={ORDER_API_KEY}",
}
ORDER_API = {
    "database_url": "sqlite+aiosqlite:///unused.db",
    "product_api_url": URL,
    "token_key": ORDER_API_KEY,
    "caller_keys": f"frontend={FRONTEND_KEY}",
}
FRONTEND = {"product_api_url": URL, "order_api_url": URL, "secret_key": "x" * 32, "token_key": FRONTEND_KEY}
GOOD = {"product_api": PRODUCT_API, "order_api": ORDER_API, "frontend": FRONTEND}


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


@pytest.mark.parametrize(
    ("package", "missing"),
    [
        ("product_api", "caller_keys"),
        ("order_api", "caller_keys"),
        ("order_api", "token_key"),
        ("frontend", "token_key"),
    ],
)
async def test_outside_of_development_nobody_serves_without_keys(package: str, missing: str) -> None:
    settings = {name: value for name, value in GOOD[package].items() if name != missing}
    code, _, err = await finished("-m", package, **settings)

    assert (code, f"TECHCOMMERCE_{missing.upper()} is required" in err) == (2, True)


async def test_migrating_and_seeding_twice_adds_nothing(tmp_path: Path) -> None:
    settings = {**PRODUCT_API, "database_url": f"sqlite+aiosqlite:///{tmp_path}/products.db"}
    added = []
    for _ in range(2):
        code, out, err = await finished("-m", "product_api", "migrate", "--seed", **settings)
        last = json.loads(out.splitlines()[-1])
        added.append(last["added"])
        assert (code, err, last["event"]) == (0, "", "seeded")

    assert added[0] > 20
    assert added[1] == 0


async def test_three_processes_are_a_shop(tmp_path: Path) -> None:
    ports = {package: free_port() for package in GOOD}
    base = {package: f"http://127.0.0.1:{port}" for package, port in ports.items()}
    apis = {"product_api_url": base["product_api"], "order_api_url": base["order_api"]}
    settings = {
        "product_api": {**PRODUCT_API, "database_url": f"sqlite+aiosqlite:///{tmp_path}/products.db"},
        "order_api": {
            **ORDER_API,
            "database_url": f"sqlite+aiosqlite:///{tmp_path}/orders.db",
            "product_api_url": base["product_api"],
        },
        "frontend": {**FRONTEND, **apis},
    }
    assert (await finished("-m", "product_api", "migrate", "--seed", **settings["product_api"]))[0] == 0
    assert (await finished("-m", "order_api", "migrate", **settings["order_api"]))[0] == 0
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        processes = [
            await stack.enter_async_context(started("-m", package, **serving(ports[package]), **settings[package]))
            for package in GOOD
        ]

        async def all_ready() -> bool:
            return {await status_of(session, f"{url}/healthz") for url in base.values()} == {200}

        await until(all_ready)
        product = (await answer(session, "GET", f"{base['frontend']}/api/products?in_stock=true&limit=1"))[1]["items"][
            0
        ]
        wanted = {
            "customer": {"name": "Ann", "email": "ann@example.com", "address": "1 Main Street"},
            "lines": [{"product_id": product["id"], "quantity": 1}],
        }
        headers = {"Idempotency-Key": "three-processes-1"}
        placed = [
            await answer(session, "POST", f"{base['frontend']}/api/orders", json=wanted, headers=headers) for _ in "ab"
        ]
        left = (await answer(session, "GET", f"{base['product_api']}/api/products/{product['id']}"))[1]["stock"]
        reservation = {"order_id": "stranger-1", "lines": wanted["lines"]}
        refused = await answer(session, "POST", f"{base['product_api']}/api/reservations", json=reservation)
        for process in processes:
            process.terminate()
        ends = [await process.communicate() for process in processes]

    assert [status for status, _ in placed] == [201, 200]
    assert placed[0][1]["number"] == placed[1][1]["number"]
    assert left == product["stock"] - 1
    assert refused[0] == 401
    assert [(process.returncode, errors) for process, (_, errors) in zip(processes, ends, strict=True)] == [
        (0, b"")
    ] * 3
    assert b"ann@example.com" not in b"".join(out for out, _ in ends), "logs hold no personal data"


def serving(port: int) -> dict[str, str]:
    """Settings of a process on this machine."""
    return {"port": str(port), "bind": "127.0.0.1", "shutdown_delay_seconds": "0"}


async def answer(session: aiohttp.ClientSession, method: str, url: str, **more: Any) -> tuple[int, Any]:
    """Status and JSON."""
    async with session.request(method, url, **more) as found:
        return found.status, await found.json(content_type=None)

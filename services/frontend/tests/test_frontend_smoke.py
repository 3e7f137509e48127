"""The smoke test of a release, against the real application and against one that answers wrongly."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from quart import Quart
from stand_ins import ProductApi
from testing.server import running

from chassis.contract import run
from chassis.problem import Problem, install_problems
from frontend.app import create_app
from frontend.settings import Settings
from frontend.smoke import CHECKS


def _order_api() -> Quart:
    """One that refuses every order."""
    app = Quart("orders")
    install_problems(app)

    @app.post("/api/orders")
    async def place() -> None:
        raise Problem(422, "Some fields are not valid.")

    return app


@pytest.fixture
async def url(product_api: ProductApi, changes: dict[str, object]) -> AsyncIterator[str]:
    """Where the frontend is, with stand-ins of the APIs behind it."""
    async with running(product_api.app) as products, running(_order_api()) as orders:
        apis = {"product_api_url": products, "order_api_url": orders}
        async with running(create_app(Settings(environment="development", **apis, **changes))) as found:
            yield found


async def _smoke(url: str) -> int:
    return await asyncio.to_thread(run, CHECKS, ["--url", url])


async def test_a_good_version_passes(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every check is right about the application as it is."""
    assert await _smoke(url) == 0, capsys.readouterr().out


@pytest.mark.parametrize("changes", [{"fault_wrong_body_rate": 1.0}])
async def test_right_status_and_wrong_body_does_not_pass(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What monitoring cannot see: every page says 200 and shows nothing that can be bought."""
    assert await _smoke(url) == 1
    assert "WRONG  pages: GET /: a page without products" in capsys.readouterr().out


async def test_a_shop_without_products_does_not_pass(
    url: str, product_api: ProductApi, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page is there, and nobody can buy anything."""
    product_api.trouble.body = b'{"items": [], "next_cursor": null}'

    assert await _smoke(url) == 1
    assert "a page without products" in capsys.readouterr().out

"""The smoke test of a release, against the real application and against one that answers wrongly."""

import asyncio

import pytest
from quart import Quart
from testing.server import running

from chassis.contract import run
from chassis.migration import migrate
from product_api.app import create_app
from product_api.seed import demo_products, seed
from product_api.settings import Settings
from product_api.smoke import CHECKS


async def _smoke(app: Quart) -> int:
    async with running(app) as url:
        return await asyncio.to_thread(run, CHECKS, ["--url", url])


@pytest.fixture
async def shop(sqlite_url: str) -> str:
    """The address of a database with the catalogue of the demonstration."""
    await migrate(sqlite_url, "product_api")
    await seed(sqlite_url, demo_products())
    return sqlite_url


def _settings(database_url: str, **more: object) -> Settings:
    return Settings(**{"database_url": database_url, "environment": "development", **more})


async def test_a_good_version_passes(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every check is right about the application as it is."""
    assert await _smoke(create_app(_settings(shop))) == 0
    assert "WRONG" not in capsys.readouterr().out


async def test_right_status_and_wrong_body_does_not_pass(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What monitoring cannot see: every answer says 200 and none can be used."""
    assert await _smoke(create_app(_settings(shop, fault_wrong_body_rate=1.0))) == 1
    assert "WRONG  listing" in capsys.readouterr().out


async def test_an_empty_catalogue_does_not_pass(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A shop without products is not one that could be looked at."""
    await migrate(sqlite_url, "product_api")

    assert await _smoke(create_app(_settings(sqlite_url))) == 1
    assert "no products" in capsys.readouterr().out


async def test_some_errors_are_for_others_to_count(shop: str) -> None:
    """A fifth of failed requests is what the success rate is for; the contract is kept."""
    assert await _smoke(create_app(_settings(shop, fault_error_rate=0.2))) == 0

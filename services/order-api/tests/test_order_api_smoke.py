"""The smoke test of a release, against the real application and against one that answers wrongly."""

import asyncio

import pytest
from quart import Quart
from testing.server import running

from chassis.contract import run
from chassis.migration import migrate
from order_api.app import create_app
from order_api.settings import Settings
from order_api.smoke import CHECKS


async def _smoke(database_url: str, **more: object) -> int:
    await migrate(database_url, "order_api")
    settings = {"database_url": database_url, "environment": "development", "product_api_url": "http://127.0.0.1:9"}
    app: Quart = create_app(Settings(**{**settings, **more}))
    async with running(app) as url:
        return await asyncio.to_thread(run, CHECKS, ["--url", url])


async def test_a_good_version_passes(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every check is right about the application as it is, without a catalogue beside it."""
    assert await _smoke(sqlite_url) == 0
    assert "WRONG" not in capsys.readouterr().out


async def test_right_status_and_wrong_body_does_not_pass(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An answer that says 422 and nothing of what is wrong is no answer of the contract."""
    assert await _smoke(sqlite_url, fault_wrong_body_rate=1.0) == 1
    assert "WRONG  validation" in capsys.readouterr().out

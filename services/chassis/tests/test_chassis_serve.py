"""What is there before the first request costs no request anything."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from quart import Quart

from chassis import serve
from chassis.health import Health
from chassis.settings import ServiceSettings


@pytest.fixture
def unfrozen() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("unfrozen")
async def test_what_is_there_at_the_start_is_no_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypercorn begins with everything out of the collector's sight."""
    seen: list[int] = []

    async def begin(*_: Any, **__: Any) -> None:
        seen.append(gc.get_freeze_count())

    monkeypatch.setattr(serve, "hypercorn_serve", begin)
    before = len(gc.get_objects())
    await serve._serve(Quart(__name__, static_folder=None), ServiceSettings(port=1), Health())

    assert seen[0] > before / 2

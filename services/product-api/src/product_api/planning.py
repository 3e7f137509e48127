"""How PostgreSQL plans our statements."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine


def plan_every_search(engine: AsyncEngine) -> None:
    """Have statements planned for the values they are asked with.

    A plan for any word at all, which PostgreSQL makes of a prepared statement after five uses, reads the catalogue in
    the order of the page: fast for words that are everywhere, and a hundred times too slow for words that are nowhere.
    """
    if engine.dialect.name == "postgresql":
        event.listen(engine.sync_engine, "connect", _plan_always)


def _plan_always(connection: Any, _record: object) -> None:
    connection.run_async(lambda driver: driver.execute("SET plan_cache_mode = force_custom_plan"))

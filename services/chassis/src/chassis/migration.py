"""Alembic migrations that live inside a service's package."""

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, text

from chassis.database import create_engine

LOCK_SECONDS = 5  # a change of a table that waits for its lock makes everybody behind it wait too
LOCK = 7_203_119  # any constant; every migration of a database queues behind it


async def migrate(url: str, package: str) -> None:
    """Bring the schema at `url` to the newest revision of `<package>/migrations`; safe to run at once."""
    engine = create_engine(url, f"{package}-migrate", command_seconds=None)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, package)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, package: str) -> None:
    if connection.dialect.name == "postgresql":
        # held until the commit; a waiter may wait as long as the migration before it runs
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
    config = Config()
    config.set_main_option("script_location", f"{package}:migrations")
    config.attributes.update(connection=connection, version_table=version_table(package))
    command.upgrade(config, "head")


def version_table(package: str) -> str:
    """Each service has a table of its own, so that two may share a database."""
    return f"{package}_schema_version"


def run_migrations() -> None:
    """What a package's migrations/env.py does."""
    attributes = context.config.attributes
    context.configure(connection=attributes["connection"], version_table=attributes["version_table"])
    with context.begin_transaction():
        context.run_migrations()

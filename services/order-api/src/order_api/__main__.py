"""python -m order_api [serve | migrate]."""

import argparse
import asyncio
import sys

import structlog

from chassis.command import run
from chassis.migration import migrate
from order_api.app import IDENTITY, create_app
from order_api.settings import Settings


def migrate_command(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Bring the schema up to date."""
    asyncio.run(migrate(settings.database_url, "order_api"))
    structlog.stdlib.get_logger("order_api").info("migrated")


if __name__ == "__main__":
    sys.exit(run(IDENTITY, Settings, create_app, {"migrate": migrate_command}))

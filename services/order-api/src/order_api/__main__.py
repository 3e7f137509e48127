"""python -m order_api [serve | migrate]."""

import argparse
import asyncio
import sys

import structlog

from chassis.command import run
from order_api.settings import Settings


def serve_command(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    from chassis.serve import serve
    from order_api.app import create_app

    serve(create_app(settings), settings)


def migrate_command(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Bring the schema up to date."""
    from chassis.migration import migrate

    asyncio.run(migrate(settings.database_url, "order_api"))
    structlog.stdlib.get_logger("order_api").info("migrated")


if __name__ == "__main__":
    sys.exit(run("order-api", Settings, {"serve": serve_command, "migrate": migrate_command}))

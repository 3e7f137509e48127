"""python -m product_api [serve | migrate [--seed] | seed]."""

import argparse
import asyncio
import sys

import structlog

from chassis.command import run
from product_api.settings import Settings


def serve_command(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    from chassis.serve import serve
    from product_api.app import create_app

    serve(create_app(settings), settings)


def migrate_command(settings: Settings, arguments: argparse.Namespace) -> None:
    """Bring the schema up to date, and fill it when asked to."""
    from chassis.migration import migrate

    asyncio.run(migrate(settings.database_url, "product_api"))
    structlog.stdlib.get_logger("product_api").info("migrated")
    if arguments.seed:
        seed_command(settings, arguments)


def seed_command(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Add what is missing of the demo catalogue."""
    from product_api.seed import seed

    added = asyncio.run(seed(settings.database_url))
    structlog.stdlib.get_logger("product_api").info("seeded", added=added)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flag of `migrate`."""
    parser.add_argument("--seed", action="store_true", help="with migrate: also add the demo catalogue")


COMMANDS = {"serve": serve_command, "migrate": migrate_command, "seed": seed_command}

if __name__ == "__main__":
    sys.exit(run("product-api", Settings, COMMANDS, configure))

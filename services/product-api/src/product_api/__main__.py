"""python -m product_api [serve | migrate [--seed] | seed [--products N] | import FILE]."""

import argparse
import asyncio
import sys
from pathlib import Path

import structlog

from chassis.command import run
from chassis.settings import SettingsError
from product_api.settings import Settings

REFUSED = 1
NAME = "product-api"


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


def seed_command(settings: Settings, arguments: argparse.Namespace) -> None:
    """Add what is missing of the demo catalogue, or of a large one made by rules."""
    from product_api.generated import generated_products
    from product_api.seed import demo_products, seed

    wanted = generated_products(arguments.products) if arguments.products else demo_products()
    added = asyncio.run(seed(settings.database_url, wanted))
    structlog.stdlib.get_logger("product_api").info("seeded", added=added)


def import_command(settings: Settings, arguments: argparse.Namespace) -> None:
    """Import a file, all of it or nothing; its mistakes go to standard error as FILE:LINE, and the exit code is 1."""
    from product_api.errors import CatalogueFileError
    from product_api.file_import import import_file

    if arguments.file is None:
        raise SettingsError(["import needs a file: import FILE.csv or import FILE.json"])
    try:
        imported = asyncio.run(import_file(settings.database_url, arguments.file))
    except OSError as error:
        raise SettingsError([f"{arguments.file} cannot be read: {error.strerror}"]) from error
    except CatalogueFileError as error:
        for mistake in error.mistakes:
            where = f"{arguments.file}:{mistake.line}: {mistake.pointer.removeprefix('/')}"
            print(f"{where} {mistake.detail}".replace(":  ", ": "), file=sys.stderr)
        more = f", {error.more} more than shown" if error.more else ""
        print(f"{NAME}: {len(error.mistakes) + error.more} mistakes{more}; nothing was imported", file=sys.stderr)
        sys.exit(REFUSED)
    structlog.stdlib.get_logger("product_api").info("imported", **vars(imported))


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what `migrate`, `seed` and `import` take."""
    parser.add_argument("file", nargs="?", type=Path, help="with import: a .csv or .json file of products")
    parser.add_argument("--seed", action="store_true", help="with migrate: also add the demo catalogue")
    parser.add_argument("--products", type=int, metavar="N", help="with seed: N generated products instead")


COMMANDS = {"serve": serve_command, "migrate": migrate_command, "seed": seed_command, "import": import_command}

if __name__ == "__main__":
    sys.exit(run(NAME, Settings, COMMANDS, configure))

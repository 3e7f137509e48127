"""A file on this machine into the catalogue."""

from pathlib import Path

from chassis.database import create_engine
from product_api.catalogue_file import CSV, JSON, read
from product_api.importing import Imported, import_products


async def import_file(url: str, path: Path) -> Imported:
    """Import `path`, JSON by its ending and else CSV; OSError, or CatalogueFileError with what is wrong in it."""
    wanted = read(path.read_bytes(), JSON if path.suffix.lower() == ".json" else CSV)  # noqa: ASYNC240 - nobody waits
    engine = create_engine(url, "product-api-import")
    try:
        return await import_products(engine, wanted)
    finally:
        await engine.dispose()

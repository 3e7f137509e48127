"""A file of products, CSV or JSON: every product of it, or its mistakes by line."""

from collections.abc import Iterable, Iterator

from chassis.fields import FieldsError
from product_api import csv_file, json_file
from product_api.domain import NewProduct
from product_api.errors import CatalogueFileError, FileMistake
from product_api.forms import new_product

MOST_PRODUCTS = 50_000  # a few seconds of work
MOST_MISTAKES = 100
CSV, JSON = "text/csv", "application/json"
READERS = {CSV: csv_file.entries, JSON: json_file.entries}


def read(raw: bytes, kind: str) -> list[NewProduct]:
    """The products of a file of kind CSV or JSON in the order of their ids, or CatalogueFileError."""
    mistakes: list[FileMistake] = []
    found: dict[str, tuple[int, NewProduct]] = {}
    for number, (line, entry) in enumerate(_entries(raw, kind, mistakes)):
        if number == MOST_PRODUCTS:
            mistakes.append(FileMistake(line, "", f"is product {number + 1}; split the file, {number} fit into one"))
            break
        try:
            product = new_product(entry)
        except FieldsError as error:
            mistakes += (FileMistake(line, said["pointer"], said["detail"]) for said in error.errors)
            continue
        if product.id in found:
            mistakes.append(FileMistake(line, "/id", f"is {product.id}, as in line {found[product.id][0]}"))
        else:
            found[product.id] = line, product
    if not found and not mistakes:
        mistakes.append(FileMistake(1, "", "the file has no products"))
    if mistakes:
        raise CatalogueFileError(tuple(mistakes[:MOST_MISTAKES]), max(0, len(mistakes) - MOST_MISTAKES))
    # all writers take locks in this order, so that none waits for another that waits for it
    return [found[product_id][1] for product_id in sorted(found)]


def _entries(raw: bytes, kind: str, mistakes: list[FileMistake]) -> Iterator[tuple[int, object]]:
    """What can be read of the file; where reading ends early, `mistakes` says so."""
    try:
        text = raw.decode("utf-8-sig")  # spreadsheets put a mark at the beginning
    except UnicodeDecodeError as error:
        mistakes.append(FileMistake(1 + raw[: error.start].count(b"\n"), "", "is not UTF-8; save the file as UTF-8"))
        return
    entries: Iterable[tuple[int, object]] = READERS[kind](text)
    try:
        yield from entries
    except CatalogueFileError as error:
        mistakes += error.mistakes

"""Products in CSV (RFC 4180), with a line of column names."""

import csv
import difflib
import io
import re
from collections.abc import Iterator

from product_api.errors import CatalogueFileError, FileMistake
from product_api.forms import PRODUCT_FIELDS, REQUIRED_PRODUCT_FIELDS

NUMBERS = ("price_cents", "stock")
WHOLE = re.compile(r"-?[0-9]{1,12}")


def entries(text: str) -> Iterator[tuple[int, object]]:
    """Each row as an object, with the line where it begins; CatalogueFileError where reading must end.

    Empty cells are as if they were not there, and empty lines too.
    """
    rows = _rows(text)
    _, names = next(rows, (1, []))
    header = [name.strip() for name in names]
    _check(header)
    for line, row in rows:
        if len(row) != len(header):
            raise CatalogueFileError(
                (FileMistake(line, "", f"has {len(row)} columns where the first line names {len(header)}"),)
            )
        yield line, {name: _value(name, cell) for name, cell in zip(header, row, strict=True) if cell.strip()}


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise CatalogueFileError((FileMistake(line, "", f"is not CSV: {error}"),)) from error
        if any(cell.strip() for cell in row):
            yield line, row


def _value(name: str, cell: str) -> object:
    return int(cell) if name in NUMBERS and WHOLE.fullmatch(cell.strip()) else cell


def _check(header: list[str]) -> None:
    mistakes = [_unknown(name) for name in header if name not in PRODUCT_FIELDS]
    mistakes += [f"names the column {name} twice" for name in PRODUCT_FIELDS if header.count(name) > 1]
    mistakes += [f"does not name the column {name}" for name in REQUIRED_PRODUCT_FIELDS if name not in header]
    if len(header) == 1 and ";" in header[0]:
        mistakes = ["separates columns by semicolons; use commas"]
    if not header:
        mistakes = ["must name the columns, but the file is empty"]
    if mistakes:
        raise CatalogueFileError(tuple(FileMistake(1, "", mistake) for mistake in mistakes))


def _unknown(name: str) -> str:
    shown = name[:40] if name.isprintable() and name else "(unreadable)"
    close = difflib.get_close_matches(name.lower(), PRODUCT_FIELDS, n=1, cutoff=0.6)
    return f"names the unknown column {shown}" + (f"; did you mean {close[0]}?" if close else "")

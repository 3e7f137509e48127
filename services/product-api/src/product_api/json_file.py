"""Products in JSON: a list of objects."""

import json
import re
from collections.abc import Iterator
from typing import NoReturn

from product_api.errors import CatalogueFileError, FileMistake

SPACE = re.compile(r"[ \t\r\n]*")


def entries(text: str) -> Iterator[tuple[int, object]]:
    """Each item of the list with the line where it begins; CatalogueFileError where reading must end."""
    try:
        yield from _items(text)
    except json.JSONDecodeError as error:
        raise CatalogueFileError((FileMistake(error.lineno, "", f"is not JSON: {error.msg}"),)) from error


def _items(text: str) -> Iterator[tuple[int, object]]:
    # item by item, because a decoder of the whole list does not tell where an item was
    position = _skip(text, 0)
    if text[position : position + 1] != "[":
        raise json.JSONDecodeError("the file must hold a list of products", text, position)
    position = _skip(text, position + 1)
    if text[position : position + 1] == "]":
        return _end(text, position)
    line, counted = 1, 0
    while True:
        line, counted = line + text.count("\n", counted, position), position
        item, position = _decoded(text, position)
        yield line, item
        position = _skip(text, position)
        mark = text[position : position + 1]
        if mark == "]":
            return _end(text, position)
        if mark != ",":
            raise json.JSONDecodeError("a comma or the end of the list is missing", text, position)
        position = _skip(text, position + 1)


def _decoded(text: str, position: int) -> tuple[object, int]:
    try:
        return json.JSONDecoder(parse_constant=_refuse).raw_decode(text, position)
    except json.JSONDecodeError:
        raise
    except RecursionError as error:
        raise json.JSONDecodeError("nested too deeply", text, position) from error
    except ValueError as error:  # numbers of thousands of digits, NaN
        raise json.JSONDecodeError("a number that is none", text, position) from error


def _skip(text: str, position: int) -> int:
    found = SPACE.match(text, position)
    return found.end() if found else position


def _end(text: str, position: int) -> None:
    rest = _skip(text, position + 1)
    if rest != len(text):
        raise json.JSONDecodeError("something follows the list", text, rest)


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)

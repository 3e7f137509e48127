"""What clients send, turned into values of the domain."""

import re
from collections.abc import Iterable
from dataclasses import replace

from chassis.fields import Fields, FieldsError
from product_api.cursor import decode
from product_api.domain import ID, MOST_STOCK, Content, NewProduct, id_from
from product_api.listing import Filter, Query, Sort
from product_api.reservation import RESERVATION_ID, Line, merge
from product_api.search import Search

CURRENCY = re.compile(r"[A-Z]{3}")
DIGITS = re.compile(r"[0-9]{1,10}")
FLAGS = {"true": True, "false": False}
MOST_LINES = 50
MOST_PIECES = 1000
LONGEST_PAGE = 100
PRODUCT_FIELDS = ("id", "name", "description", "category", "price_cents", "currency", "stock")
REQUIRED_PRODUCT_FIELDS = ("name", "category", "price_cents")


def new_product(source: object) -> NewProduct:
    """A whole product; its id is made of its name when the body gives none."""
    fields = Fields(source)
    content = _content(fields)
    product_id = fields.text("id", longest=64, default=id_from(content.name) or "product")
    if not ID.fullmatch(product_id):
        fields.refuse("id", "must be lower-case letters, digits and inner hyphens")
    stock = fields.integer("stock", least=0, most=MOST_STOCK, default=0)
    fields.finish()
    return NewProduct(**vars(content), id=product_id, stock=stock)


def content(source: object) -> Content:
    """What a product becomes; its id stays, and its stock is changed elsewhere."""
    fields = Fields(source)
    found = _content(fields)
    fields.finish()
    return found


def _content(fields: Fields) -> Content:
    currency = fields.text("currency", longest=3, default="EUR")
    if not CURRENCY.fullmatch(currency):
        fields.refuse("currency", "must be an ISO 4217 code such as EUR")
    return Content(
        name=fields.text("name", longest=120),
        description=fields.text("description", shortest=0, longest=2000, default="", lines=True),
        category=fields.text("category", longest=60),
        price_cents=fields.integer("price_cents", least=0),
        currency=currency,
    )


def stock_change(source: object) -> tuple[int, str]:
    """By how many pieces, and why."""
    fields = Fields(source)
    change = fields.integer("change", least=-MOST_STOCK, most=MOST_STOCK)
    if change == 0:
        fields.refuse("change", "must not be 0")
    reason = fields.text("reason", longest=200)
    fields.finish()
    return change, reason


def reservation(source: object) -> tuple[str, tuple[Line, ...]]:
    """The order's id and its lines, one a product."""
    fields = Fields(source)
    order_id = fields.text("order_id", longest=64)
    if not RESERVATION_ID.fullmatch(order_id):
        fields.refuse("order_id", "must be letters, digits, dots, hyphens and underscores")
    lines = []
    for item in fields.children("lines", most=MOST_LINES):
        product_id = item.text("product_id", longest=64)
        lines.append(Line(product_id, item.integer("quantity", least=1, most=MOST_PIECES)))
        item.close()
    fields.finish()
    return order_id, merge(lines)


def query(arguments: Iterable[tuple[str, list[str]]]) -> Query:
    """The page asked for by the query string's `arguments`; without a sort, by relevance if it searches."""
    given = dict(arguments)
    fields = Fields({name: _argument(name, values[0]) for name, values in given.items()})
    for name, values in given.items():
        if len(values) > 1:
            fields.refuse(name[:64], "must be given once")
    search = fields.text("q", shortest=0, longest=100, default="")
    asked = Query(
        limit=fields.integer("limit", least=1, most=LONGEST_PAGE, default=20),
        sort=_sort(fields, search),
        filter=Filter(
            category=fields.text("category", shortest=0, longest=60, default=""),
            min_price=_price(fields, "min_price", given),
            max_price=_price(fields, "max_price", given),
            in_stock=_flag(fields, "in_stock"),
        ),
        search=Search.of(search) if search else None,
    )
    cursor = fields.text("cursor", shortest=0, longest=600, default="")
    fields.finish()
    return _behind(cursor, asked) if cursor else asked


def _argument(name: str, value: str) -> object:
    return int(value) if name in ("limit", "min_price", "max_price") and DIGITS.fullmatch(value) else value


def _price(fields: Fields, name: str, given: dict[str, list[str]]) -> int | None:
    return fields.integer(name, least=0) if name in given else None


def _flag(fields: Fields, name: str) -> bool | None:
    value = fields.text(name, shortest=0, longest=5, default="")
    if value and value not in FLAGS:
        fields.refuse(name, "must be true or false")
    return FLAGS.get(value)


def _sort(fields: Fields, search: str) -> Sort:
    value = fields.text("sort", longest=10, default=(Sort.RELEVANCE if search else Sort.NAME).value)
    if value not in set(Sort):
        fields.refuse("sort", f"must be one of {', '.join(Sort)}")
        return Sort.NAME
    if value == Sort.RELEVANCE and not search:
        fields.refuse("sort", "relevance needs a search (q)")
    return Sort(value)


def _behind(cursor: str, asked: Query) -> Query:
    try:
        return replace(asked, after=decode(cursor, asked.sort))
    except ValueError as error:
        raise FieldsError([{"pointer": "/cursor", "detail": str(error)}]) from error

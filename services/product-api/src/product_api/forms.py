"""What clients send, turned into values of the domain."""

import re

from chassis.fields import Fields, FieldsError
from product_api.cursor import decode
from product_api.domain import ID, RESERVATION_ID, Line, Product, Query, Sort, id_from, merge

CURRENCY = re.compile(r"[A-Z]{3}")
MOST_LINES = 50
MOST_PIECES = 1000
LONGEST_PAGE = 100


def product(source: object, product_id: str | None = None) -> Product:
    """A whole product; without `product_id` the body may name one, else it is made of the name."""
    fields = Fields(source)
    name = fields.text("name", longest=120)
    given = product_id or fields.text("id", longest=64, default=id_from(name) or "product")
    if not ID.fullmatch(given):
        fields.refuse("id", "must be lower-case letters, digits and inner hyphens")
    currency = fields.text("currency", longest=3, default="EUR")
    if not CURRENCY.fullmatch(currency):
        fields.refuse("currency", "must be an ISO 4217 code such as EUR")
    made = Product(
        id=given,
        name=name,
        description=fields.text("description", shortest=0, longest=2000, default="", lines=True),
        category=fields.text("category", longest=60),
        price_cents=fields.integer("price_cents", least=0),
        currency=currency,
        stock=fields.integer("stock", least=0, most=1_000_000, default=0),
    )
    fields.finish()
    return made


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


def query(arguments: dict[str, str]) -> Query:
    """The page asked for by the query string's `arguments`."""
    limit = arguments.get("limit", "20")
    number = int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 5 else 0
    fields = Fields({**arguments, "limit": number})
    sort = fields.text("sort", longest=10, default=Sort.NAME.value)
    if sort not in set(Sort):
        fields.refuse("sort", f"must be one of {', '.join(Sort)}")
        sort = Sort.NAME.value
    asked = Query(
        limit=fields.integer("limit", least=1, most=LONGEST_PAGE),
        category=fields.text("category", shortest=0, longest=60, default=""),
        search=fields.text("q", shortest=0, longest=100, default=""),
        sort=Sort(sort),
    )
    cursor = fields.text("cursor", shortest=0, longest=600, default="")
    fields.finish()
    if not cursor:
        return asked
    try:
        position = decode(cursor, asked.sort)
    except ValueError as error:
        raise FieldsError([{"pointer": "/cursor", "detail": str(error)}]) from error
    return Query(asked.limit, asked.category, asked.search, asked.sort, position)

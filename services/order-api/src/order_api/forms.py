"""What clients send, turned into values of the domain."""

import re

from chassis.fields import Fields, FieldsError
from order_api import cursor
from order_api.domain import Actor, Change, Customer, Placement, WantedLine
from order_api.queue import Query
from order_api.states import PUBLIC, Status

KEY = re.compile(r"[\x21-\x7e]{8,128}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
MOST_LINES = 50
MOST_PIECES = 1000
LONGEST_NOTE = 500
LONGEST_PAGE = 100


def placement(key: str, source: object) -> Placement:
    """A whole request for an order; lines of the same product are added up."""
    fields = Fields(source)
    customer = _customer(fields.child("customer"))
    totals: dict[str, int] = {}
    for item in fields.children("lines", most=MOST_LINES):
        product_id = item.text("product_id", longest=64)
        totals[product_id] = totals.get(product_id, 0) + item.integer("quantity", least=1, most=MOST_PIECES)
        item.close()
    for product_id, quantity in totals.items():
        if quantity > MOST_PIECES:
            fields.refuse("lines", f"must not ask for more than {MOST_PIECES} of {product_id}")
    fields.finish()
    lines = tuple(sorted(WantedLine(product_id, quantity) for product_id, quantity in totals.items()))
    return Placement(key, customer, lines)


def transition(source: object, actor: Actor) -> Change:
    """The state to go to, and a note for colleagues."""
    fields = Fields(source)
    to = fields.text("to", longest=16)
    if to not in PUBLIC:
        fields.refuse("to", f"must be one of {', '.join(PUBLIC)}")
    note = fields.text("note", shortest=0, longest=LONGEST_NOTE, default="", lines=True)
    fields.finish()
    return Change(Status(to), actor, note)


def query(arguments: dict[str, str]) -> Query:
    """The page of the queue asked for by the query string's `arguments`."""
    limit = arguments.get("limit", "20")
    number = int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 5 else 0
    fields = Fields({**arguments, "limit": number})
    most = fields.integer("limit", least=1, most=LONGEST_PAGE)
    status = fields.text("status", shortest=0, longest=16, default="")
    if status and status not in PUBLIC:
        fields.refuse("status", f"must be one of {', '.join(PUBLIC)}")
    after = fields.text("cursor", shortest=0, longest=200, default="")
    fields.finish()
    try:
        position = cursor.decode(after) if after else None
    except ValueError as error:
        raise FieldsError([{"pointer": "/cursor", "detail": str(error)}]) from error
    return Query(most, Status(status) if status else None, position)


def _customer(fields: Fields) -> Customer:
    name = fields.text("name", longest=120)
    email = fields.text("email", longest=254)
    if not EMAIL.fullmatch(email):
        fields.refuse("email", "must be an e-mail address")
    # may be missing until no shop of before it was asked for is left
    address = fields.text("address", shortest=0, longest=500, default="", lines=True)
    fields.close()
    return Customer(name, email, address)

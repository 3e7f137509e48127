"""What clients send, turned into values of the domain."""

import re

from chassis.fields import Fields
from order_api.domain import Customer, Placement, Status, WantedLine

KEY = re.compile(r"[\x21-\x7e]{8,128}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
MOST_LINES = 50
MOST_PIECES = 1000


def placement(key: str, source: object) -> Placement:
    """A whole request for an order; lines of the same product are added up."""
    fields = Fields(source)
    customer = fields.child("customer")
    name = customer.text("name", longest=120)
    email = customer.text("email", longest=254)
    if not EMAIL.fullmatch(email):
        customer.refuse("email", "must be an e-mail address")
    customer.close()
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
    return Placement(key, Customer(name, email), lines)


def transition(source: object) -> Status:
    """The state to go to."""
    fields = Fields(source)
    to = fields.text("to", longest=16)
    if to not in set(Status):
        fields.refuse("to", f"must be one of {', '.join(Status)}")
    fields.finish()
    return Status(to)

"""Who calls, as an actor of the domain."""

from quart import request

from chassis.tokens import caller_of_request
from order_api.domain import CUSTOMER, Actor, Role

SHOP = "frontend"
LONGEST_NAME = 80  # characters of the column


def staff_of_request() -> Actor:
    """The member of staff for whom the shop calls; a Problem of 401 or 403 when there is none."""
    return Actor(Role.STAFF, caller_of_request(SHOP, staff=True).subject[:LONGEST_NAME])


def actor_of_request() -> Actor:
    """The member of staff or, without one, the customer; a Problem of 401 when there is a token that is no good."""
    if "Authorization" not in request.headers:
        return CUSTOMER
    subject = caller_of_request(SHOP).subject
    return Actor(Role.STAFF, subject[:LONGEST_NAME]) if subject else CUSTOMER

"""Fulfilment for staff: the queue, an order, its transitions."""

from quart import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from frontend.orders import ACTIONS, FINAL, MEANINGS, STEPS
from frontend.pages.staff import guard, staff_name
from frontend.pages.upstreams import ordering
from frontend.refusal import RefusedError

PAGE_SIZE = "50"
TABS = {
    "placed": "To be paid",
    "paid": "To pack",
    "packed": "To ship",
    "shipped": "On the way",
    "delivered": "Delivered",
    "cancelled": "Cancelled",
    "refunded": "Refunded",
}
FIRST_TAB = "paid"  # what waits for staff, not for the customer
LONGEST_NOTE = 500
blueprint = Blueprint("staff_orders", __name__, url_prefix="/staff/orders")
guard(blueprint)


@blueprint.get("")
async def queue() -> str:
    """Orders of one state, oldest first."""
    status = request.args.get("status", FIRST_TAB)
    status = status if status in TABS else FIRST_TAB
    cursor = request.args.get("cursor", "")
    arguments = {"status": status, "limit": PAGE_SIZE, **({"cursor": cursor} if cursor else {})}
    page = await ordering().queue(arguments, staff_name())
    return await render_template(
        "staff/queue.html", page=page, status=status, tabs=TABS, actions=ACTIONS, final=FINAL, is_later=bool(cursor)
    )


@blueprint.get("/<number>")
async def show(number: str) -> str:
    """An order with everything that is known of it, and what may be done."""
    order = await ordering().order(number, staff_name())
    return await render_template(
        "staff/order.html", order=order, steps=STEPS, meanings=MEANINGS, actions=ACTIONS, final=FINAL
    )


@blueprint.post("/<number>/transitions")
async def move(number: str) -> str | Redirect:
    """Move the order on; what nothing leads back from is asked for twice."""
    form = await request.form
    to, note, back = form.get("to", ""), form.get("note", "").strip()[:LONGEST_NOTE], form.get("back", "")
    if to in FINAL and not form.get("confirmed"):
        return await render_template(
            "confirm.html",
            title=f"{ACTIONS[to]} {number}?",
            detail=f"{MEANINGS[to]} This cannot be taken back.",
            action=ACTIONS[to],
            back=url_for("staff_orders.show", number=number),
            fields={"to": to, "note": note, "back": back},
        )
    try:
        await ordering().move(number, to, note, staff_name())
        await flash(f"{number} is {to}.")
    except RefusedError as error:
        allowed = ", ".join(map(str, error.members.get("allowed") or ()))
        await flash(f"{error.detail}" + (f" It may become {allowed}." if allowed else ""))
    if back in TABS:
        return redirect(url_for("staff_orders.queue", status=back), 303)
    return redirect(url_for("staff_orders.show", number=number), 303)

"""Logging in and out."""

import re

import structlog
from quart import Blueprint, current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Redirect

from frontend.accounts import Accounts
from frontend.counts import counts
from frontend.csrf import require_form_token
from frontend.limits import check_login
from frontend.pages.staff import forget
from frontend.sessions import csrf_token, renew_session
from frontend.staff_session import STAFF, StaffSessions, set_ticket, staff_member

ACCOUNTS = "accounts"
OWN_PAGE = re.compile(r"/staff(?:/[A-Za-z0-9-]+)*")
WRONG = "This name and password do not belong together."
blueprint = Blueprint("staff_login", __name__, url_prefix="/staff")
blueprint.before_request(require_form_token)
blueprint.after_request(forget)


@blueprint.get("")
async def front_door() -> Redirect:
    """The queue for staff, the log-in for everybody else."""
    return redirect(url_for("staff_orders.queue") if staff_member() else url_for("staff_login.show"), 303)


@blueprint.get("/login")
async def show() -> str | Redirect:
    """The form."""
    if staff_member():
        return redirect(url_for("staff_orders.queue"), 303)
    return await render_template("staff/login.html", next=_own(request.args.get("next", "")), name="", message="")


@blueprint.post("/login")
async def log_in() -> tuple[str, int] | Redirect:
    """A new session for a member of staff; the same answer for a wrong name and a wrong password."""
    form = await request.form
    name, target = form.get("name", "").strip(), _own(form.get("next", ""))
    check_login(name)
    accounts: Accounts = current_app.extensions[ACCOUNTS]
    if not await accounts.verify(name, form.get("password", "")):
        counts().logins.labels("refused").inc()
        structlog.stdlib.get_logger(__name__).warning("log-in refused")
        return await render_template("staff/login.html", next=target, name=name[:64], message=WRONG), 403
    counts().logins.labels("accepted").inc()
    structlog.stdlib.get_logger(__name__).info("log-in", staff=name)
    renew_session()
    csrf_token()
    sessions: StaffSessions = current_app.extensions[STAFF]
    response = redirect(target, 303)
    set_ticket(response, sessions.issue(name))
    return response


@blueprint.post("/logout")
async def log_out() -> Redirect:
    """The end of the session, also for whoever copied its cookie."""
    member = staff_member()
    if member:
        sessions: StaffSessions = current_app.extensions[STAFF]
        sessions.end(member.ticket)
    renew_session()
    session.modified = True
    response = redirect(url_for("staff_login.show"), 303)
    set_ticket(response, "")
    return response


def _own(target: str) -> str:
    """`target` when it is a page of staff, else the queue: nobody is led elsewhere."""
    return target if OWN_PAGE.fullmatch(target) and target != "/staff/login" else "/staff/orders"

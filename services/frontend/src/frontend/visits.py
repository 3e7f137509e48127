"""Visits: what orders are counted against."""

import time

from quart import Quart, request, session

from frontend.counts import counts

VISIT = "visit"
PAUSE_SECONDS = 30 * 60  # a longer pause makes it another visit
RENEW_SECONDS = 5 * 60  # how stale the cookie's time may be


def install_visits(app: Quart) -> None:
    """Count a visit when somebody opens a page after a pause; who keeps no cookie visits every time."""

    @app.before_request
    async def count() -> None:
        if request.method != "GET" or request.blueprint not in ("shop", "cart", "checkout", "orders"):
            return
        now = int(time.time())
        last = session.get(VISIT, 0)
        silence = now - last if isinstance(last, int) else PAUSE_SECONDS
        if silence >= PAUSE_SECONDS:
            counts().visits.inc()
        if silence >= RENEW_SECONDS:
            session[VISIT] = now

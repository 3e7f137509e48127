"""How much and how often a client may send."""

from math import ceil
from typing import Any

from quart import Quart, Request, Response, current_app, g, request

from chassis.problem import Problem
from chassis.rate_limit import RateLimit
from chassis.service import BODY_LIMIT
from frontend.client_address import client_address
from frontend.counts import counts

UNLIMITED = ("/healthz", "/livez", "/metrics", "/static/")  # probes, scrapes, and what a CDN asks for
IMPORT_PATHS = frozenset({"/api/products/import", "/staff/products/import"})
IMPORT_LIMIT = 10 * 1024 * 1024  # bytes
FORM_OVERHEAD = 64 * 1024
LOGINS = "login_limits"
POLICY = "clients"


class LimitedRequest(Request):
    """A request whose body may be as large as its path allows; imports check who sends before they read."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        importing = arguments[2] in IMPORT_PATHS  # method, scheme, path
        limit = IMPORT_LIMIT + FORM_OVERHEAD if importing else BODY_LIMIT
        super().__init__(*arguments, **{**options, "max_content_length": limit})
        self.max_content_length = limit


def install_limits(app: Quart, per_second: float, burst: int) -> None:
    """Turn away clients that ask more often than allowed, by address."""
    app.request_class = LimitedRequest
    limit = RateLimit(per_second, burst)
    policy = f'"{POLICY}";q={burst};w={ceil(burst / per_second)}'
    # a person mistypes a few times; a program that guesses is slowed to one try a minute
    app.extensions[LOGINS] = {"address": RateLimit(1 / 6, 20), "account": RateLimit(1 / 60, 6)}

    @app.before_request
    async def check() -> None:
        if request.path.startswith(UNLIMITED):
            return
        g.limited = True
        wait = limit.allows(client_address())
        if wait:
            counts().limited.labels(POLICY).inc()
            raise too_many("You ask more often than we can answer.", wait, POLICY)

    @app.after_request
    async def tell(response: Response) -> Response:
        if "limited" in g:
            response.headers["RateLimit-Policy"] = policy
        return response


def check_login(name: str) -> None:
    """Count a try to log in as `name`; a Problem of 429 when there were too many."""
    limits: dict[str, RateLimit] = current_app.extensions[LOGINS]
    wait = limits["address"].allows(client_address()) or limits["account"].allows(name.lower()[:64])
    if wait:
        counts().limited.labels("login").inc()
        raise too_many("Too many tries to log in.", wait, "login")


def too_many(detail: str, wait: float, policy: str) -> Problem:
    """A Problem of 429 that says when to come back."""
    seconds = ceil(wait)
    headers = {"Retry-After": str(seconds), "RateLimit": f'"{policy}";r=0;t={seconds}'}
    return Problem(429, f"{detail} Please wait {seconds} second{'s' if seconds > 1 else ''}.", headers=headers)

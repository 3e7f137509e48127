"""Who is logged in: a signed cookie of its own, good for 8 hours or until the password changes."""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass

from cachetools import TTLCache
from itsdangerous import BadSignature, URLSafeSerializer
from quart import current_app, g, request
from werkzeug.wrappers import Response

from frontend.accounts import Accounts
from frontend.client_address import is_tls
from frontend.sessions import cookie_name

STAFF = "staff_sessions"
COOKIE = "techcommerce-staff"
LIFETIME_SECONDS = 8 * 3600
MOST_ENDED = 10_000


@dataclass(frozen=True)
class StaffMember:
    """Somebody who is logged in; `ticket` is what proves it."""

    name: str
    ticket: str


class StaffSessions:
    """Issues and reads tickets. Every pod can read them; a log-out is known to the pod that saw it."""

    def __init__(self, key: str, accounts: Accounts, clock: Callable[[], float] = time.time) -> None:
        self._serializer = URLSafeSerializer(
            key, salt="staff", signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
        )
        self._key = key.encode()
        self._accounts = accounts
        self._clock = clock
        self._ended: TTLCache[str, bool] = TTLCache(MOST_ENDED, LIFETIME_SECONDS, clock)

    def issue(self, name: str) -> str:
        """A ticket for `name`, who has an account."""
        return str(self._serializer.dumps([name, int(self._clock()), self._proof(name)]))

    def read(self, ticket: str) -> StaffMember | None:
        """The holder of a ticket that is whole, young enough and of an account as it is now."""
        try:
            name, issued, proof = self._serializer.loads(ticket)
        except (BadSignature, ValueError, TypeError):
            return None
        # a ticket from the future was issued by a pod whose clock is ahead
        young = self._clock() - issued < LIFETIME_SECONDS
        if not young or ticket in self._ended or not hmac.compare_digest(proof, self._proof(name)):
            return None
        return StaffMember(name, ticket)

    def end(self, ticket: str) -> None:
        """Accept this ticket no longer."""
        self._ended[ticket] = True

    def _proof(self, name: str) -> str:
        known = self._accounts.hash_of(name)
        # empty for nobody: an account that is removed or gets another password has no sessions
        return hmac.new(self._key, known.encode(), "sha256").hexdigest()[:32] if known else "nobody"


def staff_member() -> StaffMember | None:
    """Who sent the current request, if it was a member of staff."""
    if "staff_member" not in g:
        sessions: StaffSessions = current_app.extensions[STAFF]
        ticket = request.cookies.get(cookie_name(COOKIE), "")
        g.staff_member = sessions.read(ticket) if ticket else None
    found: StaffMember | None = g.staff_member
    return found


def set_ticket(response: Response, ticket: str) -> None:
    """Hand out a ticket; an empty one takes it back."""
    response.set_cookie(
        cookie_name(COOKIE),
        ticket,
        max_age=LIFETIME_SECONDS if ticket else 0,
        httponly=True,
        secure=is_tls(),
        samesite="Strict",
        path="/",
    )

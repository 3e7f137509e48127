"""Who calls: short-lived signed tokens (JWT, HS256) between the services.

A token says which service calls (`iss`), which one it is for (`aud`) and on behalf of which member of staff (`sub`).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cachetools import TTLCache
from quart import Quart, current_app, request

from chassis.problem import Problem
from chassis.settings import PREFIX, SettingsError

ALGORITHM = "HS256"
LIFETIME_SECONDS = 60
REUSED_SECONDS = 20  # signing takes longer than everything else that a call does before it is sent
MOST_TOKENS = 1000  # kept for reuse: one for every service and member of staff
LEEWAY_SECONDS = 30  # what the clocks of two nodes may differ by
SHORTEST_KEY = 32  # characters; HS256 wants a key as long as its hash
TOKENS = "tokens"
DEVELOPMENT = "development"
# known to everybody who reads this, so refused wherever ENVIRONMENT is something else
DEVELOPMENT_KEYS = {
    "frontend": "development-only-key-of-the-frontend",
    "order-api": "development-only-key-of-the-order-api",
}


@dataclass(frozen=True)
class Caller:
    """The service that calls; `subject` is the member of staff it calls for, "" for the service itself."""

    service: str
    subject: str


class Signer:
    """Signs the calls of the service `name`."""

    def __init__(self, name: str, key: str, clock: Callable[[], float] = time.time) -> None:
        self._name = name
        self._key = key
        self._clock = clock
        self._tokens: TTLCache[tuple[str, str], str] = TTLCache(MOST_TOKENS, REUSED_SECONDS, clock)

    def token(self, audience: str, subject: str = "") -> str:
        """A token for calls of the service `audience`, good for LIFETIME_SECONDS less REUSED_SECONDS at least."""
        token = self._tokens.get((audience, subject))
        if token is None:
            now = int(self._clock())
            claims = {"iss": self._name, "aud": audience, "sub": subject, "iat": now, "exp": now + LIFETIME_SECONDS}
            token = self._tokens[audience, subject] = jwt.encode(claims, self._key, ALGORITHM)
        return token


class Verifier:
    """Tells who calls the service `audience`; `keys` has the keys of every known caller by its name."""

    def __init__(self, audience: str, keys: Mapping[str, tuple[str, ...]]) -> None:
        self._audience = audience
        self._keys = keys

    def caller(self, authorization: str) -> Caller:
        """The caller that an Authorization header proves; a Problem of 401 when it proves none."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise _unauthorized("This needs a signed token, sent as Authorization: Bearer.", "Bearer")
        try:
            return self._verified(token)
        except jwt.InvalidTokenError as error:
            raise _unauthorized(_reason(error), 'Bearer error="invalid_token"') from error

    def _verified(self, token: str) -> Caller:
        issuer = str(jwt.decode(token, options={"verify_signature": False}).get("iss"))
        for key in self._keys.get(issuer, ()):
            try:
                return Caller(issuer, self._claims(token, key)["sub"])
            except jwt.InvalidSignatureError:
                continue  # while a key is rotated there are two
        raise jwt.InvalidSignatureError

    def _claims(self, token: str, key: str) -> Any:
        return jwt.decode(
            token,
            key,
            [ALGORITHM],
            audience=self._audience,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "sub", "iat", "exp"]},
        )


def install_tokens(app: Quart, verifier: Verifier) -> None:
    """Let `caller_of_request` verify with `verifier`."""
    app.extensions[TOKENS] = verifier


def caller_of_request(*services: str, staff: bool = False) -> Caller:
    """Who sent the current request: one of `services` (any known one when none is named), for `staff` if so asked.

    Raises a Problem of 401 without a good token, of 403 when somebody else calls.
    """
    verifier: Verifier = current_app.extensions[TOKENS]
    caller = verifier.caller(request.headers.get("Authorization", ""))
    if services and caller.service not in services:
        raise Problem(403, f"{caller.service} may not do this.")
    if staff and not caller.subject:
        raise Problem(403, "Only a member of staff may do this; log in first.")
    return caller


def token_key(value: str) -> str:
    """A key of at least SHORTEST_KEY characters; ValueError never repeats it."""
    if len(value) < SHORTEST_KEY:
        raise ValueError(f"needs {SHORTEST_KEY} characters or more")
    return value


def caller_keys(value: str) -> Mapping[str, tuple[str, ...]]:
    """Keys by caller from `name=KEY,name=KEY`; a name may stand twice while its key is rotated."""
    keys: dict[str, tuple[str, ...]] = {}
    for number, entry in enumerate(value.split(","), start=1):
        name, equals, key = entry.strip().partition("=")
        if not equals or not name or len(key) < SHORTEST_KEY:
            raise ValueError(f"must be name=KEY,name=KEY with keys of {SHORTEST_KEY} characters; entry {number} is not")
        keys[name] = (*keys.get(name, ()), key)
    return keys


def development_callers(*names: str) -> Mapping[str, tuple[str, ...]]:
    """What `caller_keys` would give for these services in development."""
    return {name: (DEVELOPMENT_KEYS[name],) for name in names}


def require_keys(environment: str, **given: str | Mapping[str, tuple[str, ...]]) -> None:
    """SettingsError when, outside of development, a setting is missing or holds one of DEVELOPMENT_KEYS.

    `given` are values of `token_key` and `caller_keys` by the name of their setting.
    """
    if environment == DEVELOPMENT:
        return
    problems = []
    for name, value in given.items():
        keys = {value} if isinstance(value, str) else {key for several in value.values() for key in several}
        if not keys - {""}:
            problems.append(f"{PREFIX}{name.upper()} is required, unless {PREFIX}ENVIRONMENT={DEVELOPMENT}")
        elif keys & set(DEVELOPMENT_KEYS.values()):
            problems.append(f"{PREFIX}{name.upper()} holds a development key, which everybody knows")
    if problems:
        raise SettingsError(problems)


def _reason(error: jwt.InvalidTokenError) -> str:
    if isinstance(error, jwt.ExpiredSignatureError):
        return "The token has expired; ask with a new one."
    if isinstance(error, jwt.InvalidAudienceError):
        return "The token is for another service."
    return "The token is not valid."


def _unauthorized(detail: str, challenge: str) -> Problem:
    return Problem(401, detail, headers={"WWW-Authenticate": challenge})

"""A token proves who calls, for a minute, to one service."""

import base64
import json
import time
from collections.abc import Callable

import jwt
import pytest
from quart import Quart

from chassis.problem import Problem, install_problems
from chassis.settings import SettingsError
from chassis.tokens import (
    DEVELOPMENT_KEYS,
    Caller,
    Signer,
    Verifier,
    caller_keys,
    caller_of_request,
    development_callers,
    install_tokens,
    require_keys,
    token_key,
)

OLD, NEW, OTHER = "old-" * 8, "new-" * 8, "other-" * 6
CLAIMS = ("iss", "aud", "sub", "iat", "exp")


@pytest.fixture
def verifier() -> Verifier:
    return Verifier("product-api", {"frontend": (OLD, NEW), "order-api": (OTHER,)})


def at(offset: float) -> Signer:
    """A frontend whose clock is off by so many seconds."""
    return Signer("frontend", OLD, lambda: time.time() + offset)


@pytest.mark.parametrize("key", [OLD, NEW])
def test_while_a_key_is_rotated_both_are_good(verifier: Verifier, key: str) -> None:
    token = Signer("frontend", key).token("product-api", "ann")

    assert verifier.caller(f"Bearer {token}") == Caller("frontend", "ann")


@pytest.mark.parametrize("offset", [-85, -30, 0, 29])
def test_clocks_may_differ_by_half_a_minute(verifier: Verifier, offset: float) -> None:
    assert verifier.caller(f"Bearer {at(offset).token('product-api')}") == Caller("frontend", "")


def good() -> dict[str, object]:
    """Claims that are true now."""
    return {"iss": "frontend", "aud": "product-api", "sub": "ann", "iat": time.time(), "exp": time.time() + 60}


@pytest.mark.parametrize(
    ("token", "detail"),
    [
        (lambda: at(-91).token("product-api"), "The token has expired; ask with a new one."),
        (lambda: at(+35).token("product-api"), "The token is not valid."),
        (lambda: at(0).token("order-api"), "The token is for another service."),
        (lambda: Signer("frontend", OTHER).token("product-api"), "The token is not valid."),
        (lambda: Signer("order-api", OLD).token("product-api"), "The token is not valid."),
        (lambda: Signer("stranger", OLD).token("product-api"), "The token is not valid."),
        (lambda: jwt.encode(good(), None, "none"), "The token is not valid."),
        (lambda: jwt.encode(good(), OLD * 2, "HS512"), "The token is not valid."),
        (lambda: "", "The token is not valid."),
        (lambda: "a.b.c", "The token is not valid."),
        (lambda: "\xe9\x00.é", "The token is not valid."),
    ],
)
def test_another_token_proves_nothing(verifier: Verifier, token: Callable[[], str], detail: str) -> None:
    with pytest.raises(Problem) as caught:
        verifier.caller(f"Bearer {token()}")

    assert (caught.value.status, caught.value.detail) == (401, detail)
    assert caught.value.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("authorization", ["", "Basic YTpi", "Token x"])
def test_without_a_token_the_answer_asks_for_one(verifier: Verifier, authorization: str) -> None:
    with pytest.raises(Problem) as caught:
        verifier.caller(authorization)

    assert (caught.value.status, caught.value.headers) == (401, {"WWW-Authenticate": "Bearer"})


@pytest.mark.parametrize("missing", CLAIMS)
def test_no_claim_may_be_missing(verifier: Verifier, missing: str) -> None:
    claims = {name: value for name, value in good().items() if name != missing}
    with pytest.raises(Problem):
        verifier.caller(f"Bearer {jwt.encode(claims, OLD)}")


@pytest.mark.parametrize("claim", [{"exp": 1e300}, {"exp": "soon"}, {"sub": 7}, {"iss": ["frontend"]}, {"aud": None}])
def test_claims_of_the_wrong_type_prove_nothing(verifier: Verifier, claim: dict[str, object]) -> None:
    body = base64.urlsafe_b64encode(json.dumps({**good(), **claim}).encode()).rstrip(b"=").decode()
    head = jwt.encode(good(), OLD).split(".")[0]
    with pytest.raises(Problem, match="not valid"):
        verifier.caller(f"Bearer {head}.{body}.AAAA")


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_token_of_nothing_but_brackets_proves_nothing(verifier: Verifier, part: str) -> None:
    deep = base64.urlsafe_b64encode(b"[" * 9000).rstrip(b"=").decode()
    head, body, signature = jwt.encode(good(), OLD).split(".")
    token = f"{deep}.{body}.{signature}" if part == "head" else f"{head}.{deep}.{signature}"
    with pytest.raises(Problem, match="not valid"):
        verifier.caller(f"Bearer {token}")


@pytest.mark.parametrize(
    ("signer", "status"),
    [
        (None, 401),
        (Signer("frontend", OLD), 200),
        (Signer("order-api", OTHER), 403),
    ],
)
async def test_a_route_says_who_may_call(verifier: Verifier, signer: Signer | None, status: int) -> None:
    headers = {"Authorization": f"Bearer {signer.token('product-api', 'ann')}"} if signer else {}
    answer = await guarded(verifier).test_client().get("/staff", headers=headers)

    assert answer.status_code == status
    if status == 200:
        assert await answer.get_data(as_text=True) == "ann"


async def test_staff_needs_a_subject(verifier: Verifier) -> None:
    headers = {"Authorization": f"Bearer {Signer('frontend', OLD).token('product-api')}"}

    assert (await guarded(verifier).test_client().get("/staff", headers=headers)).status_code == 403


def guarded(verifier: Verifier) -> Quart:
    app = Quart(__name__, static_folder=None)
    install_problems(app)
    install_tokens(app, verifier)

    @app.get("/staff")
    async def staff() -> str:
        return caller_of_request("frontend", staff=True).subject

    return app


def test_a_token_is_used_again_while_it_is_good_for_long() -> None:
    now = [1000.0]
    signer = Signer("frontend", OLD, lambda: now[0])
    first = signer.token("product-api", "ann")
    now[0] += 19
    again = signer.token("product-api", "ann")
    now[0] += 2
    later = signer.token("product-api", "ann")

    assert again == first
    assert later != first
    assert len({first, signer.token("product-api", "bob"), signer.token("order-api", "ann")}) == 3


def test_keys_of_callers_are_read_from_one_line() -> None:
    assert caller_keys(f"frontend={OLD}, frontend={NEW},order-api={OTHER}") == {
        "frontend": (OLD, NEW),
        "order-api": (OTHER,),
    }


@pytest.mark.parametrize("value", ["", "frontend", f"={OLD}", "frontend=short", f"frontend={OLD},"])
def test_bad_keys_are_refused_and_never_repeated(value: str) -> None:
    with pytest.raises(ValueError, match="must be name=KEY") as caught:
        caller_keys(value)

    assert OLD not in str(caught.value)
    with pytest.raises(ValueError, match="needs 32 characters"):
        token_key("short")


def test_development_has_keys_of_its_own_and_nobody_else_takes_them() -> None:
    require_keys("development", token_key="", caller_keys={})
    require_keys("production", token_key=OLD, caller_keys={"frontend": (OLD, NEW)})
    with pytest.raises(SettingsError) as caught:
        require_keys("staging", token_key="", caller_keys={})
    with pytest.raises(SettingsError) as known:
        require_keys("staging", token_key=DEVELOPMENT_KEYS["frontend"], caller_keys=development_callers("order-api"))

    assert caught.value.problems == [
        "TECHCOMMERCE_TOKEN_KEY is required, unless TECHCOMMERCE_ENVIRONMENT=development",
        "TECHCOMMERCE_CALLER_KEYS is required, unless TECHCOMMERCE_ENVIRONMENT=development",
    ]
    assert [problem.split(" holds ")[1] for problem in known.value.problems] == [
        "a development key, which everybody knows"
    ] * 2

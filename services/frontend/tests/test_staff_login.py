"""Who gets behind the counter, and for how long."""

import time
from http.cookies import SimpleCookie

import pytest
from quart import Quart
from visitor import Visitor, hidden, read

from frontend.accounts import Accounts, hash_password
from frontend.staff_session import LIFETIME_SECONDS, StaffSessions

COOKIE = "techcommerce-staff"


async def test_staff_is_led_to_the_page_it_wanted(visitor: Visitor) -> None:
    answer = await visitor.log_in(next="/staff/products/import")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/products/import")
    assert await visitor.is_staff()
    assert (await visitor.client.get("/staff")).headers["Location"] == "/staff/orders"
    assert (await visitor.client.get("/staff/login")).headers["Location"] == "/staff/orders"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/staff//evil",
        "/staff/../x",
        "/staff/%2f",
        "javascript:alert(1)",
        "/staffx",
        "/staff/login",
        "",
        "/staff/orders\r\nX: y",
    ],
)
async def test_nobody_is_led_elsewhere(visitor: Visitor, target: str) -> None:
    assert (await visitor.log_in(next=target)).headers["Location"] == "/staff/orders"


@pytest.mark.parametrize(
    ("name", "password"),
    [("staff", "wrong"), ("nobody", "staff"), ("", ""), ("staff", "staff\x00"), ("STAFF", "staff"), ("x" * 9999, "y")],
)
async def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    visitor: Visitor, name: str, password: str
) -> None:
    page = await read(await visitor.log_in(name, password), 403)

    assert "This name and password do not belong together." in page
    assert not await visitor.is_staff()


async def test_guessing_is_slowed_down(visitor: Visitor) -> None:
    statuses = [(await visitor.log_in("staff", "wrong")).status_code for _ in range(7)]
    late = await visitor.log_in()

    assert statuses == [403] * 6 + [429]
    wait = late.headers["Retry-After"]
    assert (late.status_code, int(wait) in range(50, 61)) == (429, True)
    assert late.headers["RateLimit"] == f'"login";r=0;t={wait}'
    assert (await visitor.log_in("nobody", "x")).status_code == 403


async def test_a_session_that_was_there_before_is_worth_nothing(visitor: Visitor) -> None:
    await visitor.fill_cart()
    before = await visitor.token()
    await visitor.log_in()

    assert hidden(await visitor.page("/staff/products/new"), "csrf") != before
    assert "Glide Mouse" in await visitor.page("/cart")
    assert (await visitor.client.post("/staff/logout", form={"csrf": before})).status_code == 403


async def test_logging_out_ends_the_ticket_itself(app: Quart, visitor: Visitor) -> None:
    ticket = SimpleCookie((await visitor.log_in()).headers.getlist("Set-Cookie")[0])[COOKIE].value
    thief = Visitor(app.test_client())
    thief.client.set_cookie("localhost", COOKIE, ticket)
    assert await thief.is_staff()
    await visitor.send("/staff/logout", {})

    assert not await visitor.is_staff()
    assert not await thief.is_staff()


async def test_somebody_who_is_not_logged_in_may_log_out(visitor: Visitor) -> None:
    assert (await visitor.send("/staff/logout", {})).status_code == 303


@pytest.mark.parametrize("changes", [{"trusted_hops": 1}])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_cookies_are_secure_over_tls(visitor: Visitor, scheme: str) -> None:
    headers = {"X-Forwarded-Proto": scheme}
    token = hidden(await visitor.page("/staff/login", headers=headers), "csrf")
    opened = await visitor.client.get("/products/glide-mouse", headers=headers)
    form = {"csrf": token, "name": "staff", "password": "staff"}
    answer = await visitor.client.post("/staff/login", form=form, headers=headers)
    cookies = answer.headers.getlist("Set-Cookie")

    assert len(cookies) == 2
    for cookie in cookies:
        assert ("; Secure" in cookie) == (scheme == "https")
        assert cookie.startswith("__Host-") == (scheme == "https")
        assert "HttpOnly" in cookie
        assert "Path=/" in cookie
    assert ["SameSite=Strict" in cookie for cookie in sorted(cookies)] == [True, False]
    assert ("Strict-Transport-Security" in opened.headers) == (scheme == "https")


async def test_without_a_trusted_proxy_nobody_claims_tls(visitor: Visitor) -> None:
    answer = await visitor.client.get("/staff/login", headers={"X-Forwarded-Proto": "https"})

    assert "Secure" not in answer.headers["Set-Cookie"]


@pytest.fixture(scope="module")
def hashes() -> dict[str, str]:
    """Two accounts."""
    return {"ada": hash_password("correct horse"), "bob": hash_password("battery staple")}


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        """The time."""
        return self.now


async def test_a_ticket_ends_after_eight_hours_or_with_its_password(hashes: dict[str, str]) -> None:
    clock, accounts = Clock(), dict(hashes)
    sessions = StaffSessions("k" * 32, Accounts(accounts), clock)
    ada, bob = sessions.issue("ada"), sessions.issue("bob")
    member = sessions.read(ada)
    assert member
    assert member.name == "ada"

    accounts["ada"] = hash_password("another one")
    assert sessions.read(ada) is None
    clock.now += LIFETIME_SECONDS - 1
    assert sessions.read(bob)
    clock.now += 2
    assert sessions.read(bob) is None


async def test_a_ticket_of_somebody_who_left_is_worth_nothing(hashes: dict[str, str]) -> None:
    accounts = dict(hashes)
    sessions = StaffSessions("k" * 32, Accounts(accounts))
    ticket = sessions.issue("ada")
    del accounts["ada"]

    assert sessions.read(ticket) is None


@pytest.mark.parametrize("forged", ["", "x", "WyJzdGFmZiIsMSwieCJd.x", "a.b.c", "\u00e9", "x" * 5000])
async def test_a_forged_ticket_is_worth_nothing(hashes: dict[str, str], forged: str) -> None:
    sessions = StaffSessions("k" * 32, Accounts(hashes))
    other = StaffSessions("j" * 32, Accounts(hashes))

    assert sessions.read(forged) is None
    assert sessions.read(other.issue("ada")) is None


async def test_passwords_are_checked_beside_the_loop(hashes: dict[str, str]) -> None:
    accounts = Accounts(hashes)

    assert await accounts.verify("ada", "correct horse")
    assert not await accounts.verify("ada", "battery staple")
    assert not await accounts.verify("nobody", "nobody")

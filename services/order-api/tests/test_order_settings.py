"""The environment of the order API."""

import pytest

from chassis.settings import SettingsError, read_settings
from chassis.tokens import DEVELOPMENT_KEYS
from order_api.notifications import origin_and_target
from order_api.settings import Settings

NEEDED = {
    "TECHCOMMERCE_DATABASE_URL": "sqlite+aiosqlite:///orders.db",
    "TECHCOMMERCE_PRODUCT_API_URL": "http://product-api:5000",
}
OURS, THEIRS = "a key of our own that is long enough for this", "a key of the shop's that is long enough as well"


def read(**more: str) -> Settings:
    return read_settings(Settings, NEEDED | {f"TECHCOMMERCE_{name.upper()}": value for name, value in more.items()})


def test_in_development_keys_are_known() -> None:
    assert read(environment="development").keys() == (
        DEVELOPMENT_KEYS["order-api"],
        {"frontend": (DEVELOPMENT_KEYS["frontend"],)},
    )


def test_elsewhere_they_are_given_and_hidden() -> None:
    settings = read(environment="production", token_key=OURS, caller_keys=f"frontend={THEIRS}")

    assert settings.keys() == (OURS, {"frontend": (THEIRS,)})
    assert OURS not in repr(settings)
    assert THEIRS not in repr(settings)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, {"TOKEN_KEY", "CALLER_KEYS"}),
        ({"token_key": OURS}, {"CALLER_KEYS"}),
        ({"token_key": DEVELOPMENT_KEYS["order-api"], "caller_keys": f"frontend={THEIRS}"}, {"TOKEN_KEY"}),
    ],
)
def test_elsewhere_they_are_required_and_secret(given: dict[str, str], missing: set[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        read(**given).keys()

    assert {problem.split()[0] for problem in caught.value.problems} == {f"TECHCOMMERCE_{name}" for name in missing}


@pytest.mark.parametrize(
    ("url", "origin", "target"),
    [
        ("http://mail:8080", "http://mail:8080", "/"),
        ("https://mail.example.org/v1/letters?tenant=a%20b", "https://mail.example.org", "/v1/letters?tenant=a%20b"),
    ],
)
def test_the_endpoint_of_notifications_may_have_a_path(url: str, origin: str, target: str) -> None:
    assert origin_and_target(read(environment="development", notification_url=url).notification_url) == (origin, target)


@pytest.mark.parametrize(
    "url",
    ["mail:8080", "ftp://mail", "http://", "http://user:secret@mail", "http://mail/a b", "http://mail/#a", "x\ty"],
)
def test_a_wrong_endpoint_is_named_but_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(notification_url=url)

    (problem,) = caught.value.problems
    assert problem.startswith("TECHCOMMERCE_NOTIFICATION_URL must look like http")
    assert "secret" not in problem

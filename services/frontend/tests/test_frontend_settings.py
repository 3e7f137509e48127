"""What the frontend can be told, and what it refuses to be told."""

import subprocess
import sys

import pytest
from testing.process import environment

from chassis.settings import SettingsError, read_settings
from chassis.tokens import DEVELOPMENT_KEYS
from frontend.accounts import hash_password, staff_accounts
from frontend.settings import DEVELOPMENT_STAFF, Settings

GOOD = {
    "TECHCOMMERCE_PRODUCT_API_URL": "http://product-api:5000",
    "TECHCOMMERCE_ORDER_API_URL": "http://order-api:7000",
    "TECHCOMMERCE_SECRET_KEY": "s" * 32,
    "TECHCOMMERCE_TOKEN_KEY": "t" * 32,
}
HASH = hash_password("a long enough password")


def test_a_whole_environment_is_read() -> None:
    given = {
        **GOOD,
        "TECHCOMMERCE_STAFF": f"ada={HASH}; bob={HASH};",
        "TECHCOMMERCE_TRUSTED_HOPS": "2",
        "TECHCOMMERCE_RATE_LIMIT_PER_SECOND": "0.5",
        "TECHCOMMERCE_RATE_LIMIT_BURST": "7",
    }
    settings = read_settings(Settings, given)

    assert dict(settings.accounts) == {"ada": HASH, "bob": HASH}
    assert (settings.trusted_hops, settings.rate_limit_per_second, settings.rate_limit_burst) == (2, 0.5, 7)
    assert settings.signing_key == "t" * 32
    assert not any(secret in repr(settings) for secret in ("sss", "ttt", "argon2"))


def test_development_needs_no_secrets_and_has_an_account() -> None:
    urls = {name: value for name, value in GOOD.items() if name.endswith("URL")}
    settings = read_settings(Settings, {**urls, "TECHCOMMERCE_ENVIRONMENT": "development"})

    assert dict(settings.accounts) == {"staff": DEVELOPMENT_STAFF}
    assert settings.signing_key == DEVELOPMENT_KEYS["frontend"]


def test_elsewhere_there_is_no_account_by_itself() -> None:
    assert read_settings(Settings, GOOD).accounts == {}


def test_every_missing_or_well_known_secret_is_named() -> None:
    given = {name: value for name, value in GOOD.items() if name.endswith("URL")}
    given["TECHCOMMERCE_STAFF"] = f"staff={DEVELOPMENT_STAFF}"
    with pytest.raises(SettingsError) as error:
        read_settings(Settings, given)

    assert [problem.split()[0] for problem in error.value.problems] == [
        "TECHCOMMERCE_TOKEN_KEY",
        "TECHCOMMERCE_SECRET_KEY",
        "TECHCOMMERCE_STAFF",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_HOPS", "-1"),
        ("TRUSTED_HOPS", "9"),
        ("TRUSTED_HOPS", "one"),
        ("RATE_LIMIT_PER_SECOND", "0"),
        ("RATE_LIMIT_PER_SECOND", "nan"),
        ("RATE_LIMIT_PER_SECOND", "99999"),
        ("RATE_LIMIT_BURST", "0"),
        ("RATE_LIMIT_BURST", "1.5"),
        ("TOKEN_KEY", "short"),
        ("SHOP_NAME", "a\nb"),
        ("STAFF", "ada"),
        ("STAFF", "ada=secret"),
        ("STAFF", f"Ada={HASH}"),
        ("STAFF", f"ada={HASH};ada={HASH}"),
        ("STAFF", f"ada={HASH.replace('argon2id', 'argon2i')}"),
        ("STAFF", f"ada={HASH.replace('m=19456', 'm=999999')}"),
    ],
)
def test_a_bad_value_is_named_and_a_secret_is_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(Settings, {**GOOD, f"TECHCOMMERCE_{name}": value})

    (problem,) = error.value.problems
    assert problem.startswith(f"TECHCOMMERCE_{name} ")
    assert "argon2id$" not in problem
    assert "secret" not in problem.replace("argon2id-hash", "")


def test_an_empty_list_of_staff_is_one() -> None:
    assert staff_accounts("") == {}


@pytest.mark.parametrize(("password", "code"), [("correct horse battery", 0), ("short", 2), ("", 2), ("x" * 300, 2)])
def test_a_password_is_hashed_from_standard_input(password: str, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "frontend", "hash-password"],
        input=f"{password}\n",
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )

    assert done.returncode == code
    assert ("name" in staff_accounts(f"name={done.stdout.strip()}")) if code == 0 else "12 to 256" in done.stderr
    assert len(password) < 6 or password not in done.stdout + done.stderr

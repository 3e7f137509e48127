"""Settings come from the environment, or every mistake is named."""

from dataclasses import dataclass

import pytest

from chassis.settings import ServiceSettings, SettingsError, base_url, port, read_settings, setting


@dataclass(frozen=True, kw_only=True)
class Example(ServiceSettings):
    port: int = setting(port, 4000)
    upstream_url: str = setting(base_url)
    token: str = setting(str, "", secret=True)


URL = {"TECHCOMMERCE_UPSTREAM_URL": "http://api.shop.svc:5000/"}


def test_values_are_parsed_and_defaults_kept() -> None:
    found = read_settings(Example, {**URL, "TECHCOMMERCE_PORT": "8080", "TECHCOMMERCE_LOG_LEVEL": "DEBUG"})

    assert found == Example(port=8080, log_level="debug", upstream_url="http://api.shop.svc:5000")
    assert (found.graceful_timeout_seconds, found.keep_alive_seconds) == (30.0, 75.0)


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(Example, {"TECHCOMMERCE_PROT": "1", "TECHCOMMERCE_PORT": "99999", "HOME": "/"})

    assert caught.value.problems == [
        "TECHCOMMERCE_PROT is not a setting of this service; did you mean TECHCOMMERCE_PORT?",
        "TECHCOMMERCE_PORT must be a port from 1 to 65535, not '99999'",
        "TECHCOMMERCE_UPSTREAM_URL is required",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "٣"),
        ("KEEP_ALIVE_SECONDS", "nan"),
        ("KEEP_ALIVE_SECONDS", "-1"),
        ("LOG_LEVEL", "loud"),
        ("ENVIRONMENT", "two\nlines"),
        ("UPSTREAM_URL", "api:5000"),
        ("UPSTREAM_URL", "http://user:secret@api"),
        ("UPSTREAM_URL", "http://api/path"),
        ("UPSTREAM_URL", "http://api:port"),
    ],
)
def test_bad_values_are_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(Example, {**URL, f"TECHCOMMERCE_{name}": value})

    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(f"TECHCOMMERCE_{name} must")


def test_secrets_stay_out_of_the_representation() -> None:
    assert "hush" not in repr(read_settings(Example, {**URL, "TECHCOMMERCE_TOKEN": "hush"}))

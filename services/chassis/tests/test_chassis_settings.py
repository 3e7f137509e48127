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
        ("OTLP_ENDPOINT", "collector:4318"),
        ("OTLP_ENDPOINT", "http://collector:4318/v1/traces"),
        ("TRACE_RATE", "1.1"),
        ("REDIS_URL", "http://cache"),
        ("REDIS_URL", "redis://"),
        ("FAULT_ERROR_RATE", "2"),
        ("FAULT_ERROR_RATE", "nan"),
        ("FAULT_NOT_READY", "yes"),
        ("FAULT_LEAK_MIB_PER_SECOND", "-1"),
    ],
)
def test_bad_values_are_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(Example, {**URL, f"TECHCOMMERCE_{name}": value})

    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(f"TECHCOMMERCE_{name} must")


def test_what_is_optional_may_be_empty() -> None:
    given = {
        "OTLP_ENDPOINT": "http://collector:4318/",
        "REDIS_URL": "rediss://user:hush@cache:6380/1",
        "FAULT_NOT_READY": "true",
        "FAULT_ERROR_RATE": "0.25",
        "FAULT_LEAK_MIB_PER_SECOND": "1.5",
    }
    some = read_settings(Example, {**URL, **{f"TECHCOMMERCE_{name}": value for name, value in given.items()}})
    none = read_settings(Example, {**URL, "TECHCOMMERCE_OTLP_ENDPOINT": "", "TECHCOMMERCE_REDIS_URL": ""})

    assert (some.otlp_endpoint, some.redis_url) == ("http://collector:4318", "rediss://user:hush@cache:6380/1")
    assert (some.fault_not_ready, some.fault_error_rate, some.fault_leak_mib_per_second) == (True, 0.25, 1.5)
    assert "hush" not in repr(some)
    assert none == Example(upstream_url="http://api.shop.svc:5000")


def test_a_secret_url_is_never_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(Example, {**URL, "TECHCOMMERCE_REDIS_URL": "http://user:hush@cache"})

    assert caught.value.problems == ["TECHCOMMERCE_REDIS_URL must look like redis://host:6379/0"]


def test_secrets_stay_out_of_the_representation() -> None:
    assert "hush" not in repr(read_settings(Example, {**URL, "TECHCOMMERCE_TOKEN": "hush"}))

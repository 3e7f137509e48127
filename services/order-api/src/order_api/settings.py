"""What the order API can be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from chassis.database import database_url
from chassis.settings import ServiceSettings, base_url, port, seconds, setting
from chassis.tokens import DEVELOPMENT_KEYS, caller_keys, development_callers, require_keys, token_key

NAME = "order-api"


def notification_url(value: str) -> str:
    """An encoded http(s) URL without credentials and fragment, or "" for none; ValueError never repeats it."""
    parts = urlsplit(value)
    server = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
    if value and (not server or parts.fragment or not value.isascii() or " " in value):
        raise ValueError("must look like http://host:port/path, without credentials or fragment, or be empty")
    return value


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """ServiceSettings, the database, the neighbours, their keys and how long an order may stay half-done."""

    port: int = setting(port, 7000)
    database_url: str = setting(database_url, secret=True)
    product_api_url: str = setting(base_url)
    token_key: str = setting(token_key, "", secret=True)  # signs our calls
    caller_keys: Mapping[str, tuple[str, ...]] | None = setting(caller_keys, None, secret=True)
    notification_url: str = setting(notification_url, "", secret=True)  # "": notifications are lines of the log
    abandoned_seconds: float = setting(seconds, 600.0)  # far longer than any client keeps trying
    reconcile_seconds: float = setting(seconds, 60.0)  # between two looks at half-done orders

    def keys(self) -> tuple[str, Mapping[str, tuple[str, ...]]]:
        """Our key and those of our callers; SettingsError when they are missing or known to everybody."""
        callers = self.caller_keys or {}
        require_keys(self.environment, token_key=self.token_key, caller_keys=callers)
        return self.token_key or DEVELOPMENT_KEYS[NAME], callers or development_callers("frontend")

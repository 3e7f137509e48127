"""What the product API can be told."""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.database import database_url
from chassis.settings import ServiceSettings, port, seconds, setting
from chassis.tokens import caller_keys, development_callers, require_keys

CALLERS = ("frontend", "order-api")


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """ServiceSettings, the database to use, who may call, and how long answers are kept."""

    port: int = setting(port, 5000)
    database_url: str = setting(database_url, secret=True)
    caller_keys: Mapping[str, tuple[str, ...]] | None = setting(caller_keys, None, secret=True)
    cache_seconds: float = setting(seconds, 3.0)

    def callers(self) -> Mapping[str, tuple[str, ...]]:
        """Keys by caller; SettingsError when they are missing or known to everybody."""
        require_keys(self.environment, caller_keys=self.caller_keys or {})
        return self.caller_keys or development_callers(*CALLERS)

"""What the product API can be told."""

from dataclasses import dataclass

from chassis.database import database_url
from chassis.settings import ServiceSettings, port, setting


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """ServiceSettings and the database to use."""

    port: int = setting(port, 5000)
    database_url: str = setting(database_url, secret=True)

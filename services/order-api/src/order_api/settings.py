"""What the order API can be told."""

from dataclasses import dataclass

from chassis.database import database_url
from chassis.settings import ServiceSettings, base_url, port, setting


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """ServiceSettings, the database to use and where the product API is."""

    port: int = setting(port, 7000)
    database_url: str = setting(database_url, secret=True)
    product_api_url: str = setting(base_url)

"""What the frontend can be told."""

from dataclasses import dataclass

from chassis.settings import PREFIX, ServiceSettings, SettingsError, base_url, port, setting, text

DEVELOPMENT = "development"
SHORTEST_SECRET = 32


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """ServiceSettings, where the APIs are, the shop's name and the key that signs cookies."""

    port: int = setting(port, 3000)
    product_api_url: str = setting(base_url)
    order_api_url: str = setting(base_url)
    shop_name: str = setting(text, "TechCommerce")
    secret_key: str = setting(str, "", secret=True)

    def __post_init__(self) -> None:
        if self.environment != DEVELOPMENT and len(self.secret_key) < SHORTEST_SECRET:
            rule = f"needs {SHORTEST_SECRET} characters or more, unless {PREFIX}ENVIRONMENT={DEVELOPMENT}"
            raise SettingsError([f"{PREFIX}SECRET_KEY {rule}"])

"""What the frontend can be told."""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.settings import PREFIX, ServiceSettings, SettingsError, base_url, number, port, setting, text
from chassis.tokens import DEVELOPMENT, DEVELOPMENT_KEYS, require_keys, token_key
from frontend.accounts import staff_accounts

SHORTEST_SECRET = 32
MOST_HOPS = 8
# the hash of "staff", which everybody can read here, so refused wherever ENVIRONMENT is something else
DEVELOPMENT_STAFF = "$argon2id$v=19$m=19456,t=2,p=1$opcJxOGR3KtFnZ1P6ffqXA$1QsFkMoGyACRGhhOjFR0KpMT9OWeaawRtE+lc//V+QM"


def hops(value: str) -> int:
    """How many proxies stand in front and append to X-Forwarded-For, 0 to MOST_HOPS."""
    if not (value.isascii() and value.isdigit() and int(value[:3]) <= MOST_HOPS):
        raise ValueError(f"must be a number of proxies from 0 to {MOST_HOPS}, not {value!r}")
    return int(value)


def per_second(value: str) -> float:
    """Requests a second in the long run, more than 0 to 10000."""
    found = number(value, 10_000.0, "a number of requests a second from 0.01 to 10000")
    if found < 0.01:
        raise ValueError(f"must be a number of requests a second from 0.01 to 10000, not {value!r}")
    return found


def burst(value: str) -> int:
    """Requests at once, 1 to 100000."""
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:7]) <= 100_000):
        raise ValueError(f"must be a number of requests from 1 to 100000, not {value!r}")
    return int(value)


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """ServiceSettings, where the APIs are, the shop's name, its keys, its staff and its limits.

    With `trusted_hops` of 0 the address of the connection is the client's.
    """

    port: int = setting(port, 3000)
    product_api_url: str = setting(base_url)
    order_api_url: str = setting(base_url)
    shop_name: str = setting(text, "TechCommerce")
    secret_key: str = setting(str, "", secret=True)  # signs cookies
    token_key: str = setting(token_key, "", secret=True)  # signs calls to the APIs
    staff: Mapping[str, str] | None = setting(staff_accounts, None, secret=True)
    trusted_hops: int = setting(hops, 0)
    rate_limit_per_second: float = setting(per_second, 50.0)
    rate_limit_burst: int = setting(burst, 200)

    def __post_init__(self) -> None:
        if self.environment == DEVELOPMENT:
            return
        problems = []
        try:
            require_keys(self.environment, token_key=self.token_key)
        except SettingsError as error:
            problems += error.problems
        if len(self.secret_key) < SHORTEST_SECRET:
            rule = f"needs {SHORTEST_SECRET} characters or more, unless {PREFIX}ENVIRONMENT={DEVELOPMENT}"
            problems.append(f"{PREFIX}SECRET_KEY {rule}")
        if DEVELOPMENT_STAFF in (self.staff or {}).values():
            problems.append(f"{PREFIX}STAFF holds the development password, which everybody knows")
        if problems:
            raise SettingsError(problems)

    @property
    def signing_key(self) -> str:
        """The key that signs our calls."""
        return self.token_key or DEVELOPMENT_KEYS["frontend"]

    @property
    def accounts(self) -> Mapping[str, str]:
        """The hashes of staff by name; in development there is `staff` with the password `staff`."""
        if self.staff is not None:
            return self.staff
        return {"staff": DEVELOPMENT_STAFF} if self.environment == DEVELOPMENT else {}

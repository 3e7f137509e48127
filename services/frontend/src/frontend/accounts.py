"""Members of staff and their passwords."""

import asyncio
import re
from collections.abc import Mapping
from types import MappingProxyType

NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")
HASH = re.compile(r"\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{22,}")
MOST_MEMORY = 65_536  # KiB a hash may take, of the 120 MiB that a process may
LONGEST_PASSWORD = 256
# OWASP's smallest recommendation: a wrong guess costs us 19 MiB and some 20 ms
PASSES, MEMORY, LANES = 2, 19_456, 1


def staff_accounts(value: str) -> Mapping[str, str]:
    """Argon2id hashes by name from `name=hash;name=hash`; ValueError never repeats a hash."""
    accounts: dict[str, str] = {}
    for position, entry in enumerate(filter(None, value.strip().split(";")), start=1):
        name, _, hashed = entry.strip().partition("=")
        cost = HASH.fullmatch(hashed)
        if not NAME.fullmatch(name) or not cost or int(cost[1]) > MOST_MEMORY:
            raise ValueError(
                f"must be name=argon2id-hash;… of at most {MOST_MEMORY} KiB; entry {position} is not "
                "(make a hash with: python -m frontend hash-password)"
            )
        if name in accounts:
            raise ValueError(f"names the account of entry {position} twice")
        accounts[name] = hashed
    return MappingProxyType(accounts)


def hash_password(password: str) -> str:
    """The argon2id hash of `password` for TECHCOMMERCE_STAFF."""
    from argon2 import PasswordHasher  # most processes never see a password

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY, parallelism=LANES).hash(password)


class Accounts:
    """Checks passwords one at a time in a thread: a hash takes memory on purpose, and the loop must go on."""

    def __init__(self, hashes: Mapping[str, str]) -> None:
        self._hashes = hashes
        self._one_at_a_time = asyncio.Semaphore(1)
        self._nobodys_hash = ""

    def hash_of(self, name: str) -> str | None:
        """The hash of a member of staff, None for anybody else."""
        return self._hashes.get(name)

    async def verify(self, name: str, password: str) -> bool:
        """Whether `password` is that of `name`; takes as long for a name that nobody has."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._verify, name, password[:LONGEST_PASSWORD])

    def _verify(self, name: str, password: str) -> bool:
        from argon2 import PasswordHasher
        from argon2.exceptions import Argon2Error

        self._nobodys_hash = self._nobodys_hash or hash_password("nobody")
        try:
            PasswordHasher().verify(self._hashes.get(name, self._nobodys_hash), password)
        except Argon2Error:
            return False
        return name in self._hashes

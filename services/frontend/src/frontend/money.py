"""Amounts of money, in the smallest unit of their currency, for people and from people."""

import re

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}
AMOUNT = re.compile(r"(\d{1,7})(?:[.,](\d{1,2}))?")


def money(cents: int, currency: str) -> str:
    """An amount for people, such as €1,299.00."""
    symbol = SYMBOLS.get(currency, f"{currency} ")
    sign = "-" if cents < 0 else ""
    return f"{sign}{symbol}{abs(cents) // 100:,}.{abs(cents) % 100:02}"


def decimal(cents: int) -> str:
    """An amount for a field, such as 1299.00."""
    return f"{cents // 100}.{cents % 100:02}"


def cents(text: str) -> int | None:
    """Cents of 12, 12.5, 12,50 or 12.50; None for anything else."""
    found = AMOUNT.fullmatch(text.strip())
    if not found or not text.isascii():
        return None
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))

"""Amounts as Kubernetes writes them: 250m, 1.5, 64Mi, 1e3."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from decimal import Decimal

_FORM = re.compile(r"([+-]?)([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4}|[KMGTPE]i|[numkMGTPE]?)")
_LONGEST = 64  # characters; a longer one is no amount that anybody means
_MOST = Decimal(2**63 - 1)  # what Kubernetes cuts larger ones down to
_STEP = Decimal(1).scaleb(-9)  # and what it rounds smaller ones up to
_FACTORS: Mapping[str, Decimal] = {
    "": Decimal(1),
    **{
        suffix: Decimal(1).scaleb(exponent)
        for suffix, exponent in zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True)
    },
    **{f"{suffix}i": Decimal(1024) ** (index + 1) for index, suffix in enumerate("KMGTPE")},
}


def parse(value: object) -> Decimal | None:
    """The amount in cores, bytes or pieces; None for something that is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return _parse(str(value))


def suffix(value: object) -> str:
    """What follows the digits: `m` of 250m."""
    form = _FORM.fullmatch(value) if isinstance(value, str) and len(value) <= _LONGEST else None
    return form.group(3) if form else ""


def shown(amount: Decimal, resource: str) -> str:
    """An amount for people: 250m cores, 1.5Gi."""
    if "memory" in resource or "storage" in resource:
        return _shown_bytes(amount)
    return _plain(amount) if amount == amount.to_integral_value() else f"{_plain(amount * 1000)}m"


@functools.lru_cache(maxsize=4096)
def _parse(text: str) -> Decimal | None:
    form = _FORM.fullmatch(text) if len(text) <= _LONGEST else None
    if form is None:
        return None
    sign, digits, ending = form.groups()
    number = Decimal(digits)
    if ending[:1] in ("e", "E") and len(ending) > 1 and ending != "Ei":
        number = number.scaleb(int(ending[1:]))
    else:
        number *= _FACTORS[ending]
    if number:
        number = min(max(number, _STEP), _MOST)
    return -number if sign == "-" else number


def _shown_bytes(amount: Decimal) -> str:
    for unit in ("Gi", "Mi", "Ki"):
        if abs(amount) >= _FACTORS[unit]:
            return _plain(round(amount / _FACTORS[unit], 2)) + unit
    return _plain(amount)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

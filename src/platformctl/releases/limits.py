"""The limit that a metric's condition sets: `result[0] >= 0.99` means at least 0.99."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ARGUMENT = re.compile(r"\{\{\s*args\.([\w.-]+)\s*\}\}")
# a comparison of the result itself, not of how many results there are
_COMPARED = re.compile(
    r"(?<![\w(])(?:default\()?result(?:\[\d+\])?(?:,[^)]*\))?\s*(<=|>=|<|>)\s*([0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)"
)
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True)
class Limit:
    """What a good value looks like: `operator` is one of <, <=, >, >=."""

    operator: str
    value: float

    def __str__(self) -> str:
        return f"{ {'<=': '≤', '>=': '≥'}.get(self.operator, self.operator) } {self.value:g}"

    def holds(self, value: float) -> bool:
        """Whether a value is good; one that is no number never is."""
        return {
            "<": value < self.value,
            "<=": value <= self.value,
            ">": value > self.value,
            ">=": value >= self.value,
        }[self.operator]


def filled(condition: str, arguments: Mapping[str, str]) -> str:
    """A condition with its arguments put in; one that is not known stays as it is written."""
    return _ARGUMENT.sub(lambda found: arguments.get(found[1], found[0]), condition)


def limit(success: str, failure: str) -> Limit | None:
    """The one limit in a success condition, or a failure condition turned around; None when it is not that simple."""
    for condition, good in ((success, True), (failure, False)):
        found = {(each[1], float(each[2])) for each in _COMPARED.finditer(condition)}
        if len(found) == 1:
            operator, value = found.pop()
            return Limit(operator if good else _OPPOSITE[operator], value)
    return None

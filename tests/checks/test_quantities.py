"""Amounts are read as Kubernetes reads them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platformctl.checks import limits, quantities
from platformctl.checks.numbers import scaled, whole
from platformctl.errors import PlatformError
from platformctl.repo import Repo


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("0", "0"),
        (1, "1"),
        (0.5, "0.5"),
        (1e3, "1000"),
        ("250m", "0.25"),
        ("1.5", "1.5"),
        ("1.", "1"),
        (".5Gi", "536870912"),
        ("100u", "0.0001"),
        ("1n", "0.000000001"),
        ("0.1n", "0.000000001"),  # rounded up, never to nothing
        ("1k", "1000"),
        ("1M", "1000000"),
        ("1G", "1000000000"),
        ("1T", "1000000000000"),
        ("1P", "1000000000000000"),
        ("1E", "1000000000000000000"),
        ("1Ki", "1024"),
        ("64Mi", "67108864"),
        ("1Ti", "1099511627776"),
        ("1Pi", "1125899906842624"),
        ("1Ei", "1152921504606846976"),
        ("100E", str(2**63 - 1)),  # cut down, as the API server does
        ("1e3", "1000"),
        ("12E2", "1200"),
        ("5e-1", "0.5"),
        ("1e9999", str(2**63 - 1)),
        ("-5Mi", "-5242880"),
        ("+3", "3"),
        ("-0", "0"),
    ],
)
def test_amounts(written: object, amount: str) -> None:
    """Every suffix, exponents, and what is too large or too small."""
    assert quantities.parse(written) == Decimal(amount)


@pytest.mark.parametrize(
    "written",
    ["", " 1", "1 ", "128M i", "1K", "1ki", "1mi", "1Mib", "64MB", "1e", "1e3Mi", "--1", ".", "m", "1,5", "0x10",
     "\uff11", "9" * 70, "1\n", None, True, [], {}, float("nan"), float("inf")],
)  # fmt: skip
def test_what_is_no_amount(written: object) -> None:
    """Nothing is guessed."""
    assert quantities.parse(written) is None


@given(st.one_of(st.text(max_size=12), st.floats(), st.integers(), st.from_regex(r"[0-9.eE+-]{1,8}[KMGTPEinum]{0,2}")))
def test_nothing_raises(written: object) -> None:
    """Whatever is written is an amount or none."""
    amount = quantities.parse(written)

    assert amount is None or abs(amount) <= 2**63 - 1


@pytest.mark.parametrize(
    ("amount", "resource", "shown"),
    [
        ("0.25", "cpu", "250m"),
        ("8", "limits.cpu", "8"),
        ("1610612736", "memory", "1.5Gi"),
        ("67108864", "requests.memory", "64Mi"),
        ("12", "memory", "12"),
        ("40", "pods", "40"),
    ],
)
def test_amounts_for_people(amount: str, resource: str, shown: str) -> None:
    """Messages use the units that people write."""
    assert quantities.shown(Decimal(amount), resource) == shown


@pytest.mark.parametrize(
    ("value", "total", "up", "amount"),
    [
        (3, 10, True, 3),
        ("25%", 10, True, 3),
        ("25%", 10, False, 2),
        ("100%", 3, False, 3),
        ("0%", 7, True, 0),
        ("1%", 1, True, 1),
        ("33", 10, True, None),
        ("x%", 10, True, None),
        (True, 10, True, None),
        (None, 10, True, None),
        (2.5, 10, True, None),
    ],
)
def test_percentages_are_rounded_as_asked(value: object, total: int, up: bool, amount: int | None) -> None:
    """An IntOrString is a number or a percentage and nothing else."""
    assert scaled(value, total, up=up) == amount


def test_booleans_are_no_numbers() -> None:
    """YAML's true is no 1."""
    assert whole(True, 7) == 7
    assert whole("3", 7) == 7
    assert whole(3, 7) == 3


def test_limits_of_a_namespace_come_before_those_of_all(repo: Repo) -> None:
    """policy/limits.yaml is read, and production is bounded more tightly than an unknown namespace."""
    found = limits.load(repo)

    assert found.most("production")["memory"] < found.most("elsewhere")["memory"]
    assert "service" in found.priority_classes


@pytest.mark.parametrize(
    "text",
    [
        "containers: {everywhere: {cpu: two}}\nratios: {cpu: 2}\npriorityClasses: []\n",
        "containers: {everywhere: {cpu: -1}}\nratios: {cpu: 2}\npriorityClasses: []\n",
        "containers: {everywhere: {}}\nratios: {cpu: 2}\npriorityClasses: []\n",
        "containers: []\nratios: {cpu: 2}\npriorityClasses: []\n",
        "containers: {}\nratios: {cpu: 2}\npriorityClasses: service\n",
        "containers: {}\nratios: {cpu: 2}\npriorityClasses: []\nspare: 1\n",
        "containers: {}\n",
        "[]\n",
        "",
    ],
)
def test_limits_that_are_none_are_refused(text: str, tmp_path: Path) -> None:
    """A gate without bounds would pass everything."""
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy/limits.yaml").write_text(text)

    with pytest.raises(PlatformError, match="policy/limits.yaml"):
        limits.load(Repo(tmp_path))

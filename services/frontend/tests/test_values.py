"""Values that need no application: money, carts, forms."""

import pytest

from frontend.cart import MOST_LINES, MOST_PIECES, Cart
from frontend.checkout_form import CheckoutForm
from frontend.money import cents, decimal, money
from frontend.product_form import whole_number
from frontend.products import Product, varied


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(129900, "EUR", "€1,299.00"), (5, "USD", "$0.05"), (0, "GBP", "£0.00"), (12345, "CHF", "CHF 123.45"),
     (-150, "EUR", "-€1.50")],
)  # fmt: skip
def test_money_is_written_for_people(amount: int, currency: str, text: str) -> None:
    assert money(amount, currency) == text


@pytest.mark.parametrize(
    ("text", "amount"),
    [("12", 1200), (" 12.5 ", 1250), ("12,50", 1250), ("0.05", 5), ("", None), ("1.234", None), ("1e3", None),
     ("-1", None), ("\u0661", None), ("99999999", None), ("1,299.00", None)],
)  # fmt: skip
def test_money_of_people_is_read(text: str, amount: int | None) -> None:
    assert cents(text) == amount


def test_what_is_written_into_a_field_can_be_read_again() -> None:
    assert all(cents(decimal(amount)) == amount for amount in (0, 5, 99, 100, 12345))


@pytest.mark.parametrize(
    "stored",
    [None, [], "x", {"a": "1"}, {"a": True}, {"a": 0}, {"a": -1}, {"a": 100}, {"../x": 1}, {"": 1}, {"A": 1}, {1: 1}],
)
def test_what_is_no_cart_is_an_empty_one(stored: object) -> None:
    assert Cart.of(stored) == Cart({})


def test_a_huge_cart_is_cut() -> None:
    assert len(Cart.of({f"p{number}": 1 for number in range(1000)}).quantities) == MOST_LINES


def test_a_line_keeps_its_place_and_its_limit() -> None:
    cart = Cart({}).add("a", 1).add("b", 2).add("a", 1000)

    assert list(cart.quantities.items()) == [("a", MOST_PIECES), ("b", 2)]
    assert cart.put("a", 0).quantities == {"b": 2}
    assert cart.put("c", 0) == cart
    assert cart.pieces == MOST_PIECES + 2


@pytest.mark.parametrize(
    ("text", "number"),
    [("5", 5), ("-5", -5), ("+5", 5), ("--5", None), ("5.0", None), ("", None), ("-", None), ("12345678", None),
     ("\u0665", None)],
)  # fmt: skip
def test_whole_numbers(text: str, number: int | None) -> None:
    assert whole_number(text) == number


def test_an_address_is_three_lines() -> None:
    form = CheckoutForm.of({"street": " 12  Any Street ", "postal_code": "1", "city": "Town", "country": "Spain"})

    assert form.address == "12 Any Street\n1 Town\nSpain"


def product(name: str, category: str) -> Product:
    """A product of which only name and category matter."""
    return Product(name, name, "", category, 100, "EUR", 1, 1)


def test_a_row_shows_every_category_before_one_twice() -> None:
    shelf = [product(*words.split()) for words in ("a1 a", "a2 a", "a3 a", "b1 b", "c1 c", "b2 b")]

    assert [each.name for each in varied(shelf, 4)] == ["a1", "b1", "c1", "a2"]
    assert [each.name for each in varied(shelf, 9)] == ["a1", "b1", "c1", "a2", "b2", "a3"]

"""What is read from catalogue files, and what is said about the mistakes in them."""

import json

import pytest

from product_api.catalogue_file import CSV, JSON, MOST_MISTAKES, read
from product_api.errors import CatalogueFileError

NAMES = "name,category,price_cents"
LAMP = {"name": "Lamp", "category": "Light", "price_cents": 5}


def mistakes(raw: str | bytes, kind: str) -> list[tuple[int, str, str]]:
    with pytest.raises(CatalogueFileError) as caught:
        read(raw.encode() if isinstance(raw, str) else raw, kind)
    return [(mistake.line, mistake.pointer, mistake.detail) for mistake in caught.value.mistakes]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{NAMES}\nLamp,Light,5", [("lamp", "Lamp", "", 5)]),
        (f"\ufeff{NAMES}\r\nLamp,Light,5\r\n", [("lamp", "Lamp", "", 5)]),
        (f'{NAMES}\n"Lamp, ""bright""",Light, 5 ', [("lamp-bright", 'Lamp, "bright"', "", 5)]),
        (
            f'{NAMES},description\nLamp,Light,5,"Two\nlines"\n\n,,,\nTorch,Light,6,',
            [("lamp", "Lamp", "Two\nlines", 5), ("torch", "Torch", "", 6)],
        ),
        (
            f" {NAMES} ,id,stock,currency\nLamp,Light,5,b,,\nTorch,Light,6,a,1,USD",
            [("a", "Torch", "", 6), ("b", "Lamp", "", 5)],
        ),
        (f"{NAMES}\nLämpchen größer,Licht,5", [("lampchen-groer", "Lämpchen größer", "", 5)]),
    ],
)  # fmt: skip
def test_csv_is_read(text: str, found: list[tuple[str, str, str, int]]) -> None:
    products = read(text.encode(), CSV)

    assert [(product.id, product.name, product.description, product.price_cents) for product in products] == found


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("", [(1, "", "must name the columns, but the file is empty")]),
        ("\n\n", [(1, "", "must name the columns, but the file is empty")]),
        (NAMES, [(1, "", "the file has no products")]),
        (
            "naem,category,price,prize_cents",
            [
                (1, "", "names the unknown column naem; did you mean name?"),
                (1, "", "names the unknown column price; did you mean price_cents?"),
                (1, "", "names the unknown column prize_cents; did you mean price_cents?"),
                (1, "", "does not name the column name"),
                (1, "", "does not name the column price_cents"),
            ],
        ),
        (f"{NAMES},name,\x00,zzz", [
            (1, "", "names the unknown column (unreadable)"),
            (1, "", "names the unknown column zzz"),
            (1, "", "names the column name twice"),
        ]),
        ("name;category;price_cents\nLamp;Light;5", [(1, "", "separates columns by semicolons; use commas")]),
        (f"{NAMES}\nLamp,Light,5\nTorch,Light", [(3, "", "has 2 columns where the first line names 3")]),
        (f'{NAMES}\nLamp,Light,5\nTorch,"Light,6', [(3, "", "is not CSV: unexpected end of data")]),
        (f'{NAMES}\nLamp,"Light"x,5', [(2, "", "is not CSV: ',' expected after '\"'")]),
        (f"{NAMES}\n{'x' * 200_000},Light,5", [(2, "", "is not CSV: field larger than field limit (131072)")]),
        (
            f'{NAMES},description\nLamp,Light,5,"a\nb\nc"\n,Light,-1,\nTorch,,1.5,x\x00y',
            [
                (5, "/price_cents", "must be from 0 to 2147483647"),
                (5, "/name", "is required"),
                (6, "/description", "must not contain control characters"),
                (6, "/category", "is required"),
                (6, "/price_cents", "must be a whole number"),
            ],
        ),
        (f"{NAMES}\nLamp,Light,99999999999999999999", [(2, "/price_cents", "must be a whole number")]),
        (f"{NAMES}\nLamp,Light,5\n\nlamp,Light,6", [(4, "/id", "is lamp, as in line 2")]),
        (f"{NAMES}\nLamp,Light,5\nÄ,L,6\n".encode("latin-1"), [(3, "", "is not UTF-8; save the file as UTF-8")]),
        (f"{NAMES}\nLamp,Light,5".encode("utf-16"), [(1, "", "is not UTF-8; save the file as UTF-8")]),
    ],
)  # fmt: skip
def test_mistakes_in_csv_are_told_by_line(raw: str | bytes, found: list[tuple[int, str, str]]) -> None:
    assert sorted(mistakes(raw, CSV)) == sorted(found)


def test_json_is_read() -> None:
    text = json.dumps([{**LAMP, "name": name} for name in ("Torch", "Lamp")], indent=2)
    for raw in (text.encode(), b"\xef\xbb\xbf\n " + text.encode() + b"\n"):
        assert [product.id for product in read(raw, JSON)] == ["lamp", "torch"]


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("", [(1, "", "is not JSON: the file must hold a list of products")]),
        ("{}", [(1, "", "is not JSON: the file must hold a list of products")]),
        ("\n[\n]", [(1, "", "the file has no products")]),
        ("[\n{},\n\n3]", [
            (2, "/name", "is required"), (2, "/category", "is required"), (2, "/price_cents", "is required"),
            (4, "", "must be an object"), (4, "/name", "is required"), (4, "/category", "is required"),
            (4, "/price_cents", "is required"),
        ]),
        (
            f"[{json.dumps(LAMP)}\n{json.dumps(LAMP)}]",
            [(2, "", "is not JSON: a comma or the end of the list is missing")],
        ),
        (f"[{json.dumps(LAMP)},\n{json.dumps(LAMP)}]", [(2, "/id", "is lamp, as in line 1")]),
        (f"[{json.dumps(LAMP)}]\n]", [(2, "", "is not JSON: something follows the list")]),
        (f"[{json.dumps(LAMP)},\n", [(2, "", "is not JSON: Expecting value")]),
        (f"[{json.dumps(LAMP)},\n]", [(2, "", "is not JSON: Expecting value")]),
        ("[\n{,]", [(2, "", "is not JSON: Expecting property name enclosed in double quotes")]),
        ("[\n" + "[" * 100_000, [(2, "", "is not JSON: nested too deeply")]),
        ("[\n" + "9" * 10_000 + "]", [(2, "", "is not JSON: a number that is none")]),
        ("[\nNaN]", [(2, "", "is not JSON: a number that is none")]),
        (b'[\n"\xff"]', [(2, "", "is not UTF-8; save the file as UTF-8")]),
        ('[{"name": "\\ud800", "category": "\\u0000", "price_cents": "5"}]', [
            (1, "/name", "must not contain control characters"),
            (1, "/category", "must not contain control characters"),
            (1, "/price_cents", "must be a whole number"),
        ]),
    ],
)  # fmt: skip
def test_mistakes_in_json_are_told_by_line(raw: str | bytes, found: list[tuple[int, str, str]]) -> None:
    assert sorted(mistakes(raw, JSON)) == sorted(found)


def test_many_mistakes_are_counted_and_the_first_hundred_shown() -> None:
    text = NAMES + "\nLamp,Light,x" * 250
    with pytest.raises(CatalogueFileError) as caught:
        read(text.encode(), CSV)

    assert (len(caught.value.mistakes), caught.value.more) == (MOST_MISTAKES, 150)
    assert caught.value.mistakes[-1].line == 101


def test_a_file_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("product_api.catalogue_file.MOST_PRODUCTS", 2)
    rows = [f"Lamp {number},Light,5" for number in range(3)]

    assert len(read("\n".join([NAMES, *rows[:2]]).encode(), CSV)) == 2
    assert mistakes("\n".join([NAMES, *rows]), CSV) == [(4, "", "is product 3; split the file, 2 fit into one")]

"""The commands of the service."""

import json
from pathlib import Path

import pytest
from testing.process import finished

from product_api.generated import generated_products

HEADER = "id,name,category,price_cents,stock\n"


def last_event(out: str) -> dict[str, object]:
    return dict(json.loads(out.splitlines()[-1]))


async def test_a_catalogue_is_made_changed_and_imported(database_url: str, tmp_path: Path) -> None:
    for arguments, event, added in (
        (("migrate", "--seed"), "seeded", 77),
        (("seed",), "seeded", 0),
        (("seed", "--products", "300"), "seeded", 300),
        (("seed", "--products", "300"), "seeded", 0),
    ):
        code, out, err = await finished("-m", "product_api", *arguments, database_url=database_url)
        last = last_event(out)
        assert (code, err, last["event"], last["added"]) == (0, "", event, added)

    file = tmp_path / "products.csv"
    file.write_text(f"{HEADER}glide-mouse,Glide Mouse Two,Accessories,7900,\nnew,New,Accessories,1,1\n")
    code, out, err = await finished("-m", "product_api", "import", str(file), database_url=database_url)
    last = last_event(out)
    assert (code, err, last["created"], last["updated"], last["unchanged"]) == (0, "", 1, 1, 0)


@pytest.mark.parametrize(
    ("name", "text", "code", "lines"),
    [
        (
            "bad.csv",
            f"{HEADER}a,,Accessories,x,\n",
            1,
            [
                "FILE:2: price_cents must be a whole number",
                "FILE:2: name is required",
                "product-api: 2 mistakes; nothing was imported",
            ],
        ),
        ("bad.json", "[\n{]", 1, ["FILE:2: is not JSON: Expecting property name", "product-api: 1 mistakes;"]),
        ("none.csv", None, 2, ["product-api: FILE cannot be read: No such file or directory"]),
    ],
)
async def test_a_bad_file_is_told_by_line(
    sqlite_url: str, tmp_path: Path, name: str, text: str | None, code: int, lines: list[str]
) -> None:
    file = tmp_path / name
    if text is not None:
        file.write_text(text)
    ended, out, err = await finished("-m", "product_api", "import", str(file), database_url=sqlite_url)

    told = sorted(err.replace(str(file), "FILE").splitlines())
    assert (ended, out, len(told)) == (code, "", len(lines))
    for expected, line in zip(sorted(lines), told, strict=True):
        assert line.startswith(expected)


async def test_an_import_without_a_file_is_bad_usage(sqlite_url: str) -> None:
    code, _, err = await finished("-m", "product_api", "import", database_url=sqlite_url)

    assert (code, err) == (2, "product-api: import needs a file: import FILE.csv or import FILE.json\n")


async def test_keys_are_needed_to_serve_and_for_nothing_else(sqlite_url: str) -> None:
    code, _, err = await finished("-m", "product_api", database_url=sqlite_url, environment="production")

    assert (code, err) == (
        2,
        "product-api: TECHCOMMERCE_CALLER_KEYS is required, unless TECHCOMMERCE_ENVIRONMENT=development\n",
    )
    assert (await finished("-m", "product_api", "migrate", database_url=sqlite_url))[0] == 0


def test_generated_catalogues_are_always_the_same() -> None:
    some = list(generated_products(1000))

    assert some == list(generated_products(1000))
    assert len({product.id for product in some}) == 1000
    assert len({product.category for product in some}) == 10
    assert 40 < sum(product.stock == 0 for product in some) < 130

"""Search gives the same answers on both databases."""

from collections.abc import Awaitable, Callable

import pytest
from product_calls import names
from quart.typing import TestClientProtocol as Client

from product_api.search import Search, Tier

Find = Callable[[str], Awaitable[list[str]]]
# name: category, description
SHELF = {
    "Whisper Keyboard": ("Accessories", "Flat, quiet keys for three devices."),
    "Desk Mat": ("Accessories", "Keeps the keyboard warm and the mouse quiet."),
    "Glide Mouse": ("Accessories", "Quiet clicks, and batteries for two years."),
    "Kabel für Größe L": ("Zubehör", "Ein Café-Kabel, naïve Länge: 2m/USB-C."),
    "Battery Box": ("Laptops", "For every wi-fi/bluetooth case; e-mail: help@example.org"),
    "Aurora 14": ("Laptops", "27-inch? No: 14-inch, 3.5 kg."),
    "Сова": ("Книги", "Йод и ёлка"),
}


@pytest.fixture
async def find(client: Client, staff: dict[str, str]) -> Find:
    for name, (category, description) in SHELF.items():
        body = {"name": name, "category": category, "description": description, "price_cents": 1}
        if not name.isascii():
            body["id"] = f"product-{len(name)}"
        assert (await client.post("/api/products", json=body, headers=staff)).status_code == 201

    async def found(text: str) -> list[str]:
        several, one = await names(client, q=text), await names(client, q=text, limit="1")
        assert several == one
        assert sorted(several) == await names(client, q=text, sort="name", limit="2")
        return several

    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("keyboard", ["Whisper Keyboard", "Desk Mat"]),  # in the name first, though the other is newer
        ("keyb", ["Whisper Keyboard", "Desk Mat"]),
        ("keyb quiet", []),  # only the last word may be begun
        ("quiet keyb", ["Desk Mat", "Whisper Keyboard"]),
        ("QUIET", ["Glide Mouse", "Desk Mat", "Whisper Keyboard"]),
        ("keyboards", ["Whisper Keyboard", "Desk Mat"]),
        ("battery", ["Battery Box", "Glide Mouse"]),
        ("batteries", ["Glide Mouse", "Battery Box"][::-1]),
        ("boxes", ["Battery Box"]),
        ("cases", ["Battery Box"]),
        ("laptop", ["Aurora 14", "Battery Box"]),  # the category counts like the name
        ("laptop battery", ["Battery Box"]),
        ("grosse", []),
        ("größe", ["Kabel für Größe L"]),
        ("GROSSE KABEL", []),
        ("große", ["Kabel für Größe L"]),
        ("cafe", ["Kabel für Größe L"]),
        ("NAÏVE lange", ["Kabel für Größe L"]),
        ("nai\u0308ve", ["Kabel für Größe L"]),
        ("usb-c", ["Kabel für Größe L"]),
        ("usb c", ["Kabel für Größe L"]),
        ("bluetooth", ["Battery Box"]),
        ("wifi", []),
        ("example.org", ["Battery Box"]),
        ("inch", ["Aurora 14"]),
        ("14-inch", ["Aurora 14"]),
        ("3.5", ["Aurora 14"]),
        ("йод", ["Сова"]),
        ("%", []),
        ("_", []),
        ("' OR 1=1 --", []),
        ('"keyboard" NOT mouse', []),
        ("name:keyboard", []),
        ("keyboard*", ["Whisper Keyboard", "Desk Mat"]),
        ("keyboard & !mouse", ["Desk Mat"]),
        ("a" * 100, []),
        ("😀 mouse", ["Glide Mouse", "Desk Mat"]),
        (") ( | : \\ mouse", ["Glide Mouse", "Desk Mat"]),
    ],
)
async def test_words_are_found(find: Find, text: str, found: list[str]) -> None:
    assert await find(text) == found


async def test_what_changed_is_found_as_it_is_now(
    client: Client, staff: dict[str, str], lamp: dict[str, object]
) -> None:
    await client.post("/api/products", json=lamp, headers=staff)
    changed = {"name": "Torch", "category": "Light", "price_cents": 1}
    await client.put("/api/products/desk-lamp", json=changed, headers={**staff, "If-Match": "*"})
    assert (await names(client, q="desk"), await names(client, q="torch")) == ([], ["Torch"])

    await client.delete("/api/products/desk-lamp", headers={**staff, "If-Match": "*"})
    assert await names(client, q="torch") == []


def test_words_in_the_languages_of_the_databases() -> None:
    search = Search.of("Quiet  Bàtteries")

    assert search.words == ("quiet", "bàtteries")
    assert search.tsquery() == "('quiet' | 'quiets') & ('batteries':*)"
    assert search.fts5(Tier.ANY) == '("quiet" OR "quiets") AND ("bàtteries" *)'
    assert search.fts5(Tier.BELOW) == f"({search.fts5(Tier.ANY)}) NOT ({search.fts5(Tier.HEADING)})"


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("battery", "batteries"),
        ("batteries", "battery"),
        ("key", "keys"),
        ("box", "boxes"),
        ("cases", "cas,case"),
        ("glass", "glasses"),
        ("switch", "switches"),
        ("usb", "usbs"),
        ("tv", ""),
        ("4k", ""),
        ("größe", ""),
    ],
)
def test_singulars_and_plurals(word: str, others: str) -> None:
    alternatives = [f'"{one}"' for one in (word, *filter(None, others.split(",")))]

    assert Search((word, "x")).fts5(Tier.ANY).split(" AND ")[0] == f"({' OR '.join(alternatives)})"

"""Drawings of products."""

import re
from xml.etree import ElementTree

import pytest

from frontend.pictures import CATEGORIES, OTHER, TONES, WORDS, drawings, picture_name

DRAWINGS = drawings()


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_every_drawing_is_whole(name: str) -> None:
    content = DRAWINGS[name].decode()
    root = ElementTree.fromstring(content)  # noqa: S314 - our own files

    assert root.attrib["viewBox"] == "0 0 240 180"
    assert "@" not in content
    assert not re.search(r"<script|<style|href|url\(", content)


def test_every_word_and_category_leads_to_a_drawing() -> None:
    shapes = {shape for _, shape in WORDS} | {shape for several in CATEGORIES.values() for shape in several} | {*OTHER}

    assert {f"{shape}-{tone}.svg" for shape in shapes for tone in TONES} == set(DRAWINGS)


@pytest.mark.parametrize(
    ("name", "category", "shape"),
    [
        ("Hush Over-Ear Headphones", "Audio", "headphones"),
        ("Slate 15 Portable Monitor", "Displays", "portable-monitor"),
        ("Nimbus 5 Max Phone", "Phones", "phone-large"),
        ("Nameless thing", "Networking", "router"),
        ("Nameless thing", "Garden", "parcel"),
        ("", "", "parcel"),
    ],
)
def test_a_name_decides_before_a_category(name: str, category: str, shape: str) -> None:
    assert picture_name("some-id", name, category).rpartition("-")[0] == shape


def test_a_product_always_gets_the_same_drawing() -> None:
    names = {picture_name(f"id-{number}", "A laptop", "Laptops") for number in range(40)}

    assert picture_name("id-1", "A laptop", "Laptops") == picture_name("id-1", "A laptop", "Laptops")
    assert names == {f"laptop-{tone}.svg" for tone in TONES}

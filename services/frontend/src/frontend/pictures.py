"""Drawings of products: the shop has no photographs, and loads nothing from elsewhere.

A product always gets the same drawing in the same colours, so that a browser and a CDN can keep it.
"""

import hashlib
import re
from importlib import resources

from frontend.products import slug

COMMON = {
    "ink": "#14262e",
    "glow": "#bfe3e0",
    "paper": "#fbfaf5",
    "teal": "#2a8c99",
    "wood": "#b98a5a",
    "glass": "#b9cdd1",
}
TONES = {
    "graphite": {
        "body": "#43545e", "shade": "#2c3a43", "light": "#6c7f89", "screen": "#1d4f5f", "deep": "#0f2f3a",
        "accent": "#ffc533",
    },
    "chalk": {
        "body": "#edebe1", "shade": "#b7b8ae", "light": "#ffffff", "screen": "#a9d3c8", "deep": "#4f978d",
        "accent": "#e2683f",
    },
    "petrol": {
        "body": "#1f6f80", "shade": "#14515f", "light": "#4c9fae", "screen": "#12303c", "deep": "#1f6f80",
        "accent": "#ffc533",
    },
    "coral": {
        "body": "#e27a5c", "shade": "#b5583d", "light": "#f2a68e", "screen": "#553452", "deep": "#33203a",
        "accent": "#ffcf5e",
    },
}  # fmt: skip
# the first word of a name that is here decides, longer ones before those they hold
WORDS = (
    ("tower", "tower"), ("mini pc", "mini-pc"), ("all-in-one", "all-in-one"), ("server", "server"),
    ("network storage", "server"), ("graphics", "graphics-card"), ("mainboard", "mainboard"), ("cooler", "cooler"),
    ("processor", "processor"), ("memory kit", "memory"), ("memory card", "card"), ("usb stick", "stick"),
    ("power supply", "power-supply"), ("mat ", "mat"), ("toner", "toner"), ("access point", "access-point"),
    ("workstation", "workstation"), ("ultrawide", "ultrawide"), ("portable monitor", "portable-monitor"),
    ("pen display", "pen-display"), ("drawing", "pen-display"), ("max phone", "phone-large"),
    ("rugged", "phone-rugged"),
    ("headphone", "headphones"), ("over-ear", "headphones"), ("headset", "headphones"), ("earbud", "earbuds"),
    ("buds", "earbuds"), ("in-ear", "earbuds"), ("bookshelf", "speakers"), ("speakers", "speakers"),
    ("soundbar", "speaker"), ("speaker", "speaker"), ("recorder", "recorder"), ("microphone", "microphone"),
    ("turntable", "speaker"), ("webcam", "webcam"), ("camera", "camera"), ("doorbell", "sensor"),
    ("thermostat", "thermostat"), ("bulb", "bulbs"), ("lamp", "lamp"), ("light", "lamp"), ("sensor", "sensor"),
    ("plug", "plug"), ("socket", "plug"), ("keyboard", "keyboard"), ("numpad", "keyboard"), ("mouse", "mouse"),
    ("trackball", "mouse"), ("hub", "hub"), ("dock", "hub"), ("card reader", "hub"), ("router", "router"),
    ("mesh", "router"), ("switch", "switch"), ("bridge", "router"), ("watch", "watch"), ("band", "watch"),
    ("tablet", "tablet"), ("reader", "tablet"), ("ssd", "drive"), ("drive", "drive"), ("nas", "drive"),
    ("charger", "charger"), ("power bank", "charger"), ("battery", "charger"), ("adapter", "charger"),
    ("cable", "cable"), ("controller", "controller"), ("gamepad", "controller"), ("console", "controller"),
    ("printer", "printer"), ("scanner", "printer"), ("backpack", "bag"), ("sleeve", "bag"), ("bag", "bag"),
    ("case", "bag"), ("projector", "projector"), ("beamer", "projector"), ("stand", "stand"), ("arm", "stand"),
    ("mount", "stand"), ("monitor", "monitor"), ("display", "monitor"), ("laptop", "laptop"), ("notebook", "laptop"),
    ("phone", "phone"),
)  # fmt: skip
CATEGORIES = {
    "laptops": ("laptop", "workstation"), "phones": ("phone", "phone-large", "phone-rugged"),
    "audio": ("headphones", "earbuds", "speaker", "speakers"), "displays": ("monitor", "ultrawide"),
    "accessories": ("hub", "keyboard", "mouse", "cable"), "smart-home": ("lamp", "plug", "sensor", "thermostat"),
    "tablets": ("tablet",), "wearables": ("watch",), "networking": ("router",), "storage": ("drive",),
    "gaming": ("controller",), "cameras": ("camera",), "printers": ("printer",), "home-office": ("stand", "lamp"),
    "desktops": ("tower", "mini-pc", "all-in-one"), "components": ("processor", "mainboard", "memory"),
    "printing": ("printer", "toner"),
}  # fmt: skip
OTHER = ("parcel",)
TOKEN = re.compile(r"@([a-z]+)")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 180">{}</svg>'


def picture_name(product_id: str, name: str, category: str) -> str:
    """The file name of a product's drawing, such as headphones-coral.svg."""
    words = f" {name.lower()} "
    luck = int(hashlib.sha256(product_id.encode()).hexdigest()[:8], 16)
    choices = CATEGORIES.get(slug(category), OTHER)
    shape = next((shape for word, shape in WORDS if f" {word}" in words), choices[luck % len(choices)])
    return f"{shape}-{tuple(TONES)[luck // 16 % len(TONES)]}.svg"


def drawings() -> dict[str, bytes]:
    """Every drawing in every tone, by file name."""
    made = {}
    for file in resources.files("frontend").joinpath("drawings").iterdir():
        content = SVG.format("".join(line.strip() for line in file.read_text("utf-8").splitlines()))
        for tone, colours in TONES.items():
            made[f"{file.name.removesuffix('.svg')}-{tone}.svg"] = _coloured(content, {**COMMON, **colours})
    return made


def _coloured(content: str, colours: dict[str, str]) -> bytes:
    return TOKEN.sub(lambda found: colours[found[1]], content).encode()

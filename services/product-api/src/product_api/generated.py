"""Large catalogues made by rules, for measurements: always the same, and distributed like a shop's.

A few words are in every tenth product and most are rare, prices spread over three orders of magnitude, and one product
in twelve is sold out.
"""

import random
from collections.abc import Iterator

from product_api.domain import NewProduct, id_from

# category: what it sells, and a price that is common for it
KINDS = {
    "Laptops": (("Laptop", "Notebook", "Convertible", "Workstation"), 110_000),
    "Displays": (("Monitor", "Ultrawide Monitor", "Portable Monitor", "Pen Display"), 40_000),
    "Phones": (("Phone", "Rugged Phone", "Phone Case", "Folding Phone"), 50_000),
    "Audio": (("Headphones", "Speaker", "Microphone", "Earbuds"), 15_000),
    "Accessories": (("Keyboard", "Mouse", "Hub", "Charger", "Cable", "Webcam"), 5_000),
    "Components": (("Graphics Card", "Mainboard", "Power Supply", "Processor Cooler", "Memory Kit"), 18_000),
    "Storage": (("Solid State Drive", "External Drive", "Memory Card", "Network Storage"), 12_000),
    "Networking": (("Router", "Switch", "Access Point", "Network Card"), 9_000),
    "Smart home": (("Thermostat", "Bulb", "Door Sensor", "Smart Plug"), 4_000),
    "Printing": (("Printer", "Scanner", "Toner", "Label Printer"), 17_000),
}
TRAITS = ("quiet", "compact", "repairable", "wireless", "foldable", "dimmable", "sturdy", "bright", "modular", "light")
PARTS = ("aluminium", "oak", "recycled plastic", "glass", "steel", "felt", "leather", "magnesium")
USES = ("office", "studio", "train", "kitchen", "workshop", "lecture hall", "living room", "data centre")
SYLLABLES = ("au", "bel", "cor", "del", "fen", "gra", "hal", "is", "jor", "kel", "lum", "mar", "nor", "or", "pel", "ru")


def generated_products(number: int) -> Iterator[NewProduct]:
    """`number` products with different ids."""
    chance = random.Random(number)  # noqa: S311 - nothing is secret about it
    for index in range(number):
        yield _product(index, chance)


def _product(index: int, chance: random.Random) -> NewProduct:
    category = chance.choice(tuple(KINDS))
    things, common_price = KINDS[category]
    thing = chance.choice(things)
    series = "".join(chance.choices(SYLLABLES, k=3)).capitalize()
    name = f"{series} {chance.randrange(1, 100)} {thing}"
    trait, other = chance.sample(TRAITS, 2)
    return NewProduct(
        id=f"{id_from(name)}-{index}",
        name=name,
        description=f"A {trait} and {other} {thing.lower()} of {chance.choice(PARTS)} for the {chance.choice(USES)}, "
        f"with {chance.randrange(1, 11)} years of spare parts, from the {series} works.",
        category=category,
        price_cents=round(common_price * chance.lognormvariate(0, 0.6) / 100) * 100 + 90,
        currency="EUR",
        stock=0 if chance.random() < 1 / 12 else chance.randrange(1, 200),
    )

"""What a customer fills in at checkout."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+")
COUNTRIES = (
    "Austria", "Belgium", "Czechia", "Denmark", "Finland", "France", "Germany", "Ireland", "Italy", "Luxembourg",
    "Netherlands", "Norway", "Poland", "Portugal", "Spain", "Sweden", "Switzerland", "United Kingdom",
)  # fmt: skip
LONGEST = {"name": 120, "email": 254, "street": 120, "postal_code": 12, "city": 80, "country": 40}
MISSING = {
    "name": "Tell us your name.",
    "email": "Tell us your e-mail address.",
    "street": "Tell us the street and the number.",
    "postal_code": "Tell us the postal code.",
    "city": "Tell us the town or city.",
    "country": "Choose a country.",
}


@dataclass(frozen=True)
class CheckoutForm:
    """The fields as they were sent, without spaces around them."""

    name: str = ""
    email: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> "CheckoutForm":
        """The form as it was sent; runs of white space become one space."""
        return cls(**{field.name: " ".join(sent.get(field.name, "").split()) for field in fields(cls)})

    @property
    def address(self) -> str:
        """The address on three lines."""
        return f"{self.street}\n{self.postal_code} {self.city}\n{self.country}"

    def errors(self) -> dict[str, str]:
        """What is wrong, by field, in the order of the fields."""
        found = {}
        for name, longest in LONGEST.items():
            value = getattr(self, name)
            if not value:
                found[name] = MISSING[name]
            elif len(value) > longest:
                found[name] = f"Please use at most {longest} characters."
            elif not value.isprintable():
                found[name] = "Please use letters, digits and punctuation only."
        if "email" not in found and not EMAIL.fullmatch(self.email):
            found["email"] = "An e-mail address looks like ada@example.org."
        if "country" not in found and self.country not in COUNTRIES:
            found["country"] = MISSING["country"]
        return found

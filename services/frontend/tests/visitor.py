"""A browser without scripts: it keeps cookies, follows nothing by itself and fills in the fields it sees."""

import html
import re
from typing import Any

from quart.typing import TestClientProtocol
from quart.wrappers import Response

ADA = {
    "name": "Ada Lovelace",
    "email": "ada@example.org",
    "street": "12 St James's Square",
    "postal_code": "SW1Y 4JH",
    "city": "London",
    "country": "United Kingdom",
}


DEVELOPER = "staff"  # name and password of the development account


class Visitor:
    """One browser."""

    def __init__(self, client: TestClientProtocol) -> None:
        self.client = client

    async def page(self, path: str, status: int = 200, **options: Any) -> str:
        """The text of a page."""
        return await read(await self.client.get(path, **options), status)

    async def token(self) -> str:
        """The token of this visitor's forms."""
        return hidden(await self.page("/staff/login" if not await self.is_staff() else "/staff/products/new"), "csrf")

    async def is_staff(self) -> bool:
        """Whether the pages of staff open."""
        return (await self.client.get("/staff/products/new")).status_code == 200

    async def send(self, path: str, form: dict[str, str], **options: Any) -> Response:
        """Send a form with this visitor's token."""
        return await self.client.post(path, form={"csrf": await self.token(), **form}, **options)

    async def fill_cart(self, product: str = "glide-mouse", quantity: str = "2") -> None:
        """Add a product."""
        assert (await self.send("/cart", {"product_id": product, "quantity": quantity})).status_code == 303

    async def check_out(self, **changes: str) -> Response:
        """Open the checkout and send it filled in."""
        key = hidden(await self.page("/checkout"), "key")
        return await self.send("/checkout", {"key": key, **ADA, **changes})

    async def order(self) -> str:
        """The number of a new order."""
        await self.fill_cart()
        answer = await self.check_out()
        assert answer.status_code == 303
        return answer.headers["Location"].rpartition("/")[2]

    async def log_in(self, name: str = DEVELOPER, password: str = DEVELOPER, **form: str) -> Response:
        """Log in; the development account by default."""
        return await self.send("/staff/login", {"name": name, "password": password, **form})


async def read(answer: Response, status: int = 200) -> str:
    """The text of an answer with this status."""
    text = str(await answer.get_data(as_text=True))
    assert answer.status_code == status, text
    return text


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return html.unescape(found[1])


def ids(page: str) -> list[str]:
    """The products of a page, in order."""
    return re.findall(r'data-product-id="([^"]+)"', page)


def words(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())

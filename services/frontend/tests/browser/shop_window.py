"""Every page of the shop, and how a visitor gets there."""

import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, StorageState
from visitor import ADA

WIDTHS = {"desktop": (1280, 860), "phone": (375, 780)}
STAFF = {"name": "staff", "password": "staff"}  # the development account
BAD_FILE = b"id,name,category,price_cents\nlamp,Desk lamp,Light,4900\nfan,,Light,cheap\n"
EDITIONS = itertools.count(1)  # a text that nobody changes makes no conflict
Visit = Callable[["Visitor"], Awaitable[object]]


@dataclass(frozen=True)
class Mode:
    """A size of the window and a colour scheme."""

    width: str
    scheme: str = "light"

    @property
    def options(self) -> dict[str, Any]:
        """What a browser's context is told."""
        width, height = WIDTHS[self.width]
        viewport = {"width": width, "height": height}
        # without movement, so that no picture is taken in the middle of one
        return {"viewport": viewport, "color_scheme": self.scheme, "reduced_motion": "reduce"}


@dataclass(frozen=True)
class Visitor:
    """Somebody who looks at the shop."""

    page: Page
    shop: "Shop"

    async def go(self, path: str) -> None:
        """Open a page."""
        await self.page.goto(path)

    async def fill(self, fields: dict[str, str]) -> None:
        """Fill in fields by their ids; a list takes its option."""
        for name, value in fields.items():
            field = self.page.locator(f"#{name}")
            is_list = await field.evaluate("element => element.tagName === 'SELECT'")
            await (field.select_option(value) if is_list else field.fill(value))

    async def add(self, product: str) -> None:
        """Put a product into the cart."""
        await self.go(f"/products/{product}")
        await self.page.get_by_role("button", name="Add to cart").click()
        await self.page.locator("[data-toast] a").wait_for()

    async def order(self) -> None:
        """Order what is in the cart; ends on the page of the order."""
        await self.go("/checkout")
        await self.fill(ADA)
        await self.page.get_by_role("button", name="Place order").click()
        await self.page.wait_for_url("**/orders/TC-*")


class Shop:
    """The running shop; `orders` has a number for each state."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self.url = url
        self.orders: dict[str, str] = {}
        self.staff_state: StorageState | None = None

    async def open(self) -> None:
        """Log in a member of staff, and bring orders into several states."""
        context = await self._browser.new_context(base_url=self.url)
        visitor = Visitor(await context.new_page(), self)
        await visitor.go("/staff/login")
        await visitor.fill(STAFF)
        await visitor.page.get_by_role("button", name="Log in").click()
        await visitor.page.wait_for_url("**/staff/orders")
        token = await visitor.page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        for states in (("placed",), ("paid",), ("paid", "packed", "shipped"), ("cancelled",), ("paid",)):
            self.orders[states[-1]] = await self._order(
                context, token, [state for state in states if state != "placed"]
            )
        self.staff_state = await context.storage_state()
        await context.close()

    async def _order(self, context: BrowserContext, token: str, states: list[str]) -> str:
        lines = [{"product_id": "glide-mouse", "quantity": 1}, {"product_id": "vista-27-monitor", "quantity": 1}]
        address = "12 St James's Square\nSW1Y 4JH London\nUnited Kingdom"
        body = {"customer": {"name": ADA["name"], "email": ADA["email"], "address": address}, "lines": lines}
        key = f"order-of-the-tour-{len(self.orders)}-{len(states)}-{token}"
        headers = {"Content-Type": "application/json", "X-CSRF-Token": token, "Idempotency-Key": key}
        placed = await context.request.post("/api/orders", data=json.dumps(body), headers=headers)
        assert placed.ok, await placed.text()
        number: str = (await placed.json())["number"]
        for state in states:
            target = f"/api/orders/{number}/transitions"
            moved = await context.request.post(target, data=json.dumps({"to": state}), headers=headers)
            assert moved.ok, await moved.text()
        return number

    @asynccontextmanager
    async def visitor(self, mode: Mode, *, staff: bool) -> AsyncIterator[Visitor]:
        """A new browser window."""
        state = self.staff_state if staff else None
        context = await self._browser.new_context(base_url=self.url, storage_state=state, **mode.options)
        yield Visitor(await context.new_page(), self)
        await context.close()


def _path(template: str) -> Visit:
    return lambda visitor: visitor.go(template.format(**visitor.shop.orders))


async def _product(visitor: Visitor) -> None:
    await visitor.add("hush-over-ear-headphones")


async def _cart(visitor: Visitor) -> None:
    await visitor.add("glide-mouse")
    await visitor.add("vista-27-monitor")
    await visitor.go("/cart")


async def _checkout_with_errors(visitor: Visitor) -> None:
    await visitor.go("/checkout")
    await visitor.fill({**ADA, "email": "ada at example", "postal_code": ""})
    await visitor.page.get_by_role("button", name="Place order").click()
    await visitor.page.locator("#email-error").wait_for()


async def _question(visitor: Visitor) -> None:
    await visitor.page.get_by_role("button", name="Cancel this order").click()
    await visitor.page.get_by_role("dialog").wait_for()


async def _suggestions(visitor: Visitor) -> None:
    await visitor.go("/")
    await visitor.page.get_by_role("combobox", name="Search products").press_sequentially("mo")
    await visitor.page.get_by_role("option").first.wait_for()


async def _wrong_password(visitor: Visitor) -> None:
    await visitor.go("/staff/login")
    await visitor.fill({"name": "somebody", "password": "guessed"})
    await visitor.page.get_by_role("button", name="Log in").click()
    await visitor.page.get_by_role("alert").wait_for()


async def _conflict(visitor: Visitor) -> None:
    target = "/staff/products/glide-mouse"
    await visitor.go(target)
    other = await visitor.page.context.new_page()
    for page, text in ((other, "Quieter clicks."), (visitor.page, "The quietest clicks.")):
        if page is other:
            await page.goto(target)
        await page.locator("#description").fill(f"{text} Edition {next(EDITIONS)}.")
        await page.get_by_role("button", name="Save changes").click()
        await page.locator(".flash" if page is other else ".notice").first.wait_for()
    await other.close()


async def _import_with_errors(visitor: Visitor) -> None:
    await visitor.go("/staff/products/import")
    file = {"name": "catalogue.csv", "mimeType": "text/csv", "buffer": BAD_FILE}
    await visitor.page.locator("#file").set_input_files(file)  # type: ignore[arg-type]
    await visitor.page.get_by_role("button", name="Import").click()
    await visitor.page.get_by_role("cell", name="3", exact=True).first.wait_for()


# in the order of a visit: each starts where the one before has ended
GUEST: dict[str, Visit] = {
    "home": _path("/"),
    "suggestions": _suggestions,
    "products": _path("/products"),
    "search": _path("/products?q=monitor&min_price=100&in_stock=true"),
    "nothing-found": _path("/products?q=typewriter"),
    "product": _product,
    "cart": _cart,
    "checkout": _path("/checkout"),
    "checkout-with-errors": _checkout_with_errors,
    "order-placed": Visitor.order,
    "question": _question,
    "order-shipped": _path("/orders/{shipped}"),
    "order-cancelled": _path("/orders/{cancelled}"),
    "empty-cart": _path("/cart"),
    "find-order": _path("/orders"),
    "find-order-with-error": _path("/orders?number=TC-1"),
    "not-found": _path("/products/typewriter"),
    "staff-login": _path("/staff/login"),
    "staff-login-refused": _wrong_password,
}
COUNTER: dict[str, Visit] = {
    "staff-queue": _path("/staff/orders?status=paid"),
    "staff-queue-empty": _path("/staff/orders?status=refunded"),
    "staff-order": _path("/staff/orders/{paid}"),
    "staff-products": _path("/staff/products"),
    "staff-product": _path("/staff/products/glide-mouse"),
    "staff-product-conflict": _conflict,
    "staff-new-product": _path("/staff/products/new"),
    "staff-import": _path("/staff/products/import"),
    "staff-import-with-errors": _import_with_errors,
}


async def tour(shop: Shop, mode: Mode) -> AsyncIterator[tuple[str, Page]]:
    """Every page by name, opened in this mode."""
    for pages, staff in ((GUEST, False), (COUNTER, True)):
        async with shop.visitor(mode, staff=staff) as visitor:
            for name, visit in pages.items():
                await visit(visitor)
                yield name, visitor.page

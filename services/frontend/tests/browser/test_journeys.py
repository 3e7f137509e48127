"""From the front page to the door: with a mouse, with a keyboard alone, and without scripts."""

import re

import pytest
from playwright.async_api import Browser, Page, expect
from shop_window import STAFF, Mode
from visitor import ADA

pytestmark = pytest.mark.asyncio(loop_scope="session")
NUMBER = re.compile(r"/orders/(TC-[0-9A-Z]{6}-[0-9A-Z]{6})$")
STEPS = ("Mark as paid", "Mark as packed", "Hand to carrier", "Mark as delivered")


async def number_of(page: Page) -> str:
    """The number of the order that is shown, once it is."""
    await page.wait_for_url(NUMBER)
    found = NUMBER.search(page.url)
    assert found
    return found[1]


async def log_in(page: Page) -> None:
    """Behind the counter."""
    await page.goto("/staff")
    for name, value in STAFF.items():
        await page.locator(f"#{name}").fill(value)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url("**/staff/orders")


async def fulfil(page: Page, number: str) -> None:
    """Every step of an order, one after the other."""
    await log_in(page)
    await page.goto(f"/staff/orders/{number}")
    for step in STEPS:
        await page.get_by_role("button", name=step).click()
        await expect(page.get_by_role("button", name=step)).to_have_count(0)


async def fill_in(page: Page) -> None:
    """The checkout."""
    for name, value in ADA.items():
        field = page.locator(f"#{name}")
        await (field.select_option(value) if name == "country" else field.fill(value))


async def test_browse_search_cart_checkout_track_fulfil(page: Page) -> None:
    await page.goto("/")
    await page.get_by_role("navigation", name="Categories").get_by_role("link", name="Audio").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Audio")
    search = page.get_by_role("combobox", name="Search products")
    await search.press_sequentially("glide")
    await page.get_by_role("option", name="Glide Mouse").click()
    await page.get_by_role("button", name="More: Quantity").click()
    await page.get_by_role("button", name="Add to cart").click()
    await expect(page.get_by_role("status").get_by_text("Your cart now holds 2 of Glide Mouse.")).to_be_visible()
    await expect(page.locator("[data-cart-count]")).to_have_text("2")

    await page.get_by_role("link", name="Show the cart").click()
    await page.get_by_role("button", name="More: Quantity of Glide Mouse").click()
    await expect(page.locator(".line-total")).to_have_text("€207.00")
    await page.get_by_role("link", name="Go to checkout").click()
    await fill_in(page)
    await page.get_by_role("button", name="Place order for €207.00").click()
    number = await number_of(page)
    await expect(page.get_by_text("Thank you, Ada Lovelace")).to_be_visible()

    await page.get_by_role("link", name="Orders").first.click()
    await page.get_by_label("Order number").fill(number.lower())
    await page.get_by_role("button", name="Show order").click()
    await expect(page.locator("[data-order-status]")).to_have_text("placed")
    await fulfil(page, number)
    await page.goto(f"/orders/{number}")
    await expect(page.locator("[data-order-status]")).to_have_text("delivered")
    await expect(page.locator(".timeline .is-done")).to_have_count(5)


async def test_an_order_is_cancelled_in_a_dialog(page: Page) -> None:
    await page.goto("/products/beam-webcam")
    await page.get_by_role("button", name="Add to cart").click()
    await page.get_by_role("link", name="Show the cart").click()
    await page.get_by_role("link", name="Go to checkout").click()
    await fill_in(page)
    await page.get_by_role("button", name="Place order").click()
    await number_of(page)
    await page.get_by_role("button", name="Cancel this order").click()
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-order-status]")).to_have_text("placed")
    await page.get_by_role("button", name="Cancel this order").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel this order").click()
    await expect(page.locator("[data-order-status]")).to_have_text("cancelled")


async def tab_to(page: Page, name: str, role: str = "") -> None:
    """Press Tab until the focus is on the element with this name, and can be seen."""
    script = """([name, role]) => {
        const e = document.activeElement, label = e.labels?.[0]?.textContent ?? e.ariaLabel ?? e.textContent;
        const right = label.replace(/\\s+/g, ' ').trim().startsWith(name) && (!role || e.tagName === role);
        return right && getComputedStyle(e).outlineStyle !== 'none';
    }"""
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await page.evaluate(script, [name, role]):
            return
    raise AssertionError(f"the focus never gets to {name}")


async def test_a_keyboard_is_enough(page: Page) -> None:
    keyboard = page.keyboard
    await page.goto("/")
    await keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    await keyboard.press("Enter")
    await tab_to(page, "Browse every product")
    await page.goto("/")
    await tab_to(page, "Search products")
    await keyboard.type("glide")
    await page.get_by_role("option").first.wait_for()
    await keyboard.press("ArrowDown")
    await keyboard.press("Enter")
    await page.wait_for_url("**/products/glide-mouse")
    await tab_to(page, "Add to cart")
    await keyboard.press("Enter")
    await expect(page.get_by_role("status").get_by_text("1 of Glide Mouse")).to_be_visible()
    await tab_to(page, "Show the cart")
    await keyboard.press("Enter")
    await page.wait_for_url("**/cart")
    await tab_to(page, "Go to checkout")
    await keyboard.press("Enter")
    await page.wait_for_url("**/checkout")
    labels = ("Full name", "E-mail", "Street and number", "Postal code", "Town or city", "Country")
    for label, value in zip(labels, ADA.values(), strict=True):
        await tab_to(page, label)
        await keyboard.type(value)
    await tab_to(page, "Place order")
    await keyboard.press("Enter")
    number = await number_of(page)

    await page.goto("/staff")
    await tab_to(page, "Password")
    await keyboard.type("staff")
    await keyboard.press("Shift+Tab")
    await keyboard.type("staff")
    await keyboard.press("Enter")
    await page.wait_for_url("**/staff/orders")
    await page.goto(f"/staff/orders/{number}")
    for step in STEPS:
        await tab_to(page, step)
        await keyboard.press("Enter")
        await expect(page.get_by_role("button", name=step)).to_have_count(0)
    await expect(page.locator("[data-order-status]")).to_have_text("delivered")


async def test_errors_take_the_focus_to_the_first_wrong_field(page: Page) -> None:
    await page.goto("/products/glide-mouse")
    await page.get_by_role("button", name="Add to cart").click()
    await page.get_by_role("link", name="Show the cart").click()
    await page.get_by_role("link", name="Go to checkout").click()
    await fill_in(page)
    await page.locator("#email").fill("ada at example")
    async with page.expect_response("**/checkout") as answer:
        await page.get_by_role("button", name="Place order").click()
    assert (await answer.value).status == 422
    await expect(page.locator("#email")).to_be_focused()
    await expect(page.locator("#email")).to_have_accessible_description(re.compile("looks like ada@example.org"))
    await expect(page.locator("#name")).to_have_value("Ada Lovelace")


async def test_scripts_are_not_needed(browser: Browser, shop_url: str) -> None:
    context = await browser.new_context(base_url=shop_url, java_script_enabled=False, **Mode("phone").options)
    page = await context.new_page()
    await page.goto("/")
    await page.get_by_label("Search products").fill("glide")
    await page.get_by_role("button", name="Search").click()
    await page.get_by_role("link", name="Glide Mouse").click()
    await page.get_by_label("Quantity").fill("2")
    await page.get_by_role("button", name="Add to cart").click()
    await expect(page.get_by_role("status").first).to_contain_text("Your cart now holds 2 of Glide Mouse.")
    await page.get_by_label("Quantity of Glide Mouse").fill("3")
    await page.get_by_role("button", name="Update").click()
    await page.get_by_role("link", name="Go to checkout").click()
    await fill_in(page)
    await page.get_by_role("button", name="Place order for €207.00").click()
    number = await number_of(page)
    await fulfil(page, number)
    await page.get_by_role("button", name="Refund order").click()
    await page.get_by_role("button", name="Refund order").click()
    await expect(page.locator("[data-order-status]")).to_have_text("refunded")
    await page.get_by_role("button", name="Log out").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Behind the counter")
    await context.close()

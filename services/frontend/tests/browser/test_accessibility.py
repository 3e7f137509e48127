"""Every page is for everybody: WCAG 2.2 AA as far as a program can tell, at every width, in both schemes."""

import pytest
from axe_playwright_python.async_playwright import Axe
from shop_window import COUNTER, GUEST, Mode, Shop, tour

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {
    "light": {"type": "tag", "values": TAGS},
    "dark": {"type": "rule", "values": ["color-contrast"]},  # all that the scheme makes a difference for
}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", ["desktop", "phone"])
async def test_no_page_has_a_violation_or_scrolls_sideways(shop: Shop, width: str, scheme: str) -> None:
    axe, seen, problems = Axe(), [], []
    async for name, page in tour(shop, Mode(width, scheme)):
        seen.append(name)
        found = await axe.run(page, options={"runOnly": RULES[scheme], "resultTypes": ["violations"]})
        for violation in found.response["violations"]:
            nodes = [node["html"][:160] for node in violation["nodes"]]
            problems.append((name, violation["id"], violation["help"], nodes))
        if await page.evaluate(OVERFLOW) > 0:
            problems.append((name, "overflow", "scrolls sideways", []))

    assert problems == []
    assert seen == [*GUEST, *COUNTER]


async def test_the_narrowest_phones_do_not_scroll_sideways(shop: Shop) -> None:
    async with shop.visitor(Mode("phone"), staff=True) as visitor:
        await visitor.page.set_viewport_size({"width": 320, "height": 640})
        await visitor.add("glide-mouse")
        for path in (
            "/",
            "/products",
            "/products/glide-mouse",
            "/cart",
            "/checkout",
            "/staff/orders",
            "/staff/products",
        ):
            await visitor.go(path)
            assert await visitor.page.evaluate(OVERFLOW) <= 0, path

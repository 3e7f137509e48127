"""Three services as processes on SQLite, and one browser for all tests."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright
from shop_window import Mode, Shop
from testing.process import environment, finished, status_of, until
from testing.server import free_port

CHROMIUM = Path("/usr/bin/chromium")
SESSION = "session"
PLENTY = {"rate_limit_per_second": "1000", "rate_limit_burst": "10000"}


@asynccontextmanager
async def _running(package: str, log: Path, **settings: str) -> AsyncIterator[None]:
    """A service as a process until the context ends; it writes to a file, as a pipe that nobody reads fills up."""
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", package, env=environment(**settings), stdout=output, stderr=output
        )
        try:
            yield
        finally:
            process.terminate()
            await process.wait()


@pytest_asyncio.fixture(loop_scope=SESSION, scope=SESSION)
async def shop_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The shop's address while all three services run."""
    folder = tmp_path_factory.mktemp("shop")
    ports = {name: str(free_port()) for name in ("product_api", "order_api", "frontend")}
    urls = {f"{name}_url": f"http://127.0.0.1:{port}" for name, port in ports.items()}
    own = {"environment": "development", "bind": "127.0.0.1", "shutdown_delay_seconds": "0"}
    apis = {"product_api_url": urls["product_api_url"]}
    async with AsyncExitStack() as stack:
        for package, more in (("product_api", {}), ("order_api", apis)):
            settings = {**own, **more, "database_url": f"sqlite+aiosqlite:///{folder}/{package}.db"}
            seed = ["--seed"] if package == "product_api" else []
            code, out, err = await finished("-m", package, "migrate", *seed, **settings)
            assert code == 0, out + err
            service = _running(package, folder / f"{package}.log", **settings, port=ports[package])
            await stack.enter_async_context(service)
        shop = {**own, **PLENTY, **apis, "order_api_url": urls["order_api_url"], "port": ports["frontend"]}
        await stack.enter_async_context(_running("frontend", folder / "frontend.log", **shop))
        async with aiohttp.ClientSession() as session:

            async def ready() -> bool:
                return [await status_of(session, f"{url}/healthz") for url in urls.values()] == [200] * 3

            await until(ready)
        yield urls["frontend_url"]


@pytest.fixture(scope=SESSION)
def chromium() -> Path:
    """Debian's Chromium; the one that Playwright would download is for other systems."""
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing: run {Path(__file__).with_name('install')}")
    return CHROMIUM


@pytest_asyncio.fixture(loop_scope=SESSION, scope=SESSION)
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    """One for all tests."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope=SESSION, scope=SESSION)
async def shop(browser: Browser, shop_url: str) -> Shop:
    """The shop with orders in several states, and a member of staff who is logged in."""
    shop = Shop(browser, shop_url)
    await shop.open()
    return shop


@pytest_asyncio.fixture(loop_scope=SESSION)
async def page(browser: Browser, shop_url: str) -> AsyncIterator[Page]:
    """A page of a new visitor on a desktop; its console may hold no error, such as one of the security policy."""
    context = await browser.new_context(base_url=shop_url, **Mode("desktop").options)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if _is_ours(message) else None)
    yield page
    await context.close()
    assert errors == []


def _is_ours(message: ConsoleMessage) -> bool:
    # a page with status 422 is noted by the browser, and wanted by us
    return message.type == "error" and not message.text.startswith("Failed to load resource")

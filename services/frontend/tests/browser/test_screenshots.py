"""The gallery of docs/screenshots; `UPDATE_SCREENSHOTS=1 pytest services/frontend/tests/browser` takes its pictures."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.async_api import Page
from shop_window import COUNTER, GUEST, Mode, Shop, tour

FOLDER = Path(__file__).resolve().parents[4] / "docs" / "screenshots"
MODES = {"desktop": Mode("desktop"), "phone": Mode("phone"), "dark": Mode("desktop", "dark")}
LARGEST = 6 * 1024 * 1024  # bytes, all pictures together
TALLEST = 2600  # pixels; what is below looks like what is above
INTRODUCTION = """# Pages of the shop

Every page at the width of a desktop, of a phone, and in the dark scheme. The pictures are taken by the browser tests:

    services/frontend/tests/browser/install --pictures
    UPDATE_SCREENSHOTS=1 pytest services/frontend/tests/browser/test_screenshots.py

Products have no photographs: their pictures are drawn by the shop, see `services/frontend/src/frontend/drawings`.
"""
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.skipif("UPDATE_SCREENSHOTS" not in os.environ, reason="takes pictures only when asked to")
async def test_take_all_pictures(shop: Shop) -> None:
    packer = shutil.which("pngquant")
    assert packer, "pngquant is missing: run services/frontend/tests/browser/install --pictures"
    FOLDER.mkdir(exist_ok=True)
    for mode_name, mode in MODES.items():
        async for name, page in tour(shop, mode):
            await _take(page, FOLDER / _file(name, mode_name), packer)
    (FOLDER / "README.md").write_text(_gallery())


async def test_the_gallery_shows_every_page() -> None:
    wanted = {_file(name, mode) for name in (*GUEST, *COUNTER) for mode in MODES}
    pictures = {path.name: path.stat().st_size for path in FOLDER.glob("*.png")}

    assert set(pictures) == wanted
    assert sum(pictures.values()) < LARGEST
    assert (FOLDER / "README.md").read_text() == _gallery()


async def _take(page: Page, target: Path, packer: str) -> None:
    # pictures below the fold are loaded when they are scrolled to
    await page.evaluate("document.querySelectorAll('img').forEach(image => image.loading = 'eager')")
    await page.evaluate("Promise.all([...document.images].map(image => image.decode()))")
    height = int(await page.evaluate("document.documentElement.scrollHeight"))
    size = page.viewport_size
    assert size
    clip = {"x": 0, "y": 0, "width": size["width"], "height": max(size["height"], min(height, TALLEST))}
    raw = await page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]
    await asyncio.to_thread(_pack, raw, target, packer)


def _pack(raw: bytes, target: Path, packer: str) -> None:
    command = [packer, "--strip", "--speed", "3", "64", "-"]
    target.write_bytes(subprocess.run(command, input=raw, capture_output=True, check=True).stdout)


def _file(name: str, mode: str) -> str:
    return f"{name}-{mode}.png"


def _gallery() -> str:
    parts = [INTRODUCTION]
    for title, pages in (("For visitors", GUEST), ("For staff", COUNTER)):
        parts.append(f"\n## {title}\n\n| page | desktop | phone | dark |\n|---|---|---|---|\n")
        for name in pages:
            cells = " | ".join(f"![{name}, {mode}]({_file(name, mode)})" for mode in MODES)
            parts.append(f"| {name.replace('-', ' ')} | {cells} |\n")
    return "".join(parts)

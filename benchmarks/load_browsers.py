"""Real browsers among the visitors of `benchmarks.load`: Chromium draws with the mouse and hovers over the map."""

import asyncio
import random
import tempfile
import time
from pathlib import Path

from playwright.async_api import Page, async_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg

from benchmarks import chromium

PAUSE = 5.0  # s between two interactions of a browser, on average
# Visitors' browsers run on machines of their own: here they get what the server leaves, else they would be its load.
LAST = """#!/bin/sh
echo 19 2>/dev/null >/proc/self/autogroup || true
exec nice -n 19 {path} "$@"
"""
HOVERED = """async () => {
    let frames = 0, running = true
    const count = () => { frames++; if (running) requestAnimationFrame(count) }
    requestAnimationFrame(count)
    await new Promise((next) => setTimeout(next, 1000))
    running = false
    return frames
}"""


async def browse(url: str, browsers: int, tally, until: float) -> None:
    """So many tabs of one Chromium, each alternating between Denoise and the latent map, until then."""
    path = chromium.find()
    if path is None:
        raise SystemExit("No Chromium found: install chromium, or say --browsers 0.")
    with tempfile.TemporaryDirectory() as folder:
        last = Path(folder) / "chromium"
        last.write_text(LAST.format(path=path))
        last.chmod(0o755)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=last, args=chromium.ARGS)
            await asyncio.gather(*(_tab(browser, url, seed, tally, until) for seed in range(browsers)))
            await browser.close()


async def _tab(browser, url: str, seed: int, tally, until: float) -> None:
    rng = random.Random(1000 + seed)
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=True)
    page = await context.new_page()
    page.set_default_timeout(60_000)
    asks = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: _count(asks, frame)))
    while time.monotonic() < until:
        try:
            await page.goto(f"{url}/denoise")
            await page.locator("figure[data-tile=clean] canvas").wait_for()
            await page.wait_for_timeout(3000)
            for _ in range(rng.randint(3, 6)):
                await page.wait_for_timeout(1000 * rng.expovariate(1 / PAUSE))
                before = len(asks)
                tally.add("browser stroke", {"browser pen": await _stroke(page, rng)})
                await page.wait_for_timeout(1500)
                tally.asks.append(len(asks) - before)
            await page.goto(f"{url}/latent_map")
            await page.locator(".board canvas, canvas").first.wait_for()
            await page.wait_for_timeout(3000)
            for _ in range(rng.randint(1, 3)):
                await page.wait_for_timeout(1000 * rng.expovariate(1 / PAUSE))
                tally.add("browser hover", {"browser, a frame of hover": 1 / max(1, await _hover(page, rng))})
        except Exception as error:
            tally.errors[f"browser: {type(error).__name__}: {error}"[:200]] += 1
            await asyncio.sleep(1)
    await context.close()


def _count(asks: list, frame: bytes | str) -> None:
    message = BackMsg.FromString(frame) if isinstance(frame, bytes) else BackMsg()
    if message.WhichOneof("type") == "rerun_script" and not message.rerun_script.is_auto_rerun:
        asks.append(message)


async def _stroke(page: Page, rng: random.Random) -> float:
    """Draw a line with the mouse; seconds from its end to the server's answer."""
    box = await page.locator(".pad canvas").first.bounding_box()

    def spot() -> tuple[float, float]:
        return box["x"] + rng.uniform(0.2, 0.8) * box["width"], box["y"] + rng.uniform(0.2, 0.8) * box["height"]

    await page.mouse.move(*spot())
    await page.mouse.down()
    for _ in range(3):
        await page.mouse.move(*spot(), steps=5)
        await page.wait_for_timeout(100)
    async with page.expect_response(lambda answer: "/answers/" in answer.url):
        began = time.monotonic()
        await page.mouse.up()
    return time.monotonic() - began


async def _hover(page: Page, rng: random.Random) -> float:
    """Move over the map for a second; frames that the browser drew."""
    counted = asyncio.create_task(page.evaluate(HOVERED))
    while not counted.done():
        await page.mouse.move(rng.uniform(300, 900), rng.uniform(300, 700), steps=4)
        await page.wait_for_timeout(30)
    return await counted

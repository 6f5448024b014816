"""A real browser before a real server: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from waitress.server import create_server

from tests.servers import HOST, free_port, program

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = {"width": 360, "height": 780}, {"width": 1280, "height": 900}

OpenPage = Callable[[dict[str, int]], Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a running Chromium."""
    binary = program("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Return the address at which the app is served."""
    app.config["SERVER_NAME"] = None
    port = free_port()
    server = create_server(app, host=HOST, port=port, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://{HOST}:{port}"
    server.close()
    thread.join(timeout=5)


@pytest.fixture
def open_page(browser: Browser, address: str, tmp_path: Path) -> Iterator[OpenPage]:
    """Return a function that opens a window; any complaint in its console fails the test at its end."""
    complaints: list[str] = []
    contexts = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    def asked(url: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            complaints.append(f"asked for {url}")

    def open_window(size: dict[str, int]) -> Page:
        context = browser.new_context(base_url=address, viewport=size, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", heard)
        page.on("request", lambda request: asked(request.url))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


def fits(page: Page) -> bool:
    """Tell whether a page needs no scrolling sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))

"""A window of Chromium in which the demo's Airflow is open, and what it has to complain of."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Locator, Page, Route, expect, sync_playwright

from tests.e2e.first_contact import Problems, Site

NAMES = ("chromium", "google-chrome", "chromium-browser")
# a busy machine; each wait ends as soon as what it waits for is there
PATIENCE = 120_000
_LOCAL = re.compile(r"(http://127\.0\.0\.1[:/]|data:|blob:|about:|chrome|devtools)")

# messages are shown for five seconds, which a busy machine may need to look
_NOTE_MESSAGES = """
window.messages = new Set();
new MutationObserver(() => {
    for (const one of document.querySelectorAll("[data-scope=toast][data-part=root]"))
        window.messages.add(`${one.dataset.type}: ${one.textContent}`);
}).observe(document, {childList: true, subtree: true});
"""
_HAS_MESSAGE = "([kind, text]) => [...window.messages].some(one => one.startsWith(`${kind}: `) && one.includes(text))"


def installed() -> str | None:
    """The Chromium of this machine."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Window:
    """One window, logged in.

    :param page: The page.
    :param site: The demo.
    :param problems: What went wrong.
    :param pictures: Folder for screenshots.
    """

    def __init__(self, page: Page, site: Site, problems: Problems, pictures: Path) -> None:
        self.page, self.site, self.problems = page, site, problems
        self.outside: list[str] = []
        self.console: list[str] = []
        self.taken: dict[str, Path] = {}
        self._pictures, self._numbers = pictures, count(1)

    def open(self, path: str, shows: str | Locator) -> None:
        """Open a page, and wait until it shows a text or an element."""
        self.page.goto(f"{self.site.url}/{path}")
        expect(self.page.get_by_text(shows).first if isinstance(shows, str) else shows).to_be_visible()

    def picture(self, name: str, page: Page | None = None, *, at_once: bool = False) -> None:
        """Take a picture, once nothing loads any more, or at once."""
        page = page or self.page
        if not at_once:
            with self._quiet():
                page.wait_for_load_state("networkidle", timeout=5_000)
        self.taken[name] = path = self._pictures / f"{next(self._numbers):02d}-{name}.png"
        page.screenshot(path=str(path), animations="disabled")

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Note a step that fails, with a picture, and go on with the next."""
        try:
            yield
        except (Error, AssertionError) as error:
            self.problems.check(False, f"{what}: {str(error).partition('Aria snapshot')[0].strip()}")
            with self._quiet():
                self.picture(f"wrong-{len(self.problems)}")

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        try:
            yield
        except Error as error:
            if "Timeout" not in str(error):
                raise

    def await_message(self, kind: str, text: str) -> None:
        """Wait until Airflow has shown a message, in the colour of its kind."""
        self.page.wait_for_function(_HAS_MESSAGE, arg=[kind, text])

    def log_in(self) -> None:
        """Log in with what the terminal says."""
        self.page.goto(self.site.url)
        self.page.fill("input[name=username]", "admin")
        self.page.fill("input[name=password]", self.site.password)
        self.picture("log-in")
        self.page.click("button[type=submit]")
        expect(self.page.get_by_test_id("nav-dags-link")).to_be_visible()
        # Airflow asks for more than a visitor may see, before it shows the form
        self.console.clear()

    def heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console.append(f"{message.text} ({message.location.get('url', '')})")

    def broke(self, error: Any) -> None:
        self.console.append(f"{error.error}")


@contextmanager
def opened(
    chromium: str, site: Site, problems: Problems, pictures: Path, elsewhere: Callable[[str], str | None]
) -> Iterator[Window]:
    """A window; nothing that it asks for leaves this machine.

    :param elsewhere: Address of a page on the internet to the page that stands in for it; ``None`` for none.
    """
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB", timezone_id="UTC")
        context.set_default_timeout(PATIENCE)
        context.add_init_script(_NOTE_MESSAGES)
        window = Window(context.new_page(), site, problems, pictures)

        def answer(route: Route) -> None:
            page = elsewhere(route.request.url)
            if page is None:
                window.outside.append(route.request.url)
                route.abort()
            else:
                route.fulfill(status=200, content_type="text/html", body=page)

        context.route(lambda url: _LOCAL.match(url) is None, answer)
        context.on("console", window.heard)
        context.on("weberror", window.broke)
        try:
            yield window
        finally:
            browser.close()

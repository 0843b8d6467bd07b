"""Browser contexts that are lent, not made anew: what one page has fetched and compiled, those of later tests have.

A context that comes back loses all else: pages, cookies, what was stored. One page of it stays, and with it the process
that draws them, with their scripts compiled in it, since the browser was started with one process a site.
"""

import json

from playwright.sync_api import Browser, BrowserContext

SITE = "http://127.0.0.1/"  # of all servers here, whatever their port


class Contexts:
    """The contexts of a browser, by their options."""

    def __init__(self, browser: Browser):
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = {}
        self._lent: dict[BrowserContext, str] = {}

    def lend(self, **options) -> BrowserContext:
        """A context of these options that nobody else has, as of somebody who has never been here."""
        name = json.dumps(options, sort_keys=True)
        free = self._free.setdefault(name, [])
        context = free.pop() if free else self._new(options)
        self._lent[context] = name
        return context

    def _new(self, options: dict) -> BrowserContext:
        # Playwright's wait_for_function is an eval in the page, which the server's policy forbids.
        context = self._browser.new_context(**({"bypass_csp": True} | options))
        stays = context.new_page()
        stays.route(SITE, lambda route: route.fulfill(body=""))
        stays.goto(SITE)
        return context

    def give_back(self, context: BrowserContext) -> None:
        """Take a context back from whoever had it."""
        for page in context.pages[1:]:
            page.close()
        context.set_storage_state({"cookies": [], "origins": []})
        self._free[self._lent.pop(context)].append(context)

"""A line between browser and server on which a test holds messages back."""

import re


class Line:
    """The websocket between browser and server.

    `hold` keeps the server's messages back until `release`, `hold_asks` the browser's until `release_asks`, which then
    reach the server at once, as on a busy machine.
    """

    def __init__(self, page):
        self.wire, self.held, self.holding, self.connections = page.wire, [], False, 0
        self.asks: list | None = None  # held back
        page.route_web_socket(re.compile("/_stcore/stream"), self._connect)

    def _connect(self, browser):
        self.browser, self.server = browser, browser.connect_to_server()
        self.connections += 1
        browser.on_message(self._up)
        self.server.on_message(self._down)

    def _up(self, message):
        self.wire.sent(message)
        self.server.send(message) if self.asks is None else self.asks.append(message)

    def _down(self, message):
        self.wire.received(message)  # the server has answered, whether or not the browser hears of it
        self.held.append(message) if self.holding else self.browser.send(message)

    def hold(self):
        self.holding = True

    def release(self):
        self.holding = False
        while self.held:
            self.browser.send(self.held.pop(0))

    def hold_asks(self):
        self.asks = []

    def release_asks(self):
        for message in self.asks:
            self.server.send(message)
        self.asks = None

    def drop(self):
        """What is held is lost, and the connection with it; the browser will seek another."""
        self.held, self.holding = [], False
        self.server.close()
        self.browser.close()

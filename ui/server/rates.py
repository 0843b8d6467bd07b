"""How often one address may ask: the routes that cost the server something have a limit, generous for a class.

A class of sixty behind one school's address stays far below; a script that asks in a loop does not.
"""

import ipaddress

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.server.refusals import PREFIX, refusal

SECONDS = 10
MOST = {  # what an address's path holds -> requests in SECONDS; the first that fits counts
    "/_stcore/upload_file": 120,
    "/_stcore/stream": 300,  # new connections: a class that opens the page at once, and again
    "/answers/": 2_000,
    f"/{PREFIX}/": 300,
    "/files/": 3_000,
    "/scripts/": 3_000,
}


class Rates:
    """Middleware of the app: 429 for an address that asks too often, with the seconds after which it may again.

    Behind a proxy Uvicorn reads the visitor's address from X-Forwarded-For, of the proxies in $FORWARDED_ALLOW_IPS.
    """

    def __init__(self, app: ASGIApp):
        self._app = app
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or connection, as ASGI has it."""
        route = next((route for route in MOST if route in scope.get("path", "")), None)
        if route is not None and scope["type"] in ("http", "websocket"):
            item = RateLimitItemPerSecond(MOST[route], SECONDS)
            if not self._limiter.hit(item, route, network(scope["client"][0] if scope.get("client") else "")):
                await self._refuse(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1013})  # try again later
            return
        text = f"Too many requests from your address. Try again in {SECONDS} seconds."
        await refusal(scope, 429, text, {"Retry-After": str(SECONDS)})(scope, receive, send)


def network(client: str) -> str:
    """Whom a limit holds for: an IPv4 address, or the /64 that a household has of IPv6."""
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return client
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network(f"{address}/64", strict=False))

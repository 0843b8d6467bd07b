"""What every answer of the server tells browsers to refuse: foreign scripts, foreign frames, sniffed types, leaks.

The policy is what Streamlit and our components need and no more. Components come as text and are imported from blobs,
workers and the downloads of pictures are blobs, styles are written by scripts, the training in the browser is a small
WebAssembly module ('wasm-unsafe-eval' allows these, and no other eval); nothing comes from another host.
"""

import base64
import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs

import streamlit
from secure import Secure
from secure.headers import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    XContentTypeOptions,
)
from secure.middleware import SecureASGIMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

FRAME_ANCESTORS = "AECORE_FRAME_ANCESTORS"  # who may show the lab in a frame, with ?embed=true; all by default
_SOURCE = re.compile(r"\*|(https?://)?(\*\.)?[\w.-]+(:\d+)?")  # a host as the policy writes it
_REFUSED = (  # of what a browser can do, all that the lab never asks for
    "accelerometer", "autoplay", "display_capture", "gamepad", "geolocation", "gyroscope", "hid",
    "magnetometer", "microphone", "midi", "payment", "serial", "usb",
)  # fmt: skip


class Headers:
    """Middleware of the app: the security headers of every answer.

    A page may be framed where its address says ?embed=true, by `ancestors`; without it only by pages of this server.

    Source: Content Security Policy Level 3, https://www.w3.org/TR/CSP3/.
    """

    def __init__(self, app: ASGIApp, ancestors: Sequence[str] = ("*",)):
        self._alone = SecureASGIMiddleware(app, secure=policy("'self'"))
        self._embedded = SecureASGIMiddleware(app, secure=policy(*ancestors))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or connection, as ASGI has it."""
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("embed", [""])[-1]
        answer = self._embedded if asked.lower() == "true" else self._alone
        await answer(scope, receive, send)


def policy(*ancestors: str) -> Secure:
    """All headers; ancestors: the sources that may frame the page."""
    content = (
        ContentSecurityPolicy()
        .default_src("'self'")
        .script_src("'self'", "blob:", "'wasm-unsafe-eval'", *inline_scripts())
        .worker_src("'self'", "blob:")
        .style_src("'self'", "'unsafe-inline'")
        .img_src("'self'", "data:", "blob:")
        .font_src("'self'", "data:")
        .media_src("'self'", "data:", "blob:")
        .connect_src("'self'", "data:", "blob:")
        .object_src("'none'")
        .base_uri("'self'")
        .form_action("'self'")
        .frame_ancestors(*ancestors)
    )
    permissions = PermissionsPolicy().camera("self")
    for feature in _REFUSED:
        permissions = getattr(permissions, feature)()
    return Secure(
        csp=content,
        permissions=permissions,
        referrer=ReferrerPolicy().same_origin(),  # links carry drawings
        coop=CrossOriginOpenerPolicy().same_origin(),
        xcto=XContentTypeOptions().nosniff(),
    )


def frame_ancestors() -> tuple[str, ...]:
    """The hosts that $AECORE_FRAME_ANCESTORS lists. everybody if it is unset. It ends the start if one is none."""
    hosts = os.environ.get(FRAME_ANCESTORS, "").split() or ["*"]
    for host in hosts:
        if host not in ("'self'", "'none'") and not _SOURCE.fullmatch(host):
            raise SystemExit(
                f"{FRAME_ANCESTORS} holds '{host}', which is no host. Write https://course.example, several separated "
                "by spaces, or 'none'."
            )
    return tuple(hosts)


def inline_scripts() -> list[str]:
    """The policy's words for the scripts that stand in Streamlit's own page: their hashes."""
    page = (Path(streamlit.__file__).parent / "static/index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts]

"""The security headers: what the policy allows, and whom it lets frame the lab."""

import re

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.requested import requested
from ui.server import headers


def policy_of(answer: dict[str, str]) -> dict[str, list[str]]:
    """Directive -> sources."""
    parts = [part.split() for part in answer["content-security-policy"].split(";")]
    return {name: sources for name, *sources in parts}


def answered(monkeypatch, address: str = "", ancestors: str | None = None) -> dict[str, str]:
    """The headers of one answer, names in lower case."""
    if ancestors is not None:
        monkeypatch.setenv(headers.FRAME_ANCESTORS, ancestors)

    def through(app):
        return headers.Headers(app, headers.frame_ancestors())

    routes = [Route("/page", lambda request: PlainTextResponse("hello"))]
    _, given, body = requested(routes, "page", query=address, through=through)
    assert body == b"hello"
    return {name.lower(): value for name, value in given.items()}


def test_scripts_come_from_here_alone_and_no_text_is_evaluated(monkeypatch):
    scripts = policy_of(answered(monkeypatch))["script-src"]
    assert {"'self'", "blob:", "'wasm-unsafe-eval'"} <= set(scripts)  # the last one allows compiled modules alone
    assert all(re.fullmatch(r"'self'|blob:|'wasm-unsafe-eval'|'sha256-[\w+/]+='", source) for source in scripts)


def test_every_answer_says_what_else_browsers_refuse(monkeypatch):
    given = answered(monkeypatch)
    assert given["x-content-type-options"] == "nosniff"
    assert given["referrer-policy"] == "same-origin"
    assert "camera=(self)" in given["permissions-policy"] and "microphone=()" in given["permissions-policy"]
    assert policy_of(given)["object-src"] == ["'none'"]


@pytest.mark.parametrize("address", ["", "embed=false", "embed=true&embed=false", "other=true"])
def test_without_embed_only_this_server_frames_a_page(monkeypatch, address):
    assert policy_of(answered(monkeypatch, address, "https://course.example"))["frame-ancestors"] == ["'self'"]


@pytest.mark.parametrize(
    ("ancestors", "allowed"),
    [
        (None, ["*"]),
        ("  ", ["*"]),
        (
            "https://course.example https://*.school.example:8443",
            ["https://course.example", "https://*.school.example:8443"],
        ),
        ("'none'", ["'none'"]),
    ],
)
def test_embedded_pages_may_be_framed_by_whom_the_environment_lists(monkeypatch, ancestors, allowed):
    assert policy_of(answered(monkeypatch, "seed=3&embed=true", ancestors))["frame-ancestors"] == allowed


@pytest.mark.parametrize(
    "host", ["javascript:alert(1)", "https://a.example;", "a.example, b.example", "'unsafe-inline'"]
)
def test_what_is_no_host_stops_the_start_with_a_sentence(monkeypatch, host):
    monkeypatch.setenv(headers.FRAME_ANCESTORS, host)
    with pytest.raises(SystemExit, match="no host"):
        headers.frame_ancestors()

"""An address that asks too often is refused for a while; others, and cheap routes, are not."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from ui.server import rates


def answers(monkeypatch, asked: list[tuple[str, str]], kind: str = "http") -> list[list[dict]]:
    """What is sent for each (path, address)."""
    monkeypatch.setattr(rates, "MOST", {"/answers/": 3})

    async def app(scope, receive, send):
        await send({"type": "passed"})

    async def receive():
        return {"type": "websocket.connect"}

    async def all_of_them() -> list[list[dict]]:
        limited, sent = rates.Rates(app), []
        for path, address in asked:
            messages: list[dict] = []

            async def send(message, messages=messages):
                messages.append(message)

            await limited({"type": kind, "path": path, "client": (address, 1), "headers": []}, receive, send)
            sent.append(messages)
        return sent

    with ThreadPoolExecutor(1) as thread:  # the tests' own may have a loop, of Playwright's
        return thread.submit(asyncio.run, all_of_them()).result()


def test_the_fourth_question_of_an_address_is_told_when_to_come_back(monkeypatch):
    sent = answers(monkeypatch, [("/answers/a", "10.0.0.1")] * 4 + [("/answers/a", "10.0.0.2")])
    assert [messages[0]["type"] for messages in sent[:3]] == ["passed"] * 3
    assert sent[3][0]["status"] == 429 and (b"retry-after", b"10") in sent[3][0]["headers"]
    assert b"Try again in 10 seconds" in sent[3][1]["body"]
    assert sent[4] == [{"type": "passed"}]


def test_pages_themselves_have_no_limit_and_a_base_path_changes_nothing(monkeypatch):
    assert all(m == [{"type": "passed"}] for m in answers(monkeypatch, [("/denoise", "10.0.0.1")] * 9))
    sent = answers(monkeypatch, [("/lab/answers/a", "10.0.0.1")] * 4)
    assert sent[3][0]["status"] == 429


def test_a_websocket_is_closed_before_it_opens(monkeypatch):
    sent = answers(monkeypatch, [("/answers/a", "10.0.0.1")] * 4, kind="websocket")
    assert sent[3] == [{"type": "websocket.close", "code": 1013}]


@pytest.mark.parametrize(
    ("client", "same"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_address_of_ipv6_counts_with_its_household(client, same):
    assert rates.network(client) == same

"""Scripts of components by address: the very text, for good; without the routes they go with the data."""

import gzip

import pytest

from tests.requested import requested
from ui.server import scripts

SOURCE = "export default function ({ parentElement }) {\n  parentElement.textContent = 'Zürich'\n}\n"


@pytest.fixture
def served(monkeypatch):
    monkeypatch.setattr(scripts, "_served", True)


def address(stub: str) -> str:
    return stub.split('"')[1]


def test_where_nobody_serves_them_scripts_stay_with_the_data():
    assert scripts.offer(SOURCE) == SOURCE


def test_a_script_is_had_at_the_address_that_stands_in_its_place(served):
    stub = scripts.offer(SOURCE)
    assert len(stub) < 300 and SOURCE not in stub
    status, headers, content = requested(scripts.ROUTES, address(stub), headers={"Accept-Encoding": "gzip, br"})
    assert status == 200 and headers["content-encoding"] == "gzip"
    assert gzip.decompress(content).decode() == SOURCE
    assert "immutable" in headers["cache-control"] and headers["content-type"].startswith("text/javascript")
    _, headers, content = requested(scripts.ROUTES, address(stub))
    assert content.decode() == SOURCE and "content-encoding" not in headers


def test_another_script_has_another_address_and_no_script_none(served):
    assert scripts.offer(SOURCE) == scripts.offer(SOURCE) != scripts.offer(f"{SOURCE}//")
    assert requested(scripts.ROUTES, "scripts/0123.js")[0] == 404

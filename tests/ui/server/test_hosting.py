"""The host asks a server whether it is ready below the path at which it serves."""

import io

import pytest

from ui.server import hosting


@pytest.mark.parametrize(("base", "path"), [(None, "/ready"), ("lab", "/lab/ready"), ("/a/b/", "/a/b/ready")])
def test_a_server_below_a_path_is_asked_there(monkeypatch, base, path):
    asked = []

    def urlopen(address, timeout):
        asked.append(address)
        return io.BytesIO(b'{"ready": true}')

    monkeypatch.setattr(hosting.urllib.request, "urlopen", urlopen)
    monkeypatch.delenv("STREAMLIT_SERVER_BASE_URL_PATH", raising=False)
    if base is not None:
        monkeypatch.setenv("STREAMLIT_SERVER_BASE_URL_PATH", base)
    assert hosting._says_ready(80) and asked == [f"http://127.0.0.1:80{path}"]

"""Training in a real Chromium: what learns in one page is run by two others, and comes back as a file."""

import pytest

from aecore.checkpoints import names
from aecore.maps import shipped
from tests.browser.visitor import DESK, answered, eventually, go

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not {"ae-2-bce", "vae-2", "judge"} <= set(names()) or "vae-2" not in shipped.names(), reason="no maps here"
    ),
]
OWN = "figure[data-tile^=yours-]"


def test_a_trained_network_goes_to_two_pages_and_comes_back_as_a_file(serve, open_page, tmp_path):
    app = serve("app.py")
    page = open_page(f"{app}/training?training_latent=2&training_beside=Nothing", **DESK)
    page.wait_for_selector(".training:not([data-step='0'])")
    page.locator(".lane .use").click()
    page.get_by_role("link", name="Try it in Denoise").wait_for()
    with page.expect_download() as download:
        page.locator(".lane .keep").click()
    file = tmp_path / "network.safetensors"
    download.value.save_as(file)

    page.get_by_role("link", name="Try it in Denoise").click()
    page.wait_for_selector(f"{OWN} canvas")
    go(page, "Latent map")
    page.wait_for_selector("section[data-map=yours] .own canvas", state="attached")  # its network places the digit
    eventually(
        page, lambda: "k-NN accuracy" in page.locator("section[data-map=yours]").text_content()
    )  # and is measured

    page = open_page(f"{app}/denoise", **DESK)  # another session: nothing of it is there
    page.wait_for_selector("figure[data-tile=dae] canvas")
    assert page.locator(OWN).count() == 0
    page.get_by_role("button", name="More settings").click()
    with answered(page):
        page.locator("input[type=file]").set_input_files(file)
    page.wait_for_selector(f"{OWN} canvas", state="attached")
    with answered(page):
        page.locator("input[type=file]").set_input_files(
            {"name": "x.safetensors", "mimeType": "application/octet-stream", "buffer": b"\x80nonsense"}
        )
    page.get_by_text("This is a pickle").wait_for()
    assert not page.errors

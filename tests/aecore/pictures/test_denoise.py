"""Tiles without seams, cancelling, progress, memory."""

import threading
import time
import tracemalloc

import numpy as np
import pytest
import torch

from aecore.models import build
from aecore.pictures.denoise import MULTIPLE, _workers, denoise, denoise_image, preview_box, tiles
from aecore.pictures.noise import add_noise


def same(x):
    """A model that changes nothing."""
    return x


def blur(x):
    """A model that sees three pixels around."""
    return torch.nn.functional.avg_pool2d(torch.nn.functional.pad(x, (3, 3, 3, 3), mode="replicate"), 7, 1)


def test_tiles_cover_a_picture_once():
    for height, width, tile in ((100, 250, 64), (5, 7, 256), (256, 256, 256), (97, 33, 17)):
        seen = np.zeros((height, width), int)
        for left, top, right, bottom in tiles(height, width, tile):
            assert left % MULTIPLE == top % MULTIPLE == 0
            seen[top:bottom, left:right] += 1
        assert (seen == 1).all()


def run(pixels, **options):
    return list(denoise(pixels, **options))[-1].recon


@pytest.mark.parametrize("gray", [True, False])
def test_tiles_give_what_the_whole_picture_gives(camera, chelsea, gray):
    """The network's own shape with random weights, which see as far as trained ones could at the most."""
    network = build("photo_denoiser", {}).eval()

    def model(x):
        with torch.inference_mode():
            return network(x)

    pixels = (camera[:190, :222] if gray else chelsea[:150, :222]).astype(np.float32) / 255
    whole = run(pixels, tile=512, model=model)
    np.testing.assert_allclose(run(pixels, tile=96, overlap=64, model=model), whole, atol=1e-3)
    seams = np.abs(run(pixels, tile=96, overlap=0, model=model) - whole).max()
    assert seams > 1e-3  # the test sees a seam where there is one


def test_the_shipped_network_needs_no_more_overlap_than_it_gets(camera):
    noisy = add_noise(camera, 40, torch.Generator().manual_seed(0)).astype(np.float32) / 255
    whole, tiled = run(noisy, tile=512), run(noisy)
    assert np.abs(whole - tiled).max() < 1e-3


def test_grey_stays_grey_and_types_stay(camera, chelsea):
    for pixels in (camera[:60, :70], chelsea[:60, :70], camera[:60, :70].astype(np.float64) / 255):
        recon = run(pixels, model=blur)
        assert recon.shape == pixels.shape and recon.dtype == pixels.dtype
        x = torch.from_numpy(pixels.reshape(60, 70, -1)).permute(2, 0, 1)[None].float()
        expected = blur(x)[0].permute(1, 2, 0).reshape(pixels.shape).numpy()
        np.testing.assert_allclose(recon, expected, atol=0.51 if pixels.dtype == np.uint8 else 1e-6)


def test_leaving_the_loop_cancels(camera):
    calls, gate = [], threading.Lock()

    def slow(x):
        with gate:
            calls.append(threading.current_thread().name)
        time.sleep(0.01)
        return x

    steps = denoise(camera, tile=32, model=slow)
    first = next(steps)
    assert (first.done, first.total) == (1, 256)
    steps.close()
    made = len(calls)
    time.sleep(0.05)
    assert len(calls) == made < 12 and not any(t.name.startswith("tile") for t in threading.enumerate())


def test_progress_grows_to_one_and_failures_come_through(camera):
    shares = []
    denoise_image(camera, tile=128, model=same, progress=shares.append)
    assert shares == sorted(shares) and len(shares) == 16 and shares[-1] == 1

    def broken(x):
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        denoise_image(camera, model=broken)


def test_tiles_run_beside_each_other(camera):
    both = threading.Barrier(2, timeout=10)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        if _workers() < 2:
            pytest.skip("one core")
        run(camera, tile=256, model=lambda x: (both.wait(), x)[1])  # one alone would wait for ever
    finally:
        torch.set_num_threads(before)


def test_four_megapixels_take_bounded_memory():
    pixels = np.zeros((2000, 2000, 3), np.uint8)
    tracemalloc.start()
    try:
        run(pixels, model=same)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2.5 * pixels.nbytes


def test_the_preview_stays_inside():
    for center in ((0, 0), (0.5, 0.5), (1, 1), (0.9, 0.1)):
        left, top, right, bottom = preview_box(300, 500, 200, center)
        assert (right - left, bottom - top) == (200, 200)
        assert min(left, top) >= 0 and right <= 500 and bottom <= 300
    assert preview_box(50, 40, 320) == (0, 0, 40, 50)

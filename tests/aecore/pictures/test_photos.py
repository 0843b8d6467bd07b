"""Whole pictures: modes and metadata, refusals, tiles without seams, cancelling, how much noise there is."""

import io
import threading
import time
import tracemalloc

import numpy as np
import pytest
import torch
from PIL import Image, ImageCms, PngImagePlugin
from skimage.restoration import denoise_nl_means

from aecore.data.photos import load_photos
from aecore.errors import ImageError
from aecore.metrics import psnr
from aecore.models import build
from aecore.pictures import photos


def same(x):
    """A model that changes nothing."""
    return x


def blur(x):
    """A model that sees three pixels around."""
    return torch.nn.functional.avg_pool2d(torch.nn.functional.pad(x, (3, 3, 3, 3), mode="replicate"), 7, 1)


def encode(picture, kind="PNG", **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


@pytest.fixture(scope="module")
def camera():
    return load_photos("test")["camera"]


@pytest.fixture(scope="module")
def chelsea():
    return load_photos("test")["chelsea"]


def sloped_alpha(picture):
    return Image.fromarray(np.tile(np.linspace(0, 255, picture.width).astype(np.uint8), (picture.height, 1)))


# ------------------------------------------------------------------------------------------ size, mode, metadata


def pictures():
    color = Image.fromarray(load_photos("test")["chelsea"][:90, :121])
    gray = color.convert("L")
    deep = Image.fromarray(np.asarray(gray).astype(np.uint16) * 16 + 100)  # 12 bits of 16
    half = color.convert("RGBA")
    half.putalpha(sloped_alpha(color))
    gray_alpha = gray.convert("LA")
    gray_alpha.putalpha(sloped_alpha(color))
    return {
        "L": (gray, "PNG"), "RGB": (color, "PNG"), "RGBA": (half, "PNG"), "LA": (gray_alpha, "PNG"),
        "1": (gray.convert("1"), "PNG"), "I;16": (deep, "PNG"), "RGB jpeg": (color, "JPEG"), "RGB bmp": (color, "BMP"),
        "RGBA webp": (half, "WEBP"), "RGB tiff": (color, "TIFF"), "I;16 tiff": (deep, "TIFF"),
    }  # fmt: skip


@pytest.mark.parametrize("name", pictures())
def test_a_picture_comes_back_at_its_own_size_and_mode(name):
    """Through a model that changes nothing, every pixel is as Pillow reads it."""
    picture, kind = pictures()[name]
    data = encode(picture, kind, **({"lossless": True, "exact": True} if kind == "WEBP" else {}))
    back = photos.denoise_image(data, model=same)
    with Image.open(io.BytesIO(photos.png(back))) as saved, Image.open(io.BytesIO(data)) as given:
        assert saved.mode == given.mode == name.split()[0] and saved.size == given.size and saved.format == "PNG"
        np.testing.assert_array_equal(np.asarray(saved), np.asarray(given))


@pytest.mark.parametrize("clear", [False, True])
def test_a_palette_stays_a_palette(chelsea, clear):
    picture = Image.fromarray(chelsea[:90, :121]).quantize(200)
    if clear:
        picture.info["transparency"] = 7
    back = photos.denoise_image(encode(picture, "GIF" if not clear else "PNG"), model=same)
    assert back.mode == "P" and back.size == picture.size
    before, after = (
        np.asarray(Image.open(io.BytesIO(photos.png(p))).convert("RGBA")).astype(int) for p in (picture, back)
    )
    np.testing.assert_array_equal(before[..., 3], after[..., 3])
    seen = before[..., 3] > 0
    assert np.abs(before - after)[seen].mean() < 4


def test_what_png_does_not_hold_is_said(chelsea):
    color = Image.fromarray(chelsea[:40, :60])
    photo = photos.read_photo(encode(color.convert("CMYK"), "JPEG"))
    assert photo.mode == "RGB" and "CMYK" in photo.notes[0]
    lab = ImageCms.profileToProfile(
        color, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    photo = photos.read_photo(encode(lab, "TIFF"))
    assert photo.mode == "RGB" and "Lab" in photo.notes[0]
    assert np.abs(photo.pixels.astype(int) - np.asarray(color)).mean() < 4
    photo = photos.read_photo(encode(Image.fromarray(np.asarray(color.convert("L"), np.float32)), "TIFF"))
    assert photo.mode == "I;16" and photo.pixels.max() == 1 and "16 bits" in photo.notes[0]
    keyed = photos.read_photo(encode(color, "PNG", transparency=tuple(int(v) for v in chelsea[0, 0])))
    assert keyed.mode == "RGBA" and keyed.alpha[0, 0] == 0


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_alpha_is_never_touched(chelsea, mode):
    picture = Image.fromarray(chelsea[:64, :80]).convert(mode)
    picture.putalpha(sloped_alpha(picture))
    back = photos.denoise_image(encode(picture), model=blur)
    np.testing.assert_array_equal(np.asarray(back)[..., -1], np.asarray(picture)[..., -1])
    assert not np.array_equal(np.asarray(back)[..., 0], np.asarray(picture)[..., 0])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_upright_and_bare(chelsea, kind, orientation):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x013B] = orientation, "a camera", "a name"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options = {"exif": exif, "icc_profile": profile, "dpi": (300, 300)}
    if kind == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("comment", "a secret")
    data = encode(Image.fromarray(chelsea[:50, :70]), kind, **options)
    from PIL import ImageOps

    with Image.open(io.BytesIO(data)) as given:
        upright = np.asarray(ImageOps.exif_transpose(given))
    back = photos.png(photos.denoise_image(data, model=same))
    chunks = [
        back[at - 4 : at] for at in range(4, len(back)) if back[at - 4 : at] in (b"eXIf", b"tEXt", b"iCCP", b"pHYs")
    ]
    assert not chunks and b"a name" not in back
    with Image.open(io.BytesIO(back)) as saved:
        assert not saved.info and not saved.getexif()
        np.testing.assert_array_equal(np.asarray(saved), upright)


def test_arrays_and_pillow_pictures(camera, chelsea):
    for picture in (
        camera,
        chelsea,
        chelsea / 255.0,
        Image.fromarray(chelsea),
        camera > 100,
        np.dstack([camera, camera]),
    ):
        back = photos.denoise_image(picture, model=same)
        expected = np.asarray(picture)
        expected = np.rint(expected * 255) if expected.dtype.kind == "f" else expected
        np.testing.assert_array_equal(np.asarray(back), expected)


# ------------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (b"", "empty"),
        (b"no picture at all", "not a picture"),
        (encode(Image.new("L", (2500, 1601))), "4 megapixels"),
        (encode(Image.new("L", (2500, 1601)), "JPEG"), "4 megapixels"),
        (np.zeros((2001, 2000), np.uint8), "4 megapixels"),
        (Image.new("1", (2001, 2000)), "4 megapixels"),
        (encode(Image.new("L", (3, 40))), "less than 5"),
        (np.zeros((3, 40), np.uint8), "less than 5"),
        (encode(Image.new("L", (1000, 10))), "longer than 50"),
        (np.full((20, 20), 1.5), "no picture"),
        (np.full((20, 20), np.nan), "no picture"),
        (np.zeros((20, 20, 5), np.uint8), "no picture"),
        (np.zeros((20,), np.uint8), "no picture"),
        (np.zeros((0, 20), np.uint8), "no picture"),
        (np.zeros((20, 20), "U3"), "no picture"),
        (encode(Image.new("RGB", (200, 200), "red"))[:-60], "damaged"),
    ],
)
def test_refusals_are_one_friendly_sentence(picture, words):
    with pytest.raises(ImageError, match=words):
        photos.denoise_image(picture, model=same)


@pytest.mark.filterwarnings("ignore")
def test_files_full_of_mistakes_end_in_a_picture_or_an_image_error(chelsea):
    rng = np.random.default_rng(0)
    color = Image.fromarray(chelsea[:40, :60])
    half = color.convert("RGBA")
    half.putalpha(sloped_alpha(color))
    files = [encode(color, kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")]
    files += [encode(half), encode(half, "WEBP"), encode(color.quantize(20)), encode(color.convert("CMYK"), "TIFF")]
    read = 0
    for data in files:
        for _ in range(40):
            bad = bytearray(data)
            for at in rng.integers(0, min(len(bad), 10 ** int(rng.integers(2, 5))), int(rng.integers(1, 4))):
                bad[at] = rng.integers(0, 256)
            try:
                photo = photos.read_photo(bytes(bad))
            except ImageError:
                continue
            read += 1
            assert photos.png(photo.image())[:4] == b"\x89PNG" and photo.pixels.size
    assert read > 50


# ------------------------------------------------------------------------------------------ tiles


def test_tiles_cover_a_picture_once():
    for height, width, tile in ((100, 250, 64), (5, 7, 256), (256, 256, 256), (97, 33, 17)):
        seen = np.zeros((height, width), int)
        for left, top, right, bottom in photos.tiles(height, width, tile):
            assert left % photos.MULTIPLE == top % photos.MULTIPLE == 0
            seen[top:bottom, left:right] += 1
        assert (seen == 1).all()


def run(pixels, **options):
    return list(photos.denoise(pixels, **options))[-1].recon


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
    noisy = photos.add_noise(camera, 40, torch.Generator().manual_seed(0)).astype(np.float32) / 255
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

    steps = photos.denoise(camera, tile=32, model=slow)
    first = next(steps)
    assert (first.done, first.total) == (1, 256) and first.seconds_left >= 0
    steps.close()
    made = len(calls)
    time.sleep(0.05)
    assert len(calls) == made < 12 and not any(t.name.startswith("tile") for t in threading.enumerate())


def test_progress_grows_to_one_and_failures_come_through(camera):
    shares = []
    photos.denoise_image(camera, tile=128, model=same, progress=shares.append)
    assert shares == sorted(shares) and len(shares) == 16 and shares[-1] == 1

    def broken(x):
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        photos.denoise_image(camera, model=broken)


def test_tiles_run_beside_each_other(camera):
    both = threading.Barrier(2, timeout=10)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        if photos._workers() < 2:
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


# ------------------------------------------------------------------------------------------ noise and filters


@pytest.mark.parametrize("sigma", [5, 15, 25, 50])
def test_sigma_is_estimated(sigma):
    """Of noise that nothing clipped, on a picture that is smooth; real ones have texture, which counts as noise."""
    y, x = np.mgrid[0:1:200j, 0:1:240j]
    smooth = np.dstack([0.3 + 0.4 * x, 0.5 + 0.2 * y, 0.4 + 0.1 * x * y])
    noisy = photos.add_noise(smooth, sigma, torch.Generator().manual_seed(0))
    assert photos.estimate_sigma(noisy) == pytest.approx(sigma, rel=0.04)
    assert photos.estimate_sigma(noisy[..., 0]) == pytest.approx(sigma, rel=0.04)


def test_sigma_of_an_eight_bit_photo(chelsea):
    noisy = photos.add_noise(chelsea, 25, torch.Generator().manual_seed(0))
    assert noisy.dtype == np.uint8 and photos.estimate_sigma(noisy) == pytest.approx(25, abs=1.5)
    assert photos.estimate_sigma(chelsea) < 3
    assert photos.estimate_sigma(chelsea[:1, :1]) == 0  # nothing to measure


def test_the_page_is_told_when_there_is_nothing_to_do(camera):
    assert not photos.judge_result(camera, run(camera, model=same)).helps
    verdict = photos.judge_result(np.full((60, 60), 90, np.uint8), np.full((60, 60), 90, np.uint8))
    assert not verdict.helps and "does not help" in verdict.sentence
    noisy = photos.add_noise(camera, 25, torch.Generator().manual_seed(0))
    verdict = photos.judge_result(noisy, camera)
    assert verdict.helps and verdict.removed == pytest.approx(25, abs=2) and "noise of about 2" in verdict.sentence


@pytest.mark.parametrize(("name", "sigma"), [("camera", 0), ("coffee", 0), ("coffee", 8), ("camera", 25), ("grass", 0)])
def test_the_verdict_is_right_about_the_shipped_network(name, sigma):
    clean = (load_photos("test") | load_photos("train"))[name][:256, :256]
    noisy = photos.add_noise(clean, sigma, torch.Generator().manual_seed(0))
    recon = run(noisy)
    better = psnr(photos.to_tensor(clean), photos.to_tensor(recon)) > psnr(
        photos.to_tensor(clean), photos.to_tensor(noisy)
    )
    assert photos.judge_result(noisy, recon).helps == bool(better) == (sigma > 0)


def test_texture_is_not_called_noise():
    """A network that removes little of what looks like noise has seen texture."""
    rough = np.random.default_rng(0).integers(60, 200, (80, 80), np.uint8)
    verdict = photos.judge_result(rough, np.clip(rough + 5 * np.sign(rough - 130.0), 0, 255).astype(np.uint8))
    assert verdict.removed > 4 and not verdict.helps and "texture" in verdict.sentence


@pytest.mark.parametrize("name", photos.FILTERS)
@pytest.mark.parametrize("gray", [True, False])
def test_every_filter_removes_noise(camera, chelsea, name, gray):
    clean = (camera if gray else chelsea)[100:220, 100:230]
    noisy = photos.add_noise(clean, 25, torch.Generator().manual_seed(0))
    recon = photos.filter_image(name, noisy)
    assert recon.dtype == np.uint8 and recon.shape == clean.shape

    def quality(pixels):
        return float(psnr(photos.to_tensor(clean), photos.to_tensor(pixels)))

    assert quality(recon) > quality(noisy) + 3.5
    np.testing.assert_array_equal(photos.filter_image(name, clean, 0.0), clean)


def test_non_local_means_is_scikit_images(chelsea):
    x = chelsea[:60, :60].astype(np.float32) / 255
    expected = denoise_nl_means(
        x, patch_size=7, patch_distance=6, h=0.6 * 25 / 255, sigma=25 / 255, fast_mode=True, channel_axis=-1
    )
    np.testing.assert_allclose(photos.filter_image("non_local_means", x, 25), expected, atol=1e-6)


def test_an_unknown_filter_is_a_value_error(camera):
    with pytest.raises(ValueError, match="median"):
        photos.filter_image("wiener", camera)


def test_the_preview_stays_inside():
    for center in ((0, 0), (0.5, 0.5), (1, 1), (0.9, 0.1)):
        left, top, right, bottom = photos.preview_box(300, 500, 200, center)
        assert (right - left, bottom - top) == (200, 200)
        assert min(left, top) >= 0 and right <= 500 and bottom <= 300
    assert photos.preview_box(50, 40, 320) == (0, 0, 40, 50)

"""Pictures read and written: modes and metadata, refusals."""

import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageCms, PngImagePlugin

from aecore.data.photos import load_photos
from aecore.errors import ImageError
from aecore.pictures.denoise import denoise_image
from aecore.pictures.io import png, read_photo


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


def sloped_alpha(picture):
    return Image.fromarray(np.tile(np.linspace(0, 255, picture.width).astype(np.uint8), (picture.height, 1)))


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
    back = denoise_image(data, model=same)
    with Image.open(io.BytesIO(png(back))) as saved, Image.open(io.BytesIO(data)) as given:
        assert saved.mode == given.mode == name.split()[0] and saved.size == given.size and saved.format == "PNG"
        np.testing.assert_array_equal(np.asarray(saved), np.asarray(given))


@pytest.mark.parametrize("clear", [False, True])
def test_a_palette_stays_a_palette(chelsea, clear):
    picture = Image.fromarray(chelsea[:90, :121]).quantize(200)
    if clear:
        picture.info["transparency"] = 7
    back = denoise_image(encode(picture, "GIF" if not clear else "PNG"), model=same)
    assert back.mode == "P" and back.size == picture.size
    before, after = (np.asarray(Image.open(io.BytesIO(png(p))).convert("RGBA")).astype(int) for p in (picture, back))
    np.testing.assert_array_equal(before[..., 3], after[..., 3])
    seen = before[..., 3] > 0
    assert np.abs(before - after)[seen].mean() < 4


def test_what_png_does_not_hold_is_said(chelsea):
    color = Image.fromarray(chelsea[:40, :60])
    photo = read_photo(encode(color.convert("CMYK"), "JPEG"))
    assert photo.mode == "RGB" and "CMYK" in photo.notes[0]
    lab = ImageCms.profileToProfile(
        color, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    photo = read_photo(encode(lab, "TIFF"))
    assert photo.mode == "RGB" and "Lab" in photo.notes[0]
    assert np.abs(photo.pixels.astype(int) - np.asarray(color)).mean() < 4
    photo = read_photo(encode(Image.fromarray(np.asarray(color.convert("L"), np.float32)), "TIFF"))
    assert photo.mode == "I;16" and photo.pixels.max() == 1 and "16 bits" in photo.notes[0]
    keyed = read_photo(encode(color, "PNG", transparency=tuple(int(v) for v in chelsea[0, 0])))
    assert keyed.mode == "RGBA" and keyed.alpha[0, 0] == 0


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_alpha_is_never_touched(chelsea, mode):
    picture = Image.fromarray(chelsea[:64, :80]).convert(mode)
    picture.putalpha(sloped_alpha(picture))
    back = denoise_image(encode(picture), model=blur)
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
    back = png(denoise_image(data, model=same))
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
        back = denoise_image(picture, model=same)
        expected = np.asarray(picture)
        expected = np.rint(expected * 255) if expected.dtype.kind == "f" else expected
        np.testing.assert_array_equal(np.asarray(back), expected)


# ------------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (b"", "empty"),
        (b"no picture at all", "not a picture"),
        (encode(Image.new("L", (5000, 4001))), "20 megapixels"),
        (encode(Image.new("L", (5000, 4001)), "JPEG"), "20 megapixels"),
        (np.zeros((4001, 5000), np.uint8), "20 megapixels"),
        (Image.new("1", (5000, 4001)), "20 megapixels"),
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
        denoise_image(picture, model=same)


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
                photo = read_photo(bytes(bad))
            except ImageError:
                continue
            read += 1
            assert png(photo.image())[:4] == b"\x89PNG" and photo.pixels.size
    assert read > 50

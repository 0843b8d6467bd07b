"""A picture of any kind, depth and colour profile comes back looking the same where nothing is cleaned.

How it looks is computed here by littleCMS, gamma's formula, tifffile and OpenCV, not by what is tested.
"""

import io

import cv2
import numpy as np
import pytest
import torch
from PIL import Image, ImageCms

from aecore.data.photos import load_photos
from aecore.pictures.denoise import denoise, denoise_image
from aecore.pictures.filters import FILTERS, filter_image
from aecore.pictures.io import as_photo, png, read_photo
from aecore.pictures.noise import add_noise
from aecore.pictures.pages import restore_page
from aecore.pictures.sample_pages import sample_page
from tests import picture_files as made

SRGB = ImageCms.createProfile("sRGB")
COLOR = load_photos("test")["chelsea"][40:120, 60:161]
GREY = np.asarray(Image.fromarray(COLOR).convert("L"))
SLOPE = np.tile(np.linspace(0, 255, COLOR.shape[1]).round().astype(np.uint8), (COLOR.shape[0], 1))
DEEP = COLOR.astype(np.uint16) * 257 - np.random.default_rng(0).integers(0, 200, COLOR.shape, np.uint16)
DEEP[0, 0], DEEP[-1, -1] = 65535, 0  # all bits in use
DEEP_GREY = np.ascontiguousarray(DEEP[..., 1])
DEEP_SLOPE = SLOPE.astype(np.uint16) * 250
GREYS = (("adobe grey", made.grey_profile(2.2)), ("linear grey", made.grey_profile(1.0)))
WIDE, ADOBE, LINEAR = (
    made.rgb_profile(made.WIDE, 2.2), made.rgb_profile(made.ADOBE, 2.199), made.rgb_profile(made.SRGB, 1.0)
)  # fmt: skip


def same(x):
    """A model that changes nothing."""
    return x


def look(picture, icc=None, power=None):
    """(H, W, 3) in [0, 255] in sRGB: of a Pillow picture or an array; power: of a PNG's gamma, numbers to light."""
    pixels = np.asarray(picture)
    if pixels.dtype == np.uint16:
        pixels = np.rint(pixels / 257).astype(np.uint8)
    if power:
        light = (pixels / 255) ** power
        pixels = 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    elif icc:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        mode = "L" if pixels.ndim == 2 else "CMYK" if pixels.shape[2] == 4 else "RGB"
        image = Image.fromarray(pixels, mode)
        pixels = np.asarray(ImageCms.profileToProfile(image, opened, SRGB, outputMode="RGB"))
    return np.stack([pixels] * 3, -1).astype(float) if pixels.ndim == 2 else pixels.astype(float)


def came_back(image):
    """How a picture that came back looks, and its alpha in [0, 255] or None."""
    icc = image.info.get("icc_profile")
    if image.mode == "I;16":
        values, key = np.asarray(image), image.info.get("transparency")
        return look(values, icc), None if key is None else np.where(values == key, 0, 255)
    if not image.has_transparency_data:
        return look(image.convert("L" if image.mode in ("1", "L") else "RGB"), icc), None
    alpha = np.asarray(image.convert("RGBA"))[..., 3]
    return look(image.convert("L" if image.mode == "LA" else "RGB"), icc), alpha


def files():
    """name -> (file, how it looks, alpha or None, Pillow's mode of what comes back)."""
    color, grey = Image.fromarray(COLOR), Image.fromarray(GREY)
    half, half_grey = color.convert("RGBA"), grey.convert("LA")
    half.putalpha(Image.fromarray(SLOPE))
    half_grey.putalpha(Image.fromarray(SLOPE))
    palette = color.quantize(200)
    colors = np.asarray(palette.getpalette()[:600], np.uint8).reshape(-1, 3)
    places = np.asarray(palette)
    seen = look(palette.convert("RGB"))
    clear = np.where(places == 7, 0, 255)
    few = np.random.default_rng(1).integers(0, 4, (40, 50))
    sixteen = np.random.default_rng(1).integers(0, 16, (40, 50))
    key = DEEP_GREY[5, 5]
    key_color = tuple(int(v) for v in DEEP[5, 5])
    plain = {
        "L": (made.encode(grey), look(GREY), None, "L"),
        "RGB": (made.encode(color), look(COLOR), None, "RGB"),
        "RGBA": (made.encode(half), look(COLOR), SLOPE, "RGBA"),
        "LA": (made.encode(half_grey), look(GREY), SLOPE, "LA"),
        "1": (made.encode(grey.convert("1")), look(grey.convert("1").convert("L")), None, "1"),
        "P": (made.encode(palette), seen, None, "P"),
        "P clear": (made.png(places, made.chunk(b"tRNS", b"\xff" * 7 + b"\0"), palette=colors), seen, clear, "P"),
        "P half clear": (
            made.png(places, made.chunk(b"tRNS", bytes(range(200))), palette=colors), seen, places, "RGBA"
        ),
        "2 bits": (made.png(few, depth=2), look((few * 85).astype(np.uint8)), None, "L"),
        "4 bits clear": (
            made.png(sixteen, made.chunk(b"tRNS", b"\0\x0f"), depth=4),
            look((sixteen * 17).astype(np.uint8)), np.where(sixteen == 15, 0, 255), "LA",
        ),
        "8 bits clear": (
            made.png(GREY, made.chunk(b"tRNS", bytes([0, GREY[5, 5]]))),
            look(GREY), np.where(GREY[5, 5] == GREY, 0, 255), "LA",
        ),
        "RGB clear": (
            made.png(COLOR, made.chunk(b"tRNS", bytes(v for n in COLOR[5, 5] for v in (0, n)))),
            look(COLOR), np.where((COLOR[5, 5] == COLOR).all(-1), 0, 255), "RGBA",
        ),
        "I;16": (made.png(DEEP_GREY, depth=16), look(DEEP_GREY), None, "I;16"),
        "I;16 clear": (
            made.png(DEEP_GREY, made.chunk(b"tRNS", int(key).to_bytes(2, "big")), depth=16),
            look(DEEP_GREY), np.where(key == DEEP_GREY, 0, 255), "I;16",
        ),
        "RGB;16": (made.png(DEEP, depth=16), look(DEEP), None, "RGB"),
        "RGB;16 clear": (
            made.png(DEEP, made.chunk(b"tRNS", np.array(key_color, ">u2").tobytes()), depth=16),
            look(DEEP), np.where((key_color == DEEP).all(-1), 0, 255), "RGBA",
        ),
        "RGBA;16": (made.png(np.dstack([DEEP, DEEP_SLOPE]), depth=16), look(DEEP), DEEP_SLOPE / 257, "RGBA"),
        "LA;16": (made.png(np.dstack([DEEP_GREY, DEEP_SLOPE]), depth=16), look(DEEP_GREY), DEEP_SLOPE / 257, "LA"),
        "webp": (made.encode(half, "WEBP", lossless=True, exact=True), look(COLOR), SLOPE, "RGBA"),
        "gif": (made.encode(palette, "GIF"), seen, None, "P"),
        "bmp": (made.encode(color, "BMP"), look(COLOR), None, "RGB"),
        "jpeg 2000": (made.encode(half, "JPEG2000"), look(COLOR), SLOPE, "RGBA"),
        "jpeg 2000 grey": (made.encode(grey, "JPEG2000"), look(GREY), None, "L"),
        "jpeg 2000 I;16": (made.encode(Image.fromarray(DEEP_GREY), "JPEG2000"), look(DEEP_GREY), None, "I;16"),
    }  # fmt: skip
    return plain | profiled() | gammas() | lossy() | tiffs()


def profiled():
    """Each with an ICC profile of its own."""
    color, grey = Image.fromarray(COLOR), Image.fromarray(GREY)
    half = color.convert("RGBA")
    half.putalpha(Image.fromarray(SLOPE))
    three = Image.merge("RGB", [grey] * 3)
    made_of = {}
    for name, icc in (("wide", WIDE), ("adobe", ADOBE), ("linear", LINEAR)):
        seen = look(COLOR, icc)
        palette = color.quantize(120)
        made_of |= {
            f"{name} png": (made.encode(color, icc_profile=icc), seen, None, "RGB"),
            f"{name} rgba": (made.encode(half, icc_profile=icc), seen, SLOPE, "RGBA"),
            f"{name} palette": (
                made.encode(palette, icc_profile=icc), look(palette.convert("RGB"), icc), None, "P"
            ),
            f"{name} 16 bits": (made.png(DEEP, made.embedded(icc), depth=16), look(DEEP, icc), None, "RGB"),
            f"{name} three greys": (made.encode(three, icc_profile=icc), look(three, icc), None, "RGB"),
            f"{name} tiff": (made.encode(color, "TIFF", icc_profile=icc), seen, None, "RGB"),
            f"{name} tiff 16 bits": (
                made.tiff(DEEP, photometric="rgb", iccprofile=icc), look(DEEP, icc), None, "RGB"
            ),
            f"{name} webp": (made.encode(color, "WEBP", lossless=True, icc_profile=icc), seen, None, "RGB"),
            f"{name} jpeg 2000": (made.jpeg2000(color, icc), seen, None, "RGB"),
        }  # fmt: skip
    for name, icc in GREYS:
        made_of |= {
            f"{name} png": (made.encode(grey, icc_profile=icc), look(GREY, icc), None, "L"),
            f"{name} 16 bits": (made.png(DEEP_GREY, made.embedded(icc), depth=16), look(DEEP_GREY, icc), None, "I;16"),
            f"{name} tiff": (made.encode(grey, "TIFF", icc_profile=icc), look(GREY, icc), None, "L"),
        }
    return made_of


def gammas():
    """PNG's own words for what numbers mean, the stronger ones first."""
    linear, coded = made.gamma(1.0), made.chunk(b"cICP", bytes([12, 13, 0, 1]))
    srgb, old = made.chunk(b"sRGB", b"\0"), made.gamma(0.45455)
    wide_srgb = _display_p3()
    return {
        "gAMA 1": (made.png(COLOR, linear), look(COLOR, power=1), None, "RGB"),
        "gAMA 1 grey": (made.png(GREY, linear), look(GREY, power=1), None, "L"),
        "gAMA 1 grey 16 bits": (made.png(DEEP_GREY, linear, depth=16), look(DEEP_GREY, power=1), None, "I;16"),
        "gAMA 1 16 bits": (made.png(DEEP, linear, depth=16), look(DEEP, power=1), None, "RGB"),
        "gAMA 1/2.2": (made.png(COLOR, old), look(COLOR, power=2.2), None, "RGB"),
        "gAMA 1/1.8 rgba": (
            made.png(np.dstack([COLOR, SLOPE]), made.gamma(1 / 1.8)), look(COLOR, power=1.8), SLOPE, "RGBA"
        ),
        "sRGB over gAMA": (made.png(COLOR, linear, srgb), look(COLOR), None, "RGB"),
        "iCCP over gAMA": (made.png(COLOR, linear, made.embedded(WIDE)), look(COLOR, WIDE), None, "RGB"),
        "gAMA and cHRM": (
            made.png(COLOR, made.gamma(1 / 2.2), made.chromaticities(made.WIDE)), look(COLOR, WIDE), None, "RGB"
        ),
        "cICP": (made.png(COLOR, coded, made.embedded(LINEAR)), look(COLOR, wide_srgb), None, "RGB"),
    }  # fmt: skip


def _display_p3():
    """Display P3's primaries with sRGB's curve, as a table of 4,096 numbers in a version 2 profile."""
    numbers = np.linspace(0, 1, 4096)
    light = np.where(numbers <= 0.04045, numbers / 12.92, ((numbers + 0.055) / 1.055) ** 2.4)
    table = b"curv\0\0\0\0" + (4096).to_bytes(4, "big") + np.rint(light * 65535).astype(">u2").tobytes()
    return made.rgb_profile(made.WIDE, curve=table)


def lossy():
    """Their numbers are what Pillow decodes; what they mean is asked here."""
    color, grey = Image.fromarray(COLOR), Image.fromarray(GREY)
    cmyk, inks = color.convert("CMYK"), made.cmyk_profile()
    other = color.transpose(Image.Transpose.ROTATE_180)
    made_of = {}
    for name, kind, options in (
        ("jpeg", "JPEG", {"quality": 95}), ("progressive jpeg", "JPEG", {"progressive": True}),
        ("avif", "AVIF", {}), ("avif wide", "AVIF", {"icc_profile": WIDE}),
        ("jpeg wide", "JPEG", {"icc_profile": WIDE}), ("webp adobe", "WEBP", {"icc_profile": ADOBE}),
        ("mpo", "MPO", {"save_all": True, "append_images": [other], "icc_profile": WIDE}),
    ):  # fmt: skip
        data = made.encode(color, kind, **options)
        with Image.open(io.BytesIO(data)) as opened:
            made_of[name] = (data, look(opened.convert("RGB"), options.get("icc_profile")), None, "RGB")
    data = made.encode(grey, "JPEG", icc_profile=GREYS[0][1])
    made_of["grey jpeg"] = (data, look(Image.open(io.BytesIO(data)), GREYS[0][1]), None, "L")
    for name, kind in (("cmyk jpeg", "JPEG"), ("cmyk tiff", "TIFF")):
        data = made.encode(cmyk, kind, icc_profile=inks)
        made_of[name] = (data, look(Image.open(io.BytesIO(data)), inks), None, "RGB")
        data = made.encode(cmyk, kind)
        made_of[f"{name} without profile"] = (data, look(Image.open(io.BytesIO(data)).convert("RGB")), None, "RGB")
    return made_of


def tiffs():
    """Big and little endian, white that is zero, floats, signed numbers, Lab."""
    made_of = {}
    lab = ImageCms.profileToProfile(Image.fromarray(COLOR), SRGB, ImageCms.createProfile("LAB"), outputMode="LAB")
    made_of["lab"] = (
        made.encode(lab, "TIFF"),
        look(ImageCms.profileToProfile(lab, ImageCms.createProfile("LAB"), SRGB, outputMode="RGB")), None, "RGB",
    )  # fmt: skip
    unit = DEEP_GREY / np.float32(65535)
    straight = {"photometric": "rgb", "extrasamples": ["unassalpha"]}
    spread = {"photometric": "rgb", "extrasamples": ["assocalpha"]}
    share = np.maximum(DEEP_SLOPE, 6000) / 65535
    for order in "<>":
        for name, values, seen, alpha, mode, options in (
            ("grey", GREY, look(GREY), None, "L", {}),
            ("white is zero", 255 - GREY, look(GREY), None, "L", {"photometric": "miniswhite"}),
            ("16 bits", DEEP_GREY, look(DEEP_GREY), None, "I;16", {}),
            ("16 bits white is zero", 65535 - DEEP_GREY, look(DEEP_GREY), None, "I;16", {"photometric": "miniswhite"}),
            ("16 bits packed", DEEP_GREY, look(DEEP_GREY), None, "I;16", {"compression": "zlib", "predictor": True}),
            ("16 bits tiled", DEEP_GREY, look(DEEP_GREY), None, "I;16", {"tile": (32, 32)}),
            ("float", unit, look(DEEP_GREY), None, "I;16", {}),
            ("double", unit.astype(np.float64), look(DEEP_GREY), None, "I;16", {}),
            ("float white is zero", 1 - unit, look(DEEP_GREY), None, "I;16", {"photometric": "miniswhite"}),
            ("float to 255", unit * 255, look(DEEP_GREY), None, "I;16", {}),
            ("32 bits", DEEP_GREY.astype(np.uint32) * 65537, look(DEEP_GREY), None, "I;16", {}),
            ("signed", (DEEP_GREY.astype(np.int32) - 32768).astype(np.int16), look(DEEP_GREY), None, "I;16", {}),
            ("colours of 16 bits", DEEP, look(DEEP), None, "RGB", {"photometric": "rgb"}),
            ("colours packed", DEEP, look(DEEP), None, "RGB", {"photometric": "rgb", "compression": "zlib"}),
            ("float colours", DEEP / np.float32(65535), look(DEEP), None, "RGB", {"photometric": "rgb"}),
            ("alpha", np.dstack([DEEP, DEEP_SLOPE]), look(DEEP), DEEP_SLOPE / 257, "RGBA", straight),
            (
                "spread alpha", np.rint(np.dstack([DEEP * share[..., None], share * 65535])).astype(np.uint16),
                look(DEEP), share * 255, "RGBA", spread,
            ),
            ("signless bytes", 255 - GREY, look(255 - GREY), None, "L", {"photometric": "minisblack"}),
        ):  # fmt: skip
            options = {"photometric": "minisblack"} | options
            made_of[f"tiff {order} {name}"] = (made.tiff(values, byteorder=order, **options), seen, alpha, mode)
    return made_of


FILES = files()


@pytest.mark.parametrize("name", FILES)
def test_it_looks_the_same_and_keeps_its_mode(name):
    data, seen, alpha, mode = FILES[name]
    image = denoise_image(data, model=same)
    assert image.mode == mode
    back, clear = came_back(image)
    visible = np.ones(seen.shape[:2], bool) if alpha is None else np.asarray(alpha) > 0
    assert np.abs(back - seen)[visible].max() <= 1
    if alpha is None:
        assert clear is None
    else:
        assert np.abs(clear - np.asarray(alpha, float)).max() <= 0.51
    with Image.open(io.BytesIO(png(image))) as saved:  # and so does the file
        assert np.abs(came_back(saved)[0] - seen)[visible].max() <= 1


# ------------------------------------------------------------------------------------------ to the last bit

OF_16_BITS = {
    "grey": (made.png(DEEP_GREY, depth=16), DEEP_GREY),
    "grey big endian": (made.tiff(DEEP_GREY, photometric="minisblack", byteorder=">"), DEEP_GREY),
    "colours": (made.png(DEEP, depth=16), DEEP),
    "colours of a tiff": (made.tiff(DEEP, photometric="rgb", compression="zlib"), DEEP),
    "colours and alpha": (made.png(np.dstack([DEEP, DEEP_SLOPE]), depth=16), np.dstack([DEEP, DEEP_SLOPE])),
    "grey and alpha": (made.png(np.dstack([DEEP_GREY, DEEP_SLOPE]), depth=16), np.dstack([DEEP_GREY, DEEP_SLOPE])),
    "three greys": (made.png(np.dstack([DEEP_GREY] * 3), depth=16), np.dstack([DEEP_GREY] * 3)),
    "12 bits": (made.png(DEEP_GREY >> 4, depth=16), DEEP_GREY >> 4),
    "few bits": (made.png(DEEP_GREY >> 9, depth=16), DEEP_GREY >> 9),
    "black": (made.png(DEEP_GREY * 0, depth=16), DEEP_GREY * 0),
}


@pytest.mark.parametrize("name", OF_16_BITS)
def test_16_bits_stay_16_bits(name):
    data, values = OF_16_BITS[name]
    photo = read_photo(data)
    saved = cv2.imdecode(np.frombuffer(photo.png(run(photo.pixels)), np.uint8), cv2.IMREAD_UNCHANGED)
    assert saved.dtype == np.uint16
    if saved.ndim == 3:
        saved = saved[..., [2, 1, 0, 3][: saved.shape[2]]]
        saved = saved[..., [0, 3]] if values.shape[2] == 2 else saved
    np.testing.assert_array_equal(saved, values)
    for filter_name in FILTERS:
        assert photo.png(filter_image(filter_name, photo.pixels, 0.0)) == photo.png()


def run(pixels, model=same):
    return list(denoise(pixels, model=model))[-1].recon


def network(x):
    """A model that treats the channels unlike, as trained ones do, and sees three pixels around."""
    mixed = torch.stack([x[:, 0], 0.8 * x[:, 1] + 0.2 * x[:, 0], 0.9 * x[:, 2] + 0.05], 1)
    return torch.nn.functional.avg_pool2d(torch.nn.functional.pad(mixed, (1, 1, 1, 1), mode="replicate"), 3, 1)


GREY_FILES = {
    "rgb png": made.encode(Image.merge("RGB", [Image.fromarray(GREY)] * 3)),
    "rgb jpeg": made.encode(Image.merge("RGB", [Image.fromarray(GREY)] * 3), "JPEG"),
    "rgba": made.encode(Image.merge("RGBA", [Image.fromarray(GREY)] * 3 + [Image.fromarray(SLOPE)])),
    "palette": made.encode(Image.fromarray(GREY).convert("P")),
    "wide": made.encode(Image.merge("RGB", [Image.fromarray(GREY)] * 3), icc_profile=WIDE),
    "16 bits": made.png(np.dstack([DEEP_GREY] * 3), depth=16),
    "tiff": made.encode(Image.merge("RGB", [Image.fromarray(GREY)] * 3), "TIFF"),
    "avif": made.encode(Image.merge("RGB", [Image.fromarray(GREY)] * 3), "AVIF"),
    "jpeg 2000": made.encode(Image.merge("RGB", [Image.fromarray(GREY)] * 3), "JPEG2000"),
}


@pytest.mark.parametrize("name", GREY_FILES)
@pytest.mark.parametrize("model", [network, None])
def test_grey_stays_grey(name, model):
    data = GREY_FILES[name]
    image = denoise_image(data, model=model).convert("RGB")
    pixels = np.asarray(image).astype(int)
    assert (pixels == pixels[..., :1]).all()
    assert not np.array_equal(pixels, np.asarray(denoise_image(data, model=same).convert("RGB")))
    photo = read_photo(data)
    noisy = add_noise(photo.pixels, 25, torch.Generator().manual_seed(0))
    shown = np.atleast_3d(photo.shown(noisy))
    assert (shown == shown[..., :1]).all()


@pytest.mark.parametrize("floats", [False, True])
def test_an_array_of_three_greys_and_a_faint_tint_stay_what_they_are(floats):
    three = np.dstack([GREY] * 3)
    tint = np.random.default_rng(0).integers(-2, 3, three.shape)
    tinted = (three.astype(int) + tint).clip(0, 255).astype(np.uint8)
    tinted[..., 1] = GREY
    for pixels in (three, tinted):
        given = pixels / np.float32(255) if floats else pixels
        recon = np.rint(np.asarray(run(given, network), float) * (255 if floats else 1)).astype(int)
        plain = run(GREY, network).astype(int)
        away = recon - plain[..., None] - (pixels.astype(int) - GREY[..., None])
        assert np.abs(away[(recon > 0) & (recon < 255)]).max() <= (1 if floats else 0)
        np.testing.assert_allclose(run(given), given, atol=1e-7 if floats else 0)
        for name in FILTERS:
            recon = filter_image(name, given, 20)
            assert np.abs(np.ptp(recon.astype(float), axis=-1)).max() <= (4.001 / 255 if floats else 4)
            assert np.ptp(recon, axis=-1).any() == np.ptp(pixels, axis=-1).any()


def test_colours_are_no_grey():
    barely = np.dstack([GREY] * 3)
    barely[3, 3, 2] = barely[3, 3, 0] + 3 if barely[3, 3, 0] < 250 else barely[3, 3, 0] - 3
    expected = network(torch.from_numpy(barely).permute(2, 0, 1)[None] / 255)[0].permute(1, 2, 0) * 255
    np.testing.assert_array_equal(run(barely, network), expected.round().clamp(0, 255).byte().numpy())


# ------------------------------------------------------------------------------------------ what is said


def test_what_does_not_come_back_as_it_was_is_said():
    notes = {name: denoise_image(data, model=same).info["notes"] for name, (data, *_) in FILES.items()}
    said = {
        "RGB;16": "Pillow", "RGBA;16": "Pillow", "tiff < float": "16 bits", "tiff < 32 bits": "16 bits",
        "tiff < signed": "16 bits", "tiff < float to 255": "16 bits", "cmyk jpeg": "CMYK", "lab": "Lab",
        "P half clear": "palette",
    }  # fmt: skip
    for name, words in said.items():
        assert sum(words in note for note in notes[name]) == 1, (name, notes[name])
    unchanged = [
        name for name in FILES if "16" not in name and name.split()[0] in ("L", "RGB", "wide", "adobe", "gAMA", "P")
    ]
    assert len(unchanged) > 20 and not any(notes[name] for name in unchanged if name != "P half clear")
    assert not notes["I;16"] and not notes["I;16 clear"] and not notes["tiff > 16 bits white is zero"]
    dim = read_photo(OF_16_BITS["12 bits"][0])
    assert "12 of its 16 bits" in dim.notes[0] and dim.pixels.max() > 0.9


def test_a_damaged_profile_is_said_and_left_out():
    for icc in (b"nonsense" * 40, made.cmyk_profile(), made.grey_profile()):
        image = denoise_image(made.encode(Image.fromarray(COLOR), icc_profile=icc), model=same)
        assert "colour profile" in image.info["notes"][0] and "icc_profile" not in image.info
        np.testing.assert_array_equal(np.asarray(image), COLOR)


def test_numbers_that_are_none_are_black():
    values = GREY / np.float32(255)
    values[3, 4], values[5, 6] = np.nan, np.inf
    photo = read_photo(made.tiff(values, photometric="minisblack"))
    assert photo.pixels[3, 4] == photo.pixels[5, 6] == 0
    np.testing.assert_allclose(np.asarray(photo.image())[0], GREY[0] * 257.0, atol=1)


def test_a_pillow_picture_brings_its_profile():
    data = made.encode(Image.fromarray(COLOR), icc_profile=WIDE)
    with Image.open(io.BytesIO(data)) as opened:
        assert as_photo(opened).profile == WIDE
    with Image.open(io.BytesIO(made.png(GREY, made.gamma(1.0)))) as opened:
        assert np.abs(came_back(denoise_image(opened, model=same))[0] - look(GREY, power=1)).max() <= 1


# ------------------------------------------------------------------------------------------ one rule for size

LARGE = Image.fromarray(np.tile(COLOR, (25, 20, 1))).crop((0, 0, 2001, 2000))  # 4,002,000 pixels


def see_through(mode):
    half = LARGE.convert("RGBA")
    half.putalpha(200)
    return half.convert(mode)


def deep():
    return np.asarray(LARGE).astype(np.uint16) * 257


LARGE_WAYS = {
    "RGB": lambda: made.encode(LARGE),
    "L": lambda: made.encode(LARGE.convert("L")),
    "1": lambda: made.encode(LARGE.convert("1")),
    "P": lambda: made.encode(LARGE.quantize(50)),
    "RGBA": lambda: made.encode(see_through("RGBA")),
    "LA": lambda: made.encode(see_through("LA")),
    "CMYK": lambda: made.encode(LARGE.convert("CMYK"), "JPEG"),
    "jpeg": lambda: made.encode(LARGE, "JPEG"),
    "tiff": lambda: made.encode(LARGE, "TIFF", compression="tiff_lzw"),
    "I;16": lambda: made.png(deep()[..., 1], depth=16),
    "RGB;16": lambda: made.png(deep(), depth=16),
    "float": lambda: made.tiff(deep()[..., 0] / np.float32(65535), compression="zlib"),
    "jpeg 2000": lambda: made.encode(LARGE, "JPEG2000", quality_layers=[20]),
    "array": lambda: np.asarray(LARGE),
    "16-bit array": deep,
    "floats": lambda: np.asarray(LARGE) / 255.0,
    "picture": lambda: LARGE,
    "two levels": lambda: LARGE.convert("1"),
}


@pytest.mark.parametrize("name", LARGE_WAYS)
def test_more_than_4_megapixels_are_reduced_with_a_note_on_every_way_in(name):
    photo = as_photo(LARGE_WAYS[name]())
    assert photo.size in ((1001, 1000), (501, 500)) and photo.pixels.shape[:2] == photo.size[::-1]
    assert sum("2,001 × 2,000" in note for note in photo.notes) == 1
    seen = photo.shown()
    expected = LARGE.getchannel({"I;16": 1, "float": 0}[name]) if name in ("I;16", "float") else LARGE
    pictures = expected.convert("RGB" if seen.ndim == 3 else "L"), Image.fromarray(seen)
    both = [np.asarray(picture.resize((125, 125), Image.Resampling.BOX), float) for picture in pictures]
    assert np.abs(both[0] - both[1]).mean() < 4
    with Image.open(io.BytesIO(photo.png())) as saved:
        assert saved.size == photo.size


def test_4_megapixels_are_not_reduced():
    assert not as_photo(LARGE.crop((0, 0, 2000, 2000))).notes


# ------------------------------------------------------------------------------------------ pages of digits


@pytest.fixture(scope="module")
def page():
    return sample_page(torch.Generator().manual_seed(4), rows=1, columns=2, side=90, strength=0.05).clean


def test_a_restored_page_keeps_depth_and_profile(page):
    deep = page.astype(np.uint16) * 257 + 100
    noise = np.random.default_rng(0).integers(0, 150, deep.shape, np.uint16)
    deep = np.minimum(deep, 65000) + noise
    result = restore_page(made.png(deep, made.embedded(WIDE), depth=16))
    saved = cv2.imdecode(np.frombuffer(result.photo.png(), np.uint8), cv2.IMREAD_UNCHANGED)[..., ::-1]
    assert saved.dtype == np.uint16 and result.image.info["icc_profile"] == WIDE
    untouched = (saved == deep).all(-1)
    assert 0.5 < untouched.mean() < 1 and untouched[:5].all()
    shown = look(deep, WIDE)
    assert np.abs(result.before - shown).max() <= 1
    assert np.abs(result.after.astype(float) - shown)[untouched].max() <= 1


def test_a_restored_page_in_three_greys_stays_grey(page):
    grey = np.asarray(Image.fromarray(page).convert("L"))
    result = restore_page(made.encode(Image.merge("RGB", [Image.fromarray(grey)] * 3)))
    pixels = np.asarray(result.image)
    assert result.image.mode == "RGB" and (pixels == pixels[..., :1]).all() and not np.array_equal(pixels[..., 0], grey)


@pytest.mark.parametrize("depth", [8, 16])
def test_a_page_on_nothing_gets_paper_at_its_depth(page, depth):
    grey = 255 - np.asarray(Image.fromarray(page).convert("L"))
    alpha = np.where(grey > 100, 255, 0) * (257 if depth == 16 else 1)
    result = restore_page(made.png(np.dstack([np.zeros_like(alpha), alpha]), depth=depth))
    assert result.image.mode == ("I;16" if depth == 16 else "L") and "paper" in result.notes[0]
    assert result.before.min() == 0 and result.before.max() == 255


def test_a_page_of_12_megapixels_is_reduced(page):
    large = Image.fromarray(page).resize((page.shape[1] * 12, page.shape[0] * 12))
    assert 8e6 < large.width * large.height < 20e6
    result = restore_page(made.encode(large, "JPEG"))
    assert len(result.digits) == 2 and result.after.shape[0] * result.after.shape[1] <= 4e6
    assert any("Reduced" in note for note in result.notes)

"""What is read of a file before it is decoded: texts skipped, ends that lack, names of formats, sizes of frames."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from aecore.data.photos import load_photos
from aecore.errors import ImageError
from aecore.intake import containers
from aecore.intake.containers import look_over
from aecore.intake.decode import read_picture, size_of
from tests import picture_files as made

COLOR = load_photos("test")["chelsea"][40:121, 60:161]


def pixels(data):
    return read_picture(data).pixels


# ------------------------------------------------------------------------------------------ PNG


def text(kind, size):
    content = PngImagePlugin.PngInfo()
    words = np.random.default_rng(0).integers(97, 120, size, np.uint8).tobytes().decode()
    if kind == "iTXt":
        content.add_itxt("workflow", words, zip=True)
    else:
        content.add_text("workflow", words, zip=kind == "zTXt")
    (chunk,) = content.chunks
    return made.chunk(*chunk[:2])


@pytest.mark.parametrize("kind", ["tEXt", "zTXt", "iTXt"])
@pytest.mark.parametrize("size", [10, 3_000_000])
def test_texts_of_any_size_are_skipped(kind, size):
    plain = made.png(COLOR)
    words = text(kind, size)
    assert np.array_equal(pixels(made.png(COLOR, words)), COLOR)
    assert np.array_equal(pixels(plain[:-12] + words + plain[-12:]), COLOR)
    assert np.array_equal(pixels(made.png(COLOR, *[text(kind, size // 10 + 1)] * 9)), COLOR)


def test_a_text_with_a_wrong_checksum_harms_nobody_and_other_chunks_do():
    words = text("tEXt", 100)
    assert np.array_equal(pixels(made.png(COLOR, words[:-1] + b"?")), COLOR)
    with pytest.raises(ImageError, match="damaged"):
        read_picture(made.png(COLOR, made.gamma(1.0)[:-1] + b"?"))


def test_a_text_may_say_how_the_picture_is_turned():
    """As editors write it: in XMP, or in ImageMagick's old words."""
    xmp = PngImagePlugin.PngInfo()
    xmp.add_itxt("XML:com.adobe.xmp", '<x xmlns:tiff="t"><r tiff:Orientation="6"/></x>')
    exif = Image.Exif()
    exif[0x0112] = 6
    raw = exif.tobytes()
    old = f"\nexif\n{len(raw)}\n{raw.hex()}\n"
    upright = np.rot90(COLOR, -1)
    for words in (made.chunk(*xmp.chunks[0][:2]), made.chunk(b"tEXt", b"Raw profile type exif\0" + old.encode())):
        assert np.array_equal(pixels(made.png(COLOR, words, text("tEXt", 2_000_000))), upright)
        assert size_of(made.png(COLOR, words)) == (upright.shape[1], upright.shape[0])


def test_a_png_without_its_end_is_whole_if_its_pixels_are():
    data = made.png(COLOR)
    for cut in (*range(1, 13), 13, 40, 400):
        if cut <= 12:
            assert np.array_equal(pixels(data[:-cut]), COLOR)
        else:
            with pytest.raises(ImageError, match="damaged"):
                read_picture(data[:-cut])


def test_a_large_profile_is_read_and_a_bomb_is_not():
    table = b"curv\0\0\0\0" + (300_000).to_bytes(4, "big") + np.linspace(0, 65535, 300_000).astype(">u2").tobytes()
    large = made.rgb_profile(made.WIDE, curve=table)
    assert len(large) > 1_500_000
    assert look_over(made.png(COLOR, made.embedded(large))).profile == large
    bomb = read_picture(made.png(COLOR, made.embedded(bytes(20_000_000))))
    assert bomb.profile is None and "colour profile" in bomb.notes[0] and np.array_equal(bomb.pixels, COLOR)


# ------------------------------------------------------------------------------------------ JPEG

JPEGS = {
    "baseline": {"quality": 90}, "progressive": {"progressive": True}, "grey": {}, "coarse": {"quality": 10},
    "no subsampling": {"subsampling": 0}, "restarts": {"restart_marker_rows": 1}, "cmyk": {},
}  # fmt: skip


@pytest.mark.parametrize("name", JPEGS)
def test_a_jpeg_without_its_end_is_whole_or_refused(name):
    """However much is cut off, what is read is what the whole file shows."""
    mode = {"grey": "L", "cmyk": "CMYK"}.get(name, "RGB")
    data = made.encode(Image.fromarray(COLOR).convert(mode), "JPEG", **JPEGS[name])
    whole = pixels(data)
    assert np.array_equal(pixels(data[:-2]), whole)
    for cut in (1, *range(3, 60), 200, 400, len(data) // 2, len(data) - 30):
        try:
            assert np.array_equal(pixels(data[:-cut]), whole)
        except ImageError as error:
            assert cut > 1 and "damaged" in str(error)
    with pytest.raises(ImageError, match="damaged"):
        read_picture(data[: len(data) // 2])


def test_a_plain_jpeg_that_is_cut_is_refused():
    """All blocks of it are alike, so what is missing might look like what is there."""
    for level in (0, 128, 255):
        data = made.encode(Image.new("RGB", (300, 400), (level, level, level)), "JPEG")
        with pytest.raises(ImageError, match="damaged"):
            read_picture(data[:-60])


# ------------------------------------------------------------------------------------------ others


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"hevc", b"msf1"])
def test_heic_is_named_with_a_way_out(brand):
    data = struct.pack(">I4s4sI4s4s", 24, b"ftyp", brand, 0, b"mif1", b"heic") + bytes(500)
    with pytest.raises(ImageError, match=r"HEIC .*JPEG") as caught:
        read_picture(data)
    assert str(caught.value).count(". ") <= 1


def test_avif_under_a_general_brand_is_read():
    data = made.encode(Image.fromarray(COLOR), "AVIF")
    assert data[8:12] == b"avif"
    assert np.array_equal(pixels(data[:8] + b"mif1" + data[12:]), pixels(data))


def test_frames_of_an_avif_are_counted():
    """As large as they are, whatever the file says of its size; those of alpha, too."""
    color = Image.fromarray(COLOR)
    area = COLOR.shape[0] * COLOR.shape[1]
    for picture, options, frames in (
        (color, {}, 1), (color.convert("L"), {}, 1), (color.convert("RGBA"), {}, 2), (color, {"quality": 100}, 1)
    ):  # fmt: skip
        if picture.mode == "RGBA":
            picture.putalpha(100)
        assert look_over(made.encode(picture, "AVIF", **options)).coded == frames * area
    animated = made.encode(color, "AVIF", save_all=True, append_images=[color.rotate(180)] * 3)
    assert look_over(animated).coded == area


def test_an_avif_of_more_bits_or_more_light_says_so():
    data = made.encode(Image.fromarray(COLOR), "AVIF")
    at = data.index(b"av1C") + 6
    deep = data[:at] + bytes([data[at] | 0x40]) + data[at + 1 :]
    assert containers.EIGHT in look_over(deep).notes
    bright = data.replace(b"colrnclx\0\x01\0\x0d", b"colrnclx\0\x09\0\x10")
    assert bright != data and any("dynamic range" in note for note in read_picture(bright).notes)
    wide = data.replace(b"colrnclx\0\x01\0\x0d", b"colrnclx\0\x0c\0\x0d")
    assert read_picture(wide).profile and not read_picture(data).profile


@pytest.mark.parametrize("tile", [None, (32, 32)])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_large_jpeg_2000_is_halved_while_it_is_decoded(mode, tile):
    picture = Image.fromarray(COLOR).resize((404, 324), Image.Resampling.BICUBIC).convert(mode)
    data = made.encode(picture, "JPEG2000", **({"tile_size": tile} if tile else {}))
    whole, small = read_picture(data), read_picture(data, picture.width * picture.height // 9)
    assert np.array_equal(whole.pixels, np.asarray(picture)[..., : whole.pixels.shape[2] if mode != "L" else None])
    assert small.size == whole.size == picture.size
    assert small.pixels.shape[:2] == (-(-picture.height // 4), -(-picture.width // 4))
    average = np.asarray(picture.convert("RGB" if mode == "RGBA" else mode).reduce(4), float)
    assert np.abs(small.pixels - average).mean() < 4


def test_a_tiff_that_nobody_reads_says_what_to_do():
    deep = COLOR.astype(np.uint16) * 257
    for data in (
        made.tiff(deep, photometric="cielab"), made.tiff(COLOR.astype(np.float16), photometric="rgb"),
        made.tiff(deep[..., :2], photometric="minisblack", extrasamples=["unassalpha"], planarconfig="contig"),
    ):  # fmt: skip
        with pytest.raises(ImageError, match=r"TIFF.*(PNG|8 bits)"):
            read_picture(data)


def test_pages_and_frames_are_said():
    color = Image.fromarray(COLOR)
    for kind, word in (("TIFF", "pages"), ("GIF", "animated"), ("PNG", "animated"), ("AVIF", "animated")):
        data = made.encode(color, kind, save_all=True, append_images=[color.rotate(180)])
        assert [word in note for note in read_picture(data).notes] == [True]
        assert read_picture(made.encode(color, kind)).notes == ()
    deep = io.BytesIO()
    import tifffile

    with tifffile.TiffWriter(deep) as file:
        for _ in range(2):
            file.write(COLOR.astype(np.uint16) * 257, photometric="rgb")
    assert "pages" in read_picture(deep.getvalue()).notes[0]

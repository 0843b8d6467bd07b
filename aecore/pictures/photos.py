"""Whole pictures: read safely, cleaned of noise tile by tile, and given back at their own size and mode.

The network is `photo` (aecore/models/photo_denoiser.py); FILTERS holds the classical methods to compare it with.
"""

from __future__ import annotations

import io
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aecore.errors import ImageError
from aecore.intake.files import MIN_SIDE, frame_notes, open_picture, orientation, turn

MAX_PIXELS = 4_000_000
TILE, OVERLAP = 448, 64  # px; with 64 tiles are the same as the whole to the last bit, with 48 within 0.001
MULTIPLE = 16  # tiles begin on this grid: the network halves the picture, and a tile must be halved as the whole is
WORKERS = 4  # tiles in work at once at most: bounds memory on a machine of many cores

Box = tuple[int, int, int, int]  # left, top, right, bottom; right and bottom are exclusive
Model = Callable[[Tensor], Tensor]  # (1, 3, H, W) in [0, 1] -> the same

_TOO_LARGE = "The picture has more than 4 megapixels. Upload a smaller copy of it."
_NO_PICTURE = "The array is no picture. Give (H, W), or (H, W, 3), as uint8 or as float in [0, 1]."


# ------------------------------------------------------------------------------------------ reading and writing


@dataclass(frozen=True)
class Photo:
    """A picture as the visitor gave it: upright, without metadata.

    pixels: (H, W) or (H, W, 3); uint8, or float32 in [0, 1] where the file had more than 8 bits.
    alpha:  (H, W) uint8, or None; never changed.
    mode:   Pillow's name for how it comes back, the file's own mode wherever PNG has it.
    levels: what 0 and 1 of float pixels were in the file.
    notes:  what does not come back as it was, each one sentence; often empty.
    """

    pixels: np.ndarray
    alpha: np.ndarray | None
    mode: str
    levels: tuple[float, float] = (0.0, 255.0)
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def image(self, pixels: np.ndarray | None = None) -> Image.Image:
        """The picture in its own mode, with these pixels (as `self.pixels`) in place of its own."""
        pixels = self.pixels if pixels is None else pixels
        if self.mode == "I;16":
            low, high = self.levels
            return Image.fromarray(np.rint(low + (high - low) * pixels.astype(np.float64)).astype(np.uint16))
        if self.mode == "1":
            return Image.fromarray(pixels >= 128).convert("1", dither=Image.Dither.NONE)
        if self.mode == "P":
            return _with_palette(pixels, self.alpha)
        image = Image.fromarray(pixels)
        if self.alpha is not None:
            image.putalpha(Image.fromarray(self.alpha))
        return image


def read_photo(data: bytes) -> Photo:
    """A picture file of up to 4 megapixels, refused for the same reasons as `aecore.intake.files` refuses one.

    The first frame, turned upright by its EXIF tag. PNG holds no CMYK, Lab or YCbCr (they come back as RGB) and no
    more than 16 bits a pixel; a palette with half-clear colours comes back as RGBA.

    Raises: ImageError.
    """
    with open_picture(data, MAX_PIXELS) as picture:
        notes = frame_notes(picture)
        picture.load()
        return _take(picture, notes)


def as_photo(picture: bytes | np.ndarray | Image.Image) -> Photo:
    """A file's content, an array or a Pillow picture as a `Photo`.

    Args:    picture: an array is (H, W), (H, W, 2: grey and alpha), (H, W, 3) or (H, W, 4), uint8, uint16 (grey only),
             bool, or float in [0, 1], which comes back with 8 bits.
    Raises:  ImageError: not a picture, or not one of 5 pixels a side to 4 megapixels.
    """
    if isinstance(picture, bytes | bytearray | memoryview):
        return read_photo(bytes(picture))
    if isinstance(picture, np.ndarray):
        picture = _from_array(picture)
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise ImageError(_TOO_LARGE)
    if min(width, height) < MIN_SIDE:
        raise ImageError(f"The picture is less than {MIN_SIDE} pixels wide or high. Use a larger one.")
    picture.load()
    return _take(picture, ())


def png(image: Image.Image) -> bytes:
    """A picture as a PNG file that holds the pixels and nothing else."""
    bare = image.copy()
    bare.info = {key: value for key, value in image.info.items() if key == "transparency"}
    file = io.BytesIO()
    bare.save(file, "PNG")
    return file.getvalue()


def _from_array(array: np.ndarray) -> Image.Image:
    channels = 1 if array.ndim == 2 else array.shape[2] if array.ndim == 3 else 0
    if channels not in (1, 2, 3, 4) or not array.size or max(array.shape) > MAX_PIXELS:
        raise ImageError(_NO_PICTURE)
    if array.size > MAX_PIXELS * channels:
        raise ImageError(_TOO_LARGE)
    if array.ndim == 3 and channels == 1:
        array = array[:, :, 0]
    if array.dtype.kind == "f":
        if not np.isfinite(array).all() or array.min() < 0 or array.max() > 1:
            raise ImageError(_NO_PICTURE)
        array = np.rint(array * 255).astype(np.uint8)
    if array.dtype != np.uint8 and not (array.dtype in (np.uint16, np.bool_) and array.ndim == 2):
        raise ImageError(_NO_PICTURE)
    return Image.fromarray(np.ascontiguousarray(array))


def _take(picture: Image.Image, notes: tuple[str, ...]) -> Photo:
    """Pixels of a loaded Pillow picture."""
    mode, way = picture.mode, orientation(picture)
    clear = picture.has_transparency_data
    if mode.startswith("I") or mode == "F":
        return _take_deep(picture, way, notes)
    if mode in ("L", "1", "LA", "La"):
        kept = "LA" if clear else mode
        if mode == "1" and clear:
            notes += ("A two-level picture with clear parts comes back in grey.",)
        picture = picture.convert("LA" if clear else "L")
    elif mode == "LAB":
        kept, picture = "RGB", _from_lab(picture)
    else:
        kept = mode if mode in ("RGB", "RGBA", "P") else "RGBA" if clear else "RGB"
        picture = picture.convert("RGBA" if clear else "RGB")
    if mode in ("CMYK", "YCbCr", "LAB", "HSV"):
        notes += (f"PNG holds no {'Lab' if mode == 'LAB' else mode} colours, so it comes back as RGB.",)
    array = turn(np.asarray(picture), way)
    alpha = np.ascontiguousarray(array[:, :, -1]) if clear else None
    pixels = array if array.ndim == 2 else array[:, :, 0] if array.shape[2] == 2 else array[:, :, :3]
    if mode == "RGB" and clear:
        kept = "RGBA"  # one colour was the clear one, and that colour is about to change
    if mode == "P" and clear and not np.isin(alpha, (0, 255)).all():
        kept = "RGBA"
        notes += ("A palette cannot hold half-clear colours of a cleaned picture, so it comes back as RGBA.",)
    return Photo(np.ascontiguousarray(pixels), alpha, kept, notes=notes)


def _take_deep(picture: Image.Image, way: int, notes: tuple[str, ...]) -> Photo:
    """Grey of 16 or 32 bits, or floats: its own range becomes [0, 1], so that a dim 12-bit picture is seen too."""
    values = np.nan_to_num(np.asarray(picture).astype(np.float32), posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    pixels = (values - low) / (high - low) if high > low else np.zeros_like(values)
    if low < 0 or high > 65535 or picture.mode == "F":
        low, high = 0.0, 65535.0
        notes += ("PNG holds 16 bits a pixel, so the brightest becomes 65,535 and the darkest 0.",)
    return Photo(turn(pixels, way), None, "I;16", (low, high), notes)


def _from_lab(picture: Image.Image) -> Image.Image:
    from PIL import ImageCms

    return ImageCms.profileToProfile(
        picture, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )


def _with_palette(pixels: np.ndarray, alpha: np.ndarray | None) -> Image.Image:
    """At most 256 colours again, the best ones for the new pixels; one of them clear if the picture has clear parts."""
    image = Image.fromarray(pixels).quantize(255 if alpha is not None else 256, dither=Image.Dither.NONE)
    if alpha is not None:
        image.putpalette((image.getpalette() + [0] * 768)[:768])  # an entry for the clear one as well
        image.paste(255, mask=Image.fromarray(255 - alpha))
        image.info["transparency"] = 255
    return image


# ------------------------------------------------------------------------------------------ cleaning


@dataclass(frozen=True)
class Step:
    """How far a picture is.

    done, total: tiles; seconds: since the start; recon: the whole picture like the pixels given, cleaned in `box`
    and all tiles before it, the same array every time.
    """

    done: int
    total: int
    seconds: float
    recon: np.ndarray
    box: Box

    @property
    def seconds_left(self) -> float:
        """As long as the tiles done took, for each that is left."""
        return self.seconds / self.done * (self.total - self.done)


def denoise_image(
    picture: bytes | np.ndarray | Image.Image,
    *,
    progress: Callable[[float], None] | None = None,
    tile: int = TILE,
    overlap: int = OVERLAP,
    model: Model | None = None,
) -> Image.Image:
    """Clean any picture of noise whose strength nobody tells.

    Args:    picture: a file's content, an array or a Pillow picture, see `as_photo`; up to 4 megapixels.
             progress: called with the share done, in (0, 1]; tile, overlap, model: see `denoise`.
    Returns: a picture of the same size and mode as far as PNG has it (see `read_photo`), upright, its alpha as it
             was, and with no metadata.
    Raises:  ImageError: no such picture. CheckpointError: the network is missing.
    """
    photo = as_photo(picture)
    step = None
    for step in denoise(photo.pixels, tile=tile, overlap=overlap, model=model):
        if progress is not None:
            progress(step.done / step.total)
    return photo.image(step.recon)


def denoise(
    pixels: np.ndarray, *, tile: int = TILE, overlap: int = OVERLAP, model: Model | None = None
) -> Iterator[Step]:
    """Clean a picture tile by tile; leaving the loop cancels.

    Each tile is computed with `overlap` more pixels on each side, of which nothing is kept. So its border sees
    what it would see in the whole picture, and there is no seam. Where torch itself uses one thread, tiles run
    beside each other on all cores; memory is bounded by the tiles in work and two copies of the picture.

    Args:    pixels: (H, W) grey or (H, W, 3); uint8, or float in [0, 1] (more is allowed: noise not clipped yet).
             tile, overlap: px, rounded up to multiples of 16; model: (1, 3, h, w) -> recon, by default the engine's
             `photo`.
    Yields:  a `Step` a tile; the last one has the whole picture, of the type given.
    Raises:  ImageError: not such an array. CheckpointError: the network is missing.
    """
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3) or not pixels.size:
        raise ImageError(_NO_PICTURE)
    if pixels.dtype != np.uint8 and pixels.dtype.kind != "f":
        raise ImageError(_NO_PICTURE)
    model = model or _photo()
    height, width = pixels.shape[:2]
    boxes = tiles(height, width, tile)
    recon = pixels.copy()
    start, done = time.perf_counter(), 0
    waiting: deque[tuple[Box, Future]] = deque()
    with ThreadPoolExecutor(_workers(), thread_name_prefix="tile") as pool:
        try:
            todo = iter(boxes)
            while True:
                while len(waiting) <= pool._max_workers and (box := next(todo, None)) is not None:
                    waiting.append((box, pool.submit(_clean, model, pixels, box, overlap)))
                if not waiting:
                    return
                box, cleaned = waiting.popleft()
                left, top, right, bottom = box
                recon[top:bottom, left:right] = cleaned.result()
                done += 1
                yield Step(done, len(boxes), time.perf_counter() - start, recon, box)
        finally:
            for _, cleaned in waiting:
                cleaned.cancel()


def tiles(height: int, width: int, tile: int = TILE) -> list[Box]:
    """Boxes that cover a picture without overlap, row by row, each beginning on a multiple of 16."""
    tile = max(MULTIPLE, -(-tile // MULTIPLE) * MULTIPLE)
    tops, lefts = range(0, height, tile), range(0, width, tile)
    return [(x, y, min(x + tile, width), min(y + tile, height)) for y in tops for x in lefts]


def _clean(model: Model, pixels: np.ndarray, box: Box, overlap: int) -> np.ndarray:
    """One tile, computed with its surroundings and cut out of the result; like pixels[box]."""
    overlap = -(-overlap // MULTIPLE) * MULTIPLE
    left, top, right, bottom = box
    x0, y0 = max(0, left - overlap), max(0, top - overlap)
    around = pixels[y0 : bottom + overlap, x0 : right + overlap]
    recon = model(to_tensor(around))[0]  # (3, h, w)
    recon = recon[:, top - y0 : bottom - y0, left - x0 : right - x0]
    return from_tensor(recon, pixels)


def to_tensor(pixels: np.ndarray) -> Tensor:
    """(H, W) or (H, W, 3), uint8 or float -> (1, 3, H, W) float32; grey as three equal channels."""
    x = torch.from_numpy(pixels.astype(np.float32))
    if pixels.dtype == np.uint8:
        x /= 255
    return (x.expand(3, -1, -1) if x.ndim == 2 else x.permute(2, 0, 1)).unsqueeze(0).contiguous()


def from_tensor(x: Tensor, like: np.ndarray) -> np.ndarray:
    """(3, H, W) in [0, 1] -> as many channels, and of the type, as `like`."""
    pixels = x.mean(0) if like.ndim == 2 else x.permute(1, 2, 0)
    if like.dtype == np.uint8:
        return pixels.mul(255).round().clamp(0, 255).byte().numpy()
    return pixels.numpy().astype(like.dtype)


def _photo() -> Model:
    from aecore.engine import get_engine

    engine = get_engine()
    engine.model("photo")  # fails before the first tile
    return lambda x: engine.reconstruct("photo", x)


def _workers() -> int:
    return max(1, min(WORKERS, (os.cpu_count() or 1) // torch.get_num_threads()))


# ------------------------------------------------------------------------------------------ does it help?


def estimate_sigma(pixels: np.ndarray) -> float:
    """Standard deviation of white noise in a picture, in grey levels of 255, mean over channels.

    The median of |(a - b - c + d) / 2| over 2x2 cells, over 0.6745: edges are few and hardly move a median. Fine
    texture counts as noise; so does a picture's grain.

    Args:    pixels: as in `denoise`.
    Source:  Donoho & Johnstone 1994, "Ideal spatial adaptation by wavelet shrinkage" (Haar's finest diagonal).
    """
    height, width = (side - side % 2 for side in pixels.shape[:2])
    x = pixels[:height, :width].astype(np.float32) * (1 if pixels.dtype == np.uint8 else 255)
    if not x.size:
        return 0.0
    diagonal = (x[::2, ::2] - x[1::2, ::2] - x[::2, 1::2] + x[1::2, 1::2]) / 2
    return float(np.mean(np.median(np.abs(diagonal), (0, 1)))) / 0.6745


@dataclass(frozen=True)
class Verdict:
    """Whether cleaning a picture was worth it.

    sigma: estimated from the picture alone, and removed: standard deviation of what the network took away, in grey
    levels of 255; helps: whether that was noise; sentence: the same for people.
    """

    sigma: float
    removed: float
    helps: bool
    sentence: str


# Measured on twelve of the pictures of aecore/data/photos.py under noise of sigma 0 to 8: what the network removes is
# close to the noise's sigma. Below 2.5 it costs as many decibels as it brings; and where the estimate is over three
# times as high, most of it was texture (a lawn). With both rules only the lawn at sigma 5 loses, 0.1 dB.
LEAST, TEXTURE = 2.5, 3.0


def judge_result(pixels: np.ndarray, recon: np.ndarray) -> Verdict:
    """Say honestly whether the network helped, from the picture and what became of it, without the truth.

    It did if it took away at least LEAST grey levels, and at least a third of what looks like noise.

    Args: pixels: as in `denoise`; recon: the same shape and type.
    """
    scale = 1.0 if pixels.dtype == np.uint8 else 255.0
    removed = scale * float(np.std(pixels.astype(np.float32) - recon.astype(np.float32)))
    sigma = estimate_sigma(pixels)
    if removed < LEAST:
        text = (
            "There is hardly any noise here that the network knows: it does not help, and may take fine texture away."
        )
    elif sigma > TEXTURE * removed:
        text = "What looks like noise here is mostly texture: the network does not help, and takes some of it away."
    else:
        text = f"The network found noise of about {removed:.0f} of 255 grey levels and removed it."
    return Verdict(sigma, removed, removed >= LEAST and sigma <= TEXTURE * removed, text)


def add_noise(pixels: np.ndarray, sigma: float, rng: torch.Generator) -> np.ndarray:
    """White Gaussian noise of sigma grey levels of 255; uint8 pixels stay uint8, clipped as a file would clip them."""
    noise = sigma * torch.randn(pixels.shape, generator=rng, device=rng.device).cpu().numpy()
    if pixels.dtype == np.uint8:
        return np.clip(np.rint(pixels + noise), 0, 255).astype(np.uint8)
    return (pixels + noise / 255).astype(pixels.dtype)


def preview_box(height: int, width: int, side: int = 320, center: tuple[float, float] = (0.5, 0.5)) -> Box:
    """A window of at most side x side pixels around a point, inside the picture: what slow methods are shown on.

    Args: center: (x, y) as shares of width and height.
    """
    w, h = min(side, width), min(side, height)
    left = round(min(max(center[0] * width - w / 2, 0), width - w))
    top = round(min(max(center[1] * height - h / 2, 0), height - h))
    return left, top, left + w, top + h


# ------------------------------------------------------------------------------------------ classical methods


# parameter over sigma at two strengths, interpolated: chosen on training pictures by benchmarks/pictures.py --tune
_TUNED = {"non_local_means": ((25, 50), (0.6, 0.5)), "total_variation": ((25, 50), (0.7, 0.9))}


@dataclass(frozen=True)
class Filter:
    """One classical method for whole pictures: `apply(x, sigma)`.

    x: (H, W) or (H, W, 3) float32 in [0, 1]; sigma: of the noise, in grey levels of 255.
    """

    name: str
    label: str
    apply: Callable[[np.ndarray, float], np.ndarray]
    source: str


def filter_image(name: str, pixels: np.ndarray, sigma: float | None = None) -> np.ndarray:
    """Clean a picture by a classical method that is told how strong the noise is.

    Args:    name: a key of FILTERS; pixels: as in `denoise`; sigma: in grey levels of 255, estimated if None.
    Returns: like pixels.
    Raises:  ValueError: an unknown name.
    """
    if name not in FILTERS:
        raise ValueError(f"unknown filter {name!r}: choose one of {', '.join(FILTERS)}")
    sigma = estimate_sigma(pixels) if sigma is None else sigma
    x = pixels.astype(np.float32) / 255 if pixels.dtype == np.uint8 else pixels.astype(np.float32)
    recon = FILTERS[name].apply(x, sigma)
    if pixels.dtype == np.uint8:
        return np.clip(np.rint(recon * 255), 0, 255).astype(np.uint8)
    return recon.clip(0, 1).astype(pixels.dtype)


def non_local_means(x: np.ndarray, sigma: float) -> np.ndarray:
    """Average of pixels whose 7 x 7 surroundings look alike in all channels, within 6 pixels.

    The fast variant: the exact one is 0.1 to 0.3 dB better and some fifteen times slower (benchmarks/pictures.py).
    """
    from skimage.restoration import denoise_nl_means

    if sigma <= 0:
        return x
    s = sigma / 255
    h = s * float(np.interp(sigma, *_TUNED["non_local_means"]))
    return denoise_nl_means(x, patch_size=7, patch_distance=6, h=h, sigma=s, fast_mode=True, channel_axis=_channels(x))


def total_variation(x: np.ndarray, sigma: float) -> np.ndarray:
    """The picture that is closest while its gradient's absolute sum is small."""
    from skimage.restoration import denoise_tv_chambolle

    weight = sigma / 255 * float(np.interp(sigma, *_TUNED["total_variation"]))
    return denoise_tv_chambolle(x, weight, channel_axis=_channels(x)) if sigma > 0 else x


def median(x: np.ndarray, sigma: float) -> np.ndarray:
    """Median of each pixel's 3 x 3 window, 5 x 5 for strong noise; channel by channel."""
    import cv2

    window = 1 if sigma < 1 else 3 if sigma < 15 else 5
    return cv2.medianBlur(np.rint(x.clip(0, 1) * 255).astype(np.uint8), window).astype(np.float32) / 255


def _channels(x: np.ndarray) -> int | None:
    return None if x.ndim == 2 else -1


FILTERS: dict[str, Filter] = {
    f.name: f
    for f in (
        Filter("non_local_means", "Non-local means", non_local_means, "Buades, Coll & Morel 2005"),
        Filter("total_variation", "Total variation", total_variation, "Rudin, Osher & Fatemi 1992; Chambolle 2004"),
        Filter("median", "Median filter", median, "Tukey 1977"),
    )
}

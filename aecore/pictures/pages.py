"""A photo of a page with many digits: each is found, restored by a network and put back in its place.

The way there is `aecore.intake.files`; the way back is here: a digit knows the frame that its 28x28 picture covers in
the photo, paper and ink keep their own shade, and the stroke its own width.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aecore import referee
from aecore.engine import Engine, get_engine
from aecore.errors import ImageError
from aecore.intake.channel import channels
from aecore.intake.files import SIDE, Digit, digits_from_gray
from aecore.pictures.io import Photo, as_photo

_WORK_PIXELS = 1_000_000  # digits are looked for in a copy of about this many pixels
# median and blur (see `_smooth`): none; for specks; for strokes that became dots
READINGS = ((0, 0), (1.5, 0.8), (3, 1.6), (6, 3.2), (0, 2.5), (0, 4.5))


@dataclass(frozen=True)
class Restored:
    """One digit of a page.

    digit: where and how it was found; x: what the model was given, recon: what it made of it, (1, 1, 28, 28).
    """

    digit: Digit
    x: Tensor
    recon: Tensor


@dataclass(frozen=True)
class Page:
    """A page before and after.

    before, after: as a screen shows them, uint8 (H, W) or (H, W, 3), of the same shape; photo: the restored page, which
    knows its own mode, depth and colour profile; digits: in reading order; notes: sentences for the visitor.
    """

    before: np.ndarray
    after: np.ndarray
    photo: Photo
    digits: tuple[Restored, ...]
    notes: tuple[str, ...] = ()

    @property
    def image(self) -> Image.Image:
        """The restored page as a Pillow picture in the photo's own mode, see `Photo.image`."""
        return self.photo.image()


def restore_page(
    picture: bytes | np.ndarray | Image.Image,
    model: str = "dae",
    *,
    clean_paper: bool = False,
    engine: Engine | None = None,
    progress: Callable[[float], None] | None = None,
) -> Page:
    """Find every digit of a page, restore it, and put it back with its own size, place, ink and paper.

    Args:    picture: as in `aecore.pictures.denoise.denoise_image`, with up to 32 digits; model: any
             checkpoint that makes digits; clean_paper: also smooth the paper between the digits; progress: called with
             the share done, in (0, 1].
    Raises:  ImageError: no such picture, or no digit in it. CheckpointError: the model is missing.
    """
    for news in restoring_page(picture, model, clean_paper, engine):
        if progress is not None and isinstance(news, float):
            progress(news)
    return news


def restoring_page(
    picture: bytes | np.ndarray | Image.Image, model: str, clean_paper: bool, engine: Engine | None = None
) -> Iterator[float | Page]:
    """As `restore_page`, but yields the share done now and then, and at last the Page; leaving the loop cancels."""
    engine = engine or get_engine()
    photo = _without_clear_parts(as_photo(picture))
    before, values = photo.shown(), _to_levels(photo.pixels)
    digits, damaged = find(channels(before)[0], engine)
    yield 0.6
    if damaged:  # what was restored once shows better where the digits end: look there again, at the photo as it is
        after, _, _ = _restore(values, digits, damaged, True, model, engine)
        with suppress(ImageError):
            digits = digits_from_gray(channels(photo.shown(_from_levels(after, photo)))[0])
        yield 0.8
    after, x, recon = _restore(values, digits, damaged, clean_paper, model, engine)
    yield 1.0
    photo = replace(photo, pixels=_from_levels(after, photo))
    restored = tuple(Restored(digit, x[n : n + 1], recon[n : n + 1]) for n, digit in enumerate(digits))
    notes = (
        dict.fromkeys(note for digit in digits for note in digit.notes) if not damaged else ()
    )  # noise is many marks
    yield Page(before, photo.shown(), photo, restored, (*photo.notes, *notes))


def _restore(
    before: np.ndarray, digits: list[Digit], damaged: bool, clean_paper: bool, model: str, engine: Engine
) -> tuple[np.ndarray, Tensor, Tensor]:
    """The page after, float32, its numbers like before; what the model was given and made of it, (N, 1, 28, 28)."""
    shade = paper_shade(before, digits, noisy=damaged)
    contrasts = [_contrast(before, shade, digit, digits, damaged) for digit in digits]
    x = torch.cat([seen for seen, _ in contrasts])
    y = engine.classify(x).argmax(1) if engine.takes_label(model) else None
    recon = engine.reconstruct(model, x, y=y)
    after = _clean_paper(before, shade, digits, damaged) if clean_paper else before.astype(np.float32)
    inks = [ink for _, ink in contrasts]
    _put_back(after, shade, inks, digits, recon[:, 0].numpy(), everything=clean_paper, damaged=damaged)
    return after, x, recon


def find(gray: np.ndarray, engine: Engine) -> tuple[list[Digit], bool]:
    """Digits of a page that may be damaged: looked for at several degrees of smoothing, the best reading wins.

    Damage breaks strokes and looks like ink itself. So the page is also looked at through a median and a blur of
    growing width; of all these readings that one is kept whose digits the judge is surest of, all in all. It reads
    through damage, too: what the referee takes for no digit counts half.

    Args:    gray: (H, W) float32 in [0, 255].
    Returns: the digits, and whether smoothing was what showed them: the page is damaged.
    Raises:  ImageError: no digit, or more than 32, whatever the smoothing.
    """
    factor = max(1.0, (gray.size / _WORK_PIXELS) ** 0.5)
    if factor > 1:
        size = (round(gray.shape[1] / factor), round(gray.shape[0] / factor))
        gray = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    best, surest, failure = None, -math.inf, None
    for median, blur in READINGS:
        try:
            digits = digits_from_gray(_smooth(gray, median, blur), factor)
        except ImageError as error:
            failure = failure or error
            continue
        x = torch.cat([digit.x for digit in digits])
        strange = torch.tensor([why is not None for why in referee.refusals(engine, x)])
        sure = engine.classify(x).amax(1) * torch.where(strange, 0.5, 1.0)
        score = float((sure - 0.6).sum())  # a reading that is hardly sure of a digit had better not claim it
        if best is None or score > surest + 0.05 * abs(surest):
            best, surest = (digits, median + blur > 0), score
        if not median + blur and bool((sure > 0.9).all()):
            break  # no damage in the way
    if best is None:
        raise failure
    return best


def _smooth(gray: np.ndarray, median: float, blur: float) -> np.ndarray:
    """A median and a Gaussian, in thousandths of the longer side: the median's reach, the Gaussian's sd."""
    unit = max(gray.shape) / 1000
    if median:
        window = 2 * max(1, round(median * unit)) + 1
        gray = cv2.medianBlur(np.clip(np.rint(gray), 0, 255).astype(np.uint8), window).astype(np.float32)
    return cv2.GaussianBlur(gray, (0, 0), max(0.6, blur * unit)) if blur else gray


def paper_shade(pixels: np.ndarray, digits: list[Digit], noisy: bool = False) -> np.ndarray:
    """What the page would look like with nothing on it: the median of blocks without digits, interpolated.

    Args:    pixels: (H, W) or (H, W, 3) uint8; noisy: a page full of noise that looks like ink; average over
             many blocks, of the third quarter of each.
    Returns: float32 of the same shape.
    """
    height, width = pixels.shape[:2]
    side = float(np.median([max(d.frame[2] - d.frame[0], d.frame[3] - d.frame[1]) for d in digits]))
    block = int(np.clip(side / 6, 8, max(8, min(height, width) // 4)))
    free = np.ones((height, width), bool)
    planes = pixels.reshape(height, width, -1)
    level = 50 if not noisy else 65 if _dark_ink(planes, digits) else 35
    for digit in digits:
        left, top, right, bottom = digit.box
        margin = round(0.05 * side) + 1
        free[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin] = False
    if not free.any():  # one digit fills the picture
        free[:] = True
    rows, columns = -(-height // block), -(-width // block)
    levels = np.zeros((rows, columns, planes.shape[2]), np.float32)
    weight = np.zeros((rows, columns), np.float32)
    for row in range(rows):
        for column in range(columns):
            area = np.s_[row * block : (row + 1) * block, column * block : (column + 1) * block]
            there = free[area]
            share = float(there.mean())
            if share > 0.2:
                levels[row, column], weight[row, column] = np.percentile(planes[area][there], level, 0), share
    if not weight.any():
        levels[:], weight[:] = np.median(planes[free], 0), 1
    shade = _fill(levels, weight, (3, 6, 12, 1000) if noisy else (0.6, 1.5, 3, 6, 12, 1000))
    large = cv2.resize(shade, (columns * block, rows * block), interpolation=cv2.INTER_CUBIC)
    return large.reshape(rows * block, columns * block, -1)[:height, :width].reshape(pixels.shape)


def _dark_ink(planes: np.ndarray, digits: list[Digit]) -> bool:
    """Whether the middle pixel of the ink is darker than that of the page."""
    ink = []
    for digit in digits:
        there, _, _ = _window(digit, planes.shape)
        known = _to_photo(digit.x[0, 0].numpy(), digit.frame, there, cv2.INTER_LINEAR) > 0.5
        ink.append(planes[there][known].mean(1))
    return bool(np.median(np.concatenate(ink)) < np.median(planes[::3, ::3].mean(2)))


def _fill(levels: np.ndarray, weight: np.ndarray, reaches: tuple[float, ...]) -> np.ndarray:
    """Every block gets the weighted average of those around it, of the nearest reach that holds enough of them."""
    out, done = np.zeros_like(levels), np.zeros_like(weight, bool)
    for sd in reaches:
        mass = cv2.GaussianBlur(weight, (0, 0), sd, borderType=cv2.BORDER_REPLICATE)
        total = cv2.GaussianBlur(levels * weight[:, :, None], (0, 0), sd, borderType=cv2.BORDER_REPLICATE)
        new = (mass > 0.1) & ~done
        out[new] = total.reshape(levels.shape)[new] / mass[new, None]
        done |= new
    out[~done] = (levels * weight[:, :, None]).sum((0, 1)) / weight.sum()
    return out


def _contrast(
    pixels: np.ndarray, shade: np.ndarray, digit: Digit, digits: list[Digit], damaged: bool
) -> tuple[Tensor, np.ndarray]:
    """One digit as the model shall see it, and its ink.

    That is the photo's own contrast, damage and all, reduced to 28x28; but on a page without damage a stroke that is
    too thin or thick for MNIST comes in its normal form.

    Returns: (1, 1, 28, 28), and (C,), what ink adds to the paper in each channel.
    """
    there, left, top = _window(digit, pixels.shape)
    away = pixels[there].astype(np.float32) - shade[there]
    away = away.reshape(*away.shape[:2], -1)  # (h, w, C)
    known = _to_photo(digit.x[0, 0].numpy(), digit.frame, there, cv2.INTER_LINEAR) > 0.5
    if not known.any():
        return digit.x, np.zeros(away.shape[2], np.float32)
    direction = np.median(away[known], 0)
    direction = direction / max(1e-6, float(np.linalg.norm(direction)))
    along = away @ direction
    strong = known & (along >= np.percentile(along[known], 65))
    ink = np.median(away[strong], 0)
    full = float(ink @ direction)
    if full < 1 or (abs(digit.grown) > 0.35 and not damaged):
        return digit.x, ink
    contrast = np.clip(along / full, 0, 1)
    for other in digits:
        if other is not digit:
            l, t, r, b = other.box
            l, t, r, b = l - left, t - top, r - left, b - top
            contrast[max(0, t) : max(0, b), max(0, l) : max(0, r)] = 0
    return torch.from_numpy(_from_photo(contrast, digit.frame, (left, top)))[None, None], ink


def _window(digit: Digit, shape: tuple[int, ...]) -> tuple[tuple[slice, slice], int, int]:
    """Whole pixels of the photo that a digit's frame covers; and where they begin, left and top."""
    left, top = (max(0, int(np.floor(n))) for n in digit.frame[:2])
    right, bottom = min(shape[1], int(np.ceil(digit.frame[2]))), min(shape[0], int(np.ceil(digit.frame[3])))
    return (slice(top, bottom), slice(left, right)), left, top


def _to_photo(x: np.ndarray, frame: tuple[float, ...], there: tuple[slice, slice], interpolation: int) -> np.ndarray:
    """A 28x28 picture laid over its frame in the photo: the pixels of `there`, 0 beyond the frame."""
    left, top, right, bottom = frame
    across, down = SIDE / (right - left), SIDE / (bottom - top)
    rows, columns = there
    # pixel middles: photo pixel p has its middle at p + 0.5, so has a pixel of x
    to_x = np.array(
        [
            [across, 0, (columns.start + 0.5 - left) * across - 0.5],
            [0, down, (rows.start + 0.5 - top) * down - 0.5],
        ]
    )
    size = (columns.stop - columns.start, rows.stop - rows.start)
    return cv2.warpAffine(x, to_x, size, flags=interpolation | cv2.WARP_INVERSE_MAP)


def _from_photo(contrast: np.ndarray, frame: tuple[float, ...], corner: tuple[int, int]) -> np.ndarray:
    """What a frame covers, averaged to 28x28; `corner` is where `contrast` begins in the photo, 0 beyond it."""
    left, top, right, bottom = frame
    fine = max(1, int(np.ceil(max(right - left, bottom - top) / SIDE)))  # so many points a pixel and direction
    across, down = (right - left) / (fine * SIDE), (bottom - top) / (fine * SIDE)
    to_photo = np.array(
        [
            [across, 0, left - corner[0] + 0.5 * across - 0.5],
            [0, down, top - corner[1] + 0.5 * down - 0.5],
        ]
    )
    size = (fine * SIDE, fine * SIDE)
    points = cv2.warpAffine(contrast, to_photo, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return cv2.resize(points, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)


def _put_back(
    after: np.ndarray,
    shade: np.ndarray,
    inks: list[np.ndarray],
    digits: list[Digit],
    recon: np.ndarray,
    everything: bool,
    damaged: bool,
) -> None:
    """Replace the digits in the photo: old ink becomes paper, new ink stands on it, edges blend.

    Around old and new ink, or (everything) all of a digit's box, becomes new; the rest of `after` stays.
    """
    planes = after.reshape(*after.shape[:2], -1)
    page = shade.reshape(planes.shape)
    cover = np.zeros(after.shape[:2], np.float32)
    blend = np.zeros_like(cover)
    ink = np.zeros_like(planes)
    for digit, color, x in zip(digits, inks, recon, strict=True):
        there, left, top = _window(digit, after.shape)
        pixel = (digit.frame[2] - digit.frame[0]) / SIDE  # px of the photo that one of the 28 became
        old = _to_photo(digit.x[0, 0].numpy(), digit.frame, there, cv2.INTER_LINEAR)
        new = _to_photo(x, digit.frame, there, cv2.INTER_CUBIC)
        near = ((old > 0.05) | (new > 0.05)).astype(np.uint8)
        if everything:
            l, t, r, b = digit.box
            near[max(0, t - top) : b - top, max(0, l - left) : r - left] = 1
        drawn = _edge(new, 0.0 if damaged else -digit.grown / 2 * pixel, pixel)
        outside = cv2.distanceTransform(1 - near, cv2.DIST_L2, 5) / max(1.0, pixel)
        blend[there] = np.maximum(blend[there], np.clip(2 - outside, 0, 1))
        above = drawn > cover[there]
        cover[there][above] = drawn[above]
        ink[there][above] = color
    cover, blend = cover[:, :, None], blend[:, :, None]
    planes[:] = blend * (page + cover * ink) + (1 - blend) * planes


def _edge(new: np.ndarray, grow: float, pixel: float) -> np.ndarray:
    """Coverage by ink of an enlarged 28x28 picture: an edge as sharp as a pen's, moved outwards by `grow` px.

    Faint ink stays faint: inside, the coverage is the network's own.
    """
    inside = (new > 0.5).astype(np.uint8)
    if not inside.any():
        return np.clip(new, 0, 1)
    distance = cv2.distanceTransform(inside, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
    if grow < 0:
        grow = -min(-grow, 0.8 * float(np.percentile(distance[inside > 0], 75)))  # a line never vanishes
    soft = max(1.0, 0.35 * pixel)
    return np.clip(0.5 + (distance + grow) / soft, 0, 1).astype(np.float32)


def _clean_paper(before: np.ndarray, shade: np.ndarray, digits: list[Digit], damaged: bool) -> np.ndarray:
    """The page without specks and grain; what is larger than a speck and no digit stays."""
    planes = before.reshape(*before.shape[:2], -1).astype(np.float32)
    page = shade.reshape(planes.shape)
    away = np.abs(planes - page).max(2)
    side = float(np.median([max(d.box[2] - d.box[0], d.box[3] - d.box[1]) for d in digits]))
    strong = (away > max(12.0, 4 * float(np.median(away)))).astype(np.uint8)
    for digit in digits:
        there, _, _ = _window(digit, before.shape)
        strong[there][_to_photo(digit.x[0, 0].numpy(), digit.frame, there, cv2.INTER_LINEAR) > 0.02] = 0
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strong, connectivity=8)
    large = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) > (1.0 if damaged else 0.35) * side
    large[0] = False
    keep = cv2.GaussianBlur(large[labels].astype(np.float32), (0, 0), 1)[:, :, None]
    grain = np.clip(planes - page, -6, 6) * (0 if damaged else 0.5)
    return (keep * planes + (1 - keep) * (page + grain)).reshape(before.shape)


def _to_levels(pixels: np.ndarray) -> np.ndarray:
    """A photo's pixels in [0, 255]: uint8, or float32."""
    return pixels if pixels.dtype == np.uint8 else pixels * np.float32(255)


def _from_levels(values: np.ndarray, photo: Photo) -> np.ndarray:
    """The way back, for float32 values in [0, 255] or beyond: of the type of the photo's pixels."""
    if photo.pixels.dtype == np.uint8:
        return np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return (values / np.float32(255)).clip(0, 1)


def _without_clear_parts(photo: Photo) -> Photo:
    """A drawing on nothing is put on paper, white or black, whichever its ink stands out from."""
    if photo.alpha is None or photo.alpha.min() == np.iinfo(photo.alpha.dtype).max:
        return photo
    alpha = photo.alpha / np.float32(np.iinfo(photo.alpha.dtype).max)
    alpha = alpha[:, :, None] if photo.pixels.ndim == 3 else alpha
    on = [
        photo.pixels * alpha + level * (1 - alpha) for level in (0.0, 255.0 if photo.pixels.dtype == np.uint8 else 1.0)
    ]
    filled = max(on, key=lambda pixels: float(pixels.std()))
    if photo.pixels.dtype == np.uint8:
        filled = np.rint(filled).astype(np.uint8)
    note = "The clear parts of the picture were filled with paper."
    mode = {"LA": "L", "LA;16": "I;16", "RGBA": "RGB", "RGBA;16": "RGB;16", "P": "RGB"}.get(photo.mode, photo.mode)
    return replace(photo, pixels=filled, alpha=None, mode=mode, notes=(*photo.notes, note))

"""A visitor's picture, centred and scaled as the galaxies of the data are."""

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from scipy import ndimage
from torch import Tensor

from aecore.data.galaxies import SIDE
from aecore.errors import ImageError
from aecore.intake.decode import read_picture

SMALLEST = 32  # pixels a side
FRAME = 3.55  # sides of the frame, in radii that hold 90 % of the light: the median of the training galaxies
SKY = 0.3  # a border brighter than this is no night sky
WORK = 256  # pixels of the longer side in which the light is looked at
WHOLE = (
    "There is no single bright thing on a dark sky here, so it was taken whole, from the middle. "
    "The network knows galaxies alone, and paints this, too, with what it has learnt from them."
)
_PROPER = (0.02, 0.9)  # of the picture's side: radii of what is cut out; else the picture is taken whole


@dataclass(frozen=True)
class Framed:
    """A picture as the networks take it.

    x: (1, 3, SIDE, SIDE) in [0, 1]; moved: whether it was centred and scaled; note: what was done, or why nothing was.
    """

    x: Tensor
    moved: bool
    note: str


def open_framed(data: bytes) -> Framed:
    """Read any picture file and frame it; see `frame`. Raises: ImageError: no picture, too small, or empty."""
    picture = read_picture(data)
    pixels = picture.pixels if picture.pixels.ndim == 3 else np.repeat(picture.pixels[..., None], 3, 2)
    full = 255.0 if pixels.dtype == np.uint8 else 1.0
    rgb = pixels.astype(np.float32) / full
    if picture.alpha is not None:  # what is clear is dark
        rgb = rgb * (picture.alpha / np.iinfo(picture.alpha.dtype).max).astype(np.float32)[..., None]
    return frame(rgb)


def frame(rgb: np.ndarray) -> Framed:
    """Cut out the brightest thing on a dark sky, as the data were cut: its centre in the middle, its light filling it.

    What has no dark sky around it is taken whole, from the middle.

    Args:   rgb: (H, W, 3) in [0, 1].
    Raises: ImageError: it is too small, or nothing stands out of it.
    """
    height, width = rgb.shape[:2]
    if min(height, width) < SMALLEST:
        raise ImageError(
            f"The picture is {width} x {height} pixels, too few to show a galaxy. "
            f"Choose one of at least {SMALLEST} pixels a side."
        )
    light = rgb.mean(2)
    if light.max() - light.min() < 0.02:
        raise ImageError("The picture is one even colour. Choose one that shows a galaxy on a dark sky.")
    object_ = _brightest(light)
    if object_ is None:
        return Framed(_cut(rgb, (height / 2, width / 2), min(height, width)), False, WHOLE)
    center, radius = object_
    side = FRAME * radius
    note = f"Centred on the brightest thing; {side:.0f} x {side:.0f} of {width} x {height} pixels are shown."
    return Framed(_cut(rgb, center, side), True, note)


def light_radius(light: np.ndarray) -> tuple[tuple[float, float], float] | None:
    """Centre (row, column) and the radius that holds 90 % of the light of the brightest thing, in pixels; None: none.

    The sky is the median of the border; what stands three times its noise above it, and a tenth of the peak, is one
    thing where it hangs together. The brightest has the most light, which counts less towards the corners.

    Args: light: (H, W) in [0, 1].
    """
    border = _border(light)
    sky = float(np.median(border))
    noise = 1.4826 * float(np.median(np.abs(border - sky)))
    smooth = ndimage.gaussian_filter(light, max(light.shape) / 128)
    above = smooth - sky
    things, count = ndimage.label(above > max(3 * noise, 0.1 * float(above.max()), 0.01))
    if not count:
        return None
    rows, columns = np.indices(light.shape)
    middle = [(size - 1) / 2 for size in light.shape]
    near = 1 - np.hypot(rows - middle[0], columns - middle[1]) / np.hypot(*light.shape) * 2  # 1 in the middle
    bright = 1 + int(np.argmax(ndimage.sum_labels(above * near, things, range(1, count + 1))))
    inside = np.where(things == bright, np.maximum(above, 0), 0)
    row, column = ndimage.center_of_mass(inside)
    distance = np.hypot(rows - row, columns - column).ravel()
    order = np.argsort(distance)
    held = np.cumsum(inside.ravel()[order])
    return (row, column), float(distance[order][np.searchsorted(held, 0.9 * held[-1])])


def _border(light: np.ndarray) -> np.ndarray:
    """The outermost twentieth of a picture, pixel by pixel."""
    rim = max(2, min(light.shape) // 20)
    return np.concatenate([part.ravel() for part in (light[:rim], light[-rim:], light[:, :rim], light[:, -rim:])])


def _brightest(light: np.ndarray) -> tuple[tuple[float, float], float] | None:
    """As `light_radius`, of a reduced picture; None where there is no dark sky, or the thing fills it."""
    factor = max(1, round(max(light.shape) / WORK))
    height, width = (size // factor * factor for size in light.shape)
    small = light[:height, :width].reshape(height // factor, factor, width // factor, factor).mean((1, 3))
    if np.median(_border(small)) > SKY:
        return None
    thing = light_radius(small)
    if thing is None:
        return None
    (row, column), radius = thing
    least, most = (share * min(small.shape) / 2 for share in _PROPER)
    if not least <= radius <= most:
        return None
    return (factor * (row + 0.5), factor * (column + 0.5)), factor * radius


def _cut(rgb: np.ndarray, center: tuple[float, float], side: float) -> Tensor:
    """A square around a place, resized to SIDE; what lies outside of the picture is as its darkest edge."""
    image = Image.fromarray((rgb.clip(0, 1) * 255 + 0.5).astype(np.uint8))
    edge = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]])
    sky = tuple(int(value) for value in (np.percentile(edge, 25, axis=0) * 255 + 0.5).astype(int))
    left, top = center[1] - side / 2, center[0] - side / 2
    size = max(SMALLEST, round(side))
    sheet = Image.new("RGB", (size, size), sky)
    sheet.paste(image, (-round(left), -round(top)))
    pixels = np.asarray(sheet.resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255

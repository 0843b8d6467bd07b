"""From a grey picture to its digits: where the ink is, and which of it makes one digit.

`files.py` turns bytes into the grey picture and calls `find_digits`; `normal.py` has the form of MNIST's digits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from aecore.intake.parts import Part, count_left_out, join, parts_of, paste, union
from aecore.intake.rules import without_rules


@dataclass(frozen=True)
class Piece:
    """The ink of one digit in a picture.

    ink: 1 on ink, 0 on paper; box: of the digit, and window: what `ink` covers; left, top, right, bottom in pixels.
    """

    ink: np.ndarray
    box: tuple[float, float, float, float]
    window: tuple[float, float, float, float]


def find_digits(gray: np.ndarray, frame: int = 0) -> tuple[list[Piece], int]:
    """Every digit of a picture, in reading order.

    Args:    gray: (H, W) float32 in [0, 255]; ink may be darker or lighter than its background, light uneven;
             frame: px of paper that were added all around.
    Returns: pieces, rows from top to bottom and left to right in a row, none if there is no ink; and how many marks
             were left out that may be digits, but are much smaller.
    """
    zoom = min(16, -(-96 // min(gray.shape)))
    if zoom > 1:
        return _find_in_small(gray, zoom)
    window = 0.5 * min(gray.shape)  # first wider than any stroke may be, then as the strokes need
    sheet, printed = np.ones(gray.shape, bool), np.zeros(gray.shape, bool)
    marks = None
    for _ in range(2):
        hat, noise = _ink_contrast(gray, window)
        hat *= sheet
        ink = _ink_mask(hat, noise) & ~printed
        mask = without_rules(ink, hat, frame)
        printed = (ink & ~mask).astype(np.uint8)
        parts, specks, sheet = parts_of(mask)
        if not parts:
            return [], 0
        marks = marks or [*parts, *specks]  # the second look may blur small ones away
        strokes = [part.stroke for part in parts]
        stroke = float(np.median(strokes))
        window = min(window, max(4 * stroke, 2.5 * max(strokes), 0.04 * max(gray.shape)))
        blur = float(np.clip(stroke / 6, 0.3, 8))
        gray = cv2.GaussianBlur(gray, (0, 0), blur)  # smooths chalk grain and paper, widens lines
        printed = cv2.dilate(printed, np.ones((2 * math.ceil(1 + blur) + 1,) * 2, np.uint8)).astype(bool) & ~mask
    groups = join(parts)
    boxes = [union([parts[i].box for i in group]) for group in groups]
    return [_piece(hat, parts, groups[i], boxes[i]) for i in _reading_order(boxes)], count_left_out(marks, boxes)


def _find_in_small(gray: np.ndarray, zoom: int) -> tuple[list[Piece], int]:
    """The same for a picture of few pixels: enlarged, in a frame of its border's usual brightness."""
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    frame = -(-min(gray.shape) // 3)
    framed = np.pad(gray, frame, constant_values=float(np.median(border)))
    large = cv2.resize(framed, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    height, width = gray.shape
    pieces = []
    in_large, left_out = find_digits(large, (frame + 1) * zoom)
    for piece in in_large:
        left, top, right, bottom = (n / zoom - frame for n in piece.box)
        left, top, right, bottom = max(0, left), max(0, top), min(width, right), min(height, bottom)
        if left < right and top < bottom:
            window = tuple(n / zoom - frame for n in piece.window)
            pieces.append(Piece(piece.ink, (left, top, right, bottom), window))
    return pieces, left_out


def _ink_contrast(gray: np.ndarray, window: float) -> tuple[np.ndarray, float]:
    """How far each pixel stands out from the paper around it, and the paper's own noise (grey levels).

    Closing (or opening, for light ink) with a window wider than any stroke gives the paper under the ink; it
    keeps ramps of light and straight shadow edges as they are. Wherever there is contrast, ink is the minority:
    most pixels near a stroke are paper, even in a tight crop of one digit.
    """
    gray = cv2.GaussianBlur(gray, (0, 0), 0.7)
    height, width = gray.shape
    shrink = min(1.0, 480 / max(height, width))
    shrink = max(shrink, min(1.0, 64 / min(height, width)))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    coarse = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    lightness = 0.0
    for part in (6, 3, 1):  # an edge of the table has as much light as dark within a small window
        kernel = np.ones((max(3, round(window * shrink / part)) | 1,) * 2, np.uint8)
        highest, lowest = cv2.dilate(coarse, kernel), cv2.erode(coarse, kernel)
        lightness += float(((highest - lowest) * (2 * coarse - highest - lowest)).sum())
    dark = lightness >= 0  # the majority is near the highest: light paper, dark ink
    edge = cv2.erode(highest, kernel) if dark else cv2.dilate(lowest, kernel)
    edge = cv2.GaussianBlur(edge, (0, 0), 1)
    edge = cv2.resize(edge, (width, height), interpolation=cv2.INTER_LINEAR)
    hat = edge - gray if dark else gray - edge
    light = np.maximum(edge, 0) + (5 if dark else 40)  # half the light, half the contrast; but more noise there
    hat *= np.clip(float(np.median(light)) / light, 0.4, 2.5)
    low, middle = np.percentile(hat[::3, ::3], [5, 30])  # paper, even if half of the picture is table or ink
    return hat - middle, float(middle - low) / 1.12  # of a normal law: -1.64 and -0.52 standard deviations


def _ink_mask(hat: np.ndarray, noise: float) -> np.ndarray:
    """Pixels that are ink: above the noise, near the strength of the picture's ink, linked to surely inked ones."""
    floor = max(6 * noise, 12.0)
    strong = hat[hat > floor]
    if strong.size < 4:
        return np.zeros(hat.shape, bool)
    level = float(np.percentile(strong, 85))
    weak = (hat > max(floor, 0.4 * level)).astype(np.uint8)
    count, labels = cv2.connectedComponents(weak, connectivity=8)
    sure = np.zeros(count, bool)
    sure[labels[hat > 0.5 * level]] = True
    sure[0] = False
    return sure[labels]


def _piece(hat: np.ndarray, parts: list[Part], group: list[int], box: tuple[int, int, int, int]) -> Piece:
    """Cut one digit out: its own ink and soft edge, scaled so that full ink is 1."""
    margin = 2
    left, top = max(0, box[0] - margin), max(0, box[1] - margin)
    right, bottom = min(hat.shape[1], box[2] + margin), min(hat.shape[0], box[3] + margin)
    own = np.zeros((bottom - top, right - left), np.uint8)
    for i in group:
        paste(own, parts[i], left, top, 1)
    crop = hat[top:bottom, left:right]
    full = float(np.percentile(crop[own > 0], 70))
    near = cv2.dilate(own, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8))
    return Piece(np.clip(crop / full, 0, 1) * near, box, (left, top, right, bottom))


def _reading_order(boxes: list[tuple[int, int, int, int]]) -> list[int]:
    """Indices row by row; a box joins the row whose last box it overlaps in height, so that rows may slant."""
    rows: list[list[int]] = []
    for i in sorted(range(len(boxes)), key=lambda i: boxes[i][0]):
        _, top, _, bottom = boxes[i]

        def shared(row: list[int], top: int = top, bottom: int = bottom) -> float:
            _, t, _, b = boxes[row[-1]]
            return (min(b, bottom) - max(t, top)) / max(1, min(b - t, bottom - top))

        best = max(rows, key=shared, default=None)
        if best is not None and shared(best) > 0.4:
            best.append(i)
        else:
            rows.append([i])
    rows.sort(key=lambda row: np.mean([boxes[i][1] + boxes[i][3] for i in row]))
    return [i for row in rows for i in row]

"""From a grey picture to MNIST-like digits: where the ink is, which ink makes one digit, its normal form.

`files.py` turns bytes into the grey picture and calls `find_digits`; drawings go straight to `normalize`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from skimage.morphology import skeletonize

BOX = 20  # longest side of a digit in its 28x28 picture, as in MNIST
SIDE = 28
_FINE = 8 * BOX  # a digit is thresholded and its stroke set at 8 times its final size
_STROKE = (1.9, 4.0)  # px at 28x28: 5th and 95th percentile of 4 * (mean distance to the edge) over MNIST

_MANY = 120  # parts; a picture with more of them is no handful of digits, and comparing all pairs takes time


@dataclass(frozen=True)
class Piece:
    """The ink of one digit in a picture.

    ink: 1 on ink, 0 on paper; box: of the digit, and window: what `ink` covers; left, top, right, bottom in pixels.
    """

    ink: np.ndarray
    box: tuple[float, float, float, float]
    window: tuple[float, float, float, float]


@dataclass(frozen=True)
class Normal:
    """A digit in MNIST's form, and the way back.

    x:     (28, 28) float32 in [0, 1].
    frame: what x covers, left, top, right, bottom in pixels of the ink it was made from; may reach beyond it.
    grown: by how much its stroke was widened (thinned, below 0) to be one that MNIST has, in pixels of x.
    """

    x: np.ndarray
    frame: tuple[float, float, float, float]
    grown: float


def find_digits(gray: np.ndarray) -> list[Piece]:
    """Every digit of a picture, in reading order.

    Args:    gray: (H, W) float32 in [0, 255]; ink may be darker or lighter than its background, light uneven.
    Returns: pieces, rows from top to bottom and left to right in a row; empty if there is no ink.
    """
    zoom = min(16, -(-96 // min(gray.shape)))
    if zoom > 1:
        return _find_in_small(gray, zoom)
    window = 0.5 * min(gray.shape)  # first wider than any stroke may be, then as the strokes need
    sheet = None
    for _ in range(2):
        hat, noise = _ink_contrast(gray, window)
        if sheet is not None:
            hat *= sheet
        mask = _without_rules(_ink_mask(hat, noise))
        parts, sheet = _parts(mask)
        if not parts:
            return []
        strokes = [part.stroke for part in parts]
        stroke = float(np.median(strokes))
        window = min(window, max(4 * stroke, 2.5 * max(strokes), 0.04 * max(gray.shape)))
        gray = cv2.GaussianBlur(gray, (0, 0), np.clip(stroke / 6, 0.3, 8))  # smooths chalk grain and paper
    groups = _join(parts)
    boxes = [_union([parts[i].box for i in group]) for group in groups]
    return [_piece(hat, parts, groups[i], boxes[i]) for i in _reading_order(boxes)]


def _find_in_small(gray: np.ndarray, zoom: int) -> list[Piece]:
    """The same for a picture of few pixels: enlarged, in a frame of its border's usual brightness."""
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    frame = -(-min(gray.shape) // 3)
    framed = np.pad(gray, frame, constant_values=float(np.median(border)))
    large = cv2.resize(framed, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    height, width = gray.shape
    pieces = []
    for piece in find_digits(large):
        left, top, right, bottom = (n / zoom - frame for n in piece.box)
        left, top, right, bottom = max(0, left), max(0, top), min(width, right), min(height, bottom)
        if left < right and top < bottom:
            window = tuple(n / zoom - frame for n in piece.window)
            pieces.append(Piece(piece.ink, (left, top, right, bottom), window))
    return pieces


def normalize(ink: np.ndarray) -> Normal | None:
    """One digit in MNIST's form: longest side 20 px, centre of mass in the middle of 28x28, usual stroke.

    MNIST's digits were two-level scans, reduced with anti-aliasing; so the edge is set at a high resolution,
    a stroke thinner or thicker than 90 % of MNIST's is brought to that range, and the result is reduced.

    Args:    ink: (H, W) float32, 1 on ink, 0 on paper, all of it one digit; the edge is at 0.5.
    Returns: the digit, or None if nothing reaches 0.5.
    Source:  LeCun et al. 1998, "Gradient-based learning applied to document recognition", section III.A.
    """
    box = _bounds(ink > 0.5)
    if box is None:
        return None
    left, top, right, bottom = box
    crop = np.pad(ink[top:bottom, left:right], 1).astype(np.float32)
    scale = _FINE / max(right - left, bottom - top)
    size = tuple(max(1, round(n * scale)) for n in crop.shape[::-1])
    fine = cv2.resize(crop, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    solid = fine > min(0.5, 0.5 * float(fine.max()))  # a hairline fades when reduced
    margin = _FINE // 8
    solid, grown = _set_stroke(np.pad(solid, margin))
    x0, y0, x1, y1 = _bounds(solid)
    solid = solid[y0:y1, x0:x1].astype(np.float32)
    scale = BOX / max(solid.shape)
    small_size = tuple(max(1, round(n * scale)) for n in solid.shape[::-1])
    x, at = _center(np.minimum(cv2.resize(solid, small_size, interpolation=cv2.INTER_AREA), 1))
    corners = []
    for begin, first, last, shift, small, whole, pixels in (
        (left, x0, x1, at[0], small_size[0], size[0], crop.shape[1]),
        (top, y0, y1, at[1], small_size[1], size[1], crop.shape[0]),
    ):  # back through every step, for the edges 0 and 28 of x
        for edge in (0, SIDE):
            in_fine = first - margin + (edge - shift) * (last - first) / small
            corners.append(begin - 1 + in_fine * pixels / whole)
    return Normal(x, (corners[0], corners[2], corners[1], corners[3]), grown * scale)


def _center(small: np.ndarray) -> tuple[np.ndarray, tuple[int, int]]:
    """Put a digit of at most 20x20 into 28x28, its centre of mass on pixel (14, 14) as in MNIST; and say where."""
    height, width = small.shape
    total = small.sum()
    x = float((small.sum(0) * np.arange(width)).sum() / total)
    y = float((small.sum(1) * np.arange(height)).sum() / total)
    left = int(np.clip(round(SIDE / 2 - x), 0, SIDE - width))
    top = int(np.clip(round(SIDE / 2 - y), 0, SIDE - height))
    out = np.zeros((SIDE, SIDE), np.float32)
    out[top : top + height, left : left + width] = small
    return out, (left, top)


def _set_stroke(solid: np.ndarray) -> tuple[np.ndarray, float]:
    """Grow or thin a two-level digit whose longest side is 160 until its stroke is one that MNIST has.

    Returns: the digit, and by how many pixels its stroke became wider.
    """
    low, high = (_FINE / BOX * width for width in _STROKE)
    width = _stroke_width(solid)
    target = float(np.clip(width, low, high))
    radius = (target - width) / 2 / (1 - target / _FINE)  # growing also widens the box that becomes 20 px
    if radius > 0.5:
        outside = cv2.distanceTransform((~solid).astype(np.uint8), cv2.DIST_L2, 5)
        return outside <= radius, 2 * radius
    if radius < -0.5:
        inside = cv2.distanceTransform(solid.astype(np.uint8), cv2.DIST_L2, 5)
        line = skeletonize(solid)  # keeps a thin link that plain erosion would cut
        line = cv2.distanceTransform((~line).astype(np.uint8), cv2.DIST_L2, 5) <= low / 2
        return (inside > -radius) | (line & solid), 2 * radius
    return solid, 0.0


def _stroke_width(mask: np.ndarray) -> float:
    """Mean stroke width in pixels: in a bar of width w the mean distance to the edge is w / 4."""
    distance = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)
    return 4 * float(distance[distance > 0].mean())


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


def _without_rules(mask: np.ndarray) -> np.ndarray:
    """Ink without printed lines that run through most of the picture, level or upright; ink across them stays."""
    for turned in (False, True):
        ink = np.ascontiguousarray(mask.T if turned else mask).astype(np.uint8)
        width = ink.shape[1]
        level = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, max(15, width // 20)), np.uint8))
        chained = cv2.dilate(level, np.ones((3, max(9, width // 40)), np.uint8))
        _, labels, stats, _ = cv2.connectedComponentsWithStats(chained, connectivity=8)
        long = stats[:, cv2.CC_STAT_WIDTH] > 0.6 * width
        long[0] = False
        if not long.any():
            continue
        rules = level * long[labels]
        columns = rules.sum(0)
        starts = (np.diff(rules.astype(np.int8), axis=0, prepend=0) == 1).sum(0)
        thick = int(np.median(columns[starts > 0] / starts[starts > 0])) + 2
        if thick > 5 + 0.02 * min(mask.shape):
            continue  # a table's edge
        rules -= cv2.morphologyEx(rules, cv2.MORPH_OPEN, np.ones((2 * thick, 1), np.uint8))  # a blot is no rule
        rest = ink & (1 - cv2.dilate(rules, np.ones((3, 1), np.uint8)))
        across = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((thick + 4, 1), np.uint8))
        ink = rest | (across & ink)
        mask = (ink.T if turned else ink).astype(bool)
    return mask


@dataclass(frozen=True)
class _Part:
    """One connected piece of ink; `mask` covers its box only."""

    box: tuple[int, int, int, int]
    mask: np.ndarray
    area: int
    stroke: float

    @property
    def width(self) -> int:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]

    @property
    def side(self) -> int:
        return max(self.width, self.height)


def _parts(mask: np.ndarray) -> tuple[list[_Part], np.ndarray]:
    """Connected pieces of ink that may belong to a digit: no specks, ruled lines or table around the sheet.

    Returns: the parts, and (H, W) bool, the sheet that they are on.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    sheet = np.ones(mask.shape, bool)
    if count < 2:
        return [], sheet
    sides = np.maximum(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT])
    areas = stats[1:, cv2.CC_STAT_AREA]
    order = np.argsort(-areas)[:400]  # a page of noise must not cost time
    around = _surroundings(labels, stats)
    if around.any():
        sheet = _largest(~np.append(False, around)[labels])
    order = order[~around[order]]
    if not len(order):
        return [], sheet
    by_side = order[np.argsort(sides[order])]
    half = np.searchsorted(np.cumsum(areas[by_side]), areas[by_side].sum() / 2)
    typical = sides[by_side[min(half, len(by_side) - 1)]]  # half of the ink is in pieces of this size or less
    height, width = mask.shape
    parts = []
    for i in order:
        left, top, w, h, area = (int(n) for n in stats[i + 1])
        if sides[i] < max(6, 0.12 * typical, 0.012 * max(height, width)) or area < 0.004 * typical**2:
            continue  # a speck
        if w > 6 * h or h > 20 * w:
            continue  # a ruled line
        box = (left, top, left + w, top + h)
        own = labels[top : top + h, left : left + w] == i + 1
        parts.append(_Part(box, own, area, _stroke_width(own)))
    return parts, sheet


def _largest(mask: np.ndarray) -> np.ndarray:
    """The largest connected piece of a mask, without its rim."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    piece = labels == 1 + np.argmax(stats[1:, cv2.CC_STAT_AREA])
    return cv2.erode(piece.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1).astype(bool)


def _surroundings(labels: np.ndarray, stats: np.ndarray) -> np.ndarray:
    """Which components are what the paper lies on, not ink: at the picture's border, unlike those that are not.

    A digit may touch the border too, but not along a good part of its own outline.
    """
    count = len(stats)
    edges = (labels[0], labels[-1], labels[1:-1, 0], labels[1:-1, -1])
    contact = sum(np.bincount(edge, minlength=count) for edge in edges)[1:]
    sides = np.maximum(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT])
    free = sides[(contact == 0) & (sides > 0.03 * max(labels.shape))]
    if not len(free):
        return np.zeros(count - 1, bool)
    along = contact > 0.3 * (stats[1:, cv2.CC_STAT_WIDTH] + stats[1:, cv2.CC_STAT_HEIGHT])
    return (contact > 0) & (along | (sides > 3 * free.max()))


def _join(parts: list[_Part]) -> list[list[int]]:
    """Groups of parts that make one digit each: pieces of a broken stroke, the bar over a 5."""
    if not parts:
        return []
    if len(parts) > _MANY:
        return [[i] for i in range(len(parts))]
    typical = float(np.median([part.side for part in parts if part.side >= 0.5 * max(p.side for p in parts)]))
    leader = list(range(len(parts)))

    def find(i: int) -> int:
        while leader[i] != i:
            i = leader[i]
        return i

    for i, a in enumerate(parts):
        for j in range(i):
            if _belong(a, parts[j], typical):
                leader[find(i)] = find(j)
    groups: dict[int, list[int]] = {}
    for i in range(len(parts)):
        groups.setdefault(find(i), []).append(i)
    sizes = {key: max(_extent(_union([parts[i].box for i in group]))) for key, group in groups.items()}
    largest = max(sizes.values())
    return [group for key, group in groups.items() if sizes[key] >= 0.25 * min(largest, 1.5 * typical)]


def _belong(a: _Part, b: _Part, typical: float) -> bool:
    """Whether two pieces of ink are one digit: near each other, and one a fragment or the gap a mere break."""
    stroke = min(a.stroke, b.stroke)
    reach = 0.3 * typical + 2
    dx = max(a.box[0], b.box[0]) - min(a.box[2], b.box[2])
    dy = max(a.box[1], b.box[1]) - min(a.box[3], b.box[3])
    if max(dx, dy) > reach:
        return False
    gap = _gap(a, b)
    if gap <= 0.8 * stroke + 1:
        return True
    width, height = _extent(_union([a.box, b.box]))
    if gap > reach or max(width, height) > 1.6 * typical:
        return False
    beside = -dx / max(1, min(a.width, b.width))
    fragment = min(a.height, b.height) < 0.6 * typical and (beside > 0.3 or min(a.side, b.side) < 0.4 * typical)
    interlocked = dx < 0 and dy < 0 and dx * dy > 0.1 * min(a.width * a.height, b.width * b.height)
    return fragment or (interlocked and max(width, height) < 1.2 * typical)


def _gap(a: _Part, b: _Part) -> float:
    """Smallest distance between the ink of two parts, in pixels."""
    left, top, right, bottom = _union([a.box, b.box])
    far = np.ones((bottom - top, right - left), np.uint8)
    _paste(far, a, left, top, 0)
    distance = cv2.distanceTransform(far, cv2.DIST_L2, 5)
    window = distance[b.box[1] - top : b.box[3] - top, b.box[0] - left : b.box[2] - left]
    return float(window[b.mask].min())


def _paste(canvas: np.ndarray, part: _Part, left: int, top: int, value: float) -> None:
    x, y = part.box[0] - left, part.box[1] - top
    canvas[y : y + part.height, x : x + part.width][part.mask] = value


def _piece(hat: np.ndarray, parts: list[_Part], group: list[int], box: tuple[int, int, int, int]) -> Piece:
    """Cut one digit out: its own ink and soft edge, scaled so that full ink is 1."""
    margin = 2
    left, top = max(0, box[0] - margin), max(0, box[1] - margin)
    right, bottom = min(hat.shape[1], box[2] + margin), min(hat.shape[0], box[3] + margin)
    own = np.zeros((bottom - top, right - left), np.uint8)
    for i in group:
        _paste(own, parts[i], left, top, 1)
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


def _bounds(mask: np.ndarray) -> tuple[int, int, int, int] | None:
    columns, rows = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
    if not len(columns):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _union(boxes: list[tuple[int, int, int, int]]) -> tuple[int, int, int, int]:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _extent(box: tuple[int, int, int, int]) -> tuple[int, int]:
    return box[2] - box[0], box[3] - box[1]

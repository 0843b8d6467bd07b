"""Connected pieces of ink: which may belong to a digit, and which make one digit together."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from aecore.intake.normal import stroke_width

_MANY = 120  # parts; a picture with more of them is no handful of digits, and comparing all pairs takes time
_BREAK = 1  # of `_belong`: a pen that skipped


@dataclass(frozen=True)
class Part:
    """One connected piece of ink; `mask` covers its box only. Sides in pixels."""

    box: tuple[int, int, int, int]
    mask: np.ndarray
    area: int
    stroke: float

    @property
    def width(self) -> int:
        """From left to right."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """From top to bottom."""
        return self.box[3] - self.box[1]

    @property
    def side(self) -> int:
        """The longer one."""
        return max(self.width, self.height)

    @property
    def bar(self) -> bool:
        """Whether it is a level stroke alone: the bar of a 5, a dash, a line under a digit."""
        return self.width > 3 * self.height and (self.width > 6 * self.height or self.height < 2.2 * self.stroke)


def parts_of(mask: np.ndarray) -> tuple[list[Part], list[Part], np.ndarray]:
    """Connected pieces of ink that may belong to a digit: no specks, ruled lines or table around the sheet.

    Returns: the parts; specks, which are much smaller; and (H, W) bool, the sheet that they are on.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    sheet = np.ones(mask.shape, bool)
    if count < 2:
        return [], [], sheet
    sides = np.maximum(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT])
    areas = stats[1:, cv2.CC_STAT_AREA]
    order = np.argsort(-areas)[:400]  # a page of noise must not cost time
    around = _surroundings(labels, stats)
    if around.any():
        sheet = _largest(~np.append(False, around)[labels])
    order = order[~around[order]]
    if not len(order):
        return [], [], sheet
    by_side = order[np.argsort(sides[order])]
    half = np.searchsorted(np.cumsum(areas[by_side]), areas[by_side].sum() / 2)
    typical = sides[by_side[min(half, len(by_side) - 1)]]  # half of the ink is in pieces of this size or less
    height, width = mask.shape
    parts, specks = [], []
    for i in order:
        left, top, w, h, area = (int(n) for n in stats[i + 1])
        small = sides[i] < max(6, 0.12 * typical, 0.012 * max(height, width)) or area < 0.004 * typical**2
        if small and len(specks) == _MANY:
            continue
        box = (left, top, left + w, top + h)
        own = labels[top : top + h, left : left + w] == i + 1
        (specks if small else parts).append(Part(box, own, area, stroke_width(own)))
    return parts, specks, sheet


def _largest(mask: np.ndarray) -> np.ndarray:
    """The largest connected piece of a mask, without its rim."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    piece = labels == 1 + np.argmax(stats[1:, cv2.CC_STAT_AREA])
    return cv2.erode(piece.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1).astype(bool)


def _surroundings(labels: np.ndarray, stats: np.ndarray) -> np.ndarray:
    """Which components are what the paper lies on, not ink: at the picture's border, unlike those that are not.

    A digit may touch the border too, even along a straight stroke; but what lies around is thicker than strokes, or a
    strip along the border and longer than digits.
    """
    count = len(stats)
    edges = (labels[0], labels[-1], labels[1:-1, 0], labels[1:-1, -1])
    contact = sum(np.bincount(edge, minlength=count) for edge in edges)[1:]
    sides = np.maximum(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT])
    free = (contact == 0) & (sides > 0.03 * max(labels.shape))
    if not free.any():
        return np.zeros(count - 1, bool)
    largest = sides[free].max()
    along = contact > 0.3 * (stats[1:, cv2.CC_STAT_WIDTH] + stats[1:, cv2.CC_STAT_HEIGHT])
    around = (contact > 0) & (along | (sides > 3 * largest))
    if around.any():
        areas = stats[1:, cv2.CC_STAT_AREA]
        typical = np.median([_stroke(labels, stats, i) for i in np.flatnonzero(free)[np.argsort(-areas[free])][:9]])
        for i in np.flatnonzero(around):
            stroke = _stroke(labels, stats, i)
            strip = contact[i] * stroke > 0.6 * areas[i] and sides[i] > 1.35 * largest
            around[i] = stroke > 2.5 * typical or strip
    return around


def _stroke(labels: np.ndarray, stats: np.ndarray, i: int) -> float:
    left, top, width, height, _ = stats[i + 1]
    return stroke_width(labels[top : top + height, left : left + width] == i + 1)


def join(parts: list[Part]) -> list[list[int]]:
    """Groups of parts that make one digit each: pieces of a broken stroke, the bar over a 5."""
    if not parts:
        return []
    if len(parts) > _MANY:
        return [[i] for i in range(len(parts)) if not parts[i].bar]
    sides = [part.side for part in parts if not part.bar]
    if not sides:
        return []
    typical = float(np.median([side for side in sides if side >= 0.5 * max(sides)]))
    pairs = ((i, j, _belong(parts[i], parts[j], typical)) for i in range(len(parts)) for j in range(i))
    groups = {i: [i] for i in range(len(parts))}
    leader = list(groups)
    for i, j, gap in sorted((pair for pair in pairs if pair[2] is not None), key=lambda pair: pair[2]):
        a, b = leader[i], leader[j]
        whole = groups[a] + groups[b]
        width, height = _extent(union([parts[k].box for k in whole]))
        if a == b or (gap > _BREAK and (width > 1.3 * typical or height > 1.6 * typical)):
            continue  # a fragment between two digits belongs to the nearer one
        groups[a] = whole
        for k in groups.pop(b):
            leader[k] = a
    groups = {key: group for key, group in groups.items() if not all(parts[i].bar for i in group)}
    if not groups:
        return []
    sizes = {key: max(_extent(union([parts[i].box for i in group]))) for key, group in groups.items()}
    largest = max(sizes.values())
    return [group for key, group in groups.items() if sizes[key] >= 0.25 * min(largest, 1.5 * typical)]


def count_left_out(parts: list[Part], boxes: list[tuple[int, int, int, int]]) -> int:
    """How many pieces of ink look like digits that are much smaller than the digits in some boxes, and beside them."""
    if not boxes:
        return 0
    largest = max(max(_extent(box)) for box in boxes)
    count = 0
    for part in parts:
        margin = 2 * part.stroke + 2
        left, top, right, bottom = (
            n + step for n, step in zip(part.box, (-margin, -margin, margin, margin), strict=True)
        )
        apart = all(left > box[2] or right < box[0] or top > box[3] or bottom < box[1] for box in boxes)
        count += apart and not part.bar and part.height > max(9, 0.04 * largest, 3 * part.stroke)
    return count


def _belong(a: Part, b: Part, typical: float) -> float | None:
    """How far apart two pieces of ink of one digit are: near, and one is a fragment or the gap a mere break; else None.

    Returns: the gap in strokes; at most `_BREAK` for a mere break.
    """
    if a.bar or b.bar:
        return None if a.bar and b.bar else _bar_belongs(*((a, b) if a.bar else (b, a)))
    stroke = min(a.stroke, b.stroke)
    reach = 0.3 * typical + 2
    dx = max(a.box[0], b.box[0]) - min(a.box[2], b.box[2])
    dy = max(a.box[1], b.box[1]) - min(a.box[3], b.box[3])
    if max(dx, dy) > reach:
        return None
    gap = _gap(a, b)
    if gap <= 0.8 * stroke + 1:
        return gap / (0.8 * stroke + 1)
    width, height = _extent(union([a.box, b.box]))
    if gap > reach or max(width, height) > 1.6 * typical:
        return None
    over = -dx / max(1, min(a.width, b.width)) > 0.3
    fragment = over or (min(a.side, b.side) < 0.4 * typical and gap < 0.15 * typical)  # else a small digit beside it
    fragment &= min(a.height, b.height) < 0.6 * typical
    interlocked = dx < 0 and dy < 0 and dx * dy > 0.1 * min(a.width * a.height, b.width * b.height)
    return gap / (0.8 * stroke + 1) if fragment or (interlocked and max(width, height) < 1.2 * typical) else None


def _bar_belongs(bar: Part, digit: Part) -> float | None:
    """The gap between a level stroke and its digit, as `_belong` says it: a mere break, or close to the digit's top."""
    gap, stroke = _gap(bar, digit), min(bar.stroke, digit.stroke)
    if bar.width > 1.3 * digit.height or gap > 0.12 * digit.height + 2:
        return None
    over = bar.box[3] < digit.box[1] + 0.3 * digit.height and bar.box[0] < digit.box[2] and bar.box[2] > digit.box[0]
    return gap / (0.8 * stroke + 1) if over or gap <= 0.8 * stroke + 1 else None


def _gap(a: Part, b: Part) -> float:
    """Smallest distance between the ink of two parts, in pixels."""
    left, top, right, bottom = union([a.box, b.box])
    far = np.ones((bottom - top, right - left), np.uint8)
    paste(far, a, left, top, 0)
    distance = cv2.distanceTransform(far, cv2.DIST_L2, 5)
    window = distance[b.box[1] - top : b.box[3] - top, b.box[0] - left : b.box[2] - left]
    return float(window[b.mask].min())


def paste(canvas: np.ndarray, part: Part, left: int, top: int, value: float) -> None:
    """Write a value where a part's ink is, in a canvas whose first pixel is at (left, top) of the picture."""
    x, y = part.box[0] - left, part.box[1] - top
    canvas[y : y + part.height, x : x + part.width][part.mask] = value


def union(boxes: list[tuple[int, int, int, int]]) -> tuple[int, int, int, int]:
    """The smallest box around some: left, top, right, bottom."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _extent(box: tuple[int, int, int, int]) -> tuple[int, int]:
    return box[2] - box[0], box[3] - box[1]

"""Digits drawn with a pen of any width, alone or among printed lines: rules, squares, frames, forms and tables."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image
from scipy.spatial import cKDTree
from skimage.morphology import skeletonize

from aecore.pictures.page_texture import Box

Strokes = list[np.ndarray]  # each (N, 2): x and y of a stroke's points, y downwards, in any unit
STYLES = ("scan", "paper", "chalk")


def _arc(x: float, y: float, across: float, down: float, first: float, last: float) -> np.ndarray:
    """Part of an ellipse; angles in degrees, clockwise from the right."""
    angle = np.radians(np.linspace(first, last, 2 + round(abs(last - first) / 8)))
    return np.stack([x + across * np.cos(angle), y + down * np.sin(angle)], 1)


def _points(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, float)


_LOOP_OF_9 = np.concatenate([_arc(0.3, 0.28, 0.28, 0.28, 0, -360), _points((0.58, 0.28), (0.54, 1))])
# several ways to write each digit, about 0.65 wide and 1 high
SHAPES: tuple[tuple[Strokes, ...], ...] = (
    ([_arc(0.32, 0.5, 0.32, 0.5, -90, 270)],),
    (
        [_points((0.3, 0), (0.3, 1))],
        [_points((0.1, 0.25), (0.35, 0), (0.35, 1))],
        [_points((0.1, 0.25), (0.35, 0), (0.35, 1)), _points((0.1, 1), (0.6, 1))],
        [_points((0.45, 0), (0.2, 1))],
    ),
    (
        [np.concatenate([_arc(0.3, 0.28, 0.3, 0.28, -170, 20), _points((0.45, 0.6), (0, 1), (0.65, 1))])],
        [np.concatenate([_arc(0.3, 0.3, 0.3, 0.3, -160, 30), _points((0.3, 0.75), (0, 1), (0.65, 0.97))])],
    ),
    (
        [np.concatenate([_arc(0.28, 0.24, 0.28, 0.24, -160, 80), _arc(0.28, 0.73, 0.34, 0.27, -80, 160)])],
        [np.concatenate([_points((0.05, 0), (0.58, 0), (0.28, 0.4)), _arc(0.28, 0.7, 0.33, 0.3, -80, 160)])],
    ),
    (
        [_points((0.47, 1), (0.47, 0), (0, 0.65), (0.65, 0.65))],
        [_points((0.5, 0), (0, 0.65), (0.68, 0.65)), _points((0.5, 0), (0.5, 1))],
        [_points((0.12, 0), (0.02, 0.55), (0.65, 0.55)), _points((0.5, 0.05), (0.5, 1))],
        [_points((0.45, 0), (0, 0.62), (0.6, 0.62)), _points((0.45, 0.35), (0.45, 1))],
    ),
    (
        [np.concatenate([_points((0.58, 0), (0.1, 0), (0.06, 0.42)), _arc(0.26, 0.68, 0.32, 0.32, -130, 150)])],
        [
            np.concatenate([_points((0.1, 0), (0.06, 0.42)), _arc(0.26, 0.68, 0.32, 0.32, -130, 150)]),
            _points((0.1, 0), (0.6, 0)),
        ],
    ),
    ([np.concatenate([_points((0.45, 0), (0.2, 0.3)), _arc(0.3, 0.7, 0.3, 0.3, -170, 190)])],),
    (
        [_points((0, 0), (0.6, 0), (0.2, 1))],
        [_points((0, 0), (0.62, 0), (0.3, 1)), _points((0.2, 0.5), (0.6, 0.48))],
        [_points((0, 0.1), (0, 0), (0.6, 0.02), (0.25, 1))],
    ),
    ([np.concatenate([_arc(0.3, 0.24, 0.25, 0.24, 90, -270), _arc(0.3, 0.74, 0.3, 0.26, -90, 270)])],),
    ([_LOOP_OF_9], [np.concatenate([_LOOP_OF_9[:-1], _points((0.58, 1))])]),
)


def write(label: int, rng: np.random.Generator, slant: float = 12, turn: float = 6, wobble: float = 0.008) -> Strokes:
    """A digit in one of several hands.

    Args: slant, turn: at most so many degrees; wobble: standard deviation of the hand, in heights of the digit.
    """
    shape = SHAPES[label][rng.integers(len(SHAPES[label]))]
    lean, angle = np.tan(np.radians(rng.uniform(-slant, slant))), np.radians(rng.uniform(-turn, turn))
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    form = rotation @ np.array([[1, -lean], [0, 1]]) @ np.diag([rng.uniform(0.85, 1.25), 1])
    strokes = []
    for stroke in shape:
        way = np.append(0, np.hypot(*np.diff(stroke, axis=0).T).cumsum())
        corners = way if len(stroke) < 8 else way[[0, -1]]
        steps = np.unique(np.append(np.linspace(0, way[-1], max(2, int(way[-1] / 0.06))), corners))
        points = np.stack([np.interp(steps, way, stroke[:, i]) for i in (0, 1)], 1)
        strokes.append((points + rng.normal(0, wobble, points.shape)) @ form.T)
    return strokes


def trace(digit: np.ndarray) -> Strokes:
    """The middle line of a small picture of a digit, (28, 28) uint8, as short strokes."""
    large = cv2.resize(digit.astype(np.float32), None, fx=12, fy=12, interpolation=cv2.INTER_CUBIC) > 127
    points = np.argwhere(skeletonize(large))[:, ::-1].astype(float)
    pairs = cKDTree(points).query_pairs(1.5, output_type="ndarray")
    if not len(pairs):
        return [points[:1]]
    for _ in range(4):  # a skeleton runs in steps of whole pixels
        total, count = points.copy(), np.ones(len(points))
        for a, b in (pairs.T, pairs.T[::-1]):
            np.add.at(total, a, points[b])
            np.add.at(count, a, 1)
        points = total / count[:, None]
    return list(points[pairs])


def draw(strokes: Strokes, height: float, pen: float, margin: tuple[float, ...] = (0, 0, 0, 0)) -> np.ndarray:
    """Draw a digit.

    Args:    height: of the digit, pen: width of its stroke, margin: left, top, right and bottom; all in px.
    Returns: (H, W) float32, 1 on ink.
    """
    points = np.concatenate(strokes)
    low, high = points.min(0), points.max(0)
    scale = (height - pen) / max(high[1] - low[1], 1e-6)
    left, top, right, bottom = margin
    size = round(left + (high[0] - low[0]) * scale + pen + right), round(top + height + bottom)
    fine = 4 if max(size) < 1500 else 2
    canvas = np.zeros((size[1] * fine, size[0] * fine), np.uint8)
    for stroke in strokes:
        place = ((stroke - low) * scale + pen / 2 + (left, top)) * fine
        cv2.polylines(canvas, [np.rint(place * 16).astype(np.int32)], False, 255, max(1, round(pen * fine)), 16, 4)
    return cv2.resize(canvas, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255


@dataclass
class Page:
    """Digits among printed lines.

    y: the digits in reading order; boxes: their ink's; ink, lines: (H, W) float32, 1 on ink and on printed lines.
    """

    y: tuple[int, ...]
    boxes: list[Box]
    ink: np.ndarray
    lines: np.ndarray

    def rule(self, x0: float, y0: float, x1: float, y1: float, width: float) -> None:
        """Print a line."""
        ends = [(round(16 * x), round(16 * y)) for x, y in ((x0, y0), (x1, y1))]
        cv2.line(self.lines, *ends, 1.0, max(1, round(width)), cv2.LINE_AA, 4)

    def turned(self, degrees: float, endless: bool) -> Page:
        """The page laid a little askew on the scanner; endless: its lines run beyond the picture."""
        height, width = self.ink.shape
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
        beyond = cv2.BORDER_REPLICATE if endless else cv2.BORDER_CONSTANT
        boxes = []
        for left, top, right, bottom in self.boxes:
            corners = (
                np.array([(left, top), (right, top), (right, bottom), (left, bottom)]) @ turn[:, :2].T + turn[:, 2]
            )
            boxes.append((*corners.min(0), *corners.max(0)))
        ink = cv2.warpAffine(self.ink, turn, (width, height))
        return Page(self.y, boxes, ink, cv2.warpAffine(self.lines, turn, (width, height), borderMode=beyond))

    def picture(self, rng: np.random.Generator, style: str, depth: float = 1.0) -> np.ndarray:
        """The page as (H, W) uint8; depth: how dark its lines are, in ink."""
        height, width = self.ink.shape
        ink = self.ink
        if style == "scan":
            paper, pen = 250.0, 15.0
        elif style == "paper":
            paper, pen = rng.uniform(190, 240), rng.uniform(20, 70)
        else:
            paper, pen = rng.uniform(30, 70), rng.uniform(190, 235)
            pits = rng.normal(0, 1, (height // 2 + 1, width // 2 + 1)).astype(np.float32)
            ink = ink * np.clip(0.9 + 0.15 * cv2.resize(pits, (width, height)), 0.5, 1)
        scene = paper + (pen - paper) * depth * self.lines
        scene = scene + (pen - scene) * ink
        if style != "scan":
            scene = cv2.GaussianBlur(scene, (0, 0), 0.6) + rng.normal(0, 2, scene.shape)
        return np.clip(scene, 0, 255).astype(np.uint8)


def encode(picture: np.ndarray, style: str) -> bytes:
    """A file: PNG of a scan, else JPEG."""
    file = io.BytesIO()
    if style == "scan":
        Image.fromarray(picture).save(file, "PNG")
    else:
        Image.fromarray(picture).save(file, "JPEG", quality=88)
    return file.getvalue()


def lay_out(
    y: tuple[int, ...], rng: np.random.Generator, height: float, pen: float, columns: int, margin: tuple[float, ...]
) -> tuple[Page, np.ndarray, np.ndarray]:
    """Digits in the middle of equal cells, nothing printed yet; and where the cells begin and end, in x and in y."""
    inks = [draw(write(label, rng, 8, 4), height * rng.uniform(0.85, 1), pen) for label in y]
    cell = max(ink.shape[1] for ink in inks) * rng.uniform(1.15, 1.6), height * rng.uniform(1.2, 1.7)
    rows = -(-len(y) // columns)
    x_edges = margin[0] + cell[0] * np.arange(columns + 1)
    y_edges = margin[1] + cell[1] * np.arange(rows + 1)
    canvas = np.zeros((int(y_edges[-1] + margin[3]), int(x_edges[-1] + margin[2])), np.float32)
    boxes = []
    for i, ink in enumerate(inks):
        row, column = divmod(i, columns)
        left = max(0, int((x_edges[column] + x_edges[column + 1] - ink.shape[1]) / 2))
        top = max(0, int((y_edges[row] + y_edges[row + 1] - ink.shape[0]) / 2))
        there = canvas[top : top + ink.shape[0], left : left + ink.shape[1]]
        np.maximum(there, ink[: there.shape[0], : there.shape[1]], out=there)
        boxes.append((left, top, left + ink.shape[1], top + ink.shape[0]))
    return Page(y, boxes, canvas, np.zeros_like(canvas)), x_edges, y_edges


ENDLESS = ("ruled", "margin line", "squared")
ONE_DIGIT = ("frame", "cut frame")
KINDS = (*ENDLESS, "underlined", "blank", "row of boxes", "boxes apart", "table", *ONE_DIGIT)


def printed_page(kind: str, y: tuple[int, ...], rng: np.random.Generator, height: float, pen: float) -> Page:
    """Some digits, `height` px high, on a page with lines of one of KINDS."""
    if kind in ONE_DIGIT:
        y = y[:1]
    columns = min(len(y), 3) if kind == "table" else len(y)
    margin = tuple(height * rng.uniform(0.05, 0.5 if kind in ONE_DIGIT else 1, 4))
    if kind == "blank":
        margin = (margin[0] + height, margin[1], margin[2] + height, margin[3])
    page, x_edges, y_edges = lay_out(y, rng, height, pen, columns, margin)
    rows, width = page.ink.shape
    line = max(1.0, min(pen * rng.uniform(0.3, 1.1), 0.03 * height))
    feet = max(box[3] for box in page.boxes)
    first, last = page.boxes[0][0], page.boxes[-1][2]
    if kind in ("ruled", "margin line"):
        space = height * rng.uniform(1.2, 1.6)
        for level in np.arange((feet + height * rng.uniform(-0.03, 0.15)) % space, rows, space):
            page.rule(-9, level, width + 9, level, line)
    if kind == "margin line":
        at = first - height * rng.uniform(0.1, 0.2)
        page.rule(at, -9, at, rows + 9, line)
    if kind == "squared":
        space = height * rng.choice([0.35, 0.5, 0.7, 1])
        for level in np.arange(rng.uniform(0, space), rows, space):
            page.rule(-9, level, width + 9, level, line)
        for at in np.arange(rng.uniform(0, space), width, space):
            page.rule(at, -9, at, rows + 9, line)
    if kind == "underlined":
        level, beyond = feet + height * rng.uniform(0.06, 0.2), height * rng.uniform(-0.05, 0.25)
        for again in range(1 + (rng.random() < 0.3)):
            page.rule(first - beyond, level + 0.1 * height * again, last + beyond, level + 0.1 * height * again, line)
    if kind == "blank":
        level, beyond = feet + height * rng.uniform(-0.05, 0.15), height * rng.uniform(0.5, 1)
        page.rule(first - beyond, level, last + beyond, level, line)
    if kind in ("row of boxes", "table"):
        for level in y_edges:
            page.rule(x_edges[0], level, x_edges[-1], level, line)
        for at in x_edges:
            page.rule(at, y_edges[0], at, y_edges[-1], line)
    if kind == "boxes apart":
        gap = 0.05 * height
        for left, right in zip(x_edges[:-1] + gap, x_edges[1:] - gap, strict=True):
            _frame(page, _corners(left, y_edges[0], right, y_edges[1]), line)
    if kind in ONE_DIGIT:
        left, top, right, bottom = page.boxes[0]
        room = np.array([left, top, width - right, rows - bottom]) * rng.uniform(0.3, 0.85, 4)
        edges = np.array([left, top, right, bottom]) + room * (-1, -1, 1, 1)
        if kind == "cut frame":  # one to three of its sides lie beyond the picture
            away = rng.permutation(4)[: rng.integers(1, 4)]
            edges[away] += np.array([-1, -1, 1, 1])[away] * (width + rows)
        angle = rng.uniform(-0.06, 0.06)
        middle = np.array([width, rows]) / 2
        rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        _frame(page, (_corners(*edges) - middle) @ rotation.T + middle, line)
    return page


def _corners(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def _frame(page: Page, corners: np.ndarray, line: float) -> None:
    for a, b in zip(corners, np.roll(corners, -1, 0), strict=True):
        page.rule(*a, *b, line)


def sample_printed(kind: str, seed: int) -> tuple[Page, np.ndarray, str]:
    """A page of one of KINDS with everything else by chance: one to five digits, pens of 1.2 to 10 % of their height.

    Returns: the page, its picture (H, W) uint8, and the picture's style.
    """
    rng = np.random.default_rng([seed, *kind.encode()])
    y = tuple(int(n) for n in rng.integers(0, 10, rng.integers(1, 6)))
    height = float(np.exp(rng.uniform(np.log(70), np.log(320))))
    pen = max(1.5, height * float(np.exp(rng.uniform(np.log(0.012), np.log(0.1)))))
    page = printed_page(kind, y, rng, height, pen)
    if kind not in ONE_DIGIT:
        page = page.turned(rng.uniform(-1.5, 1.5), kind in ENDLESS)
    style = STYLES[seed % 3]
    return page, page.picture(rng, style, rng.uniform(0.25, 1)), style

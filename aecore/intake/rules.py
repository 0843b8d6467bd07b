"""Printed lines (rules, margins, squares, frames, forms' cells) told from a digit's own straight strokes.

A printed line spans the page, or the frame that it is a side of; a digit's stroke ends where the digit does.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from aecore.intake.lines import Line, continued, cut, meetings, reaches_border, straight_lines


@dataclass
class _Sheet:
    """The lines of a page that may be printed, how they meet, and what else is on the page.

    lines: level ones first; at_border: (N, 2), which ends run into the picture's border; met: (N, 2), which ends lie on
    a line of the other direction; crossed: (N, N), which lines meet one of the other direction; joined: (N, N), which
    go on in one of the same direction; boxes: (M, 4) left, top, right, bottom of all other ink, piece by piece;
    touching: (N, M), which pieces a line touches; shape: of the picture.
    """

    lines: list[Line]
    at_border: np.ndarray
    met: np.ndarray
    crossed: np.ndarray
    joined: np.ndarray
    boxes: np.ndarray
    touching: np.ndarray
    shape: tuple[int, int]


def without_rules(mask: np.ndarray, hat: np.ndarray, frame: int = 0) -> np.ndarray:
    """Ink without printed lines, level or upright; ink across them stays.

    Args: mask: (H, W) bool, True on ink; hat: (H, W) float32, how far each pixel stands out from the paper; frame: px
          of paper that were added all around.
    """
    lines = straight_lines(mask, hat, False) + straight_lines(mask, hat, True)
    if not lines:
        return mask
    at_border = np.array([reaches_border(line, mask.shape, frame) for line in lines])
    met, crossed = meetings(lines)
    along = np.array([mask.shape[0 if line.upright else 1] - 2 * frame for line in lines])
    length = np.array([line.length for line in lines])
    upright = np.array([line.upright for line in lines])
    closed = (at_border | met).all(1)
    slender = length > 8 * np.array([line.thick for line in lines])
    long = (length > 0.6 * along) | (~upright & (length > 0.25 * along))
    suspect = closed | (long & (slender | at_border.any(1)))
    chosen = np.flatnonzero(suspect)
    if not len(chosen):
        return mask
    lines = [lines[i] for i in chosen]
    upright = np.array([line.upright for line in lines])
    shape = mask.shape[0] - 2 * frame, mask.shape[1] - 2 * frame
    sheet = _Sheet(
        lines,
        at_border[chosen],
        met[chosen],
        crossed[np.ix_(chosen, chosen)],
        continued(lines),
        *_pieces(mask, lines),
        shape,
    )
    printed = _squares(sheet) | _frames(sheet)
    for i in np.flatnonzero(~printed & ~upright):
        printed[i] = _lone_level(sheet, i)
    doubtful = [line for line, rule in zip(lines, printed | upright, strict=True) if rule]
    if len(doubtful) < len(lines):  # the bar of a 4 is part of what touches its stem
        sheet.boxes, sheet.touching = _pieces(mask, lines, doubtful)
    heights = _digit_heights(sheet)
    for i in np.flatnonzero(~printed & upright):
        printed[i] = _lone_upright(sheet, i, heights)
    rules = [line for line, rule in zip(lines, printed, strict=True) if rule]
    return _without_ends(cut(mask, rules), rules) if rules else mask


def _without_ends(mask: np.ndarray, lines: list[Line]) -> np.ndarray:
    """Ink without what goes on at an end of some lines that were cut out of it: half beyond the picture, or bent."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    left, top, width, height = stats[:, :4].T
    level = np.stack([left, top, left + width, top + height], 1)
    drop = np.zeros(count, bool)
    for line in lines:
        x0, y0, x1, y1 = (level[:, [1, 0, 3, 2]] if line.upright else level).T
        reach = 2 * line.thick + 4
        for (x, y), near in ((line.begin, x1), (line.end, x0)):
            within = np.maximum(abs(y0 - y), abs(y1 - y)) < reach
            drop |= within & (abs(near - x) < reach) & (x1 - x0 < 0.5 * line.length)
    drop[0] = False
    return mask & ~drop[labels] if drop.any() else mask


def _pieces(mask: np.ndarray, lines: list[Line], doubtful: list[Line] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """What is left without some doubtful lines (by default all): boxes (M, 4) of connected ink, specks left out, and
    which of all lines touch which of them (N, M).
    """
    rest = cut(mask, lines if doubtful is None else doubtful, mend=False)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(rest.astype(np.uint8), connectivity=8)
    sides = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    large = sides >= max(6, 0.02 * max(rest.shape))
    large[0] = False
    touching = np.zeros((len(lines), count), bool)
    for n, line in enumerate(lines):
        rows, columns = line.window
        reach = int(line.thick) + 3
        at = labels.T if line.upright else labels
        top, left = max(0, rows.start - reach), max(0, columns.start - reach)
        around = at[top : rows.stop + reach, left : columns.stop + reach]
        own = np.zeros(around.shape, np.uint8)
        own[rows.start - top :, columns.start - left :][: line.own.shape[0], : line.own.shape[1]] = line.own
        near = cv2.dilate(own, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) > 0
        touching[n, np.unique(around[near])] = True
    left, top, width, height = stats[:, :4].T
    boxes = np.stack([left, top, left + width, top + height], 1)
    for n, line in enumerate(lines):
        for i in np.flatnonzero(touching[n] & large):
            large[i] = not _within(boxes[i], line)
    return boxes[large], touching[:, large]


def _within(box: np.ndarray, line: Line) -> bool:
    """Whether ink is a sliver that was left of a line."""
    left, top, right, bottom = box[[1, 0, 3, 2]] if line.upright else box
    middle = np.interp((left + right) / 2, (line.begin[0], line.end[0]), (line.begin[1], line.end[1]))
    return max(middle - top, bottom - middle) < 1.5 * line.thick + 4


def _squares(sheet: _Sheet) -> np.ndarray:
    """Which lines are those of squared paper, (N,) bool: several in both directions, from border to border."""
    upright = np.array([line.upright for line in sheet.lines])
    along = np.array([sheet.shape[0 if line.upright else 1] for line in sheet.lines])
    square = sheet.at_border.all(1) & (np.array([line.length for line in sheet.lines]) > 0.5 * along)
    several = min((square & upright).sum(), (square & ~upright).sum()) > 1
    return square & several


def _inside_a_cell(sheet: _Sheet) -> np.ndarray:
    """Which level lines are a wide digit's stroke that touches both sides of its cell: with a digit on them."""
    heights = sheet.boxes[:, 3] - sheet.boxes[:, 1]
    stroke = np.zeros(len(sheet.lines), bool)
    for i, line in enumerate(sheet.lines):
        if line.upright or not sheet.met[i].all() or sheet.crossed[i].sum() != 2:
            continue
        sides = [sheet.lines[n] for n in np.flatnonzero(sheet.crossed[i])]
        top, bottom = max(side.begin[0] for side in sides), min(side.end[0] for side in sides)
        inner = top + 0.08 * (bottom - top) < line.begin[1] < bottom - 0.08 * (bottom - top)
        stroke[i] = inner and (heights[sheet.touching[i]] > 0.3 * (bottom - top)).any()
    return stroke


def _between_rules(sheet: _Sheet) -> np.ndarray:
    """Which upright lines reach just from one rule across the page to another, and are no higher than digits are."""
    heights = _digit_heights(sheet)
    stroke = np.zeros(len(sheet.lines), bool)
    for i, line in enumerate(sheet.lines):
        levels = np.flatnonzero(sheet.crossed[i])
        if line.upright and sheet.met[i].all() and len(levels) and sheet.at_border[levels].all():
            stroke[i] = line.length < 1.2 * _typical(heights[heights > 0.08 * line.length])
    return stroke


def _typical(sizes: np.ndarray) -> float:
    """The size above and below which lies half of all; 0 if there are none."""
    sizes = np.sort(sizes)
    return float(sizes[np.searchsorted(sizes.cumsum(), sizes.sum() / 2)]) if len(sizes) else 0.0


def _frames(sheet: _Sheet) -> np.ndarray:
    """Which lines belong to a frame around other ink, to a table, or to a frame of the same size that is empty."""
    closed = (sheet.at_border | sheet.met).all(1) & ~_inside_a_cell(sheet) & ~_between_rules(sheet)
    printed = np.zeros(len(closed), bool)
    links = sheet.crossed & closed & closed[:, None]
    middles = (sheet.boxes[:, :2] + sheet.boxes[:, 2:]) / 2
    heights = sheet.boxes[:, 3] - sheet.boxes[:, 1]
    networks = [network for network in _networks(links, closed) if sheet.met[network].any()]
    sizes = []
    for network in networks:
        left, top, right, bottom = _extent([sheet.lines[i] for i in network])
        inside = ((middles > (left, top)) & (middles < (right, bottom))).all(1)
        touched = sheet.touching[network].any(0)
        across = np.minimum(sheet.boxes[:, 2:], (right, bottom)) - np.maximum(sheet.boxes[:, :2], (left, top))
        mostly = across.clip(0).prod(1) > 0.85 * (sheet.boxes[:, 2:] - sheet.boxes[:, :2]).prod(1)
        uprights = sum(sheet.lines[i].upright for i in network)
        counts = min(uprights, len(network) - uprights)
        cell = min((right - left) / max(1, uprights - 1), (bottom - top) / max(1, len(network) - uprights - 1))
        inside &= np.maximum(heights, sheet.boxes[:, 2] - sheet.boxes[:, 0]) > 0.25 * cell
        full = (inside & (~touched | (mostly & (heights > 0.4 * (bottom - top))))).any() if counts else False
        wide = counts > 1 and right - left > 0.95 * (bottom - top)
        sizes.append((right - left, bottom - top))
        printed[network] = full or counts > 2 or wide
    frames = [
        size for size, network in zip(sizes, networks, strict=True) if printed[network].all() and len(network) > 3
    ]
    for size, network in zip(sizes, networks, strict=True):
        if len(network) > 3 and any(np.allclose(size, frame, rtol=0.1) for frame in frames):
            printed[network] = True
    return printed


def _networks(links: np.ndarray, members: np.ndarray) -> list[list[int]]:
    """Connected sets of two lines or more."""
    left, networks = set(np.flatnonzero(members).tolist()), []
    while left:
        network, new = set(), {left.pop()}
        while new:
            network |= new
            new = set(np.flatnonzero(links[sorted(new)].any(0)).tolist()) - network
        left -= network
        if len(network) > 1:
            networks.append(sorted(network))
    return networks


def _extent(lines: list[Line]) -> tuple[float, float, float, float]:
    points = np.array([end[::-1] if line.upright else end for line in lines for end in (line.begin, line.end)])
    return (*points.min(0), *points.max(0))


def _lone_level(sheet: _Sheet, i: int) -> bool:
    """Whether a level line is a rule: it reaches beyond what stands on it, on both sides; or nothing does."""
    line, spanning = sheet.lines[i], sheet.at_border[i].all()
    touched = sheet.boxes[sheet.touching[i]]
    ends = [(box[0], box[2]) for box in touched]
    for n in np.flatnonzero(sheet.crossed[i]):
        ends.append(sorted((sheet.lines[n].begin[1], sheet.lines[n].end[1])))
    for n in np.flatnonzero(sheet.joined[i]):
        ends.append((sheet.lines[n].begin[0], sheet.lines[n].end[0]))
    if not ends:
        return spanning  # a short line that stands alone may be the bar of a 5
    beyond = min(min(first for first, _ in ends) - line.begin[0], line.end[0] - max(last for _, last in ends))
    height = max((box[3] - box[1] for box in touched), default=0)
    width = max((box[2] - box[0] for box in touched), default=0)
    stems = max((sheet.lines[n].length for n in np.flatnonzero(sheet.crossed[i])), default=0)
    if len(touched) and line.length > 2 * max(height, width, stems):
        return True
    if beyond <= line.thick + 2 + 0.02 * line.length:
        return False
    if spanning:
        return beyond > 0.1 * height or line.length > 1.1 * height
    return beyond > 0.2 * height or line.length > 1.3 * height


def _lone_upright(sheet: _Sheet, i: int, heights: np.ndarray) -> bool:
    """Whether an upright line is a margin or a frame's side: far higher than the digits are, and part of none.

    Args: heights: of all pieces of ink, as `_digit_heights` says.
    """
    line = sheet.lines[i]
    spanning = sheet.at_border[i].all()
    levels = [n for n in np.flatnonzero(sheet.crossed[i]) if sheet.at_border[n].all()]
    if spanning and len(levels) > 1:
        return True
    if not spanning and line.length < 0.8 * sheet.shape[0]:
        return False
    if (heights[sheet.touching[i]] > 0.4 * line.length).any():
        return False
    typical = _typical(heights[~sheet.touching[i] & (heights > max(0.08 * line.length, 3 * line.thick))])
    return typical > 0 and line.length > 1.35 * typical


def _digit_heights(sheet: _Sheet) -> np.ndarray:
    """Heights (M,) of pieces of ink, with the stem of a 4 or a 9 that touches them."""
    top, bottom = sheet.boxes[:, 1].astype(float), sheet.boxes[:, 3].astype(float)
    heights = bottom - top
    for line, touching in zip(sheet.lines, sheet.touching, strict=True):
        if line.upright and (heights[touching] > 0.4 * line.length).any():
            top[touching] = np.minimum(top[touching], line.begin[0])
            bottom[touching] = np.maximum(bottom[touching], line.end[0])
    return bottom - top

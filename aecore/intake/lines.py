"""Straight lines of ink, about level or upright: found, compared and taken out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

_MOST_LINES = 120  # a direction; a page with more of them is noise or print, and comparing them takes time
_STEEPEST = 0.07  # 4 degrees: how far from level a line may be


@dataclass(frozen=True)
class Line:
    """A straight piece of ink, about level; an upright one lies in the transposed picture.

    begin, end: (x, y) of its ends, left to right; thick: px; window, own: its pixels, all as if it were level.
    """

    upright: bool
    begin: tuple[float, float]
    end: tuple[float, float]
    thick: float
    window: tuple[slice, slice]
    own: np.ndarray

    @property
    def length(self) -> float:
        """In pixels, along its direction."""
        return self.end[0] - self.begin[0]


def straight_lines(mask: np.ndarray, hat: np.ndarray, upright: bool) -> list[Line]:
    """Long straight lines of ink in one direction, at most a few degrees off."""
    ink = np.ascontiguousarray(mask.T if upright else mask).astype(np.uint8)
    hat = hat.T if upright else hat
    height, width = ink.shape
    shortest = max(20, 0.06 * width)
    level = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, max(12, width // 25)), np.uint8))
    pool = max(1, width // 240)  # pieces are told apart in fewer columns, which is faster
    pooled = cv2.resize(255 * level, (-(-width // pool), height), interpolation=cv2.INTER_AREA) > 0
    chained = cv2.dilate(pooled.astype(np.uint8), np.ones((3, max(3, width // 40 // pool | 1)), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(chained, connectivity=8)
    lines = []
    for i in 1 + np.argsort(-stats[1:, cv2.CC_STAT_WIDTH])[:_MOST_LINES]:
        left, top, w, h, _ = stats[i]
        if w * pool < shortest:
            break
        runs = level[top : top + h, left * pool : (left + w) * pool]
        own = np.repeat(labels[top : top + h, left : left + w] == i, pool, 1)[:, : runs.shape[1]]
        runs, left = runs & own, left * pool
        steps = np.diff(np.pad(runs.T, ((0, 0), (1, 1))).astype(np.int8), axis=1)
        x, first = np.nonzero(steps == 1)
        y = (first + np.nonzero(steps == -1)[1] - 1) / 2  # middles of the columns' runs
        for _ in range(12):  # strokes and other lines that touch this one lie in the same piece
            place = _straightest(x, y, shortest)
            if place is None:
                break
            slope, offset = place
            off = np.abs(y - slope * x - offset)
            line = _line(ink, hat, x[off < 3] + left, slope, offset + top - slope * left, upright)
            if line is not None:
                lines.append(line)
            far = off > (3 if line is None else line.thick / 2 + 3)
            x, y = x[far], y[far]
    return lines


def _straightest(x: np.ndarray, y: np.ndarray, shortest: float) -> tuple[float, float] | None:
    """Slope and offset of the line along which most of some points lie; None if it is short or steep."""
    if len(x) < shortest:
        return None
    best, height = (0, 0.0, 0), int(x.max() * _STEEPEST) + 3
    for slope in np.linspace(-_STEEPEST, _STEEPEST, 29):
        counts = np.bincount(np.rint(y - slope * x).astype(int) + height)
        best = max(best, (int(counts.max()), slope, int(counts.argmax()) - height))
    _, slope, offset = best
    for reach in (3.0, 2.0):
        near = np.abs(y - slope * x - offset) < reach
        if np.ptp(x[near]) < shortest:
            return None
        slope, offset = np.polyfit(x[near], y[near], 1)
    return (slope, offset) if abs(slope) < 1.2 * _STEEPEST else None


def _line(ink: np.ndarray, hat: np.ndarray, x: np.ndarray, slope: float, offset: float, upright: bool) -> Line | None:
    """The line that goes through some pixels of ink: its ends, thickness and own pixels; None for a mere stroke."""
    height, width = ink.shape
    x = np.unique(x)
    begin, end = int(x[0]), int(x[-1])
    if len(x) < 0.7 * (end - begin):
        return None
    margin = 6 + int(0.05 * min(ink.shape))
    rows = np.rint(slope * x + offset).astype(int) + np.arange(-margin, margin + 1)[:, None]
    column = np.where((rows >= 0) & (rows < height), ink[np.clip(rows, 0, height - 1), x].astype(int), 0)
    upward = np.cumprod(column[margin::-1], 0).sum(0)
    downward = np.cumprod(column[margin:], 0).sum(0)
    runs = upward + downward - 1
    runs[runs > 1.3 * np.median(runs) + 2] = 0  # a stroke crosses
    thick = float(np.percentile(runs[runs > 0], 80)) if (runs > 0).any() else 0.0
    if not thick or thick > margin or end - begin < 5 * thick:
        return None
    strength = float(np.median(_brightest(hat, np.rint(slope * x + offset).astype(int), x)))
    begin -= _followed(hat, 0.5 * strength, np.arange(begin - 1, -1, -1), slope, offset)
    end += _followed(hat, 0.5 * strength, np.arange(end + 1, width), slope, offset)
    along = np.arange(begin, end + 1)
    center = slope * along + offset
    shift = rows[margin] + (downward - upward) / 2 - slope * x - offset
    shift[runs == 0] = 0
    center = center + np.interp(along, x, np.clip(shift, -2, 2))  # paper is never quite flat
    top, bottom = max(0, int(center.min() - thick) - 1), min(height, int(center.max() + thick) + 2)
    own = np.abs(np.arange(top, bottom)[:, None] - center) <= thick / 2 + 1
    window = np.s_[top:bottom, begin : end + 1]
    ends = (begin, slope * begin + offset), (end, slope * end + offset)
    stronger = cv2.dilate(hat[window], np.ones((3, 1), np.uint8)) > 1.5 * strength  # a stroke along a pale line
    return Line(upright, *ends, thick, window, own & (ink[window] > 0) & ~stronger)


def _brightest(hat: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The strongest of each pixel and the two above and below it."""
    return np.max([hat[np.clip(y + step, 0, len(hat) - 1), x] for step in (-1, 0, 1)], 0)


def _followed(hat: np.ndarray, least: float, x: np.ndarray, slope: float, offset: float) -> int:
    """How far a line y = slope * x + offset goes on over some x in a row, small gaps allowed."""
    y = np.rint(slope * x + offset).astype(int)
    inside = (y >= 0) & (y < hat.shape[0])
    there = np.flatnonzero(_brightest(hat, y[inside], x[inside]) > least)
    if not len(there) or there[0] > 4:
        return 0
    gaps = np.flatnonzero(np.diff(there) > 5)
    return int(there[gaps[0]] if len(gaps) else there[-1]) + 1


def reaches_border(line: Line, shape: tuple[int, int], frame: int) -> tuple[bool, bool]:
    """Whether a line runs into the picture's border at its begin and at its end; frame: as of `find_digits`."""
    height, width = shape[::-1] if line.upright else shape
    slack, edge = frame + 3, frame + 0.6 * line.thick + 1.5
    across = [y if abs(y) < height / 2 else height - 1 - y for y in (line.begin[1], line.end[1])]
    aside = [near < edge and far > near + 1.5 * line.thick for near, far in (across, across[::-1])]
    return line.begin[0] <= slack or aside[0], line.end[0] >= width - 1 - slack or aside[1]


def meetings(lines: list[Line]) -> tuple[np.ndarray, np.ndarray]:
    """Which ends of lines lie on a line of the other direction (N, 2), and which lines meet (N, N)."""
    count = len(lines)
    met, crossed = np.zeros((count, 2), bool), np.zeros((count, count), bool)
    level = [i for i, line in enumerate(lines) if not line.upright]
    upright = [i for i, line in enumerate(lines) if line.upright]
    if not level or not upright:
        return met, crossed

    def ends(chosen: list[int]) -> tuple[np.ndarray, ...]:
        rows = np.array([(*lines[i].begin, *lines[i].end, lines[i].thick) for i in chosen]).T
        begin, at_begin, end, at_end, thick = rows
        return begin, end, at_begin, (at_end - at_begin) / np.maximum(end - begin, 1), thick

    x0, x1, y_begin, y_slope, thick = (values[:, None] for values in ends(level))
    y0, y1, x_begin, x_slope, thick_upright = (values[None] for values in ends(upright))
    y = y_begin + y_slope * (x_begin - x0)
    for _ in range(2):  # where the two lines, made longer, cross
        x = x_begin + x_slope * (y - y0)
        y = y_begin + y_slope * (x - x0)
    across, down = 0.75 * thick_upright + 3, 0.75 * thick + 3
    meet = (x > x0 - across) & (x < x1 + across) & (y > y0 - down) & (y < y1 + down)
    alike = (thick < 1.3 * thick_upright + 1.5) & (thick_upright < 1.3 * thick + 1.5)
    crossed[np.ix_(level, upright)] = meet
    crossed |= crossed.T
    met[level] = np.stack([(meet & alike & (abs(x - at) < across)).any(1) for at in (x0, x1)], 1)
    met[upright] = np.stack([(meet & alike & (abs(y - at) < down)).any(0) for at in (y0, y1)], 1)
    return met, crossed


def continued(lines: list[Line]) -> np.ndarray:
    """Which lines go on in another of the same direction, (N, N)."""
    x0, y0, x1, y1, thick, upright = np.array([(*a.begin, *a.end, a.thick, a.upright) for a in lines]).T
    reach = 2 * thick + 4
    ahead = (abs(x0[None] - x1[:, None]) < 2 * reach[:, None]) & (abs(y0[None] - y1[:, None]) < reach[:, None])
    return (ahead | ahead.T) & (upright == upright[:, None]) & ~np.eye(len(lines), dtype=bool)


def cut(mask: np.ndarray, lines: list[Line], mend: bool = True) -> np.ndarray:
    """Ink without some lines; where a column of ink is much thicker than the line, a stroke crosses it, and stays.

    mend: also give back what was cut off round strokes, which takes time.
    """
    for upright in (False, True):
        chosen = [line for line in lines if line.upright == upright]
        if not chosen:
            continue
        ink = np.ascontiguousarray(mask.T if upright else mask).astype(np.uint8)
        rules = np.zeros_like(ink)
        for line in chosen:
            rows, columns = line.window
            margin = int(2 * line.thick) + 4
            top = max(0, rows.start - margin)
            around = np.s_[top : rows.stop + margin, columns]
            at_edge = min(line.begin[1], line.end[1], *(len(ink) - y for _, y in (line.begin, line.end))) < line.thick
            taller = line.thick * (2 if at_edge else 1.3)  # at the picture's edge a line may be seen in part
            column = np.ones((int(max(taller, line.thick + 2)) + 1, 1), np.uint8)
            tall = cv2.dilate(cv2.erode(ink[around], column, borderValue=0), column)  # nothing is beyond the picture
            own = np.zeros_like(tall)
            own[rows.start - top :][: rows.stop - rows.start] = line.own
            rules[around] |= cv2.dilate(own & ~tall, np.ones((3, 1), np.uint8)) & (1 - tall)
        rest = ink & (1 - rules)
        thick = int(np.median([line.thick for line in chosen])) + 2
        across = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((thick + 4, 1), np.uint8))
        rest |= across & ink
        if mend:
            _mend(rest, ink, chosen)
        mask = (rest.T if upright else rest).astype(bool)
    return mask


def _mend(rest: np.ndarray, ink: np.ndarray, lines: list[Line]) -> None:
    """Give back to round strokes what was cut off where they run along a line: both ends touch it, from one side."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=8)
    if count < 2:
        return
    for line in lines:
        rows, columns = line.window
        x = np.arange(columns.start, columns.stop)
        center = np.rint(np.interp(x, (line.begin[0], line.end[0]), (line.begin[1], line.end[1]))).astype(int)
        reach = int(line.thick / 2) + np.arange(1, 5)[:, None]
        above, below = (
            np.where((at >= 0) & (at < len(ink)), labels[np.clip(at, 0, len(ink) - 1), x], 0).max(0)
            for at in (center - reach, center + reach)
        )
        for side, other in ((above, below), (below, above)):
            at = np.flatnonzero(side)
            breaks = np.flatnonzero(np.diff(at) > 1)
            starts, ends = at[np.append(0, breaks + 1)[: len(at)]], at[np.append(breaks, len(at) - 1)[: len(at)]]
            for start, first, last, stop in zip(starts, ends, starts[1:], ends[1:], strict=False):
                label = side[first]
                size = max(stats[label, cv2.CC_STAT_WIDTH], stats[label, cv2.CC_STAT_HEIGHT])
                crossing = other[max(0, start - 4) : stop + 5].any()
                if side[last] == label and last - first < 0.5 * size and not crossing:
                    gap = np.s_[rows, columns.start + first : columns.start + last + 1]
                    rest[gap] |= line.own[:, first : last + 1] & ink[gap]

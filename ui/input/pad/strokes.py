"""A drawing's strokes as plain JSON, and the check of strokes that may come from anywhere."""

from collections.abc import Sequence
from typing import TypedDict

UNITS = 2000  # of a stroke's coordinates and widths, a side of the sheet
MAX_STROKES = 500
MAX_POINTS = 4000  # of a whole drawing


class Stroke(TypedDict):
    """One stroke as plain JSON, in units of 1/2000 of the sheet's side from its top left corner.

    points: x0, y0, x1, y1, ...; width: one for all points, or one a point; erase: it takes ink away.
    """

    points: list[int]
    width: int | list[int]
    erase: bool


def stroke(points: Sequence[tuple[float, float]], width: float = 0.08, erase: bool = False) -> Stroke:
    """A stroke through (x, y) points; coordinates and width in [0, 1] of the sheet's side, y downwards."""
    flat = [round(UNITS * value) for point in points for value in point]
    return {"points": flat, "width": round(UNITS * width), "erase": erase}


def parse_strokes(strokes: object) -> tuple[Stroke, ...]:
    """Checks strokes that may come from anywhere.

    Args:    strokes: a list or tuple of Stroke, at most 500 with 4,000 points together.
    Returns: the strokes, with nothing in them but the three fields.
    Raises:  ValueError: anything else.
    """
    if not isinstance(strokes, list | tuple) or len(strokes) > MAX_STROKES:
        raise ValueError(f"A drawing is a list of at most {MAX_STROKES} strokes.")
    parsed = tuple(_parse_stroke(stroke) for stroke in strokes)
    if sum(len(stroke["points"]) for stroke in parsed) > 2 * MAX_POINTS:
        raise ValueError(f"A drawing has at most {MAX_POINTS} points.")
    return parsed


def _parse_stroke(candidate: object) -> Stroke:
    if not isinstance(candidate, dict):
        raise ValueError("A stroke is a dict.")
    points, width, erase = (candidate.get(name) for name in ("points", "width", "erase"))
    if not isinstance(points, list) or not 2 <= len(points) <= 2 * MAX_POINTS or len(points) % 2:
        raise ValueError("A stroke's points are a list of x and y in turn.")
    if not all(is_int(value, -UNITS, 2 * UNITS) for value in points):
        raise ValueError(f"A stroke's coordinates are integers from {-UNITS} to {2 * UNITS}.")
    widths = width if isinstance(width, list) else [width] * (len(points) // 2)
    if len(widths) != len(points) // 2 or not all(is_int(value, 1, UNITS) for value in widths):
        raise ValueError(f"A stroke's width is an integer from 1 to {UNITS}, or one for each point.")
    if not isinstance(erase, bool):
        raise ValueError("A stroke's erase is true or false.")
    return {"points": points, "width": width, "erase": erase}


def is_int(value: object, low: int, high: int) -> bool:
    """Whether it is an integer between two others, these included."""
    return type(value) is int and low <= value <= high  # not bool, which is an int to isinstance

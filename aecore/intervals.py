"""The 95 % interval of a mean over few numbers, as trainings or people: Student 1908, The probable error of a mean."""

from collections.abc import Sequence
from statistics import mean, stdev

STUDENT = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262}
MOST = max(STUDENT)  # numbers whose 97.5 % point of Student's t stands above


def half(numbers: Sequence[float]) -> float | None:
    """Half of the interval's width, for up to MOST numbers; None for one, which tells of none."""
    return STUDENT[len(numbers)] * stdev(numbers) / len(numbers) ** 0.5 if len(numbers) > 1 else None


def interval(numbers: Sequence[float]) -> tuple[float, float | None]:
    """Their mean, and `half`."""
    return mean(numbers), half(numbers)

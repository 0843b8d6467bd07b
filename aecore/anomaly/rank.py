"""How a score stands among those of normal digits, and thresholds by how many of them would be called odd."""

import numpy as np
from torch import Tensor

from aecore.anomaly import table
from aecore.anomaly.normal import Normal

OTHERS = "others"  # a set of pictures: test digits of the other classes
ROUNDING = 2.0**-11  # relative, of the half precision in which quantiles are stored


def distributions(chosen: Normal, pictures: str = table.NORMAL) -> dict[str, np.ndarray]:
    """Score -> quantiles over a set of pictures, (table.STEPS + 1,), rising. Raises: DataError: not measured."""
    all_of_them = table.load_distributions()
    keys = {score: table.key(chosen.name, score, pictures) for score in chosen.scores}
    return {score: numbers(all_of_them[key]) for score, key in keys.items() if key in all_of_them}


def numbers(quantiles: Tensor) -> np.ndarray:
    """Quantiles as NumPy computes with them."""
    return quantiles.double().numpy()


def share_below(score: float, quantiles: np.ndarray) -> float:
    """How many percent of a distribution score less, linear between its quantiles; of equal ones the first.

    A score that rounding alone parts from a quantile is equal to it: of a doubt, hundreds are one and the same float.
    """
    at = int(np.searchsorted(quantiles, score - abs(score) * ROUNDING, side="left"))
    if at in (0, len(quantiles)):
        return 100.0 if at else 0.0
    part = (score - quantiles[at - 1]) / (quantiles[at] - quantiles[at - 1])
    return float(100 * (at - 1 + min(part, 1)) / (len(quantiles) - 1))


def threshold(alarms: float, quantiles: np.ndarray) -> float:
    """The score above which `alarms` percent of a distribution lie."""
    return float(np.interp(100 - alarms, np.linspace(0, 100, len(quantiles)), quantiles))

"""How a score stands among those of normal digits, and thresholds by how many of them would be called odd."""

import numpy as np
from torch import Tensor

from aecore.anomaly import table
from aecore.anomaly.normal import Normal

OTHERS = "others"  # a set of pictures: test digits of the other classes


def distributions(chosen: Normal, pictures: str = table.NORMAL) -> dict[str, np.ndarray]:
    """Score -> quantiles over a set of pictures, (table.STEPS + 1,), rising. Raises: DataError: not measured."""
    all_of_them = table.load_distributions()
    keys = {score: table.key(chosen.name, score, pictures) for score in chosen.scores}
    return {score: numbers(all_of_them[key]) for score, key in keys.items() if key in all_of_them}


def numbers(quantiles: Tensor) -> np.ndarray:
    """Quantiles as NumPy computes with them."""
    return quantiles.double().numpy()


def share_below(score: float, quantiles: np.ndarray) -> float:
    """How many percent of a distribution score less, linear between its quantiles."""
    return float(np.interp(score, quantiles, np.linspace(0, 100, len(quantiles))))


def threshold(alarms: float, quantiles: np.ndarray) -> float:
    """The score above which `alarms` percent of a distribution lie."""
    return float(np.interp(100 - alarms, np.linspace(0, 100, len(quantiles)), quantiles))

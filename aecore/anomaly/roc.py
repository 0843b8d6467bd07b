"""How well a score tells strange pictures from normal ones, at every threshold."""

import numpy as np


def auroc(normal: np.ndarray, strange: np.ndarray) -> float:
    """P(a strange picture scores higher than a normal one), equal scores counted half, in percent.

    100 finds all, 50 guesses, 0 calls every strange picture more normal than any normal one.

    Args:    normal, strange: scores, (N,) and (M,), high for odd.
    Raises:  ValueError: one of them is empty, or a score is not a number.
    Source:  Hanley & McNeil 1982, doi:10.1148/radiology.143.1.7063747 (the area is this probability).
    """
    normal, strange = _checked(normal), _checked(strange)
    normal = np.sort(normal)
    below = np.searchsorted(normal, strange, "left") + np.searchsorted(normal, strange, "right")
    return 100 * float(below.sum(dtype=np.float64)) / (2 * len(normal) * len(strange))


def curve(normal: np.ndarray, strange: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The receiver operating characteristic: for each threshold, from the highest on, who is called odd.

    Returns: shares of the normal and of the strange that score at least the threshold, each (K,), from 0 to 1.
    Raises:  as `auroc`.
    """
    normal, strange = _checked(normal), _checked(strange)
    thresholds = np.unique(np.concatenate([normal, strange]))[::-1]
    at_least = [1 - np.searchsorted(np.sort(scores), thresholds, "left") / len(scores) for scores in (normal, strange)]
    return np.concatenate([[0.0], at_least[0]]), np.concatenate([[0.0], at_least[1]])


def _checked(scores: np.ndarray) -> np.ndarray:
    scores = np.asarray(scores, np.float64).ravel()
    if not len(scores) or np.isnan(scores).any():
        raise ValueError("scores must be numbers, at least one normal and one strange")
    return scores

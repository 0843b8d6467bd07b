"""Areas and curves beside scikit-learn's."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from aecore.anomaly import roc


@pytest.fixture(params=[1.0, 0.1, 10.0])
def scores(request):
    """Normal and strange scores, rounded so that many are equal."""
    rng = np.random.default_rng(0)
    return (np.round(rng.normal(shift, 1, size) / request.param) for shift, size in ((0, 300), (0.7, 200)))


def test_the_area_is_scikit_learns(scores):
    normal, strange = scores
    y = np.repeat([0, 1], [len(normal), len(strange)])
    assert roc.auroc(normal, strange) == pytest.approx(100 * roc_auc_score(y, np.concatenate([normal, strange])))


def test_the_curve_is_scikit_learns(scores):
    normal, strange = scores
    y = np.repeat([0, 1], [len(normal), len(strange)])
    false, true, _ = roc_curve(y, np.concatenate([normal, strange]), drop_intermediate=False)
    assert np.allclose(roc.curve(normal, strange), (false, true))


def test_all_the_wrong_way_round_is_0_and_all_alike_50():
    assert roc.auroc([2.0, 3.0], [1.0]) == 0
    assert roc.auroc([1.0, 1.0], [1.0]) == 50


@pytest.mark.parametrize("strange", [[], [float("nan")]])
def test_no_scores_are_refused(strange):
    with pytest.raises(ValueError, match="numbers"):
        roc.auroc([1.0], strange)

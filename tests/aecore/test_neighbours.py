"""Nearest neighbours beside scikit-learn's, and distances of points that are all but the same."""

import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from aecore.anomaly import scores
from aecore.data import load_digits
from aecore.neighbours import nearest
from aecore.restore import upscaling


@pytest.fixture(scope="module")
def digits():
    return load_digits("train")[0][:2000].float() / 255


def test_neighbours_are_scikit_learns(digits):
    x, others = digits[:700], digits[700:]  # more than are held at once
    distances, indices = nearest(x, others, 5)
    search = NearestNeighbors(n_neighbors=5).fit(others.flatten(1).double().numpy())
    expected, which = search.kneighbors(x.flatten(1).double().numpy())
    assert distances.numpy() == pytest.approx(expected, rel=1e-5)
    assert indices.tolist() == which.tolist()


def test_a_copy_lies_at_no_distance_and_all_but_a_copy_at_little(digits):
    """By matrix products alone it would be up to a sixteenth, or not a number, on one processor or another."""
    distances, indices = nearest(digits, digits)
    assert distances.count_nonzero() == 0 and indices[:, 0].tolist() == list(range(len(digits)))
    near = digits.clone()
    near[:, 0, 3, 3] += 1e-3
    assert nearest(near, digits)[0].numpy() == pytest.approx(1e-3, rel=1e-3)


def test_fewer_points_than_candidates_will_do():
    x = torch.tensor([[0.0, 0.0], [3.0, 4.0]])
    distances, indices = nearest(x, x, 2)
    assert distances.tolist() == [[0, 5], [0, 5]] and indices.tolist() == [[0, 1], [1, 0]]


def test_who_reports_a_distance_reports_none_for_a_copy(digits):
    assert scores.nearest(digits[:100], digits, k=1).count_nonzero() == 0
    side = 14
    known = upscaling.known(side)
    assert known.distance(known.x_low.float() / 255).count_nonzero() == 0

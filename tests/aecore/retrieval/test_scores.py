"""Precision and average precision against scikit-learn and brute force."""

import pytest
import torch
from sklearn.metrics import average_precision_score

from aecore.retrieval import scores


def test_average_precision_is_scikit_learns():
    hit = torch.rand(5, 40, generator=torch.Generator().manual_seed(0)) < 0.3
    expected = [average_precision_score(row.numpy(), -torch.arange(40).numpy()) for row in hit]
    assert scores.average_precision(hit).tolist() == pytest.approx(expected, abs=1e-6)
    assert scores.average_precision(torch.zeros(1, 9, dtype=torch.bool)).tolist() == [0]
    assert scores.precision(hit[:, :10]).tolist() == pytest.approx(hit[:, :10].float().mean(1).tolist())


@pytest.mark.parametrize("kind", ["bits", "numbers"])
def test_queries_are_those_of_brute_force(kind, monkeypatch):
    monkeypatch.setattr(scores, "DEPTH", 50)
    rng = torch.Generator().manual_seed(1)
    base, query = (torch.randn(n, 16, generator=rng) for n in (300, 7))
    y, own = (torch.randint(3, (n,), generator=rng) for n in (300, 7))
    if kind == "bits":
        base, query = base > 0, query > 0
        distance = (query[:, None] != base).sum(2)
        score = scores.by_bits(base, query, y, own)
    else:
        distance = (query[:, None] - base).square().sum(2)
        score = scores.by_numbers(base, query, y, own)
    order = [sorted(range(300), key=lambda i: (float(row[i]), i))[:50] for row in distance]
    hit = torch.stack([y[places] == label for places, label in zip(order, own, strict=True)])
    assert score.precision == pytest.approx(100 * float(hit[:, :10].float().mean()), abs=1e-3)
    assert score.average == pytest.approx(100 * float(scores.average_precision(hit).mean()), abs=1e-3)

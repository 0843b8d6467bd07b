"""The measures of a map, each against a reference that shares no code with it."""

import numpy as np
import pytest
import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, MultivariateNormal, Normal, kl_divergence

from aecore.maps import metrics


@pytest.fixture
def cloud():
    rng = np.random.default_rng(3)
    y = rng.integers(0, 3, 90)
    x = rng.normal(size=(90, 6)) + 2 * np.eye(3)[y].repeat(2, axis=1)
    return x, x[:, :2] + 0.3 * rng.normal(size=(90, 2)), y


def venna_kaski(x, z, k):
    """Trustworthiness as the paper writes it, one pair at a time."""
    n, penalty = len(x), 0
    for i in range(n):
        ranks_x = np.argsort(np.argsort(np.linalg.norm(x - x[i], axis=1)))  # 0 is the point itself
        ranks_z = np.argsort(np.argsort(np.linalg.norm(z - z[i], axis=1)))
        penalty += sum(ranks_x[j] - k for j in range(n) if 0 < ranks_z[j] <= k and ranks_x[j] > k)
    return 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * penalty


def test_trustworthiness_and_continuity_are_the_papers(cloud):
    x, z, _ = cloud
    k = metrics.NEIGHBOURS
    assert metrics.trustworthiness(x, z) == pytest.approx(venna_kaski(x, z, k))
    assert metrics.continuity(x, z) == pytest.approx(venna_kaski(z, x, k))
    assert metrics.trustworthiness(x, x) == 1


def test_knn_accuracy_is_a_vote_of_ten(cloud):
    from sklearn.model_selection import StratifiedKFold

    _, z, y = cloud
    right = 0
    for seen, held_out in StratifiedKFold(10, shuffle=True, random_state=0).split(z, y):
        for i in held_out:
            near = seen[np.argsort(np.linalg.norm(z[seen] - z[i], axis=1))[:10]]
            right += np.bincount(y[near], minlength=3).argmax() == y[i]
    assert metrics.knn_accuracy(z, y) == pytest.approx(right / len(y))


def test_silhouette_is_rousseeuws(cloud):
    _, z, y = cloud
    values = []
    for i in range(len(z)):
        far = np.linalg.norm(z - z[i], axis=1)
        own = far[y == y[i]].sum() / ((y == y[i]).sum() - 1)
        other = min(far[y == c].mean() for c in set(y) - {y[i]})
        values.append((other - own) / max(own, other))
    assert metrics.silhouette(z, y) == pytest.approx(np.mean(values))


def test_measures_of_few_digits_of_few_classes():
    x, z = torch.rand(10, 1, 28, 28), torch.rand(10, 2)
    always = ["trustworthiness", "continuity"]
    assert list(metrics.measure(x, None, z)) == always
    assert list(metrics.measure(x, torch.zeros(10, dtype=torch.long), z)) == always
    assert list(metrics.measure(x, torch.arange(10), z)) == [*always, "silhouette"]
    both = metrics.measure(x, torch.arange(10) % 2, z)
    assert list(both) == ["knn_accuracy", *always, "silhouette"]
    assert all(np.isfinite(metric.value) for metric in both.values())


@pytest.mark.parametrize("classes", [np.arange(6), np.zeros(6, int)])
def test_a_vote_that_decides_nothing_has_no_accuracy(classes):
    """No two points share a class, so nobody can be voted for; or all do, so nobody else can be."""
    assert metrics.knn_accuracy(np.random.default_rng(0).normal(size=(6, 2)), classes) is None


def test_one_pair_that_shares_a_class_is_all_that_a_vote_can_get_right():
    z = np.array([[0.0, 0], [0.1, 0], [9, 0], [9, 9]])
    assert metrics.knn_accuracy(z, np.array([1, 1, 2, 3])) <= 0.5


def test_moment_kl_is_torchs():
    mean, root = torch.tensor([0.5, -1.0]), torch.tensor([[1.5, 0.2], [0.1, 0.7]])
    covariance = root @ root.T
    expected = kl_divergence(MultivariateNormal(mean, covariance), MultivariateNormal(torch.zeros(2), torch.eye(2)))
    assert metrics.moment_kl(mean, covariance) == pytest.approx(float(expected), abs=1e-5)


def test_aggregate_kl_is_the_integral():
    rng = torch.Generator().manual_seed(0)
    mu, logvar = 1.5 * torch.randn(6, 2, generator=rng), torch.rand(6, 2, generator=rng) - 2
    q = MixtureSameFamily(Categorical(torch.ones(6)), Independent(Normal(mu, (0.5 * logvar).exp()), 1))
    p = Independent(Normal(torch.zeros(2), torch.ones(2)), 1)
    axis = torch.linspace(-8, 8, 400)
    points = torch.cartesian_prod(axis, axis)
    log_q = q.log_prob(points)
    integral = float((log_q.exp() * (log_q - p.log_prob(points))).sum() * (axis[1] - axis[0]) ** 2)
    value, error = metrics.aggregate_kl(mu, logvar, 20_000, rng)
    assert value == pytest.approx(integral, abs=4 * error) and error < 0.03
    spread = mu.T.cov(correction=0) + logvar.exp().mean(0).diag()
    torch.testing.assert_close(spread.diag(), q.variance)
    assert metrics.moment_kl(mu.mean(0), spread) < integral  # the lower bound


def test_aggregate_kl_of_one_posterior_is_the_closed_form():
    mu, logvar = torch.tensor([[0.7, -0.2]]), torch.tensor([[-1.0, 0.3]])
    value, error = metrics.aggregate_kl(mu, logvar, 20_000, torch.Generator().manual_seed(1))
    expected = kl_divergence(Normal(mu, (0.5 * logvar).exp()), Normal(0.0, 1.0)).sum()
    assert value == pytest.approx(float(expected), abs=4 * error)


def test_decodability_counts_what_the_judge_accepts(monkeypatch):
    monkeypatch.setattr(metrics, "KL_SAMPLES", 4000)
    rng = torch.Generator().manual_seed(0)
    z = torch.tensor([3.0, -1.0]) + torch.tensor([2.0, 0.5]) * torch.randn(1500, 2, generator=rng)

    def judge(points):  # sure on the right of x = 3
        sure = torch.full((len(points), 10), 0.05)
        sure[:, 4] = torch.where(points[:, 0] > 3, 0.95, 0.5)
        return sure

    plain = metrics.decodability(lambda points: points, judge, z, None, 0)
    assert plain["prior_accepted"].value == pytest.approx(50, abs=4)  # of the Gaussian fitted to the codes
    assert plain["box_accepted"].value == pytest.approx(50, abs=4)
    assert "aggregate_kl" not in plain
    logvar = torch.full_like(z, -2.0)
    varied = metrics.decodability(lambda points: points, judge, z, logvar, 0)
    assert varied["prior_accepted"].value == 0  # of N(0, I), where x > 3 is the last quantile
    assert varied["aggregate_kl"].value == pytest.approx(varied["moment_kl"].value, rel=0.1)  # q(z) is a Gaussian

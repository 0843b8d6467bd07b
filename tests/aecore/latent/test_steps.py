"""Steps of codes: the average difference in closed form, the learned one against scikit-learn."""

import math

import pytest
import torch
from sklearn.linear_model import Ridge

from aecore.errors import DataError
from aecore.latent import steps
from aecore.latent.transforms import TRANSFORMS

AMOUNTS = torch.tensor([0.5, 1.0, 2.0])


def digits(n: int, seed: int) -> torch.Tensor:
    return torch.rand(n, 1, 28, 28, generator=torch.Generator().manual_seed(seed))


def linear(x: torch.Tensor) -> torch.Tensor:
    return x.flatten(1) @ torch.randn(784, 5, generator=torch.Generator().manual_seed(0))


def test_the_average_step_of_a_linear_code_is_exact():
    x = digits(20, 1)
    fitted = steps.fit_steps(linear, x, lambda x, s: x * s, AMOUNTS)
    mean = linear(x).mean(0)
    assert torch.allclose(fitted.shift, torch.stack([-0.5 * mean, 0 * mean, mean]), atol=1e-4)
    z = torch.randn(3, 5, generator=torch.Generator().manual_seed(2))
    assert torch.allclose(fitted(z), z[:, None] + fitted.shift)  # the same for every code


def test_the_learned_step_is_scikit_learns_ridge():
    x, ridge = digits(40, 3), 0.7
    fitted = steps.fit_steps(linear, x, lambda x, s: (x * s).clamp(0, 1), AMOUNTS, ridge)
    z = linear(x)
    for s, amount in enumerate(AMOUNTS.tolist()):
        alpha = ridge * float((z - z.mean(0)).var())
        reference = Ridge(alpha=alpha).fit(z.numpy(), (linear((x * amount).clamp(0, 1)) - z).numpy())
        expected = z + torch.from_numpy(reference.predict(z.numpy()))
        assert torch.allclose(fitted(z)[:, s], expected.float(), atol=1e-3)


def test_what_multiplies_codes_is_learned_and_not_averaged():
    x, z = digits(60, 4), torch.randn(8, 5, generator=torch.Generator().manual_seed(5)) * 20
    by_way = {way: steps.fit_steps(linear, x, lambda x, s: x * s, AMOUNTS, r) for way, r in steps.WAYS.items()}
    truth = z[:, None] * AMOUNTS[:, None]  # a linear code of s x is s times the code of x
    error = {way: float((fitted(z) - truth).norm()) for way, fitted in by_way.items()}
    assert error["learned"] < 0.1 * error["average"]


def test_an_endless_ridge_is_the_limit_of_a_large_one():
    x, z = digits(30, 6), linear(digits(4, 7))
    large, endless = (steps.fit_steps(linear, x, lambda x, s: x * s, AMOUNTS, r) for r in (1e9, math.inf))
    assert torch.allclose(large(z), endless(z), atol=1e-3)


def test_the_table_has_every_transformation_and_its_controls():
    table = steps.load()
    assert set(table.followed) == set(TRANSFORMS)
    for models in table.followed.values():
        for ways in models.values():
            assert set(ways) == {*steps.WAYS, "own code"}
            assert ways["learned"].psnr <= ways["own code"].psnr + 0.5  # no step beats the picture's own code by much


def test_brightness_is_followed_by_the_learned_step_where_the_average_fails():
    brightness = steps.load().followed["brightness"]["ae-conv"]
    assert brightness["average"].share < 0.5
    assert brightness["learned"].share > 0.9


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "[" * 5000,
        '{"digits": 5}',
        '{"digits": 1, "followed": {}, "checkpoints": {}}',
        '{"digits": 1, "followed": {"a": 3}}',
    ],
)
def test_a_damaged_table_says_what_to_do(content, monkeypatch, tmp_path):
    monkeypatch.setattr(steps, "table_file", lambda: tmp_path / "transformations.json")
    with pytest.raises(DataError, match="not measured"):
        steps.load()
    (tmp_path / "transformations.json").write_text(content)
    with pytest.raises(DataError, match="Measure it again"):
        steps.load()

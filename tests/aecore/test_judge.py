"""The judge: what it is trained on, its calibration, and that it reads no 8 in every noise and doubts smears."""

import pytest
import torch

from aecore import checkpoints
from aecore.corruptions import CORRUPTIONS, corrupt
from aecore.data import load_digits
from aecore.evaluation import calibration_error
from aecore.models import build
from aecore.models.judge import spread
from aecore.restore import inpainting, masks

needs_judge = pytest.mark.skipif("judge" not in checkpoints.names(), reason="no trained models")
SMALL = {"widths": (4, 4), "features": 8, "damaged": 0.5}


def rng() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def some(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    images, y = load_digits("test")
    return images[:count].float() / 255, y[:count]


def read(x: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        return checkpoints.load("judge").classify(x)


def test_half_of_a_batch_is_damaged_by_every_corruption():
    judge, x = build("judge", SMALL), torch.full((80, 1, 28, 28), 0.25)
    x_noisy = judge.damage(x, rng())
    assert x_noisy.shape == x.shape and float(x_noisy.min()) >= 0 and float(x_noisy.max()) <= 1
    parts = x_noisy.tensor_split(len(CORRUPTIONS))
    assert [len(part) for part in parts] == [10] * 8
    flat = {
        name: bool(torch.allclose(part, part.new_tensor(0.25))) for name, part in zip(CORRUPTIONS, parts, strict=True)
    }
    assert {name for name, same in flat.items() if same} == {"blur", "low_resolution"}  # of a flat picture
    seen = []
    judge.forward = lambda x: seen.append(x) or torch.zeros(len(x), 10, requires_grad=True)
    judge.loss(x, torch.zeros(80, dtype=torch.long), rng())
    assert torch.equal(seen[0][:40], x[:40]) and not torch.equal(seen[0][40:], x[40:])


def test_a_hole_is_filled_from_its_edge():
    x = torch.linspace(0, 1, 28).expand(2, 1, 28, 28).contiguous()
    mask = torch.zeros_like(x)
    mask[..., 8:16, 8:16] = 1
    recon = spread(x * (1 - mask), mask)
    assert torch.equal(recon[mask == 0], x[mask == 0])
    assert float((recon - x)[mask > 0].abs().max()) < 0.1  # a ramp is its own diffusion, at last
    assert torch.equal(spread(x, torch.ones_like(x)), torch.zeros_like(x))  # nothing to go by


@pytest.mark.parametrize("times", [3.0, 0.5])
def test_calibration_takes_back_what_the_logits_were_multiplied_by(times):
    """Labels drawn from the probabilities themselves: the temperature that suits them is known."""
    torch.manual_seed(0)
    judge, x = build("judge", SMALL | {"damaged": 0.5}).eval(), torch.rand(3000, 1, 28, 28)
    judge.damage = lambda x, rng=None: x  # a second copy of the same
    with torch.no_grad():
        judge.head.weight *= 40
        y = torch.distributions.Categorical(logits=judge(x)).sample()
        judge.head.weight *= times
        judge.head.bias *= times
    before = judge(x[:5])
    temperature = judge.calibrate(x, y)
    assert temperature == pytest.approx(times, rel=0.15)
    assert torch.allclose(judge(x[:5]), before / temperature, atol=1e-4)


def test_the_calibration_error_is_the_gap_between_sure_and_right():
    p = torch.tensor([[0.8, 0.2]] * 10 + [[0.3, 0.7]] * 10)
    y = torch.tensor([0] * 6 + [1] * 4 + [1] * 7 + [0] * 3)
    assert calibration_error(p, y) == pytest.approx(100 * (0.5 * 0.2 + 0.5 * 0.0), abs=1e-4)
    assert calibration_error(torch.eye(2)[[0, 1]], torch.tensor([0, 1])) == 0


@needs_judge
def test_its_card_says_that_it_is_calibrated():
    metrics = checkpoints.read_card("judge").metrics
    assert metrics["calibration_error"].value < 1 and metrics["calibration_error_damaged"].value < 2
    assert metrics["accuracy_damaged"].value > 85


@needs_judge
@pytest.mark.parametrize(("name", "strength", "least"), [("gaussian", 0.8, 0.75), ("salt_pepper", 0.5, 0.8)])
def test_it_reads_through_noise(name, strength, least):
    x, y = some(400)
    p = read(corrupt(name, x, strength, rng())[0])
    assert float((p.argmax(1) == y).float().mean()) > least
    assert int(torch.bincount(p.argmax(1), minlength=10).max()) < 0.2 * len(x)  # no 8 in everything


@needs_judge
def test_it_is_not_sure_of_nothing():
    x, _ = some(20)
    for name in ("salt_pepper", "dropout", "patch"):
        assert float(read(corrupt(name, x, 1.0, rng())[0]).max()) < 0.7


@needs_judge
def test_it_is_seldom_sure_of_a_smear_that_it_misreads():
    x, y = some(200)
    mask = masks.make("patch", x, 0.5)
    p = read(inpainting.inpaint(masks.hide(x, mask, 0.5), mask, "telea"))
    sure, reads = p.max(1)
    assert float(((sure > 0.99) & (reads != y)).float().mean()) < 0.06

"""A linear classifier on frozen codes: how much of the class they say in the plainest way."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

DECAY = {100: 1e-3, 1_000: 1e-4}  # labels -> weight of the squared weights; fewer labels need more
STEPS = 50


def accuracy(train: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor], decay: float) -> float:
    """Softmax regression on codes: accuracy on the test codes in percent.

    Codes are centred and divided by one number, the standard deviation of all of them, so that the weight decay means
    the same for every code.

    Args: train, test: codes (N, D) and classes (N,); decay: weight of the sum of squared weights.
    """
    (z, y), (z_test, y_test) = train, test
    mean, sd = z.mean(0), z.std().clamp(min=1e-12)
    z, z_test = (z - mean) / sd, (z_test - mean) / sd
    weight = torch.zeros(int(y.max()) + 1, z.shape[1], requires_grad=True)
    bias = torch.zeros(len(weight), requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=STEPS, history_size=8, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(F.linear(z, weight, bias), y) + decay * weight.square().sum()
        loss.backward()
        return loss

    with torch.enable_grad():
        optimizer.step(closure)
    read = F.linear(z_test, weight.detach(), bias.detach()).argmax(1)
    return 100 * float((read == y_test).float().mean())


def draws(train: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor], labels: int, count: int = 5) -> list[float]:
    """`accuracy` after each of some random draws of so many labels; with all of them there is only one draw."""
    z, y = train
    if labels >= len(z):
        return [accuracy(train, test, 1e-6)]
    scores = []
    for seed in range(count):
        chosen = torch.randperm(len(z), generator=torch.Generator().manual_seed(seed))[:labels]
        scores.append(accuracy((z[chosen], y[chosen]), test, DECAY.get(labels, 1e-4)))
    return scores


def interval(scores: list[float], tested: int) -> tuple[float, float]:
    """Mean, and half the width of its 95% interval, in percentage points.

    Over several draws by Student's t; for one draw by the binomial of the test digits.

    Args: scores: in percent; tested: on how many digits each was measured.
    """
    mean = sum(scores) / len(scores)
    if len(scores) == 1:
        return mean, 1.96 * 100 * math.sqrt(mean / 100 * (1 - mean / 100) / tested)
    from scipy.stats import t  # late: a page needs it once

    sd = math.sqrt(sum((score - mean) ** 2 for score in scores) / (len(scores) - 1))
    return mean, float(t.ppf(0.975, len(scores) - 1)) * sd / math.sqrt(len(scores))

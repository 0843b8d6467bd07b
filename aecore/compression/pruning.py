"""Pruning: the weights that matter least become 0, and stay 0 while the others are trained on.

    masks = prune(model, 0.9)      # nine of ten weights
    fit_masked(model, data, masks, Schedule(epochs=1.0), rng)

Source: Han, Mao & Dally 2016, "Deep compression", arXiv:1510.00149, section 2. Which weights go, over all layers
together, is said by LAMP: Lee et al. 2021, "Layer-adaptive sparsity for the magnitude-based pruning", arXiv:2010.07611.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aecore import contract
from aecore.jitter import jitter
from aecore.training import has_fast_bfloat16, rate

Masks = dict[str, Tensor]  # name of a weight -> bool of its shape, True where the weight stays
MEASURED_WEIGHTS = 2  # axes: matrices and kernels are pruned; biases and normalisations, one number a channel, are not


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train on. epochs: passes over the digits, may be a fraction; batch: digits a step;
    lr: Adam's peak rate, on a one-cycle schedule; augment: small random turns, scales and shifts; held_out: training
    digits at the end that are never seen."""

    epochs: float = 1.0
    batch: int = 128
    lr: float = 1e-3
    augment: bool = False
    held_out: int = 2000


def weights(model: nn.Module) -> dict[str, nn.Parameter]:
    """What is pruned and shared: the parameters with two axes or more, by name."""
    return {name: weight for name, weight in model.named_parameters() if weight.ndim >= MEASURED_WEIGHTS}


def lamp(weight: Tensor) -> Tensor:
    """How much each weight matters beside those of its layer that are no smaller: w^2 / sum of their squares.

    The largest of a layer scores 1, so that no layer is ever emptied. Shape as the weight's; eq. 1 of Lee et al. 2021.
    """
    squares, order = weight.detach().double().flatten().square().sort()
    rest = squares.flip(0).cumsum(0).flip(0)  # the sum of those that are no smaller
    scores = torch.empty_like(squares).scatter_(0, order, squares / rest.clamp(min=1e-300))
    return scores.view_as(weight)


@torch.no_grad()
def prune(model: nn.Module, sparsity: float) -> Masks:
    """Set the least important weights of all layers together to 0, in place.

    Args:    sparsity: share of the weights that are 0 afterwards, in [0, 1); what is 0 already counts.
    Returns: the masks. Raises: ValueError: another sparsity.
    """
    if not 0 <= sparsity < 1:
        raise ValueError(f"sparsity must be at least 0 and below 1, not {sparsity}")
    scores = {name: lamp(weight) for name, weight in weights(model).items()}
    together = torch.cat([score.flatten() for score in scores.values()])
    stay = len(together) - round(sparsity * len(together))
    places = torch.zeros(len(together), dtype=torch.bool, device=together.device)
    places[together.topk(stay).indices] = True
    masks, begin = {}, 0
    for name, weight in weights(model).items():
        masks[name] = places[begin : begin + weight.numel()].view(weight.shape)
        weight.mul_(masks[name])
        begin += weight.numel()
    return masks


def sparsity_of(masks: Masks) -> float:
    """Share of the weights that are 0."""
    return 1 - sum(int(mask.sum()) for mask in masks.values()) / sum(mask.numel() for mask in masks.values())


def fit_masked(
    model: nn.Module, data: tuple[Tensor, Tensor], masks: Masks, schedule: Schedule, rng: torch.Generator
) -> Iterator[tuple[int, int]]:
    """Train on in place by the model's own loss; pruned weights stay 0. Ends in eval mode.

    Args: model: on the device to train on, where rng is, too; data: x uint8 (N, C, H, W) and y int64 (N,).
    Yields: step, steps.
    """
    shared = weights(model)

    @torch.no_grad()
    def hold() -> None:
        for name, mask in masks.items():
            shared[name].mul_(mask)

    optimizer = torch.optim.Adam(model.requires_grad_(True).parameters(), lr=schedule.lr, fused=True)
    yield from descend(model, data, schedule, rng, optimizer, lambda: None, hold)


def descend(
    model: nn.Module,
    data: tuple[Tensor, Tensor],
    schedule: Schedule,
    rng: torch.Generator,
    optimizer: torch.optim.Optimizer,
    before: Callable[[], None],
    after: Callable[[], None],
) -> Iterator[tuple[int, int]]:
    """The loop that retraining and sharing have in common.

    Args: before: is called between the gradients and the step, after: behind the step. Yields: step, steps.
    """
    device = next(model.parameters()).device
    x, y = (part[: len(part) - schedule.held_out].to(device) for part in data)
    per_epoch = len(x) // schedule.batch
    steps = max(1, math.ceil(schedule.epochs * per_epoch))
    bfloat16 = has_fast_bfloat16(device)
    model.train()
    for step in range(steps):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=rng, device=device)
        begin = (step % per_epoch) * schedule.batch
        index = order[begin : begin + schedule.batch]
        batch, labels = x[index].float().div_(255), y[index]  # (B, C, H, W)
        if schedule.augment:
            batch = jitter(batch, rng)
        for group in optimizer.param_groups:
            group["lr"] = schedule.lr * rate(step / steps, "one-cycle")
        with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16), contract.trusted():
            loss = (model.loss(batch, labels, rng) if model.takes_label else model.loss(batch, rng))["loss"]
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        before()
        optimizer.step()
        after()
        yield step + 1, steps
    model.requires_grad_(False).eval()

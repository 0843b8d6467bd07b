"""A classifier whose first layers are a stack's, trained or fresh: nothing else tells the two apart."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore.models.stacked import CODES, Stacked
from aecore.training import has_fast_bfloat16, rate

CLASSES = 10
CHUNK = 5000


@dataclass(frozen=True)
class Settings:
    """How a classifier is trained.

    steps: updates; batch: digits in each, at most all; lr: Adam's peak rate, on a one-cycle schedule; noise: share of
    the pixels set to 0 in training; dropout: the same for hidden units; weight_decay: decoupled; ema: decay of the
    running average of the weights, which is what is tested.
    """

    steps: int
    batch: int = 128
    lr: float = 1e-3
    noise: float = 0.2
    dropout: float = 0.2
    weight_decay: float = 0.0
    ema: float = 0.99


class Classifier(nn.Module):
    """A stack's encoder and a linear layer on its code."""

    def __init__(self, stack: Stacked, rng: torch.Generator):
        super().__init__()
        self.code = CODES[stack.config.code]
        self.weights = nn.ParameterList(weight.detach().clone() for weight in stack.weights)
        self.biases = nn.ParameterList(bias.detach().clone() for bias in stack.biases)
        width = stack.config.latent_dim
        self.head = nn.Parameter((2 * torch.rand(CLASSES, width, generator=rng, device=rng.device) - 1) / width**0.5)
        self.head_bias = nn.Parameter(torch.zeros(CLASSES, device=rng.device))

    def forward(
        self, x: Tensor, noise: float = 0.0, dropout: float = 0.0, rng: torch.Generator | None = None
    ) -> Tensor:
        """(N, pixels) in [0, 1] -> logits (N, CLASSES); with shares, as in training, see `Settings`."""
        h = x
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            h = self.code(F.linear(_dropped(h, dropout if layer else noise, rng), weight, bias))
        return F.linear(_dropped(h, dropout, rng), self.head, self.head_bias).float()


def train(stack: Stacked, x: Tensor, y: Tensor, settings: Settings, seed: int = 0) -> Classifier:
    """Train all weights of a classifier that begins as a stack does.

    Args:    stack: trained for fine-tuning, fresh for training from scratch, on the device to train on;
             x: uint8 (N, C, H, W); y: (N,);
             seed: of the head, the order and the noise.
    Returns: the classifier, its weights the running average.
    """
    device = stack.weights[0].device
    rng = torch.Generator(device).manual_seed(seed)
    model = Classifier(stack, rng)
    parameters = list(model.parameters())
    average = [parameter.detach().clone() for parameter in parameters]
    optimizer = torch.optim.AdamW(parameters, lr=settings.lr, weight_decay=settings.weight_decay, fused=True)
    flat, y, batch = x.flatten(1).to(device), y.to(device), min(settings.batch, len(x))
    order = torch.empty(0, dtype=torch.long, device=device)
    fast = has_fast_bfloat16(device)
    for step in range(settings.steps):
        if len(order) < batch:
            order = torch.randperm(len(x), generator=rng, device=device)
        index, order = order[:batch], order[batch:]
        optimizer.param_groups[0]["lr"] = settings.lr * rate(step / settings.steps, "one-cycle")
        with torch.autocast(device.type, torch.bfloat16, enabled=fast):
            logits = model(flat[index].float().div_(255), settings.noise, settings.dropout, rng)
            loss = F.cross_entropy(logits, y[index])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        decay = min(settings.ema, (1 + step) / (10 + step))  # a young average follows quickly
        torch._foreach_lerp_(average, [parameter.detach() for parameter in parameters], 1 - decay)
    with torch.no_grad():
        for parameter, mean in zip(parameters, average, strict=True):
            parameter.copy_(mean)
    return model


@torch.inference_mode()
def error(model: Classifier, x: Tensor, y: Tensor) -> float:
    """Share of digits whose class is not read, in percent; x: uint8 (N, C, H, W)."""
    device = model.head.device
    read = torch.cat([model(part.to(device).flatten(1).float() / 255).argmax(1).cpu() for part in x.split(CHUNK)])
    return 100 * float((read != y).float().mean())


def _dropped(h: Tensor, share: float, rng: torch.Generator | None) -> Tensor:
    """Some numbers set to 0, the others made larger so that sums stay (inverted dropout)."""
    if not share:
        return h
    return h * (torch.rand(h.shape, generator=rng, device=h.device) >= share) / (1 - share)

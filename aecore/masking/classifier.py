"""A classifier on the encoder of a masked autoencoder: all weights learn from labels, or none but a linear layer's."""

import copy
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract
from aecore.models.masked import Masked
from aecore.training import has_fast_bfloat16, rate

CLASSES = 10
CHUNK = 1000


@dataclass(frozen=True)
class Tuning:
    """How a classifier is trained.

    steps: updates; lr: Adam's peak rate, on a one-cycle schedule; batch: digits in each, at most all; hide: share of
    the patches that a step leaves out, as many of each digit; weight_decay: decoupled; ema: decay of the running
    average of the weights, which is what is tested.
    """

    steps: int
    lr: float = 1e-3
    batch: int = 128
    hide: float = 0.3
    weight_decay: float = 0.05
    ema: float = 0.99


class Classifier(nn.Module):
    """The encoder, and a linear layer on the mean of its tokens."""

    def __init__(self, model: Masked, rng: torch.Generator):
        super().__init__()
        self.body = copy.deepcopy(model).requires_grad_()  # a loaded one does not learn
        width = model.config.width
        weight = (2 * torch.rand(CLASSES, width, generator=rng) - 1) / width**0.5
        self.head, self.bias = nn.Parameter(weight), nn.Parameter(torch.zeros(CLASSES))

    def forward(self, x: Tensor, seen: Tensor | None = None) -> Tensor:
        """(N, C, H, W) in [0, 1] -> logits (N, CLASSES), of all patches or of those at places seen, (N, S)."""
        return F.linear(self.body.encode(x, seen), self.head, self.bias).float()


def train(model: Masked, x: Tensor, y: Tensor, tuning: Tuning, seed: int = 0) -> Classifier:
    """Train all weights of a classifier that begins as a masked autoencoder's encoder does.

    Args:    model: trained for fine-tuning, fresh for training from scratch; x: uint8 (N, C, H, W); y: (N,), both on
             the model's device; seed: of the head, the order and what is left out.
    Returns: the classifier, its weights the running average.
    """
    rng = torch.Generator().manual_seed(seed)
    classifier = Classifier(model, rng).to(x.device).train()
    parameters = [parameter for parameter in classifier.parameters() if parameter.requires_grad]
    average = [parameter.detach().clone() for parameter in parameters]
    optimizer = torch.optim.AdamW(parameters, lr=tuning.lr, weight_decay=tuning.weight_decay, fused=True)
    batch, order = min(tuning.batch, len(x)), torch.empty(0, dtype=torch.long)
    patches = model.grid[0] * model.grid[1]
    for step in range(tuning.steps):
        if len(order) < batch:
            order = torch.randperm(len(x), generator=rng)
        index, order = order[:batch].to(x.device), order[batch:]
        optimizer.param_groups[0]["lr"] = tuning.lr * rate(step / tuning.steps, "one-cycle")
        seen = torch.rand(batch, patches, generator=rng).argsort(1)[:, round(tuning.hide * patches) :].to(x.device)
        with torch.autocast(x.device.type, torch.bfloat16, enabled=has_fast_bfloat16(x.device)), contract.trusted():
            loss = F.cross_entropy(classifier(x[index].float().div_(255), seen), y[index])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        decay = min(tuning.ema, (1 + step) / (10 + step))  # a young average follows quickly
        with torch.no_grad():
            for mean, parameter in zip(average, parameters, strict=True):
                if parameter.grad is not None:  # the decoder's have none
                    mean.lerp_(parameter, 1 - decay)
    with torch.no_grad():
        for parameter, mean in zip(parameters, average, strict=True):
            parameter.copy_(mean)
    return classifier.eval()


@torch.inference_mode()
def error(classifier: Classifier, x: Tensor, y: Tensor) -> float:
    """Share of digits whose class is not read, in percent; x: uint8 (N, C, H, W)."""
    read = torch.cat([classifier(part.float() / 255).argmax(1) for part in x.split(CHUNK)])
    return 100 * float((read != y).float().mean())

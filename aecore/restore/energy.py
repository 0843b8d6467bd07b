"""Energy minimisation on the manifold: search a VAE's latent space for the code that explains the known pixels.

E(z) = -sum over known pixels of log p(x_i | z) - log p(z): how badly the decoding of z matches what can be seen (a
Bernoulli pixel's negative log-likelihood, the cross-entropy), plus how far z lies from where the prior N(0, I) puts
codes. Missing pixels do not enter, so the minimum fills them with whatever the manifold holds there.

Source: NYU Deep Learning, week 7 (inpainting as the closest point of the manifold, found by minimising an energy);
        Kingma & Welling 2014, eq. 3, arXiv:1312.6114 (the two terms); Yeh et al. 2017, arXiv:1607.07539 (the same
        search in a GAN's latent space).
"""

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from aecore import contract
from aecore.models.blocks import gaussian
from aecore.restore import masks
from aecore.training import has_fast_bfloat16


class Decoder(Protocol):
    """What the search asks of a model: every VAE of the lab has it."""

    decoder: nn.Sequential

    def decode_logits(self, z: Tensor) -> Tensor:
        """(N, D) -> (N, C, H, W), log-odds of ink."""

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, H, W) -> mu, logvar, both (N, D)."""


@dataclass(frozen=True)
class Descent:
    """Where the search stands after `step` of `steps`; S = N * starts rows, all starts of a digit next to each other.

    z: (S, D); recon: (S, C, H, W), decodings in [0, 1], known pixels not pasted; known, prior: (S,), the two terms of
    the energy in nats. All on the CPU.
    """

    step: int
    steps: int
    z: Tensor
    recon: Tensor
    known: Tensor
    prior: Tensor

    @property
    def energy(self) -> Tensor:
        """(S,) in nats, lower is better."""
        return self.known + self.prior


@dataclass(frozen=True)
class Answer:
    """One way to fill the hole.

    row: of the Descent; recon: (1, C, H, W), known pixels pasted; energy: in nats; starts: how many searches ended
    here; reads: the class that the judge reads, or None if nobody asked it.
    """

    row: int
    recon: Tensor
    energy: float
    starts: int
    reads: int | None


def energy(model: Decoder, z: Tensor, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The two terms of E(z), and the decoding they judge.

    Args:    z: (N, D); x: (N, C, H, W) in [0, 1]; mask: (N, 1, H, W), 1 where a pixel is missing.
    Returns: known: (N,), -log p(x_known | z) in nats, for grey x the cross-entropy; prior: (N,), -log N(z; 0, I) in
             nats; logits: (N, C, H, W).
    """
    logits = model.decode_logits(z)
    known = F.binary_cross_entropy_with_logits(logits, x, reduction="none").mul(1 - mask).flatten(1).sum(1)
    prior = 0.5 * (z.square().sum(1) + z.shape[1] * math.log(2 * math.pi))
    return known, prior, logits


def descend(
    model: Decoder,
    x: Tensor,
    mask: Tensor,
    *,
    starts: int = 16,
    steps: int = 500,
    rng: Generator,
    variety: float = 1.0,
    lr: float = 0.2,
    every: int = 25,
) -> Iterator[Descent]:
    """Minimise E(z) by gradient descent (Adam) from many starts at once; leave the loop to cancel.

    The first quarter of a digit's starts begins near the encoder's guess for the picture with its hole left empty and
    seeks the minimum of E. The others begin at draws e from the prior, and each is drawn towards its own: its prior
    term is |z - variety * e|^2 / 2. With variety 0 all seek the minimum of E, where usually all of them meet; with
    variety 1 they end as draws from p(z | known pixels), different wherever the known pixels leave a choice. (Exact
    draws for a linear Gaussian model whose pixels had been drawn anew, too; here a little too sure.) Reports give E
    itself for every start.

    Args:    model: a VAE, never changed; x: (N, C, H, W) in [0, 1]; mask: (N, 1, H, W), 1 where a pixel is missing
             (what x holds there does not matter); starts: a digit; rng: of the starts; variety: at least 0;
             lr: Adam's first step, which falls to zero along a cosine; every: steps between two reports.
    Yields:  a Descent at step 0, every `every` steps and at the end; see there for the order of rows.
    Raises:  ValueError: shapes that do not fit, or numbers that are too small.
    Source:  Kingma & Ba 2015, arXiv:1412.6980 (Adam); Bardsley et al. 2014, "Randomize-then-optimize" (variety).
    """
    contract.check_shape(x)
    mask = contract.as_mask(mask, x)
    x = masks.hide(x, mask, 0.0)  # an empty hole is more like a digit than grey
    contract.check_values(x)
    if min(starts, steps, every) < 1 or variety < 0:
        raise ValueError("starts, steps and every must be at least 1, variety at least 0")
    return _descend(model, x, mask, starts, steps, rng, variety, lr, every)


def _descend(
    model: Decoder,
    x: Tensor,
    mask: Tensor,
    starts: int,
    steps: int,
    rng: Generator,
    variety: float,
    lr: float,
    every: int,
) -> Iterator[Descent]:
    device = next(model.parameters()).device
    x, mask = x.to(device), mask.to(device)
    z, drawn = _starts(model, x, mask, starts, rng)  # (S, D)
    with torch.inference_mode(False):  # an inference tensor may not take part in a gradient: repeat copies
        x, mask, z = x.repeat_interleave(starts, 0), mask.repeat_interleave(starts, 0), z.clone()
        pull = variety * drawn  # (S, D)
        convolutional = any(isinstance(layer, nn.Conv2d) for layer in model.decoder)
        # bfloat16 rounds the slope, never the energies that are reported
        dtype = torch.bfloat16 if convolutional and has_fast_bfloat16(device) else torch.float32
        decoder = fast_decoder(model.decoder).to(dtype)
    mean, square = torch.zeros_like(z), torch.zeros_like(z)
    for step in range(steps + 1):
        if step % every == 0 or step == steps:
            # the grad mode is the caller's at a yield: a generator must not leave one behind
            yield _report(model, step, steps, z, x, mask)
        if step == steps:
            return
        slope = _slope(decoder, z, x, mask, dtype) - pull
        mean, square = mean.lerp(slope, 0.1), square.lerp(slope.square(), 0.01)
        rate = lr * 0.5 * (1 + math.cos(math.pi * step / steps))
        z = z - rate * (mean / (1 - 0.9 ** (step + 1))) / ((square / (1 - 0.99 ** (step + 1))).sqrt() + 1e-8)


def _report(model: Decoder, step: int, steps: int, z: Tensor, x: Tensor, mask: Tensor) -> Descent:
    with torch.inference_mode(False), torch.no_grad():
        known, prior, logits = energy(model, z, x, mask)
        return Descent(step, steps, z.cpu(), torch.sigmoid(logits).cpu(), known.cpu(), prior.cpu())


def _slope(decoder: nn.Module, z: Tensor, x: Tensor, mask: Tensor, dtype: torch.dtype) -> Tensor:
    """Gradient of E at z, (S, D); each row's is its own, since no row depends on another.

    The cross-entropy's derivative by a logit is p - x and the prior's by z is z: only the decoder needs autograd.
    """
    with torch.inference_mode(False), torch.enable_grad():
        z = z.detach().clone().requires_grad_()  # a clone made here takes part, also of an inference tensor
        logits = decoder(z.to(dtype))
        by_logit = (torch.sigmoid(logits.detach().float()) - x) * (1 - mask)
        (slope,) = torch.autograd.grad(logits, z, by_logit.to(dtype))
    return slope + z.detach()


def fast_decoder(decoder: nn.Sequential) -> nn.Sequential:
    """A copy that computes the same with fewer multiplications: upsampling and convolution become one.

    Nearest-neighbour upsampling by 2 and a 3 x 3 convolution read each coarse pixel up to four times with the same
    value. Summing those weights beforehand leaves 2 x 2 taps a pixel instead of 3 x 3: a transposed convolution of
    stride 2, or, where few channels come out, one convolution for each quarter of the pixels ("pixel shuffle"),
    which is faster there. Channels last is the memory order in which a CPU convolves fastest.

    Source: Odena et al. 2016, distill.pub/2016/deconv-checkerboard; Shi et al. 2016, arXiv:1609.07009.
    """
    layers: list[nn.Module] = []
    with torch.inference_mode(False), torch.no_grad():
        for layer in decoder:
            if layers and isinstance(layers[-1], nn.Upsample) and isinstance(layer, nn.Conv2d):
                few = layer.out_channels <= 4
                layers[-1:] = _shuffled(layer) if few else _transposed(layer)
            else:
                layers.append(copy.deepcopy(layer))
            if isinstance(layer, nn.Unflatten):
                layers.append(_ChannelsLast())
        return nn.Sequential(*layers).requires_grad_(False).to(memory_format=torch.channels_last)


class _ChannelsLast(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.contiguous(memory_format=torch.channels_last)


# Rows: what the taps of the combined kernel collect of the three taps of the 3 x 3 one, along one side.
_FOUR_TAPS = ((0, 0, 1), (0, 1, 1), (1, 1, 0), (1, 0, 0))  # of a transposed convolution, stride 2, padding 1
_EVEN_ODD = (((1, 0, 0), (0, 1, 1), (0, 0, 0)), ((0, 0, 0), (1, 1, 0), (0, 0, 1)))  # of every second fine pixel


def _transposed(conv: nn.Conv2d) -> list[nn.Module]:
    taps = torch.tensor(_FOUR_TAPS, dtype=conv.weight.dtype, device=conv.weight.device)
    both = nn.ConvTranspose2d(conv.in_channels, conv.out_channels, 4, stride=2, padding=1)
    both.weight = nn.Parameter(torch.einsum("ph,qw,oihw->iopq", taps, taps, conv.weight).contiguous())
    both.bias = nn.Parameter(conv.bias.clone())
    return [both]


def _shuffled(conv: nn.Conv2d) -> list[nn.Module]:
    taps = torch.tensor(_EVEN_ODD, dtype=conv.weight.dtype, device=conv.weight.device)
    both = nn.Conv2d(conv.in_channels, 4 * conv.out_channels, 3, padding=1)
    both.weight = nn.Parameter(torch.einsum("aph,bqw,oihw->oabipq", taps, taps, conv.weight).flatten(0, 2))
    both.bias = nn.Parameter(conv.bias.repeat_interleave(4))
    return [both, nn.PixelShuffle(2)]


def _starts(model: Decoder, x: Tensor, mask: Tensor, starts: int, rng: Generator) -> tuple[Tensor, Tensor]:
    """Where to begin, (N * starts, D), and the prior's draw behind each start, 0 for the quarter that has none."""
    with torch.inference_mode():
        mu, logvar = model.posterior(x)  # (N, D)
    z = gaussian((len(x), starts, mu.shape[1]), rng, mu)
    drawn = z.clone()
    warm = -(-starts // 4)
    z[:, :warm] = mu[:, None] + (0.5 * logvar).exp()[:, None] * z[:, :warm]
    drawn[:, :warm] = 0
    return z.flatten(0, 1), drawn.flatten(0, 1)


def answers(
    descent: Descent,
    x: Tensor,
    mask: Tensor,
    reads: Tensor | None = None,
    most: int = 4,
    within: float | None = None,
    apart: float = 0.2,
) -> list[Answer]:
    """A few plausible fillings that differ, best first.

    Rows are taken by rising energy; one that looks like an answer already taken joins it. Where there are more
    answers than asked for, the best of each class goes first.

    Args:    descent: of one digit; x: (1, C, H, W); mask: (1, 1, H, W); reads: (S,) classes, such as the judge's of
             the pasted rows: another class is always another answer; most: answers to give; within: nats above the
             lowest energy that still count as plausible, None for half the latent dimensions, which is where a
             typical draw from a Gaussian posterior lies; apart: root mean squared difference on the missing pixels
             from which on two fillings of one class are two answers.
    Returns: at least one Answer, by rising energy.
    """
    filled = masks.paste(x, descent.recon, mask)  # (S, C, H, W)
    hole = mask.sum().clamp(min=1) * x.shape[1]
    order = descent.energy.argsort().tolist()
    bound = float(descent.energy.min()) + (descent.z.shape[1] / 2 if within is None else within)
    groups: list[list[int]] = []
    for row in order:
        for group in groups:
            distance = float(((filled[row] - filled[group[0]]).square().sum() / hole).sqrt())
            if distance < apart and (reads is None or reads[row] == reads[group[0]]):
                group.append(row)
                break
        else:
            if float(descent.energy[row]) <= bound:
                groups.append([row])
    classes = [None if reads is None else int(reads[group[0]]) for group in groups]
    first = [classes.index(c) for c in dict.fromkeys(classes)]  # the best group of each class
    chosen = sorted((first + [g for g in range(len(groups)) if g not in first])[:most])
    return [
        Answer(
            row=groups[g][0],
            recon=filled[groups[g][0]][None],
            energy=float(descent.energy[groups[g][0]]),
            starts=len(groups[g]),
            reads=classes[g],
        )
        for g in chosen
    ]

"""One training by several processes, as torchrun starts them: each does its share of the layers' work on every batch.

All of them hold the same weights, draw the same batch and the same noise from the same rng, and compute the same loss
of the whole batch. What they share is the work inside the layers: a layer gets a process's share of the rows, and what
comes out is gathered. So every loss is right as it stands, also one that looks at a whole batch at once, and a seed
gives the same losses, to rounding, on any number P of processes.

    Take  x (N, ...) -> the rows of this process (N / P, ...);   dx = what all processes have for their rows, over P
    Join  h (N / P, ...) -> those of all processes (N, ...);     dh = this process's rows of what comes, times P

By the factors P the mean over the processes is the right gradient of any weight: of one inside a layer, of which each
process knows its rows' part, and of one that all of them use on all rows.

Source: for data that is shared out and gradients that are averaged, Li et al. 2020, arXiv:2006.15704.
"""

import functools
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import torch
from torch import Tensor, distributed, nn

from aecore.errors import AecoreError

PATIENCE = timedelta(hours=2)  # while the first process measures a model, the others wait for the next one
Value = TypeVar("Value")


@contextmanager
def joined(device: torch.device) -> Iterator[torch.device]:
    """Meet the other processes, where torchrun has started this one; elsewhere there are none.

    Args:   device: the kind of device to train on.
    Yields: the device of this process.
    Raises: AecoreError: there is no such device for this process.
    """
    if not distributed.is_torchelastic_launched():
        yield device
        return
    device = _own(device, int(os.environ["LOCAL_RANK"]))
    if device.type == "cuda":
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=PATIENCE)
    yield device
    distributed.destroy_process_group()  # not after an error: it could wait for a process that has gone


def count() -> int:
    """How many processes train together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def first() -> bool:
    """Whether this is the process that writes files and speaks."""
    return not distributed.is_initialized() or distributed.get_rank() == 0


def check(model: nn.Module, batch: int, opponent: bool) -> None:
    """Refuse what several processes cannot share. Args: opponent: whether the model learns against another one.

    Raises: AecoreError.
    """
    processes, alone = count(), "Train it with python -m aecore train, without torchrun."
    if processes == 1:
        return
    if opponent:
        raise AecoreError(
            f"Two networks that learn against each other cannot be shared by {processes} processes. {alone}"
        )
    if any(isinstance(layer, nn.modules.batchnorm._BatchNorm) for layer in model.modules()):
        raise AecoreError(f"This model normalises over the whole batch, which a process alone must see. {alone}")
    if batch % processes:
        raise AecoreError(
            f"Batches of {batch} cannot be shared by {processes} processes. Start a number that divides {batch}."
        )


@contextmanager
def spread(*networks: nn.Module) -> Iterator[None]:
    """Inside, the layers of these networks do this process's share, and gather what the others did."""
    if not distributed.is_initialized():
        yield
        return
    layers = {layer for network in networks for layer in network.modules() if layer not in networks}
    at_work = AtWork()
    for layer in layers:
        layer.forward = _shared(layer.forward, at_work)
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward


def average(parameters: Iterable[nn.Parameter]) -> None:
    """Make every gradient the mean of all processes'. Raises: AecoreError: another process has gone."""
    if not distributed.is_initialized():
        return
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    _speak(distributed.all_reduce, flat)
    flat /= count()
    for gradient, part in zip(gradients, flat.split([gradient.numel() for gradient in gradients]), strict=True):
        gradient.copy_(part.view(gradient.shape))


def from_first(make: Callable[[], Value]) -> Value:
    """What the first process makes, for all of them. Raises: AecoreError: another process has gone."""
    if count() == 1:
        return make()
    made = [make() if first() else None]
    _speak(distributed.broadcast_object_list, made)
    return made[0]


class AtWork:
    """Whether a layer is computing a share: the layers inside of it get that as it is."""

    def __init__(self) -> None:
        self.sharing = False


def _shared(forward: Callable[..., object], at_work: AtWork) -> Callable[..., object]:
    @functools.wraps(forward)
    def run(*inputs: object, **named: object) -> object:
        sizes = {len(part) if part.ndim else 0 for part in inputs if isinstance(part, Tensor)}
        if at_work.sharing or named or len(sizes) != 1 or not (rows := sizes.pop()) or rows % count():
            return forward(*inputs, **named)  # each process does it all, which is right as well
        at_work.sharing = True
        try:
            out = forward(*(Take.apply(part) if isinstance(part, Tensor) else part for part in inputs))
        finally:
            at_work.sharing = False
        return tuple(map(Join.apply, out)) if isinstance(out, tuple) else Join.apply(out)

    return run


class Take(torch.autograd.Function):
    """This process's share of the rows."""

    @staticmethod
    def forward(ctx: object, x: Tensor) -> Tensor:
        """(N, ...) -> (N / P, ...)."""
        return x.chunk(count())[distributed.get_rank()].clone()

    @staticmethod
    def backward(ctx: object, gradient: Tensor) -> Tensor:
        """(N / P, ...) -> (N, ...)."""
        return Join.apply(gradient) / count()


class Join(torch.autograd.Function):
    """The rows of all processes."""

    @staticmethod
    def forward(ctx: object, h: Tensor) -> Tensor:
        """(N / P, ...) -> (N, ...)."""
        whole = h.new_empty(count() * len(h), *h.shape[1:])
        bare = h.contiguous().flatten().view(torch.uint8)  # bytes: not every backend knows every type of number
        _speak(distributed.all_gather, list(whole.flatten().view(torch.uint8).chunk(count())), bare)
        return whole

    @staticmethod
    def backward(ctx: object, gradient: Tensor) -> Tensor:
        """(N, ...) -> (N / P, ...)."""
        return Take.apply(gradient) * count()


def _speak(call: Callable[..., object], *parts: object) -> None:
    try:
        call(*parts)
    except RuntimeError as error:
        raise AecoreError(
            "Another process of this training has ended, and so does this one. The same command goes on from the last "
            "saved state."
        ) from error


def _own(device: torch.device, number: int) -> torch.device:
    if device.type == "cpu":
        return device
    at_hand = torch.cuda.device_count() if device.type == "cuda" else 0
    if number >= at_hand:
        there = f"{at_hand} GPU{'s' * (at_hand != 1)} that processes can share out"
        raise AecoreError(f"This machine has {there}. Start at most one process for each, or set AECORE_DEVICE=cpu.")
    return torch.device(device.type, number)

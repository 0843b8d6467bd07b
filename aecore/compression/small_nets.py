"""Shipped networks made small: at which levels, the chain of pruning and retraining that makes them, what was measured.

    data = shrink("judge", load_digits("train"), Level(0.96, 4), seed=0, progress=print)   # minutes; the file's bytes
    net = unpack(read_file("judge", Level(0.96, 4)))                                        # of a shipped one

Source: Han, Mao & Dally 2016, "Deep compression: compressing deep neural networks with pruning, trained quantization
and Huffman coding", arXiv:1510.00149: prune, train on, prune more; then share, train on; then code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import FiniteFloat
from torch import Tensor, nn

from aecore import checkpoints, records
from aecore.compression import packed
from aecore.compression.pruning import Masks, Schedule, fit_masked, prune
from aecore.compression.sharing import Shared, fit_shared, share
from aecore.engine import Engine, pick_device
from aecore.recipes import RECIPES

AGAIN = "python -m benchmarks.small_nets --save"
NETWORKS = ("judge", "dae")
SPARSITIES = {"judge": (0.92, 0.96, 0.98, 0.99), "dae": (0.8, 0.92, 0.96, 0.98)}  # shares of the weights that are 0
BITS = (2, 4)  # 4 or 16 values a layer
WAY = {  # each is trained on before the next
    "judge": (0.5, 0.75, 0.85, 0.92, 0.96, 0.97, 0.98, 0.985, 0.99),
    "dae": (0.6, 0.8, 0.92, 0.96, 0.98),
}
EPOCHS = {"judge": 1.0, "dae": 1.0}  # at a level; half of it between two, and again for the shared values
SCRATCH_EPOCHS = {"judge": 6, "dae": 6}  # of small networks that are trained to the same size
LR = {"judge": 1e-3, "dae": 1e-3}
BATCH = {"judge": 128, "dae": 32}  # digits a step
ENDING = ".aesn"
WHOLE, HALF = "whole", "half"  # keys of rows: the float32 file, the half-precision one, zipped
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Level:
    """How small. sparsity: share of the weights that are 0; bits: that say which of a layer's values a weight has."""

    sparsity: float
    bits: int

    @property
    def key(self) -> str:
        """As "0.96 4"."""
        return f"{self.sparsity} {self.bits}"


LEVELS = {name: tuple(Level(at, bits) for at in SPARSITIES[name] for bits in BITS) for name in NETWORKS}


def pruned(
    model: nn.Module, data: tuple[Tensor, Tensor], name: str, sparsity: float, seed: int, progress: Progress
) -> Masks:
    """One step of the way: prune to a sparsity and train on, in place."""
    masks = prune(model, sparsity)
    epochs = EPOCHS[name] * (1 if sparsity in SPARSITIES[name] else 0.5)
    rng = torch.Generator(_device(model)).manual_seed(1000 * seed + round(1000 * sparsity))
    schedule = Schedule(epochs, BATCH[name], LR[name], augment=RECIPES[name].augment)
    for step, steps in fit_masked(model, data, masks, schedule, rng):
        if step % 100 == 0 or step == steps:
            progress(f"{name}, {sparsity:.1%} pruned, training on: {step}/{steps}")
    return masks


def shared(
    model: nn.Module, data: tuple[Tensor, Tensor], name: str, masks: Masks, level: Level, seed: int, progress: Progress
) -> dict[str, Shared]:
    """The last step: share what is left, and train the shared values on, in place."""
    result = share(model, masks, level.bits)
    rng = torch.Generator(_device(model)).manual_seed(1000 * seed + 10 * level.bits)
    schedule = Schedule(EPOCHS[name] / 2, BATCH[name], LR[name] / 2, augment=RECIPES[name].augment)
    for step, steps in fit_shared(model, data, result, schedule, rng):
        if step % 100 == 0 or step == steps:
            progress(f"{name}, {level.sparsity:.0%} pruned, {2**level.bits} values a layer: {step}/{steps}")
    return result


def shrink(name: str, data: tuple[Tensor, Tensor], level: Level, seed: int, progress: Progress) -> bytes:
    """A shipped network's small file at a level, the whole way from its checkpoint. Raises: CheckpointError."""
    model = checkpoints.load(name).to(pick_device())
    for sparsity in WAY[name]:
        masks = pruned(model, data, name, sparsity, seed, progress)
        if sparsity == level.sparsity:
            break
    layers = shared(model, data, name, masks, level, seed, progress)
    return packed.pack(name, model.cpu(), {key: one.cpu() for key, one in layers.items()})


def _device(model: nn.Module) -> torch.device:
    return next(model.parameters()).device


def path_of(name: str, level: Level) -> Path:
    """Where a small net's file lives."""
    return checkpoints.folder() / "small" / f"{name}-{100 * level.sparsity:.0f}-{level.bits}{ENDING}"


def paths() -> list[Path]:
    """Of all small nets that are shipped, whether they are there or not."""
    return [path_of(name, level) for name in NETWORKS for level in LEVELS[name]]


def read_file(name: str, level: Level) -> bytes:
    """A small net's file. Raises: PackedError: it is not there."""
    try:
        return path_of(name, level).read_bytes()
    except OSError as error:
        raise packed.PackedError(
            f"There is no {path_of(name, level).name} here. Make it again with: {AGAIN}"
        ) from error


@dataclass(frozen=True)
class Row:
    """One way to store a network.

    size: bytes; score: judge: test digits read right in percent; dae: mean PSNR in dB; one number a seed;
    second: judge: the same of damaged digits; dae: PSNR of gaussian noise alone; lost: score that the whole network has
    more, on the same digits, first seed, and half of its 95 % interval over the digits; weights: that are not 0.
    """

    size: int
    score: list[FiniteFloat]
    second: list[FiniteFloat]
    lost: FiniteFloat
    half: FiniteFloat
    weights: int


@dataclass(frozen=True)
class Measured:
    """rows: network -> key -> Row; keys: WHOLE, HALF, a level's, "shared BITS" (nothing pruned), "cut SPARSITY" (4
    bits, not trained on), "scratch SPARSITY" (a small net of its own, as large as that level's 4-bit file); parts:
    network -> key of a level -> bytes of its file's positions, values, tables, rest; sha256: of the whole networks."""

    rows: dict[str, dict[str, Row]]
    parts: dict[str, dict[str, list[int]]]
    sha256: dict[str, str]

    def stale(self, engine: Engine) -> list[str]:
        """Names of the networks at hand that are others than those that were measured."""
        return engine.changed(self.sha256)


def results_file() -> Path:
    """Where the measured table lives."""
    return records.RESULTS / "small_nets.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "How small networks can be", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    wanted = {name: {WHOLE, HALF, *(level.key for level in LEVELS[name])} for name in NETWORKS}
    return all(wanted[name] <= set(table.rows.get(name, {})) for name in NETWORKS)

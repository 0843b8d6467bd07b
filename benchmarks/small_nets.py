"""How small two networks can be: pruned, shared, coded, against what it costs; beside four simpler ways.

python -m benchmarks.small_nets           make and measure all of it (half an hour on one core), print the table
python -m benchmarks.small_nets --save    and write results/small_nets.json and checkpoints/small/*.aesn
python -m benchmarks.small_nets --states FOLDER   keep what is done there, and go on from it

The ways: half precision and zip; sharing without pruning; pruning (and 4 bits) without training on; and a network
trained from scratch that is as large as the file, its numbers in half precision and zipped. The judge is scored by the
10,000 test digits, clean and damaged at random as in its training; dae by the mean PSNR over four kinds of noise.
"""

import argparse
import functools
import json
import zlib
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from aecore import checkpoints, records, storage
from aecore.compression import packed, pruning, sharing, small_nets
from aecore.compression.small_nets import (
    BITS,
    HALF,
    LEVELS,
    NETWORKS,
    SCRATCH_EPOCHS,
    SPARSITIES,
    WAY,
    WHOLE,
    Level,
    Measured,
    Row,
)
from aecore.corruptions import corrupt
from aecore.data import load_digits
from aecore.engine import pick_device
from aecore.evaluation import DENOISING
from aecore.models import build
from aecore.recipes import RECIPES
from aecore.training import fit

SEEDS = {"judge": 3, "dae": 3}
DENOISED = 1_000  # test digits of dae, under each of
NOISES = ("gaussian", "salt_pepper", "dropout", "patch")
SCRATCH_AT = {"judge": SPARSITIES["judge"][:1], "dae": SPARSITIES["dae"][:2]}  # few: each is a training
SCRATCH = {  # a size k -> config of a small net
    "judge": lambda k: {"damaged": 0.5, "widths": (round(k), round(2 * k)), "features": round(3 * k)},
    "dae": lambda k: {"widths": (round(k), round(3 * k))},
}


def main() -> None:
    """Make, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write the results and the files")
    parser.add_argument("--states", type=Path, default=Path(".states/small_nets"), help="a folder for what is done")
    parser.add_argument("--seeds", type=int, default=max(SEEDS.values()), help="at most so many")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.states.mkdir(parents=True, exist_ok=True)
    bench = Bench(arguments.states)
    for name in NETWORKS:
        bench.levels(name, 0)
        bench.simple(name)
    for name in NETWORKS:
        bench.scratch(name)
        for seed in range(1, min(SEEDS[name], arguments.seeds)):
            bench.levels(name, seed)
    measured = bench.table(arguments.seeds)
    for name, rows in measured.rows.items():
        for key, row in rows.items():
            print(f"| {name} {key} | {row.size:,} | {row.score} | {row.lost:+.3f} +- {row.half:.3f} | {row.second} |")
    if arguments.save:
        for name in NETWORKS:
            for level in LEVELS[name]:
                path = small_nets.path_of(name, level)
                path.parent.mkdir(exist_ok=True)
                storage.write_whole(path, bench.file(name, level, 0).read_bytes())
        print(f"saved {records.write_table(measured, small_nets.results_file()).name}")


class Bench:
    """All that is done, each thing in a file of its own in a folder."""

    def __init__(self, states: Path):
        self.states, self.device = states, pick_device()
        self.digits = load_digits("train")
        x, self.y = load_digits("test")
        self.x = x.float() / 255
        self.whole = {name: checkpoints.load(name) for name in NETWORKS}
        self.noisy = {}
        for kind in NOISES:
            corruption, strength = DENOISING[kind]
            rng = torch.Generator().manual_seed(0)
            self.noisy[kind] = corrupt(corruption, self.x[:DENOISED], strength, rng)[0]

    @functools.cached_property
    def damaged(self) -> Tensor:
        """The test digits as the judge sees them damaged."""
        with torch.inference_mode():
            return self.whole["judge"].damage(self.x, torch.Generator().manual_seed(0))

    @functools.cache  # noqa: B019 (there is one)
    def reference(self, name: str) -> tuple[Tensor, float]:
        """What the whole network scores."""
        return self.scores(name, self.whole[name])

    def file(self, name: str, level: Level, seed: int) -> Path:
        """Of a small net."""
        return self.states / f"{name}-{seed}-{level.sparsity}-{level.bits}.aesn"

    def levels(self, name: str, seed: int) -> None:
        """The whole way, with a file at each level."""
        model = checkpoints.load(name).to(self.device)
        for sparsity in WAY[name]:
            state = self.states / f"{name}-{seed}-{sparsity}.safetensors"
            if state.exists():
                model.load_state_dict(load_file(state, device=str(self.device)))
                masks = {key: weight != 0 for key, weight in pruning.weights(model).items()}
            else:
                masks = small_nets.pruned(model, self.digits, name, sparsity, seed, _say)
                save_file({key: value.contiguous() for key, value in model.state_dict().items()}, state)
            for bits in BITS if sparsity in SPARSITIES[name] else ():
                level = Level(sparsity, bits)
                if not self.file(name, level, seed).exists():
                    copy = _copy(name, model).to(self.device)
                    layers = small_nets.shared(copy, self.digits, name, masks, level, seed, _say)
                    self.file(name, level, seed).write_bytes(packed.pack(name, copy.cpu(), _to_cpu(layers)))
                self.row(f"{name}-{seed}-{level.key}", name, lambda at=level: self.unpacked(name, at, seed))

    def unpacked(self, name: str, level: Level, seed: int) -> tuple[int, int, nn.Module]:
        """Bytes, weights and network of a small net's file."""
        data = self.file(name, level, seed).read_bytes()
        return len(data), *_counted(packed.unpack(data))

    def simple(self, name: str) -> None:
        """The whole network and the ways without pruning, or without training on."""
        model = self.whole[name]
        number = sum(weight.numel() for weight in pruning.weights(model).values())
        single = 4 * sum(value.numel() for value in model.state_dict().values())
        self.row(f"{name}-0-{WHOLE}", name, lambda: (single, number, model))
        packed_half = zlib.compress(checkpoints.path_of(name).read_bytes(), 9)
        self.row(f"{name}-0-{HALF}", name, lambda: (len(packed_half), number, model))
        for sparsity in SPARSITIES[name]:
            self.row(f"{name}-0-cut {sparsity}", name, lambda at=sparsity: self.only_shared(name, at, 4, fitted=False))
        for bits in BITS:
            self.row(f"{name}-0-shared {bits}", name, lambda bits=bits: self.only_shared(name, 0.0, bits, fitted=True))

    def only_shared(self, name: str, sparsity: float, bits: int, fitted: bool) -> tuple[int, int, nn.Module]:
        """Cut and shared at once, trained on or not."""
        model = _copy(name, self.whole[name]).to(self.device)
        masks = pruning.prune(model, sparsity)
        if fitted:
            layers = small_nets.shared(model, self.digits, name, masks, Level(sparsity, bits), 0, _say)
        else:
            layers = sharing.share(model, masks, bits)
        data = packed.pack(name, model.cpu(), _to_cpu(layers))
        return len(data), *_counted(packed.unpack(data))

    def scratch(self, name: str) -> None:
        """Small nets of their own, one for the 4-bit file of each sparsity."""
        for sparsity in SCRATCH_AT[name]:
            room = self.file(name, Level(sparsity, 4), 0).stat().st_size
            self.row(f"{name}-0-scratch {sparsity}", name, lambda at=room: self.trained(name, at))

    def trained(self, name: str, room: int) -> tuple[int, int, nn.Module]:
        """A network trained from scratch whose numbers fit into `room` bytes."""
        recipe = replace(RECIPES[name], epochs=SCRATCH_EPOCHS[name])
        config, k = None, 1.0
        while config is None or _zipped(_untrained(config, recipe.family)) <= room:
            config, k = SCRATCH[name](k), k + 0.05
        config = SCRATCH[name](k - 0.1)
        model = build(recipe.family, config, recipe.seed).to(self.device)
        recipe = replace(recipe, config=config)
        for step in fit(model, self.digits, recipe, self.states / f"{name}-{room}.state", report_every=100):
            _say(f"{name} from scratch, {config}: {step.step}/{step.steps}")
        model = model.cpu()
        for value in model.state_dict().values():
            if value.is_floating_point():
                value.copy_(value.half())
        return _zipped(model), sum(weight.numel() for weight in pruning.weights(model).values()), model

    def row(self, key: str, name: str, make: Callable[[], tuple[int, int, nn.Module]]) -> None:
        """Measure, unless that was done."""
        path = self.states / f"{key}.json"
        if path.exists():
            return
        size, number, model = make()
        score, second = self.reference(name) if model is self.whole[name] else self.scores(name, model)
        worse = self.reference(name)[0] - score
        half = 1.96 * float(worse.std()) / len(worse) ** 0.5
        row = Row(size, [float(score.mean())], [second], float(worse.mean()), half, number)
        path.write_text(json.dumps(asdict(row)))
        print(f"{key}: {row}", flush=True)

    def scores(self, name: str, model: nn.Module) -> tuple[Tensor, float]:
        """Of each test digit, in percent or dB; and the mean of the second measure."""
        with torch.inference_mode():
            if name == "judge":
                clean, damaged = (
                    torch.cat([model(part).argmax(1) for part in x.split(500)]) == self.y
                    for x in (self.x, self.damaged)
                )
                return 100 * clean.double(), 100 * float(damaged.double().mean())
            x = self.x[:DENOISED]
            psnr = {}
            for kind, noisy in self.noisy.items():
                recon = torch.cat([model(part) for part in noisy.split(500)])
                psnr[kind] = -10 * (recon - x).square().mean((1, 2, 3)).double().log10()
            return torch.stack(list(psnr.values())).mean(0), float(psnr["gaussian"].mean())

    def table(self, seeds: int) -> Measured:
        """All rows, seeds joined."""
        rows: dict[str, dict[str, Row]] = {name: {} for name in NETWORKS}
        for name in NETWORKS:
            for path in sorted(self.states.glob(f"{name}-0-*.json")):
                key = path.stem.removeprefix(f"{name}-0-")
                of_seeds = [path, *(self.states / f"{name}-{seed}-{key}.json" for seed in range(1, seeds))]
                every = [Row(**json.loads(one.read_text())) for one in of_seeds if one.exists()]
                rows[name][key] = replace(
                    every[0], score=[one.score[0] for one in every], second=[one.second[0] for one in every]
                )
        parts = {
            name: {
                level.key: list(asdict(packed.unpack(self.file(name, level, 0).read_bytes()).size).values())
                for level in LEVELS[name]
            }
            for name in NETWORKS
        }
        return Measured(rows, parts, {name: model.card.sha256 for name, model in self.whole.items()})


def _counted(net: packed.Net) -> tuple[int, nn.Module]:
    return sum(int((one.index > 0).sum()) for one in net.shared.values()), net.model


def _copy(name: str, model: nn.Module) -> nn.Module:
    copy = build(RECIPES[name].family, RECIPES[name].config)
    copy.load_state_dict(model.state_dict())
    return copy.eval()


def _untrained(config: dict, family: str) -> nn.Module:
    """A small net with numbers in the place of weights that begin as zeros: a trained one has no zeros to zip."""
    model, rng = build(family, config), torch.Generator().manual_seed(0)
    for weight in pruning.weights(model).values():
        if not weight.any():
            weight.data.copy_(0.05 * torch.randn(weight.shape, generator=rng))
    return model


def _zipped(model: nn.Module) -> int:
    numbers = [value.half().numpy().tobytes() for value in model.state_dict().values() if value.ndim]
    return len(zlib.compress(b"".join(numbers), 9))


def _to_cpu(layers: dict[str, sharing.Shared]) -> dict[str, sharing.Shared]:
    return {name: one.cpu() for name, one in layers.items()}


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()

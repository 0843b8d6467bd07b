"""The loop in which one network learns: it yields progress and survives interruption."""

import copy
import hashlib
import json
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from aecore import checkpoints, contract
from aecore.jitter import jitter, turn
from aecore.recipes import Recipe
from aecore.training import processes
from aecore.training.schedule import has_fast_bfloat16, rate

SAVE_EVERY = 30.0  # seconds between two saves of the state: the most work that an interruption can cost


@dataclass(frozen=True)
class Step:
    """Progress of `fit`.

    step, steps: done and total; epoch: passes begun, from 1; terms: the last batch's loss and its named terms;
    images_per_second: since the start of this run; eta: seconds left; validation: the held-out loss after the
    last whole epoch, None before; best: the lowest so far; seconds: of training, runs that were interrupted included.
    """

    step: int
    steps: int
    epoch: int
    terms: dict[str, float]
    images_per_second: float
    eta: float
    validation: float | None
    best: float
    seconds: float


class Run:
    """One training: what must be saved to go on from here. Whoever trains another way overrides `one_step`."""

    def __init__(self, model: nn.Module, data: tuple[Tensor, Tensor], recipe: Recipe, state: Path | None):
        _check(model, *data, recipe)
        self.device = next(model.parameters()).device
        self.model = model.to(memory_format=torch.channels_last)
        self.recipe, self.config = recipe, model.config
        held_out = recipe.validation
        x, y = (tensor.to(self.device) for tensor in data)  # lives on the device as bytes: no copy a batch
        self.x, self.y = x[: len(x) - held_out], y[: len(y) - held_out]
        self.x_val, self.y_val = x[len(x) - held_out :], y[len(y) - held_out :]
        self.per_epoch = len(self.x) // recipe.batch
        self.steps = self.per_epoch * recipe.epochs
        # what learns, and by what, under their names in the state
        self.networks: dict[str, nn.Module] = {"model": self.model}
        self.optimizers = {"optimizer": self.adam(self.model, recipe.lr)}
        self.prepare()
        self.average = copy.deepcopy(model).eval() if recipe.ema else model
        self.best_weights = _copy(self.average.state_dict())
        self.best, self.validation, self.step = math.inf, None, 0
        self.terms: dict[str, float] = {}  # of the last step that was reported
        self.seconds = self.speed = 0.0  # of training, over all runs that were interrupted; steps a second of the last
        self.order_rng = torch.Generator().manual_seed(recipe.seed)
        self.rng = torch.Generator(self.device).manual_seed(recipe.seed + 1)
        self.order = torch.empty(0, dtype=torch.long)
        self.state = state if processes.first() else None
        shapes = {
            prefix + name: list(tensor.shape)
            for prefix, network in self.networks.items()
            for name, tensor in network.state_dict().items()
        }
        identity = {"recipe": asdict(recipe), "config": asdict(model.config), "shapes": shapes, "digits": len(x)}
        self.finishing = False
        self.fingerprint = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
        if state is not None:
            self._resume()

    def prepare(self) -> None:
        """Make what else learns, before a state is read."""

    def adam(self, network: nn.Module, lr: float, betas: tuple[float, float] = (0.9, 0.999)) -> torch.optim.Optimizer:
        """The recipe's optimizer for a network."""
        weight_decay = self.recipe.weight_decay
        return torch.optim.AdamW(network.parameters(), lr=lr, betas=betas, weight_decay=weight_decay, fused=True)

    def steps_until_done(self, report_every: int) -> Iterator[Step]:
        """Run; see `fit`."""
        with processes.spread(self.model, self.average):
            yield from self._steps(report_every)

    def _steps(self, report_every: int) -> Iterator[Step]:
        saved = seen = started = time.monotonic()
        first = self.step
        self.model.train()
        try:
            if self.step >= self.steps:  # all was done but what follows the training
                yield self._news()
            while self.step < self.steps:
                if self.step % self.per_epoch == 0 or not len(self.order):
                    self.order = torch.randperm(len(self.x), generator=self.order_rng).to(self.device)
                if self.steps - self.step <= self.per_epoch * self.recipe.finish_epochs and not self.finishing:
                    self._begin_finish()
                terms = self.one_step()
                self.step += 1
                epoch_done = self.step % self.per_epoch == 0
                if epoch_done:
                    self._validate()
                if epoch_done or self.step % report_every == 0:
                    self.terms = {name: float(value) for name, value in terms.items()}
                    if not math.isfinite(self.terms["loss"]):
                        raise FloatingPointError(f"the loss became {self.terms['loss']} at step {self.step}")
                    now = time.monotonic()
                    self.seconds += now - seen
                    seen = now
                    self.speed = (self.step - first) / (now - started)
                    # at the end, too: measuring takes minutes, and may be interrupted as well
                    if self.state is not None and (now - saved > SAVE_EVERY or self.step == self.steps):
                        self._save()
                        saved = now
                    yield self._news()
                    seen = time.monotonic()  # what the caller does with a Step is no training
        except (GeneratorExit, KeyboardInterrupt):
            if self.state is not None:
                self._save()
            raise
        finally:
            self.model.config = self.config
            self.model.load_state_dict(self.best_weights)
            self.model.eval()
            if self.step >= self.steps and len(self.x_val) and hasattr(self.model, "calibrate"):
                rng = torch.Generator(self.device).manual_seed(self.recipe.seed + 3)
                self.model.calibrate(self.x_val.float().div(255), self.y_val, rng)

    def _news(self) -> Step:
        return Step(
            self.step,
            self.steps,
            (self.step - 1) // self.per_epoch + 1,
            self.terms,
            self.speed * self.recipe.batch,
            (self.steps - self.step) / self.speed if self.speed else math.inf,
            self.validation,
            self.best,
            self.seconds,
        )

    def one_step(self) -> dict[str, Tensor]:
        """Learn from the next batch; the loss and its named terms."""
        x, y = self.next_batch()
        if hasattr(self.model, "progress"):  # its loss changes on the way
            self.model.progress = self.step / self.steps
        terms = self._loss(self.model, x, y, self.rng)
        self.descend("optimizer", self.recipe.lr, self.model, terms["loss"])
        self.update_average()
        return {name: value.detach() for name, value in terms.items()}

    def next_batch(self) -> tuple[Tensor, Tensor]:
        """x (B, C, H, W) in [0, 1] and y (B,)."""
        begin = (self.step % self.per_epoch) * self.recipe.batch
        index = self.order[begin : begin + self.recipe.batch]
        x = self.x[index].float().div_(255)
        if self.recipe.augment and not self.finishing:
            x = jitter(x, self.rng)
        if self.recipe.turns:
            x = turn(x, self.rng)
        return x, self.y[index]

    def descend(self, optimizer: str, lr: float, network: nn.Module, loss: Tensor) -> None:
        """A step of a network down its loss, at this moment's share of the learning rate."""
        for group in self.optimizers[optimizer].param_groups:
            group["lr"] = lr * rate(self.step / self.steps, self.recipe.schedule)
        self.optimizers[optimizer].zero_grad(set_to_none=True)
        loss.backward()
        processes.average(network.parameters())
        nn.utils.clip_grad_norm_(network.parameters(), math.inf if self.recipe.schedule == "constant" else 1e3)
        self.optimizers[optimizer].step()

    def _begin_finish(self) -> None:
        """The last epochs: same weights, another objective, whose held-out losses compare among themselves only."""
        self.finishing = True
        for model in (self.model, self.average):
            model.config = replace(self.config, **self.recipe.finish_config)
        if self.step == self.steps - self.per_epoch * self.recipe.finish_epochs:
            self.best = math.inf

    def _loss(self, model: nn.Module, x: Tensor, y: Tensor, rng: torch.Generator) -> dict[str, Tensor]:
        bfloat16 = torch.autocast(self.device.type, torch.bfloat16, enabled=has_fast_bfloat16(self.device))
        with bfloat16, contract.trusted():
            return model.loss(x, y, rng) if model.takes_label else model.loss(x, rng)

    @torch.no_grad()
    def update_average(self) -> None:
        """The running average of the model's weights, if the recipe asks for one."""
        if not self.recipe.ema:
            return
        # a young average follows quickly: otherwise the random first weights stay in it for long
        decay = min(self.recipe.ema, (1 + self.step) / (10 + self.step))
        ours, theirs = list(self.average.parameters()), list(self.model.parameters())
        torch._foreach_lerp_(ours, theirs, 1 - decay)
        for mine, other in zip(self.average.buffers(), self.model.buffers(), strict=True):
            mine.copy_(other)

    @torch.inference_mode()
    def _validate(self) -> None:
        """The held-out loss with the same noise every time, so that epochs compare."""
        if not len(self.x_val):  # nothing is held out: the last weights are the best
            self.best_weights = _copy(self.average.state_dict())
            return
        self.average.eval()
        rng = torch.Generator(self.device).manual_seed(self.recipe.seed + 2)
        total = 0.0
        for x, y in zip(self.x_val.split(500), self.y_val.split(500), strict=True):
            total += float(self._loss(self.average, x.float().div(255), y, rng)["loss"]) * len(x)
        self.model.train()
        self.validation = total / len(self.x_val)
        if self.validation < self.best:
            self.best = self.validation
            self.best_weights = _copy(self.average.state_dict())

    def _tensors(self) -> dict[str, Tensor]:
        tensors = {
            f"{prefix}.{k}": v for prefix, network in self.networks.items() for k, v in network.state_dict().items()
        }
        tensors |= {f"best.{k}": v for k, v in self.best_weights.items()}
        if self.recipe.ema:
            tensors |= {f"average.{k}": v for k, v in self.average.state_dict().items()}
        for prefix, optimizer in self.optimizers.items():
            for index, moments in optimizer.state_dict()["state"].items():
                tensors |= {f"{prefix}.{index}.{k}": v for k, v in moments.items()}
        tensors |= {"rng": self.rng.get_state(), "order_rng": self.order_rng.get_state(), "order": self.order}
        return tensors

    def _save(self) -> None:
        scalars = {
            "step": self.step, "best": self.best, "validation": self.validation, "seconds": self.seconds,
            "speed": self.speed, "terms": self.terms,
        }  # fmt: skip
        header = {"fingerprint": self.fingerprint, "scalars": json.dumps(scalars)}
        checkpoints.write(self.state, self._tensors(), header)

    def _read(self) -> tuple[dict, dict[str, Tensor]] | None:
        """Scalars and tensors of the saved state, if there is one that belongs to this very training."""
        try:
            with safe_open(self.state, "pt") as file:
                header = file.metadata() or {}
                if header.get("fingerprint") != self.fingerprint:
                    return None
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no iterator)
        except (OSError, SafetensorError):
            return None  # a damaged state costs the progress, never the training
        return json.loads(header["scalars"]), tensors

    def _resume(self) -> None:
        """Go on from the saved state if it belongs to this very training; otherwise start over."""
        saved = processes.from_first(self._read)
        if saved is None:
            return
        scalars, tensors = saved

        def part(prefix: str) -> dict[str, Tensor]:
            return {k.removeprefix(prefix): v.to(self.device) for k, v in tensors.items() if k.startswith(prefix)}

        self.step, self.best, self.validation = scalars["step"], scalars["best"], scalars["validation"]
        self.seconds, self.speed = scalars.get("seconds", 0.0), scalars.get("speed", 0.0)
        self.terms = scalars.get("terms", {})
        for prefix, network in self.networks.items():
            network.load_state_dict(part(f"{prefix}."))
        self.best_weights = part("best.")
        if self.recipe.ema:
            self.average.load_state_dict(part("average."))
        for prefix, optimizer in self.optimizers.items():
            state = optimizer.state_dict()
            for key, value in part(f"{prefix}.").items():
                index, name = key.split(".", 1)
                if value.dim() == 4:  # as the weights lie: the fused step runs over both as they are in memory
                    value = value.contiguous(memory_format=torch.channels_last)
                state["state"].setdefault(int(index), {})[name] = value
            optimizer.load_state_dict(state)
        self.rng.set_state(tensors["rng"])
        self.order_rng.set_state(tensors["order_rng"])
        self.order = tensors["order"].to(self.device)


def _check(model: nn.Module, x: Tensor, y: Tensor, recipe: Recipe) -> None:
    """Look once at what is trained on: inside the loop nobody does."""
    if not isinstance(x, Tensor) or x.dtype is not torch.uint8 or x.ndim not in (3, 4):
        what = f"{x.dtype} {tuple(x.shape)}" if isinstance(x, Tensor) else type(x).__name__
        raise ValueError(
            f"x must be a uint8 tensor (N, C, H, W) from 0 to 255, not {what}: use (255 * x).round().byte()"
        )
    shape = getattr(model.config, "image_shape", None)
    if shape is not None and tuple(x.shape[1:]) != tuple(shape):
        raise ValueError(f"x must be (N, {', '.join(map(str, shape))}) of the model, not {tuple(x.shape)}")
    if len(x) < recipe.validation + recipe.batch:
        raise ValueError(
            f"{len(x):,} pictures are too few for {recipe.validation:,} held out and batches of {recipe.batch}: "
            "give more, or a recipe with less of both"
        )
    contract.check_labels(y, len(x), getattr(model.config, "classes", 2**63))  # others never look at y


def _copy(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in state.items()}

"""A network as a list of layers, which its card carries: what a browser runs and a picture draws without torch.

`describe` runs a model's methods once, on blank pictures, and writes down which function of torch acted on what. So the
list cannot say something else than the module does, and a family has nothing to write for it. How each function of
torch stands in the list: operations.py.
"""

import inspect
import linecache
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

import torch
from pydantic import FiniteFloat
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode, resolve_name

from aecore import contract
from aecore.models.operations import OPERATIONS, UnlistedError, require

Setting = int | FiniteFloat | str | tuple[int, ...]
BATCH = 2  # pictures that a model is run on


@dataclass(frozen=True)
class Layer:
    """One operation on one picture.

    kind: "input" or one of operations.py; of: places in the list of what it acts on; shape: of the result, (C, H, W),
    (C, L), (features,) or () for a label; tokens (T, D) stand as signals (D, T); tensors: role ("weight", "bias" ...)
    -> name in the checkpoint; settings: by kind.
    """

    kind: str
    of: tuple[int, ...]
    shape: tuple[int, ...]
    tensors: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True)
class Method:
    """Places in the list of a method's arguments, in order, and of its results, by name."""

    takes: tuple[int, ...]
    gives: dict[str, int]


@dataclass(frozen=True)
class Network:
    """A model without torch: layers, each behind those that it acts on, and methods that lead from some to others.

    Methods share layers: the code that `encode` gives stands where `decode` takes it. Empty where a list cannot say
    what the model does.
    """

    layers: tuple[Layer, ...] = ()
    methods: dict[str, Method] = field(default_factory=dict)


# The methods that are listed, if a model has them, and the names of what they give. They take x (decode: z), and y if
# they have such a parameter. If the model takes a mask, they are listed without it, and with it as "encode_masked".
METHODS = {
    "features": ("features",),
    "posterior": ("mu", "logvar"),
    "encode": ("z",),
    "decode": ("recon",),
    "classify": ("probabilities",),
    "forward": ("out",),
}


def describe(model: nn.Module) -> Network:
    """The layers of a model of any family, for pictures of its config's `image_shape`, (C, H, W) or (C, L).

    Raises: UnlistedError: it does something that has no place in the list; its message says what.
    """
    return _run(model, _Tape(model))


@dataclass(frozen=True)
class Line:
    """Source that ran. file: from the project's root, or from the folder of torch; number: of its first line."""

    file: str
    number: int
    text: str


def written(model: nn.Module) -> list[list[Line]]:
    """For each place of `describe`'s list the source that made it: the model's own line, and torch's module in between.

    Raises: as `describe`.
    """
    tape = _Reader(model)
    _run(model, tape)
    return tape.lines


def _run(model: nn.Module, tape: "_Tape") -> Network:
    """What a model's methods do on blank pictures, written down on the tape."""
    shape = getattr(getattr(model, "config", None), "image_shape", None)
    require(shape is not None, "its config has no image_shape")
    device = next((tensor.device for tensor in model.state_dict().values()), torch.device("cpu"))
    training = model.training
    model.eval()
    try:
        with contract.trusted(), torch.inference_mode(), torch.autocast(device.type, enabled=False):
            return _record(model, torch.zeros(BATCH, *shape, device=device), tape)
    finally:
        model.train(training)


def _record(model: nn.Module, x: Tensor, tape: "_Tape") -> Network:
    methods = {}
    y, mask, z = torch.zeros(BATCH, dtype=torch.long, device=x.device), torch.zeros_like(x), None
    for name, results in METHODS.items():
        method = getattr(model, name, None)
        if method is None:
            continue
        if name == "decode":
            z = torch.zeros(BATCH, model.config.latent_dim, device=x.device) if z is None else z  # None: a generator
        parameters = inspect.signature(method).parameters
        first = {"z": z} if "z" in parameters else {"x": x}
        label = {"y": y} if "y" in parameters else {}
        for masked in [{}, {"mask": mask}] if "mask" in parameters and model.takes_mask else [{}]:
            takes = tuple(tape.input(*argument) for argument in (first | label | masked).items())
            with tape:
                out = method(*first.values(), *label.values(), **masked)
            out = out if isinstance(out, tuple) else (out,)
            gives = {key: tape.place(value) for key, value in zip(results, out, strict=True)}
            methods[f"{name}_masked" if masked else name] = Method(takes, gives)
            if name == "encode" and not masked:
                (z,) = out
    return Network(tuple(tape.layers), methods)


class _Tape(TorchFunctionMode):
    """Writes down, while it is entered, what torch's functions do with the values that came from an input."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.layers: list[Layer] = []
        self._names = {id(tensor): name for name, tensor in chain(model.named_parameters(), model.named_buffers())}
        self._places: dict[int, int] = {}  # id of a tensor -> place in the list
        self._known: dict[str, int] = {}  # a layer -> its place: what is computed twice is listed once
        self._alive: list[Tensor] = []  # while a tensor is alive, no other has its id
        self._tokens: set[int] = set()  # ids of values (N, T, D) that are listed as (D, T)

    def __torch_function__(self, function: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        kwargs = kwargs or {}
        out = function(*args, **kwargs)
        if any(id(value) in self._places for value in _tensors((args, kwargs))) and any(True for _ in _tensors(out)):
            name = resolve_name(function) or getattr(function, "__name__", str(function))
            name = name.split(".")[-1].strip("_")  # of torch.Tensor.__rsub__: rsub
            require(name in OPERATIONS, f"it uses torch's {name}")
            try:
                OPERATIONS[name](self, out, *args, **kwargs)
            except TypeError as error:
                raise UnlistedError(f"it uses torch's {name} in a way of its own ({error})") from error
        return out

    def input(self, name: str, value: Tensor) -> int:
        """The place of a method's argument: an input, unless a layer computed it."""
        if id(value) not in self._places:
            self.add("input", [], value, {"name": name})
        return self.place(value)

    def add(
        self, kind: str, of: list[Tensor], out: Tensor, settings: dict | None = None, tensors: dict | None = None
    ) -> None:
        """Write down that a layer made `out` of some values; tensors: role -> parameter or buffer, or None."""
        require(out.dim() > 0 and out.shape[0] == BATCH, f"{kind} does not keep pictures apart")
        roles = {role: self._name(tensor) for role, tensor in (tensors or {}).items() if tensor is not None}
        shape = tuple(out.shape[1:])
        if out.dim() == 3 and any(map(self.is_tokens, of)):
            self._tokens.add(id(out))
            shape = shape[::-1]
        layer = Layer(kind, tuple(map(self.place, of)), shape, roles, settings or {})
        place = self._known.setdefault(repr(layer), len(self.layers))
        if place == len(self.layers):
            self.layers.append(layer)
        self._places[id(out)] = place
        self._alive.append(out)

    def same(self, out: Tensor, value: Tensor) -> None:
        """Write down that `out` is `value`, perhaps of another type."""
        self._places[id(out)] = self.place(value)
        self._alive.append(out)
        if self.is_tokens(value):
            self._tokens.add(id(out))

    def turned(self, out: Tensor, value: Tensor) -> None:
        """Write down that `out` (N, T, D) is `value` (N, D, T), read token by token, or the way back."""
        was_tokens = self.is_tokens(value)
        self.same(out, value)
        (self._tokens.discard if was_tokens else self._tokens.add)(id(out))

    def is_tokens(self, value: Tensor) -> bool:
        """Whether a value (N, T, D) is listed as (D, T)."""
        return id(value) in self._tokens

    def place(self, value: Tensor) -> int:
        """Where in the list a value was computed."""
        require(id(value) in self._places, "it uses a tensor that came from no input")
        return self._places[id(value)]

    def _name(self, tensor: Tensor) -> str:
        require(id(tensor) in self._names, "it computes its weights")
        return self._names[id(tensor)]


class _Reader(_Tape):
    """A tape that also keeps, for each layer, the source from which torch was called."""

    def __init__(self, model: nn.Module):
        super().__init__(model)
        self.lines: list[list[Line]] = []

    def add(
        self, kind: str, of: list[Tensor], out: Tensor, settings: dict | None = None, tensors: dict | None = None
    ) -> None:
        """As `_Tape.add`."""
        super().add(kind, of, out, settings, tensors)
        if len(self.lines) < len(self.layers):
            self.lines.append([] if kind == "input" else _calling())


_HERE, _TORCH = Path(__file__).resolve().parents[2], Path(torch.__file__).resolve().parents[1]
_ITSELF = {Path(__file__).resolve(), Path(__file__).resolve().with_name("operations.py")}


def _calling() -> list[Line]:
    """The innermost line of a model's own source that is running, and before it that of torch's module, if any."""
    lines: list[Line] = []
    frame = sys._getframe()
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path not in _ITSELF and path.is_relative_to(_HERE / "aecore"):
            return [_line(frame, path.relative_to(_HERE)), *lines]
        if not lines and path.is_relative_to(_TORCH / "torch/nn/modules"):
            lines.append(_line(frame, path.relative_to(_TORCH)))
        frame = frame.f_back
    return lines


def _line(frame: Any, path: Path) -> Line:
    """The expression that a frame is evaluating, on one line."""
    first, last, begin, end = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
    source = [linecache.getline(frame.f_code.co_filename, number).rstrip("\n") for number in range(first, last + 1)]
    source[-1] = source[-1][:end]
    source[0] = source[0][begin:]
    return Line(str(path), first, " ".join(part.strip() for part in source))


def _tensors(value: Any) -> Iterator[Tensor]:
    """All tensors in a function's arguments or result."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))
    elif isinstance(value, list | tuple):
        yield from chain.from_iterable(map(_tensors, value))

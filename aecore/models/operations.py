"""What the functions of torch are in a network's list of layers: one function here for each of them.

The functions here have the parameters of torch's, behind the tape that they write on and what torch's returned. A new
family that uses something else adds it here, to ui/live/layers.js and to the reference in the tests.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from torch import Tensor


class UnlistedError(Exception):
    """A model does something that has no place in a list of layers; the message says what."""


class Tape(Protocol):
    """Where layers are written down; see `layers._Tape`."""

    def add(
        self, kind: str, of: list[Tensor], out: Tensor, settings: dict | None = None, tensors: dict | None = None
    ) -> None:
        """A layer made `out`."""

    def same(self, out: Tensor, value: Tensor) -> None:
        """No layer made `out`: it is `value`."""

    def turned(self, out: Tensor, value: Tensor) -> None:
        """No layer made `out`: it is `value`, a signal (C, L) read as tokens (L, C), or back."""

    def is_tokens(self, value: Tensor) -> bool:
        """Whether a value is tokens, so that its last numbers, not its first, are what a layer acts on."""


def require(condition: bool, problem: str) -> None:
    """Raises: UnlistedError: the condition does not hold."""
    if not condition:
        raise UnlistedError(problem)


# ---- with weights


def _linear(tape: Tape, out: Tensor, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> None:
    require(x.dim() == 2 or tape.is_tokens(x), "its linear layer takes more than a list of numbers, or tokens")
    tape.add("linear", [x], out, {}, {"weight": weight, "bias": bias})


def _matmul(tape: Tape, out: Tensor, x: Tensor, weight: Tensor) -> None:
    require(x.dim() == 2, "it multiplies more than lists of numbers")
    tape.add("transposed_linear", [x], out, {}, {"weight": weight})


def _addmm(tape: Tape, out: Tensor, bias: Tensor, x: Tensor, weight: Tensor) -> None:
    require(bias.dim() == 1, "it adds more than a bias to a product")
    tape.add("transposed_linear", [x], out, {}, {"weight": weight, "bias": bias})


def _conv(kind, tape, out, x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1) -> None:
    sides = x.dim() - 2
    require(groups == 1 and _sides(dilation, sides) == (1,) * sides, "its convolution has groups or gaps")
    settings = {"kernel": (*weight.shape[2:],), "stride": _sides(stride, sides), "padding": _sides(padding, sides)}
    tape.add(kind, [x], out, settings, {"weight": weight, "bias": bias})


def _conv_transpose(
    kind, tape, out, x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
) -> None:  # output_padding shows in the shape of `out`
    _conv(kind, tape, out, x, weight, bias, stride, padding, dilation, groups)


def _batch_norm(tape, out, x, mean, variance, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5) -> None:
    require(mean is not None and not training, "its batch normalisation keeps no averages")
    tape.add("batch_norm", [x], out, {"eps": eps}, {"mean": mean, "variance": variance, "weight": weight, "bias": bias})


def _layer_norm(tape, out, x, normalized_shape, weight=None, bias=None, eps=1e-5) -> None:
    require(tape.is_tokens(x) and tuple(normalized_shape) == x.shape[2:], "it normalises other things than tokens")
    tape.add("layer_norm", [x], out, {"eps": eps}, {"weight": weight, "bias": bias})


# ---- on tokens, see tokens.py


def _transpose(tape: Tape, out: Tensor, x: Tensor, first: int, second: int) -> None:
    require(x.dim() == 3 and {first % 3, second % 3} == {1, 2}, "it turns other things than tokens")
    tape.turned(out, x)


def _visible(tape: Tape, out: Tensor, h: Tensor, hidden: Tensor) -> None:
    tape.add("visible", [h, hidden], out)


def _attend(tape: Tape, out: Tensor, qkv: Tensor, heads: int, hidden: Tensor | None) -> None:
    tape.add("attend", [qkv] if hidden is None else [qkv, hidden], out, {"heads": heads})


def _mix(tape: Tape, out: Tensor, weights: Tensor, qkv: Tensor) -> None:
    tape.add("mix", [weights, qkv], out)


def _masked(tape: Tape, out: Tensor, h: Tensor, hidden: Tensor, token: Tensor) -> None:
    tape.add("masked", [h, hidden], out, {}, {"token": token})


def _mean(tape: Tape, out: Tensor, x: Tensor, dim: int) -> None:
    require(tape.is_tokens(x) and dim == 1, "it takes the mean of other things than tokens")
    tape.add("mean_token", [x], out)


# ---- on each number alone


def _gelu(tape: Tape, out: Tensor, x: Tensor, approximate: str = "none") -> None:
    require(approximate == "none", "its GELU is approximate")
    tape.add("gelu", [x], out)


def _elementwise(kind: str, tape: Tape, out: Tensor, x: Tensor, inplace: bool = False) -> None:
    tape.add(kind, [x], out)


def _leaky_relu(tape: Tape, out: Tensor, x: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> None:
    tape.add("leaky_relu", [x], out, {"slope": negative_slope})


def _clamp(tape: Tape, out: Tensor, x: Tensor, min: float, max: float) -> None:  # noqa: A002 (torch's names)
    tape.add("clamp", [x], out, {"min": min, "max": max})


def _arithmetic(kind: str, tape: Tape, out: Tensor, x: Tensor, other: Tensor | float) -> None:
    """With a number all are scale * x + shift; kind: "add", "sub", "mul" or "div", reversed if "r" stands before."""
    if kind == "add" and tape.is_tokens(x) and isinstance(other, Tensor) and other.shape == x.shape[1:]:
        tape.add("shift", [x], out, {}, {"shift": other})
        return
    if isinstance(other, Tensor):
        require(x.shape == other.shape and kind[0] != "r", f"it takes two shapes to {kind}")
        tape.add(kind, [x, other], out)
        return
    require(kind != "rdiv", "it divides a number by values")
    scale = {"mul": other, "rmul": other, "rsub": -1}.get(kind, 1)
    shift = {"add": other, "radd": other, "rsub": other, "sub": -other}.get(kind, 0)
    tape.add("affine", [x], out, {"scale": 1 / other if kind == "div" else scale, "shift": shift})


def _gt(tape: Tape, out: Tensor, x: Tensor, other: float) -> None:
    tape.add("greater", [x], out, {"than": other})


def _where(tape: Tape, out: Tensor, condition: Tensor, x: Tensor, other: Tensor) -> None:
    require(condition.shape == x.shape == other.shape, "it chooses between two shapes")
    tape.add("where", [condition, x, other], out)


def _softmax(tape: Tape, out: Tensor, x: Tensor, dim: int, _stacklevel: int = 3, dtype: Any = None) -> None:
    require(x.dim() == 2 and dim in (1, -1), "its softmax is over more than a list of numbers")
    tape.add("softmax", [x], out)


def _dropout(tape: Tape, out: Tensor, x: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> None:
    require(not training, "it drops numbers at random")
    tape.same(out, x)


# ---- on pictures


def _pool(kind: str, tape: Tape, out: Tensor, x: Tensor, kernel: Any, stride: Any, padding: Any) -> None:
    sides = x.dim() - 2
    stride = stride or kernel  # torch's default is None here, an empty list there
    settings = {"kernel": _sides(kernel, sides), "stride": _sides(stride, sides), "padding": _sides(padding, sides)}
    tape.add(kind, [x], out, settings)


def _max_pool(
    kind, tape, out, x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
) -> None:
    require(_sides(dilation, 1) == (1,) and not ceil_mode and not return_indices, "its pooling has gaps or indices")
    _pool(kind, tape, out, x, kernel_size, stride, padding)


def _max_pool_with_places(kind, tape, out, x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False,
                          return_indices=True) -> None:  # fmt: skip
    values, places = out
    _max_pool(kind, tape, values, x, kernel_size, stride, padding, dilation, ceil_mode)
    _pool("max_places2d", tape, places, x, kernel_size, stride, padding)


def _max_unpool(tape, out, x, indices, kernel_size, stride=None, padding=0, output_size=None) -> None:
    tape.add("max_unpool2d", [x, indices], out)  # the places say all that the settings would


def _avg_pool(
    kind, tape, out, x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor=None
) -> None:
    require(not ceil_mode and count_include_pad and divisor is None, "its pooling counts in another way")
    _pool(kind, tape, out, x, kernel_size, stride, padding)


def _interpolate(
    tape: Tape, out: Tensor, x: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
    align_corners: Any = None, recompute_scale_factor: Any = None, antialias: bool = False,
) -> None:  # fmt: skip
    factor = out.shape[2] // x.shape[2]
    whole = [factor * side for side in x.shape[2:]] == list(out.shape[2:])
    require(mode == "nearest" and whole, "it enlarges in another way than by repeating pixels")
    if factor == 1:
        tape.same(out, x)
    else:
        tape.add("upsample", [x], out, {"factor": factor})


def _fold(kind: str, tape: Tape, out: Tensor, x: Tensor, factor: int) -> None:
    tape.add(kind, [x], out, {"factor": factor})


# ---- on shapes


def _reshape(tape: Tape, out: Tensor, x: Tensor, *how: Any) -> None:
    if out.shape == x.shape:
        tape.same(out, x)
    else:
        tape.add("reshape", [x], out)


def _cat(tape: Tape, out: Tensor, tensors: Any, dim: int = 0) -> None:
    require(dim == 1, "it joins other things than channels or features")
    tape.add("concat", list(tensors), out)


def _chunk(tape: Tape, out: tuple[Tensor, ...], x: Tensor, chunks: int, dim: int = 0) -> None:
    require(dim == 1, "it splits other things than channels or features")
    begin = 0
    for part in out:
        tape.add("slice", [x], part, {"begin": begin, "end": begin + part.shape[1]})
        begin += part.shape[1]


def _getitem(tape: Tape, out: Tensor, x: Tensor, index: Any) -> None:
    parts = index if isinstance(index, tuple) else (index,)
    if out.shape == x.shape or all(part is None or part is Ellipsis or part == slice(None) for part in parts):
        _reshape(tape, out, x)
        return
    require(len(parts) == 2 and parts[0] == slice(None), "it cuts out more than channels or features")
    begin, end, step = parts[1].indices(x.shape[1])
    require(step == 1, "it leaves channels or features out")
    tape.add("slice", [x], out, {"begin": begin, "end": end})


def _expand(tape: Tape, out: Tensor, x: Tensor, *sizes: Any) -> None:
    require(out.shape == x.shape or x[0].numel() == x.shape[1] == out.shape[1], "it repeats more than single numbers")
    if out.shape == x.shape:
        tape.same(out, x)
    else:
        tape.add("expand", [x], out)


def _one_hot(tape: Tape, out: Tensor, y: Tensor, num_classes: int) -> None:
    tape.add("one_hot", [y], out, {"classes": num_classes})


def _same(tape: Tape, out: Tensor, x: Tensor, *how: Any, dtype: Any = None, copy: bool = False) -> None:
    require(out.is_floating_point(), "it rounds its values")
    tape.same(out, x)


def _sides(value: Any, sides: int) -> tuple[int, ...]:
    """A number for each side of a picture, from one for all or one for each."""
    require(isinstance(value, int | tuple | list), f"it asks for {value}")
    return (value,) * sides if isinstance(value, int) else (*value,) * (sides if len(value) == 1 else 1)


OPERATIONS: dict[str, Callable] = {
    "linear": _linear,
    "matmul": _matmul,
    "addmm": _addmm,
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "transpose": _transpose,
    "visible": _visible,
    "attend": _attend,
    "mix": _mix,
    "masked": _masked,
    "mean": _mean,
    "gelu": _gelu,
    "leaky_relu": _leaky_relu,
    "clamp": _clamp,
    "gt": _gt,
    "where": _where,
    "softmax": _softmax,
    "dropout": _dropout,
    "interpolate": _interpolate,
    "max_pool2d_with_indices": partial(_max_pool_with_places, "max_pool2d"),
    "max_unpool2d": _max_unpool,
    "cat": _cat,
    "chunk": _chunk,
    "getitem": _getitem,
    "one_hot": _one_hot,
    "truediv": partial(_arithmetic, "div"),
    "rtruediv": partial(_arithmetic, "rdiv"),
} | {
    name: function if function in (_same, _reshape, _expand) else partial(function, name)
    for function, names in {
        _conv: ("conv1d", "conv2d"),
        _conv_transpose: ("conv_transpose1d", "conv_transpose2d"),
        _max_pool: ("max_pool1d", "max_pool2d"),
        _avg_pool: ("avg_pool1d", "avg_pool2d"),
        _elementwise: ("relu", "tanh", "sigmoid"),
        _arithmetic: ("add", "radd", "sub", "rsub", "mul", "rmul", "div", "rdiv"),
        _fold: ("pixel_shuffle", "pixel_unshuffle"),
        _reshape: ("flatten", "unflatten", "reshape", "view", "squeeze", "unsqueeze"),
        _expand: ("expand", "expand_as"),
        _same: ("float", "to", "type_as", "contiguous", "clone", "detach", "identity"),
    }.items()
    for name in names
}  # torch's name -> what to write; the names of kinds are torch's, too, where one function is one kind

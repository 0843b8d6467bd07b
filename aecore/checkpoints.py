"""Save, load and list trained models: one safetensors file each, with its card in the header; never pickle."""

import hashlib
import io
import json
import os
import platform
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Literal

import safetensors
import torch
from pydantic import FiniteFloat
from safetensors import SafetensorError
from safetensors.torch import load as from_bytes
from safetensors.torch import save as to_bytes
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from aecore import records, storage
from aecore.errors import CheckpointError
from aecore.models import FAMILIES, build, configure
from aecore.models.layers import Network, describe
from aecore.models.operations import UnlistedError

FORMAT = 1
ENDING = ".safetensors"
MAX_HEADER = 1_000_000  # bytes; ours take about 15,000
SMALL = 2000  # numbers of a tensor, below which half precision is not worth its rounding
_DTYPES = {"F32": torch.float32, "F16": torch.float32, "F8_E4M3": torch.float32, "I64": torch.int64}  # stored -> loaded
_SHORT = (torch.float8_e4m3fn, torch.float16)  # what numbers may be stored as, the shortest first
RECENT = 2_000_000_000  # ns
_listed: tuple[Path, int, list[str]] = (Path(), 0, [])  # a folder, when it was changed last, and the names in it


@dataclass(frozen=True)
class Metric:
    """One measured number.

    value: the number; unit: "dB", "nats", "" ...; better: "lower" or "higher"; definition: how it was measured.
    """

    value: FiniteFloat
    unit: str
    better: Literal["lower", "higher"]
    definition: str

    def __str__(self) -> str:
        """The number as people read it."""
        return f"{self.value:.4g} {self.unit}".strip()


@dataclass(frozen=True)
class Card:
    """What a checkpoint says about itself.

    name: file name without suffix; title, summary: for visitors; family, config: what rebuilds the model;
    recipe: how it was trained; metrics: measured on the test digits; parameters: trainable numbers;
    training: seconds, images a second, device type and precision of the run; versions: of the libraries;
    network: its layers, for browsers and pictures;
    sha256: of the tensors as they are stored; format: of this header.
    """

    name: str
    title: str
    summary: str
    family: str
    config: dict
    recipe: dict
    metrics: dict[str, Metric] = field(default_factory=dict)
    parameters: int = 0
    training: dict = field(default_factory=dict)
    versions: dict = field(default_factory=dict)
    network: Network = field(default_factory=Network)
    sha256: str = ""
    format: int = FORMAT

    @property
    def kind(self) -> str:
        """What it is on every page, see `aecore.models.Family`: "ae", "dae", "vae"..."""
        return FAMILIES[self.family].kind_of(self.config)


def folder() -> Path:
    """Where checkpoints live: $AECORE_CHECKPOINTS, else `checkpoints/` beside the package."""
    return Path(os.environ.get("AECORE_CHECKPOINTS") or Path(__file__).parent.parent / "checkpoints")


def names() -> list[str]:
    """Names of the checkpoints at hand, sorted; whether they are sound shows when they are loaded.

    Hidden files (`._vae.safetensors`, which a Mac leaves on foreign disks), folders and unprintable names are none.
    """
    global _listed  # pages ask many times a run, and each file of the folder would be asked what it is
    place = folder()
    try:
        changed = place.stat().st_mtime_ns
    except OSError:
        return []
    if _listed[:2] == (place, changed):
        return [*_listed[2]]
    paths = place.glob(f"*{ENDING}")
    listed = sorted(path.stem for path in paths if path.name[0] != "." and path.stem.isprintable() and _is_file(path))
    if time.time_ns() - changed > RECENT:  # a folder changed just now may change again within a tick of its clock
        _listed = (place, changed, listed)
    return [*listed]


def path_of(name: str | os.PathLike[str]) -> Path:
    """Where a checkpoint lies.

    Args:   name: of a checkpoint in `folder()`, or a path. Text is a path if it ends in .safetensors (then it may also
            name a file in `folder()`) or holds a separator; then the ending may be missing.
    """
    path = Path(name).expanduser()
    if not isinstance(name, str):
        return path
    if path.name != str(path):  # it holds a separator
        return path if path.suffix == ENDING or _is_file(path) else Path(f"{path}{ENDING}")
    if path.suffix == ENDING:
        return path if _is_file(path) else folder() / path
    return folder() / f"{name}{ENDING}"


def save(model: nn.Module, card: Card, path: Path | None = None) -> Path:
    """Write a checkpoint; an old one at the same place stays whole until the new one is.

    The file lists the model's layers. A tensor takes half the bytes if that changes no number of it: `round_to_half`.
    Raises: CheckpointError: the disk is full or read-only.
    """
    path = path or folder() / f"{card.name}.safetensors"
    write(path, *_described(model, card))
    return path


def dumps(model: nn.Module, card: Card) -> bytes:
    """The file that `save` would write."""
    tensors, metadata = _described(model, card)
    return to_bytes(tensors, metadata)


def _described(model: nn.Module, card: Card) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors and the metadata of a checkpoint's file."""
    tensors = packed(model.state_dict())
    try:
        network = describe(model)
    except UnlistedError:
        network = Network()
    saved = replace(card, network=network, sha256=digest(tensors), format=FORMAT, versions=versions())
    return tensors, {"card": json.dumps(asdict(saved), separators=(",", ":"))}


def round_to_half(tensors: Iterable[Tensor], dtype: torch.dtype = torch.float16) -> None:
    """Round floating numbers to half precision, in place, so that `save` needs half the bytes for them.

    Or to torch.float8_e4m3fn, three binary digits of each, for a quarter of the bytes.

    Do it to a model's `state_dict().values()` before it is measured: then its card is about the numbers in the file.
    Two kinds of tensors stay as they are: those of fewer than SMALL numbers (biases, averages, a first and a last
    convolution), which count most and take least; and those with a number beyond the type's largest, 65,504 or 448.
    """
    for tensor in tensors:
        if tensor.dtype == torch.float32 and tensor.numel() >= SMALL and _fits(tensor, dtype):
            tensor.copy_(tensor.to(dtype))


def same_digits(metrics: dict[str, Metric], others: dict[str, Metric]) -> bool:
    """True if people read the same in both: the same measures, and no other digit."""
    return {key: str(metric) for key, metric in metrics.items()} == {key: str(other) for key, other in others.items()}


def packed(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors as a file holds them: each in half precision if that changes no number of it, else as it is.

    A large one takes a quarter of the bytes if that changes no number of it.
    """
    return {name: _shortest(tensor.detach().cpu().contiguous()) for name, tensor in tensors.items()}


def unpacked(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The reverse: what was stored in less precision in single precision, in which we compute."""
    return {name: tensor.float() if tensor.dtype in _SHORT else tensor for name, tensor in tensors.items()}


def _shortest(tensor: Tensor) -> Tensor:
    if tensor.dtype == torch.float32:
        for dtype in _SHORT if tensor.numel() >= SMALL else _SHORT[1:]:
            if _fits(tensor, dtype) and torch.equal((short := tensor.to(dtype)).float(), tensor):
                return short
    return tensor


def _fits(tensor: Tensor, dtype: torch.dtype) -> bool:
    return not tensor.numel() or float(tensor.abs().max()) <= torch.finfo(dtype).max  # written so that NaN fails too


def load(name: str | os.PathLike[str]) -> nn.Module:
    """A trained model in eval mode, on the CPU, with its `.card`.

    Args:    name: of a checkpoint in `folder()`, or the path of a .safetensors file, see `path_of`.
    Raises:  CheckpointError: no such file, or it is truncated, altered, not finite or not one of ours.
    """
    path = path_of(name)
    card = read_card(name)
    return _assembled(path, card, _read_header(path)[0], lambda: safetensors.torch.load_file(path))


def loads(data: bytes) -> nn.Module:
    """As `load`, of a file's bytes; nothing is written. Raises: CheckpointError, whose `what` says what is wrong."""
    path = Path("file")
    entries, metadata = _parsed(io.BytesIO(data), path)
    return _assembled(path, _card_of(path, metadata), entries, lambda: from_bytes(data))


def _assembled(
    path: Path, card: Card, entries: "dict[str, _Entry]", tensors_in: Callable[[], dict[str, Tensor]]
) -> nn.Module:
    """The model of a card with the tensors of its file, if they are what the card says."""
    try:  # shapes without memory, and no more layers than the file has tensors: a lying header costs nothing
        # the outermost puts the grad mode back: whom _AtMost stops inside a `torch.no_grad` could not do so itself
        with torch.set_grad_enabled(torch.is_grad_enabled()), torch.device("meta"), _AtMost(1000 + 20 * len(entries)):
            model = build(card.family, card.config)
    except Exception as error:  # whatever nonsense the card says, it is about this file alone
        raise _broken(path, f"describes a model that cannot be built ({error})") from error
    expected = {key: (tuple(value.shape), value.dtype) for key, value in model.state_dict().items()}
    if expected != {key: (entry.shape, _DTYPES.get(entry.dtype)) for key, entry in entries.items()}:
        raise _broken(path, f"does not hold the tensors of its {card.family}")
    try:
        tensors = tensors_in()
    except (SafetensorError, OSError, ValueError) as error:
        raise _broken(path, "is damaged") from error
    if digest(tensors) != card.sha256:
        raise _broken(path, "was altered after it was saved")
    tensors = unpacked(tensors)
    if not all(bool(tensor.isfinite().all()) for tensor in tensors.values()):
        raise _broken(path, "holds numbers that are not finite")
    model.load_state_dict(tensors, assign=True)
    model.requires_grad_(False).eval()
    model.card = card
    return model


def read_card(name: str | os.PathLike[str]) -> Card:
    """Only the card of a checkpoint, its config complete, without reading its tensors. Args, Raises: as `load`."""
    path = path_of(name)
    _, metadata = _read_header(path)
    card = _card_of(path, metadata)
    if path.parent == folder() and card.name != path.stem:  # elsewhere files may be called anything
        raise _broken(path, f"holds another model, {card.name}")
    return card


def _card_of(path: Path, metadata: dict[str, str]) -> Card:
    try:
        card = records.read(Card, metadata["card"])
    except (KeyError, ValueError) as error:
        raise _broken(path, "carries no card that we can read") from error
    if card.format != FORMAT or card.family not in FAMILIES:
        raise _broken(path, f"is of format {card.format} and family '{card.family}', which this version cannot read")
    try:
        complete = json.loads(json.dumps(asdict(configure(card.family, card.config))))  # lists, as JSON has them
    except TypeError as error:
        raise _broken(path, f"describes a model that cannot be built ({error})") from error
    return replace(card, config=complete)


def write(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
    """Write a safetensors file beside its place, flush it to disk, then move it there in one step.

    Raises: CheckpointError: the disk is full or read-only; whatever stood at `path` is untouched.
    """
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        storage.write_whole(path, to_bytes(tensors, metadata))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise _not_writable(path, error) from error


def check_writable(path: Path, size: int = 0) -> None:
    """Find out before a training whether `write` will be able to put `size` bytes there. Raises: CheckpointError."""
    try:
        storage.check_folder(path.parent)
        path.parent.mkdir(parents=True, exist_ok=True)
        storage.check_writable(path, size)
    except OSError as error:
        raise _not_writable(path, error) from error


def digest(tensors: dict[str, Tensor]) -> str:
    """SHA-256 over names, types, shapes and bytes of all tensors, in the order of their names."""
    total = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        total.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        total.update(tensor.flatten().view(torch.uint8).numpy().tobytes())
    return total.hexdigest()


def versions() -> dict[str, str]:
    """Versions of what a model's numbers may depend on."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__.split("+")[0],
        "safetensors": safetensors.__version__,
    }


@dataclass(frozen=True)
class _Entry:
    """What a safetensors header says of one tensor."""

    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


class _AtMost(TorchFunctionMode):
    """Stops whoever calls torch more often than `calls`."""

    def __init__(self, calls: int):
        super().__init__()
        self.left = calls

    def __torch_function__(self, function: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        self.left -= 1
        if self.left < 0:
            raise ValueError("it asks for more layers than the file can hold")
        return function(*args, **(kwargs or {}))


def _read_header(path: Path) -> tuple[dict[str, _Entry], dict[str, str]]:
    """What a safetensors file says of its tensors, and its metadata; never more than MAX_HEADER is read."""
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for ever
            raise _broken(path, "is a folder or a device, not a file")
        with path.open("rb") as file:
            return _parsed(file, path)
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no checkpoint {_shown(path)}. {_remedy(path)}") from error
    except (OSError, ValueError) as error:
        raise _broken(path, "is damaged or not a checkpoint of ours") from error


def _parsed(file: BinaryIO, path: Path) -> tuple[dict[str, _Entry], dict[str, str]]:
    """The same of an open file."""
    try:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > MAX_HEADER:
            raise _broken(path, "has a header of impossible size")
        header = records.read(dict[str, Any], file.read(length))
        metadata = records.read(dict[str, str], json.dumps(header.pop("__metadata__")))
        return records.read(dict[str, _Entry], json.dumps(header)), metadata
    except (OSError, struct.error, ValueError, KeyError) as error:
        raise _broken(path, "is damaged or not a checkpoint of ours") from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that is too long, a folder that is closed to us
        return False


def _shown(path: Path) -> str:
    return path.name if path.parent == folder() else str(path)


def _remedy(path: Path) -> str:
    if path.parent != folder():
        return "Check the path, or give the name of one of ours: python -m aecore list shows them."
    return f"Restore it from the project's repository, or train it again with: python -m aecore train {path.stem}"


def _broken(path: Path, what: str) -> CheckpointError:
    return CheckpointError(f"The checkpoint {_shown(path)} {what}. {_remedy(path)}", what.split(" (")[0])


def _not_writable(path: Path, error: Exception) -> CheckpointError:
    return CheckpointError(
        f"{path.name} could not be written ({getattr(error, 'strerror', None) or error}). "
        "Free some space or choose another folder; "
        "the file that was there before is unchanged."
    )

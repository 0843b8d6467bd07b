"""Save, load and list trained models: one safetensors file each, with its card in the header; never pickle."""

import hashlib
import json
import os
import platform
import struct
from dataclasses import asdict, dataclass, field
from pathlib import Path

import safetensors
import torch
from safetensors import SafetensorError
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from aecore.errors import CheckpointError
from aecore.models import FAMILIES, build

FORMAT = 1
MAX_HEADER = 1_000_000  # bytes; ours take about 10,000
_DTYPES = {"F32": torch.float32, "F16": torch.float16, "I64": torch.int64}
_AGAIN = "Restore it from the project's repository, or train it again with: python -m aecore train {name}"


@dataclass(frozen=True)
class Metric:
    """One measured number.

    value: the number; unit: "dB", "nats", "" ...; better: "lower" or "higher"; definition: how it was measured.
    """

    value: float
    unit: str
    better: str
    definition: str


@dataclass(frozen=True)
class Card:
    """What a checkpoint says about itself.

    name: file name without suffix; title, summary: for visitors; family, config: what rebuilds the model;
    recipe: how it was trained; metrics: measured on the test digits; parameters: trainable numbers;
    training: seconds, images a second, device type and precision of the run; versions: of the libraries;
    sha256: of the tensors; format: of this header.
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
    sha256: str = ""
    format: int = FORMAT


def folder() -> Path:
    """Where checkpoints live: $AECORE_CHECKPOINTS, else `checkpoints/` beside the package."""
    return Path(os.environ.get("AECORE_CHECKPOINTS") or Path(__file__).parent.parent / "checkpoints")


def names() -> list[str]:
    """Names of the checkpoints at hand, sorted; whether they are sound shows when they are loaded."""
    return sorted(path.stem for path in folder().glob("*.safetensors"))


def save(model: nn.Module, card: Card, path: Path | None = None) -> Path:
    """Write a checkpoint; an old one at the same place stays whole until the new one is.

    Raises: CheckpointError: the disk is full or read-only.
    """
    path = path or folder() / f"{card.name}.safetensors"
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    record = asdict(card) | {"sha256": digest(tensors), "format": FORMAT, "versions": versions()}
    write(path, tensors, {"card": json.dumps(record)})
    return path


def load(name: str | Path) -> nn.Module:
    """A trained model in eval mode, on the CPU, with its `.card`.

    Args:    name: of a checkpoint in `folder()`, or the path of a .safetensors file.
    Raises:  CheckpointError: no such file, or it is truncated, altered, not finite or not one of ours.
    """
    path = name if isinstance(name, Path) else folder() / f"{name}.safetensors"
    card = read_card(path)
    with torch.device("meta"):  # shapes without memory: a lying header cannot make us allocate
        try:
            model = build(card.family, card.config)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _broken(path, f"describes a model that cannot be built ({error})") from error
    expected = {key: (tuple(value.shape), value.dtype) for key, value in model.state_dict().items()}
    header, _ = _read_header(path)
    found = {
        key: (tuple(entry.get("shape", ())), _DTYPES.get(entry.get("dtype")))
        for key, entry in header.items()
        if key != "__metadata__"
    }
    if expected != found:
        raise _broken(path, f"does not hold the tensors of its {card.family}")
    try:
        tensors = safetensors.torch.load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise _broken(path, "is damaged") from error
    if digest(tensors) != card.sha256:
        raise _broken(path, "was altered after it was saved")
    if not all(bool(tensor.isfinite().all()) for tensor in tensors.values()):
        raise _broken(path, "holds numbers that are not finite")
    model.load_state_dict(tensors, assign=True)
    model.requires_grad_(False).eval()
    model.card = card
    return model


def read_card(path: str | Path) -> Card:
    """Only the card of a checkpoint, without reading its tensors.

    Args:    path: of a .safetensors file, or a name in `folder()`.
    Raises:  CheckpointError: as for `load`.
    """
    path = path if isinstance(path, Path) else folder() / f"{path}.safetensors"
    _, metadata = _read_header(path)
    try:
        record = json.loads(metadata["card"])
        record["metrics"] = {key: Metric(**value) for key, value in record["metrics"].items()}
        card = Card(**record)
        sound = card.format == FORMAT and card.family in FAMILIES and isinstance(card.config, dict)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _broken(path, "carries no card that we can read") from error
    if not sound:
        raise _broken(path, f"is of format {card.format} and family '{card.family}', which this version cannot read")
    return card


def write(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
    """Write a safetensors file beside its place, flush it to disk, then move it there in one step.

    Raises: CheckpointError: the disk is full or read-only; whatever stood at `path` is untouched.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(to_bytes(tensors, metadata))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except (OSError, SafetensorError, RuntimeError) as error:
        beside.unlink(missing_ok=True)
        raise CheckpointError(
            f"{path.name} could not be written ({error}). Free some space or choose another folder; "
            "the file that was there before is unchanged."
        ) from error


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


def _read_header(path: Path) -> tuple[dict, dict[str, str]]:
    """The JSON header of a safetensors file and its metadata, with a bound on its size."""
    name = path.stem
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > MAX_HEADER:
                raise _broken(path, "has a header of impossible size")
            header = json.loads(file.read(length))
        return header, dict(header["__metadata__"])
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no checkpoint {path.name}. " + _AGAIN.format(name=name)) from error
    except (OSError, struct.error, ValueError, KeyError, TypeError) as error:
        raise _broken(path, "is damaged or not a checkpoint of ours") from error


def _broken(path: Path, what: str) -> CheckpointError:
    return CheckpointError(f"The checkpoint {path.name} {what}. " + _AGAIN.format(name=path.stem))

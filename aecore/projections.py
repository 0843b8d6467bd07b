"""Maps of digits in two dimensions: the ones that ship with the project, and where new digits land on them.

A shipped map is one safetensors file in `maps/`: the coordinates of all 10,000 MNIST test digits, in the order of
the test set, what is needed to place new digits, and a card in the header. `python -m aecore map` makes them.
"""

import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

import safetensors
import torch
from safetensors import SafetensorError
from torch import Tensor

from aecore import checkpoints, map_metrics
from aecore.checkpoints import Metric
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.errors import ProjectionError

FORMAT = 1
MAX_BYTES = 4_000_000  # of a file; ours take a tenth


@dataclass(frozen=True)
class Recipe:
    """How a shipped map is made: a method, or a model's code, with its parameters and seed."""

    title: str
    summary: str
    method: str  # "code", "pca", "umap", "tsne" or "mds"
    model: str = ""  # the checkpoint whose code is drawn
    parameters: dict = field(default_factory=dict)
    seed: int = 0


RECIPES = {
    "ae-2": Recipe("Autoencoder", "The two numbers of the plain autoencoder's code.", "code", "ae-2"),
    "vae-2": Recipe("VAE", "The mean of the variational autoencoder's two-number posterior.", "code", "vae-2"),
    "pca": Recipe("PCA", "The two straight directions along which the pixels vary most.", "pca"),
    "ae-conv-pca": Recipe("AE code, PCA", "The first two principal components of ae-conv's code.", "pca", "ae-conv"),
    "vae-pca": Recipe("VAE code, PCA", "The first two principal components of the larger VAE's code.", "pca", "vae"),
}


@dataclass(frozen=True)
class MapCard:
    """What a shipped map says about itself.

    name, title, summary, method, model, parameters, seed: see `Recipe`; model_sha256: of the checkpoint behind it;
    data: whose coordinates these are; metrics: name -> Metric; versions: of the libraries; sha256: of the tensors.
    """

    name: str
    title: str
    summary: str
    method: str
    model: str
    model_sha256: str
    parameters: dict
    seed: int
    data: str
    metrics: dict[str, Metric]
    versions: dict[str, str]
    sha256: str
    format: int = FORMAT


@dataclass(frozen=True)
class Map:
    """A map in memory: coordinates (10000, 2) float32 in test-set order, its card, and its other tensors.

    tensors: "logvar" (10000, 2) where the code is a distribution; "mean" (D,) and "components" (2, D) of a PCA.
    """

    coordinates: Tensor
    card: MapCard
    tensors: dict[str, Tensor]

    @property
    def name(self) -> str:
        """Of the map, as in `names()`."""
        return self.card.name

    @property
    def title(self) -> str:
        """Short name for visitors."""
        return self.card.title

    @property
    def summary(self) -> str:
        """One sentence for visitors."""
        return self.card.summary

    @property
    def metrics(self) -> dict[str, Metric]:
        """Name -> Metric (value, unit, better, definition), measured on the shipped coordinates."""
        return self.card.metrics

    @property
    def logvar(self) -> Tensor | None:
        """(10000, 2) log-variance of each digit's posterior, or None where the code is a point."""
        return self.tensors.get("logvar")

    @property
    def decodable(self) -> bool:
        """True when a point of the map is a whole code, so that it decodes to a digit."""
        return self.card.method == "code"


def folder() -> Path:
    """Where shipped maps live: $AECORE_MAPS, else `maps/` beside the package."""
    return Path(os.environ.get("AECORE_MAPS") or Path(__file__).parent.parent / "maps")


def names() -> list[str]:
    """Maps at hand, in the order in which to show them; whether they are sound shows when they are loaded."""
    return [name for name in RECIPES if (folder() / f"{name}.safetensors").exists()]


_loaded: dict[Path, tuple[int, Map]] = {}


def load(name: str) -> Map:
    """A shipped map; read once a process, shared by all and never to be changed.

    Raises: ProjectionError: no such file, or it is truncated, altered, not finite, or of another model than the
            checkpoint at hand.
    """
    path = folder() / f"{name}.safetensors"
    try:
        status = path.stat()
        if path in _loaded and _loaded[path][0] == status.st_mtime_ns:
            return _loaded[path][1]
        if status.st_size > MAX_BYTES:
            raise _broken(path, "is far larger than a map")
        with safetensors.safe_open(path, "pt") as file:  # checks every offset against the file's size
            record = json.loads(file.metadata()["card"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a dict)
        record["metrics"] = {key: Metric(**value) for key, value in record["metrics"].items()}
        card = MapCard(**record)
    except FileNotFoundError as error:
        raise ProjectionError(f"There is no map {path.name}. {_again(name)}") from error
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise _broken(path, "is damaged or not a map of ours") from error
    if card.format != FORMAT or "coordinates" not in tensors or tensors["coordinates"].shape[1:] != (2,):
        raise _broken(path, f"is of format {card.format}, which this version cannot read")
    if checkpoints.digest(tensors) != card.sha256:
        raise _broken(path, "was altered after it was saved")
    if not all(bool(tensor.isfinite().all()) for tensor in tensors.values()):
        raise _broken(path, "holds numbers that are not finite")
    if card.model and checkpoints.read_card(card.model).sha256 != card.model_sha256:
        raise _broken(path, f"was made with another training of {card.model}")
    found = Map(tensors.pop("coordinates"), card, tensors)
    _loaded[path] = (status.st_mtime_ns, found)
    return found


def can_place(name: str) -> bool:
    """True when new digits can be put on this map at once, see `place`."""
    return RECIPES[name].method in ("code", "pca")


def place(name: str, x: Tensor) -> Tensor:
    """Where digits land on a shipped map: x (N, 1, 28, 28) -> (N, 2).

    Models encode, PCA projects on its two directions.
    Raises: ProjectionError: the map cannot be loaded or takes no new digits. CheckpointError: its model cannot be.
    """
    here = load(name)
    z = get_engine().encode(here.card.model, x) if here.card.model else x.flatten(1)
    if here.card.method == "code":
        return z
    return (z - here.tensors["mean"]) @ here.tensors["components"].T


def make(name: str) -> Iterator[tuple[float, str]]:
    """Compute a shipped map again, measure it and write its file; yields (share done, what is being done).

    Raises: CheckpointError: its model cannot be loaded, or the disk is full or read-only.
    """
    recipe, engine = RECIPES[name], get_engine()
    images, y = load_digits("test")
    x = images.float().div(255)
    yield 0.0, "computing"
    tensors: dict[str, Tensor] = {}
    if recipe.method == "code" and hasattr(engine.model(recipe.model), "posterior"):
        tensors["coordinates"], tensors["logvar"] = engine.posterior(recipe.model, x)
    elif recipe.method == "code":
        tensors["coordinates"] = engine.encode(recipe.model, x)
    else:
        z = engine.encode(recipe.model, x) if recipe.model else x.flatten(1)
        tensors["mean"], tensors["components"] = pca(z)
        tensors["coordinates"] = (z - tensors["mean"]) @ tensors["components"].T
    yield 0.5, "measuring"
    card = MapCard(
        name=name,
        title=recipe.title,
        summary=recipe.summary,
        method=recipe.method,
        model=recipe.model,
        model_sha256=engine.card(recipe.model).sha256 if recipe.model else "",
        parameters=recipe.parameters,
        seed=recipe.seed,
        data="the 10,000 MNIST test digits, in the order of the test set",
        metrics=map_metrics.measure(x, y, tensors["coordinates"]),
        versions=versions(),
        sha256=checkpoints.digest(tensors),
    )
    checkpoints.write(folder() / f"{name}.safetensors", tensors, {"card": json.dumps(asdict(card))})
    yield 1.0, "done"


def pca(z: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (D,) and the two leading principal components (2, D) of z (N, D), by scikit-learn."""
    from sklearn.decomposition import PCA

    fitted = PCA(2, svd_solver="covariance_eigh").fit(z.double().numpy())
    return torch.from_numpy(fitted.mean_).float(), torch.from_numpy(fitted.components_).float().contiguous()


def versions() -> dict[str, str]:
    """Versions of what a map's numbers depend on."""
    libraries = ("torch", "numpy", "scikit-learn", "safetensors")
    return {"python": platform.python_version()} | {name: version(name).split("+")[0] for name in libraries}


def _again(name: str) -> str:
    return f"Restore it from the project's repository, or make it again with: python -m aecore map {name}"


def _broken(path: Path, what: str) -> ProjectionError:
    return ProjectionError(f"The map {path.name} {what}. {_again(path.stem)}")

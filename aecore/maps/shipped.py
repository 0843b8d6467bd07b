"""Maps of digits in two dimensions: the ones that ship with the project, where new digits land, and new maps.

A shipped map is one safetensors file in `maps/`: the coordinates of all 10,000 MNIST test digits, in the order of
the test set, what is needed to place new digits, and a card in the header. `python -m aecore map` makes them.
"""

import functools
import json
import os
import platform
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

import safetensors
import torch
from pydantic import NonNegativeInt
from safetensors import SafetensorError
from torch import Tensor

from aecore import checkpoints, contract, records
from aecore.checkpoints import Metric
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.errors import ProjectionError
from aecore.maps import methods
from aecore.maps import metrics as map_metrics

FORMAT = 1
MAX_BYTES = 4_000_000  # of a file; ours take a tenth
DIGITS = 10_000  # of the test set, on every shipped map
MOST_DIGITS = 5000  # of a visitor's own map


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
    "ae-2-bce": Recipe(
        "Autoencoder, cross-entropy",
        "The two numbers of an autoencoder's code; body, loss, output and schedule are the VAE's.",
        "code",
        "ae-2-bce",
    ),
    "ae-2": Recipe("Autoencoder", "The same body trained on the squared error: another loss.", "code", "ae-2"),
    "vae-2": Recipe("VAE", "The mean of the variational autoencoder's two-number posterior.", "code", "vae-2"),
    "pca": Recipe("PCA", "The two straight directions along which the pixels vary most.", "pca"),
    "umap": Recipe(
        "UMAP",
        "Keeps each digit near its 15 nearest; distances between groups mean little.",
        "umap",
        parameters={"n_neighbors": 15, "min_dist": 0.1, "metric": "euclidean"},
    ),
    "tsne": Recipe(
        "t-SNE",
        "Keeps neighbourhoods of about 30 digits; sizes and distances of groups mean little.",
        "tsne",
        parameters={"perplexity": 30, "exaggeration": 1.0, "iterations": 500},
    ),
    "mds": Recipe(
        "MDS",
        "Keeps all distances as well as it can: between 2,000 digits, and of the other 8,000 to these.",
        "mds",
        parameters={"landmarks": 2000, "iterations": 300},
    ),
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
    seed: NonNegativeInt
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
    return Path(os.environ.get("AECORE_MAPS") or Path(__file__).parents[2] / "checkpoints" / "maps")


def names() -> list[str]:
    """Maps at hand, in the order in which to show them; whether they are sound shows when they are loaded."""
    return [name for name in RECIPES if (folder() / f"{name}.safetensors").is_file()]


_loaded: dict[Path, tuple[int, Map]] = {}


def load(name: str) -> Map:
    """A shipped map; read once a process, shared by all and never to be changed.

    Raises: ProjectionError: no such file, or it is truncated, altered, not finite, another map, or of another model
            than the checkpoint at hand. CheckpointError: that checkpoint is missing or damaged.
    """
    path = folder() / f"{name}.safetensors"
    try:
        status = path.stat()
        if path in _loaded and _loaded[path][0] == status.st_mtime_ns:
            return _loaded[path][1]
        if not path.is_file():  # opening a pipe would wait for ever
            raise _broken(path, "is a folder or a device, not a file")
        if status.st_size > MAX_BYTES:
            raise _broken(path, "is far larger than a map")
        with safetensors.safe_open(path, "pt") as file:  # checks every offset against the file's size
            card = records.read(MapCard, (file.metadata() or {})["card"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a dict)
    except FileNotFoundError as error:
        raise ProjectionError(f"There is no map {path.name}. {_again(name)}") from error
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise _broken(path, "is damaged or not a map of ours") from error
    if card.format != FORMAT:
        raise _broken(path, f"is of format {card.format}, which this version cannot read")
    if card.name != name or not _whole(card, tensors):
        raise _broken(path, "holds another map, or only a part of it")
    if checkpoints.digest(tensors) != card.sha256:
        raise _broken(path, "was altered after it was saved")
    if not all(bool(tensor.isfinite().all()) for tensor in tensors.values()):
        raise _broken(path, "holds numbers that are not finite")
    if card.model and checkpoints.read_card(card.model).sha256 != card.model_sha256:
        raise _broken(path, f"was made with another training of {card.model}")
    tensors = checkpoints.unpacked(tensors)
    loaded = Map(tensors.pop("coordinates"), card, tensors)
    _loaded[path] = (status.st_mtime_ns, loaded)
    return loaded


def _whole(card: MapCard, tensors: dict[str, Tensor]) -> bool:
    """Whether a map's tensors and parameters are all there, in the shapes that `Map` promises."""
    if card.method != "code":
        try:
            if methods.checked(card.method, card.parameters, DIGITS).keys() != card.parameters.keys():
                return False
        except ProjectionError:
            return False
    kinds = (torch.float16, torch.float32)
    shapes = {key: (*tensor.shape,) for key, tensor in tensors.items() if tensor.dtype in kinds}
    mean = shapes.get("mean", ())
    linear = len(mean) == 1 and shapes.get("components") == (2, *mean)
    return (
        shapes.get("coordinates") == (DIGITS, 2)
        and shapes.get("logvar", (DIGITS, 2)) == (DIGITS, 2)
        and (card.method != "pca" or linear)
    )


def place(name: str, x: Tensor) -> Tensor:
    """Where digits land on a shipped map: x (N, 1, 28, 28) -> (N, 2).

    Models encode and PCA projects: exactly as the map itself was made. UMAP uses its own `transform`; the first
    call takes some ten seconds, for the library and its neighbours. t-SNE has no way to place anything new: a digit
    takes the median place of its 10 nearest. On MDS a digit goes where its distances to the landmarks fit best.
    Alone or in a batch a digit lands on the same place, but for the last digits of a float.
    Raises: ProjectionError: the map cannot be loaded. CheckpointError: no model. ValueError: no such batch.
    """
    contract.check_pictures(x, (1, 28, 28))
    here = load(name)
    if here.card.method == "code":
        return get_engine().encode(here.card.model, x)
    if here.card.method == "pca":
        z = get_engine().encode(here.card.model, x) if here.card.model else x.flatten(1)
        return (z - here.tensors["mean"]) @ here.tensors["components"].T
    new = x.flatten(1).numpy()
    if here.card.method == "umap":
        with _placing:
            return torch.from_numpy(_umap_placer(here.card.sha256).place(new))
    at, others = here.coordinates.numpy(), test_digits()[0].flatten(1).numpy()
    if here.card.method == "tsne":
        return torch.from_numpy(methods.place_by_median(new, others, at))
    chosen = methods.landmarks(len(others), here.card.parameters["landmarks"], here.card.seed)
    return torch.from_numpy(methods.place_by_distances(new, others[chosen], at[chosen]))


_placing = threading.Lock()  # a fitted UMAP answers one caller at a time


@functools.lru_cache(maxsize=1)
def _umap_placer(sha256: str) -> methods.UmapPlacer:
    """The shipped UMAP, fitted again; sha256: of the map."""
    here = load("umap")
    x = test_digits()[0].flatten(1).numpy()
    return methods.UmapPlacer(x, here.coordinates.numpy(), here.card.parameters, here.card.seed)


@dataclass(frozen=True)
class Step:
    """News of a map in the making.

    share: done, in [0, 1]; phase: what is being done; coordinates: (N, 2), the map as it stands, where the method
    shows it (t-SNE does) and at the end; metrics: at the end.
    """

    share: float
    phase: str
    coordinates: Tensor | None = None
    metrics: dict[str, Metric] | None = None

    @property
    def done(self) -> bool:
        """True for the last step."""
        return self.metrics is not None


def fit(
    method: str, x: Tensor, parameters: dict | None = None, seed: int = 0, y: Tensor | None = None
) -> Iterator[Step]:
    """Lay digits out anew; yields a `Step` now and then, the last one with the map and its measures.

    Leaving the loop ends the work, as soon as it reports again.

    Args:    method: one of `methods.METHODS`; x: (N, 1, 28, 28), 10 <= N <= 5000; parameters: of the method, see
             `methods.METHODS[method].parameters`; seed: same seed, same map; y: (N,) classes, for more measures.
    Raises:  ProjectionError: parameters out of range, too many digits, or nothing but the same one.
             ValueError: no such batch.
    """
    contract.check_pictures(x)
    if y is not None:
        contract.check_labels(y, len(x))
    parameters = methods.checked(method, parameters, len(x))
    if len(x) > MOST_DIGITS:
        raise ProjectionError(f"{len(x):,} digits are too many. Take at most {MOST_DIGITS:,}.")
    yield Step(0.0, "starting")
    for news in methods.laying_out(method, x.flatten(1).float().numpy(), parameters, seed):
        coordinates = None if news.coordinates is None else torch.from_numpy(news.coordinates)
        yield Step(news.share, news.phase, coordinates)
    yield Step(1.0, "measuring", coordinates)
    yield Step(1.0, "done", coordinates, map_metrics.measure(x, y, coordinates, seed))


def fit_test_digits(method: str, count: int, parameters: dict | None = None, seed: int = 0) -> Iterator[Step]:
    """As `fit`, of the first so many test digits and their classes."""
    x, y = test_digits()
    yield from fit(method, x[:count], parameters, seed, y[:count])


def make(name: str) -> Iterator[tuple[float, str]]:
    """Compute a shipped map again, measure it and write its file; yields (share done, what is being done).

    The file is in half precision if no digit of the card changes by that.
    Raises: CheckpointError: its model cannot be loaded, or the disk is full or read-only.
    """
    recipe, engine = RECIPES[name], get_engine()
    yield 0.0, "computing"
    tensors = compute(recipe, test_digits()[0])
    yield 0.6, "measuring"
    metrics = measure(recipe, tensors)
    yield 0.8, "rounding"
    halves = {key: tensor.clone() for key, tensor in tensors.items()}
    checkpoints.round_to_half(halves.values())
    if checkpoints.same_digits(measured := measure(recipe, halves), metrics):
        tensors, metrics = halves, measured
    tensors = checkpoints.packed(tensors)
    card = card_of(name, recipe, engine.card(recipe.model).sha256 if recipe.model else "", metrics, tensors)
    checkpoints.write(folder() / f"{name}.safetensors", tensors, {"card": json.dumps(asdict(card))})
    yield 1.0, "done"


def card_of(
    name: str, recipe: Recipe, model_sha256: str, metrics: dict[str, Metric], tensors: dict[str, Tensor]
) -> MapCard:
    """What a map made by a recipe says about itself."""
    return MapCard(
        **asdict(recipe),
        name=name,
        model_sha256=model_sha256,
        data="the 10,000 MNIST test digits, in the order of the test set",
        metrics=metrics,
        versions=_versions(recipe.method),
        sha256=checkpoints.digest(tensors),
    )


def measure(recipe: Recipe, tensors: dict[str, Tensor]) -> dict[str, Metric]:
    """The numbers of a map's card."""
    engine, (x, y), coordinates = get_engine(), test_digits(), tensors["coordinates"]
    metrics = map_metrics.measure(x, y, coordinates, recipe.seed)
    if recipe.method != "code":
        return metrics
    return metrics | map_metrics.decodability(
        lambda z: engine.decode(recipe.model, z), engine.classify, coordinates, tensors.get("logvar"), recipe.seed
    )


def compute(recipe: Recipe, x: Tensor) -> dict[str, Tensor]:
    """The tensors of a map's file."""
    engine = get_engine()
    if recipe.method == "code" and hasattr(engine.model(recipe.model), "posterior"):
        coordinates, logvar = engine.posterior(recipe.model, x)
        return {"coordinates": coordinates, "logvar": logvar}
    z = engine.encode(recipe.model, x) if recipe.model else x.flatten(1)
    if recipe.method == "code":
        return {"coordinates": z}
    if recipe.method == "pca":
        mean, components = map(torch.from_numpy, methods.principal_components(z.numpy(), 2))
        return {"mean": mean, "components": components, "coordinates": (z - mean) @ components.T}
    laid_out = methods.lay_out(recipe.method, z.numpy(), recipe.parameters, recipe.seed, lambda *news: None)
    return {"coordinates": torch.from_numpy(laid_out)}


@functools.cache
def test_digits() -> tuple[Tensor, Tensor]:
    """x (10000, 1, 28, 28) and y (10000,): the digits that shipped maps show; 31 MB, kept."""
    images, y = load_digits("test")
    return images.float().div(255), y


def _versions(method: str) -> dict[str, str]:
    """Versions of what a map's numbers depend on."""
    libraries = ["torch", "numpy", "scikit-learn", "safetensors"]
    libraries += {"umap": ["umap-learn", "numba"], "tsne": ["openTSNE"]}.get(method, [])
    return {"python": platform.python_version()} | {name: version(name).split("+")[0] for name in libraries}


def _again(name: str) -> str:
    return f"Restore it from the project's repository, or make it again with: python -m aecore map {name}"


def _broken(path: Path, what: str) -> ProjectionError:
    return ProjectionError(f"The map {path.name} {what}. {_again(path.stem)}")

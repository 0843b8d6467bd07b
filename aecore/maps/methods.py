"""The methods that lay digits out in the plane: PCA, UMAP, t-SNE and metric MDS behind one function, `lay_out`.

They only know arrays. The libraries behind them are imported when they are first needed: umap compiles for up to
ten seconds, which nobody should wait for who only wants to see a shipped map.
"""

import functools
import queue
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from aecore.errors import ProjectionError

DEPTH = 50  # principal components that UMAP and t-SNE look for neighbours in: 82% of the variance, a tenth of the work
FEWEST = 10  # digits of a map
PLACE_NEIGHBOURS = 10  # whose median place a new digit takes on a t-SNE map
# share done in [0, 1], what is being done, the map as it stands or None
Report = Callable[[float, str, np.ndarray | None], None]


@dataclass(frozen=True)
class Parameter:
    """One number or choice that a visitor may set; low and high are inclusive, choices stand instead of a range."""

    label: str
    help: str
    default: float | int | str
    low: float | int = 0
    high: float | int = 0
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Method:
    """A way to lay digits out: its label, its parameters, and the function (x, parameters, seed, report) -> (N, 2)."""

    label: str
    run: Callable[[np.ndarray, dict, int, Report], np.ndarray]
    parameters: dict[str, Parameter] = field(default_factory=dict)


def checked(method: str, parameters: dict | None, n: int) -> dict:
    """All parameters of a method: the given ones, and for the rest defaults, smaller where n digits allow no more.

    Raises: ProjectionError: no such method or parameter, out of range, or too much for n digits.
    """
    if method not in METHODS:
        raise ProjectionError(f"There is no method '{method}'. Choose one of: {', '.join(METHODS)}.")
    known = METHODS[method].parameters
    for name in parameters or {}:
        if name not in known:
            raise ProjectionError(f"{METHODS[method].label} has no parameter '{name}'. It has: {', '.join(known)}.")
    given = {}
    for name, value in (parameters or {}).items():
        parameter = known[name]
        if parameter.choices:
            if value not in parameter.choices:
                choices = ", ".join(parameter.choices)
                raise ProjectionError(f"{parameter.label} cannot be '{value}'. Choose one of: {choices}.")
            given[name] = value
            continue
        low, high, whole = parameter.low, parameter.high, isinstance(parameter.default, int)
        if not isinstance(value, (int, float)) or not low <= value <= high or (whole and value != int(value)):
            kind = "a whole number" if whole else "a number"
            raise ProjectionError(f"{parameter.label} cannot be {value}. Choose {kind} from {low} to {high}.")
        given[name] = int(value) if whole else float(value)
    if n < FEWEST:
        raise ProjectionError(f"{n} digits are too few for a map. Take at least {FEWEST}.")
    # each point needs that many others; t-SNE looks at three times its perplexity
    most = {"n_neighbors": n - 1, "perplexity": (n - 1) // 3}
    for name in most.keys() & given.keys():
        if given[name] > most[name]:
            raise ProjectionError(
                f"{known[name].label} of {given[name]} is too much for {n} digits. "
                f"Choose at most {most[name]}, or take more digits."
            )
    defaults = {name: parameter.default for name, parameter in known.items()}
    return {name: min(value, most[name]) if name in most else value for name, value in defaults.items()} | given


def lay_out(method: str, x: np.ndarray, parameters: dict | None, seed: int, report: Report) -> np.ndarray:
    """Lay digits out in the plane; the same input, parameters and seed give the same map on the same machine.

    Args:    x: (N, D) float32, one flattened digit a row, some of them may be equal; report: called with the share
             done; may raise to stop.
    Returns: (N, 2) float32.
    Raises:  ProjectionError: as `checked`, or nothing but the same digit. ValueError: numbers that are not finite.
    """
    parameters = checked(method, parameters, len(x))
    if not np.isfinite(x).all():
        raise ValueError("the digits hold values that are NaN or infinite: replace them, as numpy.nan_to_num does")
    if (x == x[0]).all():
        raise ProjectionError("All digits are one and the same picture, which makes no map. Take different ones.")
    coordinates = METHODS[method].run(np.ascontiguousarray(x, np.float32), parameters, seed, report)
    return np.ascontiguousarray(coordinates, np.float32)


@dataclass(frozen=True)
class News:
    """What a method reports: the share done, in [0, 1]; what is being done; the map as it stands, (N, 2), or None."""

    share: float
    phase: str
    coordinates: np.ndarray | None


def laying_out(method: str, x: np.ndarray, parameters: dict | None, seed: int) -> Iterator[News]:
    """As `lay_out`, but yields what is reported, at last the whole map; leaving the loop ends the work.

    The libraries report by callbacks, so the work runs in a thread: leaving waits for its next report, and ends it.
    """
    reports: queue.SimpleQueue[News | Exception] = queue.SimpleQueue()
    left = threading.Event()

    def report(share: float, phase: str, coordinates: np.ndarray | None) -> None:
        if left.is_set():
            raise _Left
        reports.put(News(share, phase, coordinates))

    def work() -> None:
        try:
            reports.put(News(1.0, "done", lay_out(method, x, parameters, seed, report)))
        except Exception as error:
            reports.put(error)

    thread = threading.Thread(target=work, name="map", daemon=True)
    thread.start()
    try:
        while True:
            news = reports.get()
            if isinstance(news, Exception):
                raise news
            yield news
            if news.phase == "done":
                return
    finally:
        left.set()
        thread.join()


class _Left(Exception):
    """Nobody reads the reports any more."""


def principal_components(x: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean (D,) and the n leading principal components (n, D) of x (N, D), by scikit-learn."""
    from sklearn.decomposition import PCA

    fitted = PCA(min(n, *x.shape), svd_solver="covariance_eigh").fit(x.astype(np.float64))
    return fitted.mean_.astype(np.float32), np.ascontiguousarray(fitted.components_, np.float32)


def _pca(x: np.ndarray, parameters: dict, seed: int, report: Report) -> np.ndarray:
    mean, components = principal_components(x, 2)
    return (x - mean) @ components.T


def _reduce(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x in its leading principal components, and their mean and directions."""
    mean, components = principal_components(x, DEPTH)
    return (x - mean) @ components.T, mean, components


def _umap(x: np.ndarray, parameters: dict, seed: int, report: Report) -> np.ndarray:
    """Source: McInnes, Healy & Melville 2018, arXiv:1802.03426; started from PCA as Kobak & Linderman 2021 advise."""
    report(0.0, "finding neighbours", None)
    z, *_ = _reduce(x)
    report(0.05, "loading UMAP", None)
    fitted, _ = _umap_on(z, parameters, seed, 10 * z[:, :2] / np.abs(z[:, :2]).max(), report)
    return fitted.embedding_


def _umap_on(z: np.ndarray, parameters: dict, seed: int, init: np.ndarray, report: Report | None):
    """A fitted UMAP of z (N, D), and the exact search for neighbours; without a report it only takes `init` over.

    UMAP is told the neighbours ("precomputed"): it need not build, and compile, an approximate search index, and
    `transform` then takes neighbours too. Its own sparse-matrix argument is empty because they say it all.
    """
    from scipy.sparse import csr_matrix
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=parameters["n_neighbors"], algorithm="brute", metric=parameters["metric"])
    distances, neighbours = search.fit(z).kneighbors(z)
    neighbours, distances = _self_first(neighbours, distances)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that precomputed neighbours allow no inverse, that a seed means one thread
        fitted = _umap_class()(
            n_neighbors=parameters["n_neighbors"],
            min_dist=parameters["min_dist"],
            metric="precomputed",
            precomputed_knn=(neighbours, distances),
            init=init,
            n_epochs=None if report else 0,
            random_state=seed,
            tqdm_kwds={"file": _Ticks(report), "bar_format": "{n} {total}", "mininterval": 0.2, "disable": not report},
        ).fit(csr_matrix((len(z), len(z)), dtype=np.float32))
    return fitted, search


@functools.cache
def _umap_class() -> type:
    """UMAP, its parallel loops compiled as plain ones: the same numbers to the last bit, ready in half the time.

    `locals` are left out as numba itself leaves them out of parallel loops: with them, last bits differ.
    """
    import numba
    from umap import umap_

    for name in ("smooth_knn_dist", "compute_membership_strengths"):
        if python := getattr(getattr(umap_, name, None), "py_func", None):  # another version may have other loops
            setattr(umap_, name, numba.njit(python))
    return umap_.UMAP


def _self_first(neighbours: np.ndarray, distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each row begins with the point itself, as UMAP expects, also where a twin lies at distance 0."""
    own = np.arange(len(neighbours))[:, None]
    order = np.argsort(neighbours != own, axis=1, kind="stable")
    neighbours, distances = np.take_along_axis(neighbours, order, 1), np.take_along_axis(distances, order, 1)
    neighbours[:, :1], distances[:, 0] = own, 0
    return neighbours, distances.astype(np.float32)


class _Ticks:
    """A file that UMAP's progress bar writes to: it passes the share of epochs on."""

    def __init__(self, report: Report | None):
        self.report = report

    def write(self, text: str) -> None:
        done, *total = text.split() or [""]
        if self.report and done.isdecimal() and len(total) == 1:
            report, self.report = self.report, None  # one that raises is not called again, by the bar's end
            report(0.2 + 0.8 * int(done) / int(total[0]), f"epoch {done} of {total[0]}", None)
            self.report = report

    def flush(self) -> None:
        """Nothing is held back."""


class UmapPlacer:
    """A fitted UMAP rebuilt from its map, never from a pickle: places new digits by UMAP's own `transform`.

    Args: x: (N, D) the digits of the map; coordinates: (N, 2) where it has them; parameters, seed: it was made with.
    """

    def __init__(self, x: np.ndarray, coordinates: np.ndarray, parameters: dict, seed: int):
        z, self.mean, self.components = _reduce(x)
        self.fitted, self.search = _umap_on(z, parameters, seed, coordinates, None)
        self.fitted.embedding_ = coordinates  # fit has scaled it to a square of side 10
        self.fitted.n_epochs = None  # transform's own choice: 100

    def place(self, x: np.ndarray) -> np.ndarray:
        """x (M, D) -> (M, 2); every digit is placed for itself, to the last bit as it would be alone.

        In a batch the projection would round otherwise, and UMAP's steps amplify that to a hundredth of the map.
        """
        from scipy.sparse import csr_matrix

        placed = []
        for digit in x:
            distances, neighbours = self.search.kneighbors((digit[None] - self.mean) @ self.components.T)
            row, ids = distances[0].astype(np.float32), neighbours[0]
            near = csr_matrix((row, ids, [0, len(ids)]), shape=(1, len(self.fitted.embedding_)))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                placed.append(self.fitted.transform(near)[0])
        return np.array(placed, np.float32).reshape(-1, 2)


def _tsne(x: np.ndarray, parameters: dict, seed: int, report: Report) -> np.ndarray:
    """Source: van der Maaten & Hinton 2008; openTSNE: Policar, Strazar & Zupan 2024, J. Stat. Softw. 109(3)."""
    report(0.0, "finding neighbours", None)
    from openTSNE import TSNE, affinity, initialization

    z, *_ = _reduce(x)
    near = affinity.PerplexityBasedNN(z, parameters["perplexity"], method="exact", n_jobs=1, random_state=seed)
    early, steps, every, told = 250, parameters["iterations"], 10, 0

    def tell(iteration: int, divergence: float, embedding: np.ndarray) -> None:
        nonlocal told
        told += every
        phase = "early exaggeration" if told <= early else "layout"
        of = early if told <= early else steps
        step = told if told <= early else told - early
        report(0.1 + 0.9 * told / (early + steps), f"{phase}, step {step} of {of}", np.array(embedding, np.float32))

    machine = TSNE(
        perplexity=parameters["perplexity"],
        exaggeration=parameters["exaggeration"],
        early_exaggeration_iter=early,
        n_iter=steps,
        n_jobs=1,
        random_state=seed,
        callbacks=tell,
        callbacks_every_iters=every,
    )
    start = initialization.rescale(z[:, :2].astype(np.float64))
    return np.asarray(machine.fit(affinities=near, initialization=start))


def _mds(x: np.ndarray, parameters: dict, seed: int, report: Report) -> np.ndarray:
    """SMACOF on some digits, the landmarks; every other digit where its distances to the landmarks fit best.

    Source: de Leeuw 1977 (SMACOF); Bae, Choi, Qiu & Fox 2010, "Dimension reduction and visualization of large
    high-dimensional data via interpolation" (the rest).
    """
    from sklearn.manifold import smacof
    from sklearn.metrics import pairwise_distances

    report(0.0, "measuring distances", None)
    chosen = landmarks(len(x), parameters["landmarks"], seed)
    distances = pairwise_distances(x[chosen])
    np.fill_diagonal(distances, 0)
    distances = (distances + distances.T) / 2  # exactly symmetric, as smacof wants
    mean, components = principal_components(x[chosen], 2)
    at, steps, chunk = ((x[chosen] - mean) @ components.T).astype(np.float64), parameters["iterations"], 10
    for step in range(0, steps, chunk):
        report(0.9 * step / steps, f"step {step} of {steps}", None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # not converged after so few steps: more follow
            at, _ = smacof(distances, init=at, n_init=1, max_iter=chunk, eps=0, normalized_stress=False)
    coordinates = np.empty((len(x), 2), np.float32)
    coordinates[chosen] = at
    others = np.setdiff1d(np.arange(len(x)), chosen)  # none where all digits are landmarks
    parts = np.array_split(others, max(1, len(others) // 500)) if len(others) else []
    for done, part in enumerate(parts):
        report(0.9 + 0.1 * done / len(parts), "placing the other digits", None)
        coordinates[part] = place_by_distances(x[part], x[chosen], at.astype(np.float32))
    return coordinates


def landmarks(n: int, count: int, seed: int) -> np.ndarray:
    """Which of n digits an MDS map is computed on: count of them at random, in order."""
    return np.sort(np.random.default_rng(seed).permutation(n)[:count])


def place_by_distances(x: np.ndarray, others: np.ndarray, at: np.ndarray, steps: int = 100) -> np.ndarray:
    """Where x (M, D) go on a map so that distances to others (L, D), which lie at (L, 2), are kept best.

    Minimises the stress sum_l (|x - others_l| - |y - at_l|)^2 of each point by majorisation, from the mean place of
    its three nearest: y <- mean_l (at_l + |x - others_l| (y - at_l) / |y - at_l|), which never raises it.
    Source: Borg & Groenen 2005, "Modern Multidimensional Scaling", section 8.6 (Guttman transform, one free point).
    """
    from sklearn.metrics import pairwise_distances

    wanted = pairwise_distances(x, others).astype(np.float32)  # (M, L)
    y = at[np.argsort(wanted, axis=1)[:, :3]].mean(1)  # (M, 2)
    for _ in range(steps):
        away = y[:, None] - at  # (M, L, 2)
        ratio = wanted / np.maximum(np.sqrt(np.square(away).sum(2)), 1e-6)
        y = (at + ratio[..., None] * away).mean(1)
    return y.astype(np.float32)


def place_by_median(x: np.ndarray, others: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The median place of each one's 10 nearest others: x (M, D) -> (M, 2).

    t-SNE itself cannot place anything new. This is where openTSNE starts new points (`initialization.median`); its
    steps after that moved copies of the map's own digits away from themselves, all in one direction.
    """
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=min(PLACE_NEIGHBOURS, len(others)), algorithm="brute").fit(others)
    return np.median(at[search.kneighbors(x, return_distance=False)], axis=1).astype(np.float32)


METHODS = {
    "pca": Method("PCA", _pca),
    "umap": Method(
        "UMAP",
        _umap,
        {
            "n_neighbors": Parameter("Neighbours", "How many nearest digits each digit holds on to.", 15, 2, 200),
            "min_dist": Parameter("Minimal distance", "How tightly digits may be packed.", 0.1, 0.0, 0.99),
            "metric": Parameter(
                "Distance",
                "What 'near' means between two digits.",
                "euclidean",
                choices=("euclidean", "cosine", "manhattan"),
            ),
        },
    ),
    "tsne": Method(
        "t-SNE",
        _tsne,
        {
            "perplexity": Parameter("Perplexity", "Roughly how many neighbours each digit has.", 30, 5, 100),
            "exaggeration": Parameter("Exaggeration", "Pulls groups together; 1 is plain t-SNE.", 1.0, 1.0, 4.0),
            "iterations": Parameter("Steps", "Steps after the 250 of early exaggeration.", 500, 50, 1000),
        },
    ),
    "mds": Method(
        "MDS",
        _mds,
        {
            "landmarks": Parameter("Landmarks", "Digits whose mutual distances are kept.", 500, 50, 2000),
            "iterations": Parameter("Steps", "Steps of stress majorisation.", 200, 10, 300),
        },
    ),
}

"""How many of 784 directions keep a digit a digit: spectra, reaches, intrinsic dimension, random pixels, patches.

python -m benchmarks.tangents           print the tables
python -m benchmarks.tangents --save    and write them to results/tangents.json
"""

import argparse
from dataclasses import replace

import torch
from torch import Tensor

from aecore import records
from aecore.data import load_digits, patches
from aecore.engine import Engine, get_engine
from aecore.latent import dimension, tangents
from aecore.latent.tangents import Dimension, Estimate, Measured, Reach, Spectrum

NAMES = ("ae-conv", "vae", "wide-contractive", "wide")  # two decoders; an encoder, and its control
DIGITS, REACHED, COUNT = 1000, 100, 10  # test digits of the spectra and of the reaches; directions
FURTHEST, STEP = 10.0, 0.25
HALVES = 10  # draws behind the interval of a dimension
SHOWN = 120  # singular values at most
RANDOM = 10_000  # pictures of random pixels of each kind
SURE = 0.9
PATCHES, DENSEST = 4000, 0.3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/tangents.json")
    arguments = parser.parse_args()
    engine, (images, y) = get_engine(), load_digits("test")
    x = images.float() / 255
    with torch.inference_mode():
        table = measure(engine, x, y)
    if arguments.save:
        print(f"saved {records.write_table(table, tangents.results_file()).name}")


def measure(engine: Engine, x: Tensor, y: Tensor) -> Measured:
    """All of it, from all test digits: x (N, 1, 28, 28), y (N,)."""
    sure = {kind: shown(f"sure of {kind}", surely_read(engine, random)) for kind, random in random_pictures(x)}
    away = patches_away()
    spectra = {name: spectrum(engine, name, x[:DIGITS]) for name in NAMES}
    right = (engine.classify(x[:DIGITS]).argmax(1) == y[:DIGITS]).nonzero().flatten()[:REACHED]
    reaches = {name: along(engine, name, x[right], y[right]) for name in NAMES}
    random, nearest = across(engine, x[right], y[right]), towards(engine, x, y, right)
    dimensions = {"all": dimensions_of("all", x)}
    dimensions |= {str(digit): dimensions_of(str(digit), x[y == digit]) for digit in range(10)}
    sha256 = {name: engine.card(name).sha256 for name in (*NAMES, "judge")}
    return Measured(
        DIGITS, REACHED, FURTHEST, spectra, reaches, random, nearest, dimensions, sure,
        away["patches"], away["control"], away["densest"], away["densest_control"], sha256,
    )  # fmt: skip


def patches_away() -> dict[str, Estimate]:
    """Median angles to the Klein bottle, as `Measured` names them."""
    rng = torch.Generator().manual_seed(0)
    points = {"patches": patches.coordinates(patches.high_contrast_patches(PATCHES, rng))}
    points["control"] = patches.random_points(PATCHES, rng)
    points["densest"] = patches.densest(points["patches"], DENSEST)
    points["densest_control"] = patches.densest(points["control"], DENSEST)
    return {name: shown(f"degrees, {name}", median(patches.degrees_away(v))) for name, v in points.items()}


def shown(what: str, estimate: Estimate) -> Estimate:
    """Print it, and pass it on."""
    print(f"{what}: {estimate.value} ({estimate.low} to {estimate.high})", flush=True)
    return estimate


def rounded(value: float, low: float, high: float) -> Estimate:
    """What is worth writing down."""
    return Estimate(round(float(value), 3), round(float(low), 3), round(float(high), 3))


def mean(values: Tensor) -> Estimate:
    """Mean of one number a digit, (N,), with the normal interval."""
    value, margin = float(values.mean()), 1.96 * float(values.std()) / len(values) ** 0.5
    return rounded(value, value - margin, value + margin)


def median(values: Tensor, draws: int = 500) -> Estimate:
    """Median of (N,), with the bootstrap's interval."""
    rng = torch.Generator().manual_seed(1)
    samples = values[torch.randint(len(values), (draws, len(values)), generator=rng)].median(1).values
    return rounded(values.median(), *samples.quantile(torch.tensor([0.025, 0.975], dtype=samples.dtype)).tolist())


def spectrum(engine: Engine, name: str, x: Tensor) -> Spectrum:
    """Singular values of one network at each digit."""
    model = engine.model(name)
    values = tangents.spectrum(model, x)  # (N, K)
    squares = values.square()
    share = (squares.cumsum(1) / squares.sum(1, keepdim=True)).mean(0)
    low, high = values.quantile(torch.tensor([0.1, 0.9]), dim=0)
    directions = shown(f"directions, {name}", mean(tangents.effective_directions(values)))
    rows = [[round(value, 4) for value in row[:SHOWN].tolist()] for row in (values.mean(0), low, high, share)]
    return Spectrum("decoder" if tangents.decodes(model) else "encoder", *rows, directions)


def along(engine: Engine, name: str, x: Tensor, y: Tensor) -> list[Reach]:
    """How far digits go along each of a network's first directions."""
    pictures = torch.stack([tangents.directions_of(engine.model(name), one[None], COUNT).pictures for one in x])
    return [reach(f"{name} {k + 1}", engine, x, y, pictures[:, k]) for k in range(COUNT)]


def across(engine: Engine, x: Tensor, y: Tensor) -> Reach:
    """The same along random directions, COUNT a digit, averaged over them."""
    directions = tangents.random_directions(tuple(x.shape[1:]), COUNT * len(x), torch.Generator().manual_seed(2))
    return reach("random", engine, x, y, directions, COUNT)


def towards(engine: Engine, x: Tensor, y: Tensor, right: Tensor) -> Reach:
    """The same towards the nearest digit of another class, in that sense alone."""
    distances = torch.cdist(x[right].flatten(1), x.flatten(1))
    distances[y[right][:, None] == y[None]] = torch.inf
    shown("distance to the nearest of another class", mean(distances.amin(1)))
    ways = x[distances.argmin(1)] - x[right]
    ways /= ways.flatten(1).norm(dim=1)[:, None, None, None]
    return reach("nearest", engine, x[right], y[right], ways, senses=(1,))


def reach(
    label: str, engine: Engine, x: Tensor, y: Tensor, directions: Tensor, times: int = 1, senses: tuple = (0, 1)
) -> Reach:
    """Over digits; directions: `times` of each digit, one after another; senses: columns of `reaches` that count."""
    x, y = x.repeat_interleave(times, 0), y.repeat_interleave(times)
    t = tangents.reaches(engine.classify, x, y, directions, FURTHEST, STEP)[:, list(senses)]  # (times N, senses)
    signs = [(-1, 1)[sense] for sense in senses]
    ends = [x + (sign * t[:, place]).float().view(-1, 1, 1, 1) * directions for place, sign in enumerate(signs)]
    moved = torch.stack([(end.clamp(0, 1) - x).flatten(1).norm(dim=1) for end in ends], 1)
    never = 100 * float((t >= FURTHEST).double().mean())
    digits = [mean(numbers.unflatten(0, (-1, times)).mean((1, 2))) for numbers in (t, moved)]
    digits[0] = replace(digits[0], high=min(digits[0].high, FURTHEST))  # nothing was looked for beyond
    shown(f"reach, {label}", digits[0])
    shown(f"    moved, never {never:.1f} %", digits[1])
    return Reach(*digits, round(never, 2))


def dimensions_of(label: str, x: Tensor) -> Dimension:
    """Both estimators over some digits."""
    estimates = []
    for estimate in (dimension.two_nn, dimension.levina_bickel):
        numbers = dimension.interval(estimate, x, torch.Generator().manual_seed(3), HALVES)
        estimates.append(shown(f"{estimate.__name__}, {label}", rounded(*numbers)))
    return Dimension(len(x), *estimates)


def random_pictures(x: Tensor) -> list[tuple[str, Tensor]]:
    """Uniform pixels; each digit's own pixels in random places, and so its ink; and the digits themselves."""
    rng, flat = torch.Generator().manual_seed(4), x[:RANDOM].flatten(1)
    places = torch.rand(flat.shape, generator=rng).argsort(1)
    return [
        ("uniform", torch.rand(x[:RANDOM].shape, generator=rng)),
        ("shuffled", flat.gather(1, places).view_as(x[:RANDOM])),
        ("digits", x[:RANDOM]),
    ]


def surely_read(engine: Engine, x: Tensor) -> Estimate:
    """Percent that the judge reads as any digit with at least SURE. Source: the interval of Wilson 1927."""
    n, z = len(x), 1.96
    share = float((engine.classify(x).amax(1) >= SURE).double().mean())
    middle = (share + z * z / 2 / n) / (1 + z * z / n)
    margin = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / 4 / n / n) ** 0.5
    return rounded(100 * share, max(0.0, 100 * (middle - margin)), min(100.0, 100 * (middle + margin)))


if __name__ == "__main__":
    main()

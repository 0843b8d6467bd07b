"""Sections of the report on networks beyond digits and on those that draw: Signals, Galaxies, GANs."""

from collections.abc import Iterable
from statistics import mean

from aecore.signals.table import of_seeds

SETS = {"white": "white", "galactic": "Galactic", "uniform": "uniform", "cosine": "cosine"}
WAYS = {
    "raw": "raw maximum", "band": "band-pass", "wavelet": "wavelets", "wiener": "Wiener filter",
    "matched": "matched filter", "unet": "U-Net",
}  # fmt: skip
REVIEWED = WAYS | {"review": "review's network", "rail": "samples at the rail"}
REDRAWN = {
    "small": "small VAE, galaxies turned", "still": "small VAE, not turned", "wide": "review's wide VAE",
    "pca turned": "PCA, 50 axes, turned", "pca": "PCA, 50 axes", "mean": "mean galaxy", "black": "black picture",
}  # fmt: skip
DRAWN = {
    "gan": "ACGAN, told the class", "by class": "VAE, a Gaussian around each class's codes", "prior": "VAE, its prior",
    "real": "real training galaxies",
}  # fmt: skip
DIGITS = {"entropy": 3, "frechet": 2}
WORTH = ("frechet", "sure", "recall", "entropy", "agreement", "nearest")
WORTH_HEADS = ("Fréchet distance", "classifier sure, %", "recall, %", "entropy, nats", "as asked, %", "nearest")


def spread(values: list[float | None], digits: int = 1) -> str:
    """Mean over seeds, with half of its 95 % interval if there are several; a dash where nothing was measured."""
    if not values or None in values:
        return "–"
    text = f"{mean(values):,.{digits}f}"
    return f"{text} ± {of_seeds(values):,.{digits}f} ({len(values)})" if len(values) > 1 else text


def signals(record: dict) -> list[str]:
    """Pulses found and output SNR on unclipped traces; and on the review's own."""
    cells = {
        name: [
            f"{spread(record['open'][kind][way]['found'])}; {spread(record['open'][kind][way]['gain'])}"
            for kind in SETS
        ]
        for way, name in WAYS.items()
    }
    lines = [
        f"% of pulses found at SNR 1 to 6 in {record['traces']:,} unclipped traces of each noise; output SNR in dB.",
        "± is the 95% interval of the mean over as many seeds as the brackets say.",
        "",
        *table_of("way", SETS.values(), cells),
        "",
        "The review's own clipped traces, by its score in % (pulses found, and silence kept):",
        "",
    ]
    kinds = ("background", "uniform", "cosine")
    scores = {
        name: [spread(record["review"][kind].get(way, {}).get("score", [])) for kind in kinds]
        for way, name in REVIEWED.items()
    }
    return [*lines, *table_of("way", kinds, scores)]


def galaxies(record: dict) -> list[str]:
    """Squared errors, and the classifier."""
    rows = {
        name: [
            *(spread([1e4 * value for value in record["rows"][way][key]], 2) for key in ("mse", "train")),
            spread(record["rows"][way]["kl"]),
            f"{record['rows'][way]['parameters']:,}",
        ]
        for way, name in REDRAWN.items()
    }
    kinds = record["kinds"]
    return [
        "Squared error a pixel and colour, × 10⁻⁴, of 188 unseen galaxies and of those that were learnt.",
        "",
        *table_of("way", ("unseen", "learnt", "KL, nats", "numbers learnt"), rows),
        "",
        f"Classifier: {spread(kinds['accuracy'])}% of unseen galaxies right, {spread([kinds['redrawn']])}% redrawn;",
        f"a linear one from 50 numbers {spread(kinds['code'])}%.",
    ]


def drawn(record: dict) -> list[str]:
    """What drawn galaxies are worth."""
    rows = {name: worths(record["rows"][way]) for way, name in DRAWN.items()}
    return [
        "752 galaxies of 64 x 64 each, held against 188 unseen ones in the galaxy classifier's features; it names",
        f"{record['right']:.0f}% of these right. Nearest: median distance to the nearest training galaxy, at any angle",
        f"and mirrored; of unseen galaxies {record['unseen']:.2f}. Nearer than half of that, so copied:",
        f"{spread(record['copied'])}% of the ACGAN's.",
        "",
        *table_of("", WORTH_HEADS, rows),
    ]


def gans(record: dict) -> list[str]:
    """What drawn digits are worth."""
    rows = {name: worths(rows) for name, rows in record["rows"].items()}
    rows["real training digits"] = worths([record["real"]])
    return [
        "10,000 digits each, held against the test digits in the judge's features; nearest: median distance to the",
        f"nearest training digit, of test digits {record['unseen']:.2f}.",
        "",
        *table_of("", WORTH_HEADS, rows),
    ]


def ring(record: dict) -> list[str]:
    """What twenty seeds found."""
    rows = {}
    for setting, parts in record["rows"].items():
        for one in parts:
            most = 8 if one["recipe"]["shape"] == "ring" else 25
            rows[f"{setting}, {one['recipe']['game']}"] = [
                f"{sum(modes == most for modes in one['modes'])} of {len(one['modes'])}",
                f"{sum(modes <= most // 4 for modes in one['modes'])}",
                spread([mean(one["good"])]),
            ]
    return table_of("setting", ("seeds that find all", "a quarter or fewer", "% of samples near a mode"), rows)


def worths(rows: list[dict]) -> list[str]:
    """Cells of a model's samples, one number a seed."""
    return [spread([row[key] for row in rows], DIGITS.get(key, 1)) for key in WORTH]


def table_of(corner: str, heads: Iterable[str], rows: dict[str, list[str]]) -> list[str]:
    """A Markdown table, its first column the rows' names."""
    heads = [corner, *heads]
    body = [f"| {' | '.join([name, *cells])} |" for name, cells in rows.items()]
    return [f"| {' | '.join(heads)} |", "|---|" + "--:|" * (len(heads) - 1), *body]
